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

    private struct Node {
        var parent: Int32
        var labelStart: Int
        var labelLength: Int
        /// Heads and tails of the lists of claims for the name alone (`=name`) and for all beneath it; -1
        /// is none.
        var exact: (head: Int32, tail: Int32) = (-1, -1)
        var subtree: (head: Int32, tail: Int32) = (-1, -1)
        /// The nearest node from here towards the root, this one included, that has subtree claims; -1 is
        /// none.
        var covering: Int32 = -1
    }

    private var nodes: [Node] = []
    private var labels: [UInt8] = []
    /// Node numbers, or -1 where free; always a power of two, at most half full.
    private var table: [Int32]
    private var hashes: [UInt64]
    private var nextClaim: [Int32] = []

    /// Claims are the positions in `entries`.
    package init(_ entries: [DomainEntry]) {
        var size = 16
        while size < entries.count * 4 { size *= 2 }
        table = Array(repeating: -1, count: size)
        hashes = Array(repeating: 0, count: size)
        nodes.reserveCapacity(entries.count + 16)
        nextClaim = Array(repeating: -1, count: entries.count)
        for (claim, entry) in entries.enumerated() { insert(entry, claim: Int32(truncatingIfNeeded: claim)) }
        // Parents are always older than their children, so one pass settles what covers each node.
        for index in nodes.indices {
            let parent = nodes[index].parent
            let inherited = parent >= 0 ? nodes[Int(parent)].covering : -1
            nodes[index].covering =
                nodes[index].subtree.head >= 0 ? Int32(truncatingIfNeeded: index) : inherited
        }
    }

    /// The longest entry that covers `name` (lower case, no trailing dot); `=name` goes before `name`.
    package func first(for name: String) -> Step? {
        let bytes = name.utf8.span
        let (node, isWhole) = walk(bytes)
        guard node >= 0 else { return nil }
        let found = nodes[Int(node)]
        if isWhole, found.exact.head >= 0 { return Step(node: node, exact: true) }
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
        var claim = step.exact ? node.exact.head : node.subtree.head
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

    private func find(_ hash: UInt64, parent: Int32, _ name: Span<UInt8>, from: Int, to: Int) -> Int32 {
        let mask = table.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while table[slot] >= 0 {
            if hashes[slot] == hash {
                let node = nodes[Int(table[slot])]
                if node.parent == parent, matches(node, name, from: from, to: to) { return table[slot] }
            }
            slot = (slot + 1) & mask
        }
        return -1
    }

    private func matches(_ node: Node, _ name: Span<UInt8>, from: Int, to: Int) -> Bool {
        guard node.labelLength == to - from else { return false }
        for offset in 0..<node.labelLength where labels[node.labelStart + offset] != name[from + offset] {
            return false
        }
        return true
    }

    private mutating func insert(_ entry: DomainEntry, claim: Int32) {
        let name = entry.name.utf8.span
        var hash = DomainIndex.seed
        var node: Int32 = -1
        var end = name.count
        var index = name.count - 1
        while index >= -1 {
            if index < 0 || name[index] == UInt8(ascii: ".") {
                let child = find(hash, parent: node, name, from: index + 1, to: end)
                node = child >= 0 ? child : add(hash, parent: node, name, from: index + 1, to: end)
                end = index
            }
            if index >= 0 { hash = DomainIndex.mix(hash, name[index]) }
            index -= 1
        }
        guard node >= 0 else { return }
        append(claim, to: Int(node), exact: entry.isExact)
    }

    private mutating func add(
        _ hash: UInt64, parent: Int32, _ name: Span<UInt8>, from: Int, to: Int
    ) -> Int32 {
        if (nodes.count + 1) * 2 > table.count { grow() }
        let number = Int32(truncatingIfNeeded: nodes.count)
        nodes.append(Node(parent: parent, labelStart: labels.count, labelLength: to - from))
        for offset in from..<to { labels.append(name[offset]) }
        place(number, hash)
        return number
    }

    private mutating func place(_ node: Int32, _ hash: UInt64) {
        let mask = table.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while table[slot] >= 0 { slot = (slot + 1) & mask }
        table[slot] = node
        hashes[slot] = hash
    }

    private mutating func grow() {
        let oldTable = table
        let oldHashes = hashes
        table = Array(repeating: -1, count: oldTable.count * 2)
        hashes = Array(repeating: 0, count: oldTable.count * 2)
        for slot in oldTable.indices where oldTable[slot] >= 0 { place(oldTable[slot], oldHashes[slot]) }
    }

    private mutating func append(_ claim: Int32, to node: Int, exact: Bool) {
        let list = exact ? nodes[node].exact : nodes[node].subtree
        if list.tail >= 0 { nextClaim[Int(list.tail)] = claim }
        let changed = (head: list.head >= 0 ? list.head : claim, tail: claim)
        if exact { nodes[node].exact = changed } else { nodes[node].subtree = changed }
    }

    /// FNV-1a, 64 bits: cheap per byte, and the table above needs no more than a good spread.
    private static let seed: UInt64 = 0xcbf2_9ce4_8422_2325

    private static func mix(_ hash: UInt64, _ byte: UInt8) -> UInt64 {
        // The high bits are folded in because the table takes the low ones.
        let product = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
        return product ^ (product >> 47)
    }
}
