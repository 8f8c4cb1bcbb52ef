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

    /// All that a look-up asks of a node, in 32 bytes: a step costs one cache line, whatever the register's size.
    private struct Slot {
        /// -1 where free.
        var node: Int32 = -1
        var parent: Int32 = -1
        /// The nearest node from here towards the root, this one included, that has subtree claims; -1 is
        /// none.
        var covering: Int32 = -1
        var length: UInt8 = 0
        var traits: Traits = []
        /// The label's first bytes.
        var label = InlineArray<18, UInt8>(repeating: 0)
    }

    private struct Traits: OptionSet {
        let rawValue: UInt8
        static let hasExact = Traits(rawValue: 1)
        static let hasChildren = Traits(rawValue: 2)
    }

    private let nodes: [DomainNode]
    /// All labels one behind the other.
    private let labels: [UInt8]
    /// The next claim of the same node, by claim; -1 at the last.
    private let nextClaim: [Int32]
    /// A power of two in length, at most three quarters full.
    private var table: [Slot]

    /// Claims are the positions in `entries`.
    package init(_ entries: [DomainEntry]) {
        let builder = DomainTrie(entries)
        nodes = builder.nodes
        labels = builder.labels
        nextClaim = builder.nextClaim
        var size = 16
        while size * 3 < builder.nodes.count * 4 { size *= 2 }
        table = Array(repeating: Slot(), count: size)
        for (number, hash) in builder.hashes().enumerated() { place(Int32(truncatingIfNeeded: number), hash) }
    }

    private mutating func place(_ number: Int32, _ hash: UInt64) {
        let node = nodes[Int(number)]
        let mask = table.count - 1
        var place = DomainIndex.start(hash, mask)
        while table[place].node >= 0 { place = (place + 1) & mask }
        var slot = Slot(
            node: number, parent: node.parent, covering: node.covering,
            length: UInt8(truncatingIfNeeded: node.labelLength))
        if node.exact >= 0 { slot.traits.insert(.hasExact) }
        if node.hasChildren { slot.traits.insert(.hasChildren) }
        for offset in 0..<min(Int(node.labelLength), slot.label.count) {
            slot.label[offset] = labels[Int(node.labelStart) + offset]
        }
        table[place] = slot
    }

    /// The longest entry that covers `name` (lower case, no trailing dot); `=name` goes before `name`.
    package func first(for name: String) -> Step? {
        let (slot, isWhole) = walk(name.utf8.span)
        guard slot >= 0 else { return nil }
        let found = table[slot]
        if isWhole, found.traits.contains(.hasExact) { return Step(node: found.node, exact: true) }
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

    /// Where the deepest node on the path of `name` from the right stands, and whether it is the whole name; -1 when
    /// there is none.
    private func walk(_ name: Span<UInt8>) -> (slot: Int, isWhole: Bool) {
        var hash = DomainTrie.seed
        var slot = -1
        var parent: Int32 = -1
        var end = name.count
        var index = name.count - 1
        while index >= 0 {
            let byte = name[index]
            if byte == UInt8(ascii: ".") {
                let child = find(hash, parent: parent, name, from: index + 1, to: end)
                if child < 0 { return (slot, false) }
                slot = child
                parent = table[child].node
                // Nothing longer is there.
                if !table[child].traits.contains(.hasChildren) { return (slot, false) }
                end = index
            }
            hash = DomainTrie.mix(hash, byte)
            index -= 1
        }
        guard name.count > 0 else { return (-1, false) }
        let child = find(hash, parent: parent, name, from: 0, to: end)
        return child < 0 ? (slot, false) : (child, true)
    }

    @inline(__always)
    private static func start(_ hash: UInt64, _ mask: Int) -> Int {
        Int(truncatingIfNeeded: hash ^ hash >> 32) & mask
    }

    @inline(__always)
    private func find(_ hash: UInt64, parent: Int32, _ name: Span<UInt8>, from: Int, to: Int) -> Int {
        let mask = table.count &- 1
        var place = DomainIndex.start(hash, mask)
        while table[place].node >= 0 {
            if table[place].parent == parent, Int(table[place].length) == to &- from,
                hasLabel(place, name, from: from, to: to)
            {
                return place
            }
            place = (place &+ 1) & mask
        }
        return -1
    }

    @inline(__always)
    private func hasLabel(_ place: Int, _ name: Span<UInt8>, from: Int, to: Int) -> Bool {
        let length = to &- from
        let inside = min(length, table[place].label.count)
        for offset in 0..<inside where table[place].label[offset] != name[from &+ offset] { return false }
        guard length > inside else { return true }
        let start = Int(nodes[Int(table[place].node)].labelStart)
        for offset in inside..<length where labels[start &+ offset] != name[from &+ offset] { return false }
        return true
    }
}
