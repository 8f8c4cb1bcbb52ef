import Bytes
import Names

/// OpenVPN over TCP: recognised by both sides' first packets, and its server by the certificate where no key covers
/// the control channel.
extension TCPInspection.Direction {
    private static let openVPNPort: UInt16 = 1194

    /// Whether the stream begins an OpenVPN session; then the flow has its label.
    mutating func startsOpenVPN(
        flow: inout Flow, into output: inout FlowOutput, _ dialogue: inout TCPInspection.Dialogue
    ) -> Bool {
        // A tunnel's or a request's name stands; OpenVPN comes first on its connection.
        guard !sawRequest, flow.label < 0 || output.labels[Int(flow.label)].service == .openVPN else {
            return false
        }
        if let reset = prefix.bytes.withRawSpan({ OpenVPNStream.clientReset($0) }) {
            let port = TCPInspection.Direction.openVPNPort
            if case .clear(let signature) = reset {
                dialogue.clearOpenVPN = signature
            } else if flow.key.portA == port || flow.key.portB == port {
                dialogue.otherIsMute = true
            } else {
                dialogue.mayBeOpenVPN = true
                return false
            }
            if flow.label < 0 { flow.setLabel(FlowLabel(service: .openVPN), into: &output) }
            stop()
            return true
        }
        guard dialogue.mayBeOpenVPN || dialogue.clearOpenVPN != nil,
            prefix.bytes.withRawSpan({ OpenVPNStream.isServerReset($0) })
        else { return false }
        if flow.label < 0 { flow.setLabel(FlowLabel(service: .openVPN), into: &output) }
        guard let signature = dialogue.clearOpenVPN else {
            dialogue.otherIsMute = true
            stop()
            return true
        }
        stage = .openVPN(OpenVPNControl(signature: signature))
        return true
    }

    /// The server's control packets up to its certificate.
    mutating func openVPN(
        _ segment: Segment, _ hasEnded: Bool, flow: inout Flow, into output: inout FlowOutput
    ) -> Bool {
        guard case .openVPN(var control) = stage else { return false }
        stage = .start
        prefix.consume(prefix.bytes.withRawSpan { control.take($0) })
        stage = .openVPN(control)
        let progress = control.handshake.withRawSpan {
            ServerFlight.parse(stream: $0, ended: hasEnded || control.isLost)
        }
        switch progress {
        case .needMore: if control.isLost { stop() }
        case .notMine: stop()
        case .done(let flight):
            let ends = flow.ends(clientIsA: !segment.fromA)
            if let certificate = flight.certificate {
                TLSFacts.take(certificate, ends: ends, flow: &flow, into: &output)
            }
            stop()
        }
        return false
    }
}
