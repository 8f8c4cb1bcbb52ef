/// Flows by key: an open-addressing index (linear probing) over a dense list in order of first appearance.
///
/// The index holds 32-bit positions, so that probing touches one cache line; the list holds the entries, so that
/// walking them is deterministic. A new generation of a 5-tuple takes over the index; the old one stays listed.
package struct FlowTable: Sendable {
    package private(set) var flows: [Flow] = []
    /// Position + 1 of an entry in `flows`; 0 is empty. A power of two in length, at most half full.
    private var index: [UInt32]
    private var occupied = 0

    init(expectedFlows: Int = 1024) {
        var size = 1024
        while size < expectedFlows * 2 { size *= 2 }
        index = Array(repeating: 0, count: size)
    }

    /// The newest flow of `key`, or nil.
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

    /// Adds `flow` as the newest of its key; returns its position.
    mutating func append(_ flow: Flow) -> Int {
        let position = flows.count
        flows.append(flow)
        let mask = index.count &- 1
        var slot = Int(truncatingIfNeeded: flow.key.hash) & mask
        while index[slot] != 0, flows[Int(index[slot]) &- 1].key != flow.key { slot = (slot &+ 1) & mask }
        if index[slot] == 0 { occupied += 1 }
        index[slot] = UInt32(truncatingIfNeeded: position &+ 1)
        if occupied &* 2 > index.count { growIndex() }
        return position
    }

    @inline(__always)
    subscript(position: Int) -> Flow {
        _read { yield flows[position] }
        _modify { yield &flows[position] }
    }

    private mutating func growIndex() {
        index = Array(repeating: 0, count: index.count * 2)
        let mask = index.count &- 1
        occupied = 0
        // In order, so that the newest of a key ends up in the index.
        for (position, flow) in flows.enumerated() {
            var slot = Int(truncatingIfNeeded: flow.key.hash) & mask
            while index[slot] != 0, flows[Int(index[slot]) &- 1].key != flow.key { slot = (slot &+ 1) & mask }
            if index[slot] == 0 { occupied += 1 }
            index[slot] = UInt32(truncatingIfNeeded: position &+ 1)
        }
    }
}
