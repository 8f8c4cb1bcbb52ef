import Bytes
import Names

/// The search for names in UDP datagrams.
enum UDPInspection {
    static func take(_ segment: Segment, _ payload: RawSpan, flow: inout Flow, into output: inout FlowOutput) {
        if flow.key.portA == 53 || flow.key.portB == 53 {
            takeDNS(segment, payload, flow: &flow, into: &output)
            return
        }
        flow.flags.subtract([.wantsA, .wantsB])
    }

    /// DNS asks again and again on one 5-tuple, so the flow stays open to inspection.
    private static func takeDNS(
        _ segment: Segment, _ payload: RawSpan, flow: inout Flow, into output: inout FlowOutput
    ) {
        // Between two resolvers both ports are 53: then the question itself tells who asks.
        let bothSides = flow.key.portA == flow.key.portB
        let isResponse = (payload.byte(at: 2) ?? 0) & 0x80 != 0
        let serverIsA = bothSides ? segment.fromA == isResponse : flow.key.portA == 53
        if flow.label < 0 { flow.setLabel(FlowLabel(service: .dns), into: &output) }
        DNSFacts.take(
            payload, fromServer: segment.fromA == serverIsA, ends: flow.ends(clientIsA: !serverIsA),
            packet: segment.packet, time: segment.time, into: &output)
    }
}
