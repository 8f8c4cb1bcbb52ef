/// A node of the trie of `DomainIndex`.
struct DomainNode {
    /// -1 for a top-level domain.
    let parent: Int32
    /// The label's place in `DomainTrie.labels`, of at most 63 bytes (RFC 1035 §2.3.4).
    let labelStart: Int32
    let labelLength: Int32
    /// First claims for the name alone (`=name`) and for all beneath it; -1 is none.
    var exact: Int32 = -1
    var subtree: Int32 = -1
    /// The nearest node from here towards the root, this one included, that has subtree claims; -1 is none.
    var covering: Int32 = -1
    var hasChildren = false
}

/// Builds the trie of `DomainIndex`, entry by entry.
struct DomainTrie {
    private(set) var nodes: [DomainNode] = []
    private(set) var labels: [UInt8] = []
    private(set) var nextClaim: [Int32]
    /// Always a power of two, at most half full: half of a hash, and a node; -1 where free.
    private var table: [(hash: UInt32, node: Int32)]
    /// Last claims of each node, for the name alone and for all beneath it.
    private var tails: [(exact: Int32, subtree: Int32)] = []

    init(_ entries: [DomainEntry]) {
        var size = 16
        while size < entries.count * 3 { size *= 2 }
        table = Array(repeating: (0, -1), count: size)
        nodes.reserveCapacity(entries.count + entries.count / 4 + 16)
        nextClaim = Array(repeating: -1, count: entries.count)
        for (claim, entry) in entries.enumerated() { insert(entry, claim: Int32(truncatingIfNeeded: claim)) }
        // Parents are always older than their children, so one pass settles what covers each node.
        for index in nodes.indices {
            let parent = nodes[index].parent
            let inherited = parent >= 0 ? nodes[Int(parent)].covering : -1
            nodes[index].covering = nodes[index].subtree >= 0 ? Int32(truncatingIfNeeded: index) : inherited
            if parent >= 0 { nodes[Int(parent)].hasChildren = true }
        }
    }

    /// The hash of each node's text read backwards.
    func hashes() -> [UInt64] {
        var hashes: [UInt64] = []
        hashes.reserveCapacity(nodes.count)
        for node in nodes {
            var hash = DomainTrie.seed
            if node.parent >= 0 { hash = DomainTrie.mix(hashes[Int(node.parent)], UInt8(ascii: ".")) }
            let start = Int(node.labelStart)
            for offset in (0..<Int(node.labelLength)).reversed() {
                hash = DomainTrie.mix(hash, labels[start + offset])
            }
            hashes.append(hash)
        }
        return hashes
    }

    /// FNV-1a, 64 bits: cheap per byte, and the tables need no more than a good spread.
    static let seed: UInt64 = 0xcbf2_9ce4_8422_2325

    @inline(__always)
    static func mix(_ hash: UInt64, _ byte: UInt8) -> UInt64 {
        (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
    }

    private mutating func insert(_ entry: DomainEntry, claim: Int32) {
        let name = entry.name.utf8.span
        var hash = DomainTrie.seed
        var node: Int32 = -1
        var end = name.count
        var index = name.count - 1
        while index >= -1 {
            if index < 0 || name[index] == UInt8(ascii: ".") {
                let child = find(hash, parent: node, name, from: index + 1, to: end)
                node = child >= 0 ? child : add(hash, parent: node, name, from: index + 1, to: end)
                end = index
            }
            if index >= 0 { hash = DomainTrie.mix(hash, name[index]) }
            index -= 1
        }
        guard node >= 0 else { return }
        append(claim, to: Int(node), exact: entry.isExact)
    }

    private func find(_ hash: UInt64, parent: Int32, _ name: Span<UInt8>, from: Int, to: Int) -> Int32 {
        let mask = table.count - 1
        let code = DomainTrie.code(hash)
        var slot = Int(truncatingIfNeeded: hash ^ hash >> 32) & mask
        while table[slot].node >= 0 {
            if table[slot].hash == code {
                let node = table[slot].node
                if matches(Int(node), parent, name, from: from, to: to) { return node }
            }
            slot = (slot + 1) & mask
        }
        return -1
    }

    private func matches(_ node: Int, _ parent: Int32, _ name: Span<UInt8>, from: Int, to: Int) -> Bool {
        guard nodes[node].parent == parent, Int(nodes[node].labelLength) == to - from else { return false }
        let start = Int(nodes[node].labelStart)
        for offset in 0..<(to - from) where labels[start + offset] != name[from + offset] { return false }
        return true
    }

    private mutating func add(
        _ hash: UInt64, parent: Int32, _ name: Span<UInt8>, from: Int, to: Int
    ) -> Int32 {
        if (nodes.count + 1) * 2 > table.count { grow() }
        let number = Int32(truncatingIfNeeded: nodes.count)
        nodes.append(
            DomainNode(
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
        table[slot] = (DomainTrie.code(hash), node)
    }

    /// Doubles the table. The hashes are made anew, since a slot keeps half of one.
    private mutating func grow() {
        table = Array(repeating: (0, -1), count: table.count * 2)
        for (number, hash) in hashes().enumerated() { place(Int32(truncatingIfNeeded: number), hash) }
    }

    private mutating func append(_ claim: Int32, to node: Int, exact: Bool) {
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

    /// What a slot keeps of a hash: bits that do not choose the slot.
    private static func code(_ hash: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: hash >> 29) }
}
