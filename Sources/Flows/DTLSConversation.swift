import Bytes
import Names

/// The clear part of a DTLS handshake: the client's hellos (two when the server asks for a cookie), and up to
/// DTLS 1.2 the server's certificate.
struct DTLSConversation {
    let clientIsA: Bool
    private var client = DTLSSearch()
    private var server = DTLSSearch(inServer: true)
    private var clientDatagrams = 0
    private var serverDatagrams = 0
    private var serverIsDone = false

    /// Datagrams of one side that are looked at: hellos and a certificate chain in fragments take a handful,
    /// retransmissions a few more.
    private static let datagramLimit = 16

    init(clientIsA: Bool) { self.clientIsA = clientIsA }

    func wants(fromA: Bool) -> Bool {
        if fromA == clientIsA { return !client.isOver && clientDatagrams < DTLSConversation.datagramLimit }
        return !serverIsDone && !server.isOver && serverDatagrams < DTLSConversation.datagramLimit
    }

    mutating func take(
        _ segment: Segment, _ payload: RawSpan, flow: inout Flow, into output: inout FlowOutput
    ) {
        guard wants(fromA: segment.fromA) else { return }
        if segment.fromA == clientIsA {
            clientDatagrams += 1
            if let hello = client.takeHello(payload) { see(hello, flow: &flow, into: &output) }
            if client.isRefused, flow.label >= 0 { output.labels[Int(flow.label)].handshakeFailed = true }
        } else {
            serverDatagrams += 1
            let certificate = server.takeCertificate(payload)
            if server.isRefused, flow.label >= 0 { output.labels[Int(flow.label)].handshakeFailed = true }
            guard let certificate else { return }
            serverIsDone = true
            TLSFacts.take(certificate, ends: flow.ends(clientIsA: clientIsA), flow: &flow, into: &output)
        }
    }

    func finish(flow: inout Flow, into output: inout FlowOutput) {
        if let hello = client.finish() { see(hello, flow: &flow, into: &output) }
    }

    private func see(_ hello: ClientHello, flow: inout Flow, into output: inout FlowOutput) {
        let ends = flow.ends(clientIsA: clientIsA)
        TLSFacts.take(hello, kind: .dtlsSNI, service: .dtls, ends: ends, flow: &flow, into: &output)
    }
}
