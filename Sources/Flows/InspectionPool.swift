import Packets

/// The inspections under way, by number. Bounded: when a flood of half-open flows fills it, further flows are
/// counted without a look at their payload.
struct InspectionPool {
    /// Flows that wait for a name at the same time, at most; each may hold 128 kB in the worst case, 2 kB in
    /// practice.
    static let limit = 65_536

    private var slots: [TCPInspection?] = []
    private var free: [Int32] = []
    private(set) var evicted: UInt64 = 0

    subscript(number: Int32) -> TCPInspection? {
        number >= 0 && number < Int32(slots.count) ? slots[Int(number)] : nil
    }

    /// Starts an inspection for `flow`; -1 (and nothing wanted of the flow any more) when there is no room.
    mutating func begin(for flow: inout Flow) -> Int32 {
        let inspection = TCPInspection()
        if flow.flags.contains(.synFromA) {
            inspection.anchor(fromA: true, firstSequence: flow.initialSequence &+ 1)
        } else if flow.flags.contains(.synFromB) {
            inspection.anchor(fromA: false, firstSequence: flow.initialSequence &+ 1)
        }
        if let number = free.popLast() {
            slots[Int(number)] = inspection
            return number
        }
        guard slots.count < InspectionPool.limit else {
            evicted += 1
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
