import Packets

/// The search for names in one flow, as long as it is under way. What it holds is a function of the flow's
/// payload packets in their order, and of nothing else.
protocol FlowInspection: AnyObject {
    /// Whether payload from side A (else B) can still tell something.
    func wants(fromA: Bool) -> Bool
    /// Takes in the payload of one packet.
    func take(_ segment: Segment, _ payload: RawSpan, flow: inout Flow, into output: inout FlowOutput)
    /// The flow has ended: what could be decoded of a cut message still counts.
    func finish(_ context: Segment, flow: inout Flow, into output: inout FlowOutput)
}

/// The inspections under way, by number. Bounded: when a flood of half-open flows fills it, further flows are
/// counted without a look at their payload.
struct InspectionPool {
    /// Flows of one shard that wait for a name at the same time, at most; each may hold 128 kB in the worst case,
    /// 2 kB in practice.
    static let limit = 4096

    private var slots: [(any FlowInspection)?] = []
    private var free: [Int32] = []

    subscript(number: Int32) -> (any FlowInspection)? {
        number >= 0 && number < Int32(slots.count) ? slots[Int(number)] : nil
    }

    /// Starts `inspection` for `flow`; -1 (and nothing wanted of the flow any more) when there is no room.
    mutating func begin(
        _ inspection: some FlowInspection, for flow: inout Flow, _ tally: inout FlowTally
    ) -> Int32 {
        if let number = free.popLast() {
            slots[Int(number)] = inspection
            return number
        }
        guard slots.count < InspectionPool.limit else {
            tally.inspectionsEvicted &+= 1
            flow.flags.subtract([.wantsA, .wantsB])
            return -1
        }
        slots.append(inspection)
        return Int32(truncatingIfNeeded: slots.count - 1)
    }

    mutating func end(_ number: Int32) {
        guard number >= 0, number < Int32(slots.count), slots[Int(number)] != nil else { return }
        slots[Int(number)] = nil
        free.append(number)
    }
}
