import Bytes
import Names

/// What stands before or around the protocol that names a destination: SOCKS, the PROXY protocol, STARTTLS.
extension TCPInspection.Direction {
    // MARK: Searching

    /// Segments of one direction, and bytes, in which a handshake is looked for. STARTTLS comes after a
    /// greeting, a handful of capabilities and a command; beyond that a flow has shown that it speaks
    /// something else.
    private static let searchLimit = 24

    /// Goes on to look for a handshake at the start of later segments: what is there was none.
    mutating func beginSearch(_ hasEnded: Bool) -> Bool { pass(segments: 0) }

    /// Passes over what is there, or over a request for TLS in front of it.
    private mutating func pass(segments: Int) -> Bool {
        guard segments + 1 < TCPInspection.Direction.searchLimit else {
            stop()
            return false
        }
        stage = .searching(segments + 1)
        let command = prefix.bytes.withRawSpan { TCPInspection.Direction.lengthOfTLSRequest($0) }
        prefix.consume(command ?? prefix.bytes.count)
        return command != nil
    }

    /// A client waits for the server's word before it begins the handshake, and the server for the client's
    /// hello, so that a handshake always begins a segment. Looking inside of segments would find those of
    /// transferred files.
    mutating func search(after segments: Int, _ hasEnded: Bool) -> Bool {
        let (hello, flight) = prefix.bytes.withRawSpan {
            (ClientHello.strictProbe($0), ClientHello.strictProbe($0, messageType: 2))
        }
        if hello == true || flight == true {
            // Something else stood here before, so nothing may be taken for a request.
            stage = .start
            return true
        }
        if hello == nil || flight == nil {
            needed = 11
            if hasEnded { stop() }
            return false
        }
        return pass(segments: segments)
    }

    /// Requests for TLS that a client may send in one segment with its hello: PostgreSQL's SSLRequest (8
    /// bytes) and MySQL's (a handshake response of 32 bytes behind a header of 4, sequence number 1); and
    /// PostgreSQL's answer, one byte, which may look like the beginning of a request until the server's
    /// flight stands behind it.
    private static func lengthOfTLSRequest(_ bytes: RawSpan) -> Int? {
        if bytes.byte(at: 0) == UInt8(ascii: "S"),
            ClientHello.strictProbe(bytes.clamped(from: 1, count: bytes.byteCount), messageType: 2) == true
        {
            return 1
        }
        if bytes.word(at: 0) == 0x2f16_d204_0800_0000 { return 8 }
        return bytes.word(at: 0, count: 4) == 0x0100_0020 ? 36 : nil
    }

    // MARK: PROXY protocol

    mutating func proxyHeader(_ hasEnded: Bool, _ dialogue: inout TCPInspection.Dialogue) -> Bool {
        switch prefix.bytes.withRawSpan({ ProxyHeader.parse($0) }) {
        case .done(let header):
            dialogue.proxiedClient = header.client
            prefix.consume(header.length)
            return true
        case .needMore(let until):
            needed = until
            if hasEnded { stop() }
            return false
        case .notMine: return beginSearch(hasEnded)
        }
    }

    // MARK: SOCKS

    /// The request of SOCKS4, after which the client has to wait: a message that ends with what was sent.
    mutating func socks4(
        _ segment: Segment, flow: inout Flow, into output: inout FlowOutput,
        _ dialogue: inout TCPInspection.Dialogue
    ) -> Bool {
        switch prefix.bytes.withRawSpan({ SOCKSRequest.parse4($0) }) {
        case .done(let request) where request.length == prefix.bytes.count:
            dialogue.socks = 4
            enterTunnel(request, segment, flow: &flow, into: &output)
            return false
        case .needMore(let until):
            needed = until
            return false
        default: return beginSearch(false)
        }
    }

    mutating func socksGreeting(
        flow: inout Flow, into output: inout FlowOutput, _ dialogue: inout TCPInspection.Dialogue
    ) -> Bool {
        guard let length = prefix.bytes.withRawSpan({ SOCKSRequest.greeting5($0) }) else {
            return beginSearch(false)
        }
        dialogue.socks = 5
        if flow.label < 0 { flow.setLabel(FlowLabel(service: .socks), into: &output) }
        prefix.consume(length)
        stage = .socks5
        return true
    }

    /// A SOCKS5 client behind its greeting: user name and password, then the request.
    mutating func socks5(
        _ segment: Segment, flow: inout Flow, into output: inout FlowOutput,
        _ dialogue: inout TCPInspection.Dialogue
    ) -> Bool {
        if prefix.bytes[0] == 1 {
            guard let length = prefix.bytes.withRawSpan({ SOCKSRequest.password5($0) }) else { return false }
            prefix.consume(length)
            return true
        }
        switch prefix.bytes.withRawSpan({ SOCKSRequest.parse5($0) }) {
        case .done(let request): enterTunnel(request, segment, flow: &flow, into: &output)
        case .needMore(let until):
            needed = until
            return false
        case .notMine: return beginSearch(false)
        }
        return true
    }

    /// What the client asked for is the flow's name; what follows is read as a stream of its own.
    private mutating func enterTunnel(
        _ request: SOCKSRequest, _ segment: Segment, flow: inout Flow, into output: inout FlowOutput
    ) {
        var label = FlowLabel(service: .socks)
        if let host = request.host {
            output.see(.socksHost, host.text, ends: flow.ends(clientIsA: segment.fromA))
            if !host.isAddress {
                label.kind = .socksHost
                label.name = host.text
            }
        } else if request.refusal != nil {
            output.tally.namesRefused &+= 1
        }
        if flow.label < 0 {
            flow.setLabel(label, into: &output)
        } else {
            output.labels[Int(flow.label)] = label
        }
        prefix.consume(request.length)
        // Its own messages are behind: a 5 in the first byte is the tunnel's content.
        sawRequest = true
        stage = .start
    }

    /// The server's part of the negotiation: the method, the verdict on a password, and the reply.
    mutating func socksReply(
        _ step: Int, flow: inout Flow, into output: inout FlowOutput, _ dialogue: TCPInspection.Dialogue
    ) -> Bool {
        let bytes = prefix.bytes
        if dialogue.socks == 4 {
            guard bytes.count >= 8 else { return false }
            return endNegotiation(8, granted: bytes[1] == 0x5a, flow: flow, into: &output)
        }
        guard bytes.count >= 2 else { return false }
        if step == 0 {
            prefix.consume(2)
            // 255: none of the methods offered.
            if bytes[1] == 255 { stop() } else { stage = .socksReply(1) }
            return true
        }
        if bytes[0] == 1 {
            prefix.consume(2)
            return true
        }
        guard bytes[0] == 5 else { return beginSearch(false) }
        guard let reply = bytes.withRawSpan({ SOCKSRequest.reply5($0) }) else { return false }
        return endNegotiation(reply.length, granted: reply.granted, flow: flow, into: &output)
    }

    private mutating func endNegotiation(
        _ length: Int, granted: Bool, flow: Flow, into output: inout FlowOutput
    ) -> Bool {
        prefix.consume(length)
        stage = .start
        if !granted, flow.label >= 0 {
            output.labels[Int(flow.label)].handshakeFailed = true
            stop()
        }
        return granted
    }
}
