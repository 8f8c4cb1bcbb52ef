/// Live flows by key: an open-addressing index (linear probing) over a dense list.
///
/// The index holds 32-bit positions, so that probing touches one cache line; the list holds the entries, so that
/// walking them is deterministic. A new generation of a 5-tuple takes the place of the old one.
struct FlowTable: Sendable {
    private(set) var flows: [Flow] = []
    /// Position + 1 of an entry in `flows`; 0 is empty. A power of two in length, at most half full.
    private var index: [UInt32]

    init() { index = Array(repeating: 0, count: FlowTable.smallestIndex) }

    private static let smallestIndex = 1024

    /// The live flow of `key`, or nil.
    @inline(__always)
    func find(_ key: FlowKey) -> Int? {
        let mask = index.count &- 1
        var slot = Int(truncatingIfNeeded: key.hash) & mask
        while true {
            let position = Int(index[slot])
            if position == 0 { return nil }
            if flows[position &- 1].key == key { return position &- 1 }
            slot = (slot &+ 1) & mask
        }
    }

    /// Adds `flow`, whose key is not in the table; returns its position.
    mutating func append(_ flow: Flow) -> Int {
        flows.append(flow)
        if flows.count &* 2 > index.count {
            rebuildIndex(size: index.count &* 2)
        } else {
            enter(flow.key, at: flows.count)
        }
        return flows.count - 1
    }

    /// Removes flows, of which `body` sees each; the others move up. Positions are no longer valid.
    mutating func remove(where isOver: (Flow) -> Bool, _ body: (inout Flow) -> Void) {
        var kept = 0
        for position in flows.indices {
            if isOver(flows[position]) {
                body(&flows[position])
            } else {
                if kept < position { flows[kept] = flows[position] }
                kept += 1
            }
        }
        flows.removeLast(flows.count - kept)
        var size = FlowTable.smallestIndex
        while size < kept * 2 { size *= 2 }
        rebuildIndex(size: size)
    }

    @inline(__always)
    subscript(position: Int) -> Flow {
        _read { yield flows[position] }
        _modify { yield &flows[position] }
    }

    private mutating func rebuildIndex(size: Int) {
        index = Array(repeating: 0, count: size)
        for position in flows.indices { enter(flows[position].key, at: position + 1) }
    }

    private mutating func enter(_ key: FlowKey, at entry: Int) {
        let mask = index.count &- 1
        var slot = Int(truncatingIfNeeded: key.hash) & mask
        while index[slot] != 0 { slot = (slot &+ 1) & mask }
        index[slot] = UInt32(truncatingIfNeeded: entry)
    }
}
