/// Finds the entries that cover a name, longest first: a trie over labels from the right, held in one hash
/// table.
///
/// A node stands for a run of labels such as `school.example`; its children differ in the label to the
/// left. All nodes live in one open-addressing table keyed by the hash of their text read backwards, so
/// that one pass over a name's bytes from its end meets every node on the path and stops at the first label
/// that is not there. Every step compares the label itself: a hash collision can cost time but never gives
/// a wrong owner.
package struct DomainIndex: Sendable {
    /// A place in the walk from the longest matching entry to the shortest.
    package struct Step: Equatable, Sendable {
        fileprivate let node: Int32
        fileprivate let exact: Bool
    }

    /// What a look-up reads of a node, in 24 bytes; what only the building needs stands in `lists`.
    private struct Node {
        let parent: Int32
        let labelStart: Int32
        let labelLength: Int32
        /// First claims for the name alone (`=name`) and for all beneath it; -1 is none.
        var exact: Int32 = -1
        var subtree: Int32 = -1
        /// The nearest node from here towards the root, this one included, that has subtree claims; -1 is
        /// none.
        var covering: Int32 = -1
    }

    /// A place in the hash table: one cache line for the comparison of hashes and the way to the node.
    private struct Slot {
        var hash: UInt32
        /// -1 where free.
        var node: Int32
    }

    private var nodes: [Node] = []
    private var labels: [UInt8] = []
    /// Always a power of two, at most half full.
    private var table: [Slot]
    private var nextClaim: [Int32] = []

    /// Claims are the positions in `entries`.
    package init(_ entries: [DomainEntry]) {
        var size = 16
        while size < entries.count * 4 { size *= 2 }
        table = Array(repeating: Slot(hash: 0, node: -1), count: size)
        nodes.reserveCapacity(entries.count + 16)
        nextClaim = Array(repeating: -1, count: entries.count)
        // Last claims of each node, for the name alone and for all beneath it.
        var tails: [(exact: Int32, subtree: Int32)] = []
        for (claim, entry) in entries.enumerated() {
            insert(entry, claim: Int32(truncatingIfNeeded: claim), &tails)
        }
        // Parents are always older than their children, so one pass settles what covers each node.
        for index in nodes.indices {
            let parent = nodes[index].parent
            let inherited = parent >= 0 ? nodes[Int(parent)].covering : -1
            nodes[index].covering = nodes[index].subtree >= 0 ? Int32(truncatingIfNeeded: index) : inherited
        }
    }

    /// The longest entry that covers `name` (lower case, no trailing dot); `=name` goes before `name`.
    package func first(for name: String) -> Step? {
        let bytes = name.utf8.span
        let (node, isWhole) = walk(bytes)
        guard node >= 0 else { return nil }
        let found = nodes[Int(node)]
        if isWhole, found.exact >= 0 { return Step(node: node, exact: true) }
        return found.covering >= 0 ? Step(node: found.covering, exact: false) : nil
    }

    /// The next shorter entry that covers the same name.
    package func next(after step: Step) -> Step? {
        let node = nodes[Int(step.node)]
        if step.exact { return node.covering >= 0 ? Step(node: node.covering, exact: false) : nil }
        guard node.parent >= 0 else { return nil }
        let covering = nodes[Int(node.parent)].covering
        return covering >= 0 ? Step(node: covering, exact: false) : nil
    }

    /// The claims of one step, in the order in which they were given.
    package func claims(at step: Step) -> [Int] {
        let node = nodes[Int(step.node)]
        var claim = step.exact ? node.exact : node.subtree
        var all: [Int] = []
        while claim >= 0 {
            all.append(Int(claim))
            claim = nextClaim[Int(claim)]
        }
        return all
    }

    /// The deepest node on the path of `name` from the right, and whether it is the whole name; -1 when none.
    private func walk(_ name: Span<UInt8>) -> (node: Int32, isWhole: Bool) {
        var hash = DomainIndex.seed
        var node: Int32 = -1
        var end = name.count
        var index = name.count - 1
        while index >= 0 {
            let byte = name[index]
            if byte == UInt8(ascii: ".") {
                let child = find(hash, parent: node, name, from: index + 1, to: end)
                if child < 0 { return (node, false) }
                node = child
                end = index
            }
            hash = DomainIndex.mix(hash, byte)
            index -= 1
        }
        guard name.count > 0 else { return (-1, false) }
        let child = find(hash, parent: node, name, from: 0, to: end)
        return child < 0 ? (node, false) : (child, true)
    }

    @inline(__always)
    private func find(_ hash: UInt64, parent: Int32, _ name: Span<UInt8>, from: Int, to: Int) -> Int32 {
        let mask = table.count &- 1
        let code = DomainIndex.code(hash)
        var slot = Int(truncatingIfNeeded: hash ^ hash >> 32) & mask
        while table[slot].node >= 0 {
            if table[slot].hash == code {
                let node = table[slot].node
                if matches(Int(node), parent, name, from: from, to: to) { return node }
            }
            slot = (slot &+ 1) & mask
        }
        return -1
    }

    @inline(__always)
    private func matches(_ node: Int, _ parent: Int32, _ name: Span<UInt8>, from: Int, to: Int) -> Bool {
        guard nodes[node].parent == parent, Int(nodes[node].labelLength) == to &- from else { return false }
        let start = Int(nodes[node].labelStart)
        for offset in 0..<(to &- from) where labels[start &+ offset] != name[from &+ offset] { return false }
        return true
    }

    private mutating func insert(
        _ entry: DomainEntry, claim: Int32, _ tails: inout [(exact: Int32, subtree: Int32)]
    ) {
        let name = entry.name.utf8.span
        var hash = DomainIndex.seed
        var node: Int32 = -1
        var end = name.count
        var index = name.count - 1
        while index >= -1 {
            if index < 0 || name[index] == UInt8(ascii: ".") {
                let child = find(hash, parent: node, name, from: index + 1, to: end)
                node = child >= 0 ? child : add(hash, parent: node, name, from: index + 1, to: end, &tails)
                end = index
            }
            if index >= 0 { hash = DomainIndex.mix(hash, name[index]) }
            index -= 1
        }
        guard node >= 0 else { return }
        append(claim, to: Int(node), exact: entry.isExact, &tails)
    }

    private mutating func add(
        _ hash: UInt64, parent: Int32, _ name: Span<UInt8>, from: Int, to: Int,
        _ tails: inout [(exact: Int32, subtree: Int32)]
    ) -> Int32 {
        if (nodes.count + 1) * 2 > table.count { grow() }
        let number = Int32(truncatingIfNeeded: nodes.count)
        nodes.append(
            Node(
                parent: parent, labelStart: Int32(truncatingIfNeeded: labels.count),
                labelLength: Int32(truncatingIfNeeded: to - from)))
        tails.append((-1, -1))
        for offset in from..<to { labels.append(name[offset]) }
        place(number, hash)
        return number
    }

    private mutating func place(_ node: Int32, _ hash: UInt64) {
        let mask = table.count - 1
        var slot = Int(truncatingIfNeeded: hash ^ hash >> 32) & mask
        while table[slot].node >= 0 { slot = (slot + 1) & mask }
        table[slot] = Slot(hash: DomainIndex.code(hash), node: node)
    }

    /// Doubles the table. The hashes are made anew, since a slot keeps half of one.
    private mutating func grow() {
        table = Array(repeating: Slot(hash: 0, node: -1), count: table.count * 2)
        var hashes: [UInt64] = []
        hashes.reserveCapacity(nodes.count)
        for number in nodes.indices {
            let node = nodes[number]
            var hash = DomainIndex.seed
            if node.parent >= 0 { hash = DomainIndex.mix(hashes[Int(node.parent)], UInt8(ascii: ".")) }
            let start = Int(node.labelStart)
            for offset in (0..<Int(node.labelLength)).reversed() {
                hash = DomainIndex.mix(hash, labels[start + offset])
            }
            hashes.append(hash)
            place(Int32(truncatingIfNeeded: number), hash)
        }
    }

    private mutating func append(
        _ claim: Int32, to node: Int, exact: Bool, _ tails: inout [(exact: Int32, subtree: Int32)]
    ) {
        let tail = exact ? tails[node].exact : tails[node].subtree
        if tail >= 0 { nextClaim[Int(tail)] = claim }
        if exact {
            if tail < 0 { nodes[node].exact = claim }
            tails[node].exact = claim
        } else {
            if tail < 0 { nodes[node].subtree = claim }
            tails[node].subtree = claim
        }
    }

    /// FNV-1a, 64 bits: cheap per byte, and the table above needs no more than a good spread.
    private static let seed: UInt64 = 0xcbf2_9ce4_8422_2325

    @inline(__always)
    private static func mix(_ hash: UInt64, _ byte: UInt8) -> UInt64 {
        (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
    }

    /// What a slot keeps of a hash: bits that do not choose the slot.
    @inline(__always)
    private static func code(_ hash: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: hash >> 29) }
}
