import Bytes
import Packets

extension FlowShard {
    /// Looks at the payload of a packet of the flow at `index`.
    mutating func inspect(_ index: Int, _ record: PacketRecord, _ payload: RawSpan, position: UInt64) {
        var segment = Segment(
            fromA: record.fromA, sequence: record.tcpSequence, isCut: record.traits.contains(.isCut),
            packet: position, time: record.time)
        switch record.transport {
        case IPProtocol.tcp:
            // Data on a SYN (TCP Fast Open) starts one behind the SYN's own number.
            if record.tcpFlags.contains(.syn) { segment.sequence &+= 1 }
            if table[index].inspection < 0 {
                let inspection = TCPInspection(for: table[index])
                table[index].inspection = inspections.begin(inspection, for: &table[index], &output.tally)
            }
        case IPProtocol.udp:
            if table[index].inspection < 0 {
                guard
                    let inspection = UDPInspection.begin(
                        segment, payload, flow: &table[index], into: &output)
                else { return }
                table[index].inspection = inspections.begin(inspection, for: &table[index], &output.tally)
            }
        default:
            table[index].flags.subtract([.wantsA, .wantsB])
            return
        }
        run(index, segment, payload)
    }

    private mutating func run(_ index: Int, _ segment: Segment, _ payload: RawSpan) {
        let number = table[index].inspection
        guard let inspection = inspections[number] else { return }
        inspection.take(segment, payload, flow: &table[index], into: &output)
        if !inspection.wants(fromA: true) { table[index].flags.remove(.wantsA) }
        if !inspection.wants(fromA: false) { table[index].flags.remove(.wantsB) }
        if !table[index].flags.contains(.wantsA), !table[index].flags.contains(.wantsB) {
            inspections.end(number)
            table[index].inspection = -1
        }
    }

    /// The flow has ended: what could be decoded of a cut message still counts.
    mutating func endInspection(of flow: inout Flow, at position: UInt64) {
        let number = flow.inspection
        flow.inspection = -1
        guard let inspection = inspections[number] else { return }
        let context = Segment(fromA: true, sequence: 0, isCut: true, packet: position, time: flow.last)
        inspection.finish(context, flow: &flow, into: &output)
        slices.turn(&flow, hour: flow.current.hour, time: flow.last)
        inspections.end(number)
    }
}
