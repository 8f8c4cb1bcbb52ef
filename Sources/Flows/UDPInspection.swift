import Bytes
import Names

/// The search for names in the datagrams of one UDP flow. Most flows never need one: what the first datagrams
/// are is told by a look that allocates nothing, and only a conversation that may carry a name over several
/// datagrams holds state.
final class UDPInspection: FlowInspection {
    private var quic = QUICSearch()
    /// Set when the flow speaks DTLS.
    private var dtls: DTLSConversation?
    /// The label is set and the sighting made; what is still of interest is whether the server took part.
    private var hasHello = false
    private var isDone = false

    /// `dtlsFromA`: who said hello in DTLS; nil for QUIC.
    init(dtlsFromA: Bool? = nil) {
        dtls = dtlsFromA.map { DTLSConversation(clientIsA: $0) }
    }

    func wants(fromA: Bool) -> Bool {
        guard !isDone else { return false }
        if let dtls { return dtls.wants(fromA: fromA) }
        // Behind the hello only the server's answer matters.
        return !hasHello || quic.clientIsA != fromA
    }

    func take(_ segment: Segment, _ payload: RawSpan, flow: inout Flow, into output: inout FlowOutput) {
        guard !isDone else { return }
        guard dtls == nil else {
            dtls?.take(segment, payload, flow: &flow, into: &output)
            return
        }
        apply(quic.take(payload, fromA: segment.fromA), segment, flow: &flow, into: &output)
    }

    func finish(_ context: Segment, flow: inout Flow, into output: inout FlowOutput) {
        guard !isDone else { return }
        if let dtls {
            dtls.finish(flow: &flow, into: &output)
        } else {
            apply(quic.finish(), context.from(a: quic.clientIsA ?? true), flow: &flow, into: &output)
        }
        isDone = true
    }

    private func apply(
        _ step: QUICSearch.Step, _ segment: Segment, flow: inout Flow, into output: inout FlowOutput
    ) {
        let ends = flow.ends(clientIsA: quic.clientIsA ?? segment.fromA)
        switch step {
        case .undecided: return
        case .hello(let hello):
            TLSFacts.take(hello, kind: .quicSNI, service: .quic, ends: ends, flow: &flow, into: &output)
            hasHello = true
        case .google(let hello):
            TLSFacts.take(hello, ends: ends, flow: &flow, into: &output)
            hasHello = true
            // Only Q050 has keys by which a server's refusal could be read.
            isDone = quic.clientIsA == nil
        case .answered(let refused):
            if refused, flow.label >= 0 { output.labels[Int(flow.label)].handshakeFailed = true }
            isDone = true
        case .failed(let reason):
            switch reason {
            case .unknownVersion: output.tally.quicUnknownVersion &+= 1
            case .undecryptable: output.tally.quicUndecryptable &+= 1
            case .incomplete: output.tally.quicIncomplete &+= 1
            }
            isDone = true
        }
    }
}

extension UDPInspection {
    /// Looks at a datagram of a flow without state: takes what stands in it alone, or begins an inspection.
    static func begin(
        _ segment: Segment, _ payload: RawSpan, flow: inout Flow, into output: inout FlowOutput
    ) -> UDPInspection? {
        if flow.key.portA == 53 || flow.key.portB == 53 {
            takeDNS(segment, payload, flow: &flow, into: &output)
            return nil
        }
        if DTLSSearch.probe(payload) {
            if flow.label < 0 { flow.setLabel(FlowLabel(service: .dtls), into: &output) }
            return UDPInspection(dtlsFromA: segment.fromA)
        }
        switch QUICProbe(payload) {
        case .known, .googlePublic:
            if flow.label < 0 { flow.setLabel(FlowLabel(service: .quic), into: &output) }
            return UDPInspection()
        case .unknownVersion: return UDPInspection()
        case .negotiation, .notQUIC:
            if flow.label < 0, let known = DatagramProbe(payload, ports: (flow.key.portA, flow.key.portB)) {
                flow.setLabel(FlowLabel(service: FlowService(known)), into: &output)
            }
            // A conversation may begin with something else; three datagrams without a sign are enough.
            if flow.flags.countUnrecognised(fromA: segment.fromA) {
                flow.flags.remove(segment.fromA ? .wantsA : .wantsB)
            }
            return nil
        }
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
