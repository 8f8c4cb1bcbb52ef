import Bytes
import Names

/// What a stream speaks, and the protocols that name a destination in it.
extension TCPInspection.Direction {
    /// Browsers share a connection among the names of one certificate: a handful.
    private static let authorityLimit = 256

    private enum Guess { case hello, serverFlight, request, response, http2, socks4, socks5, ssh, none }

    /// Recognises what the stream speaks by its first bytes, on any port. Returns whether to go on decoding.
    mutating func start(
        _ segment: Segment, _ hasEnded: Bool, flow: inout Flow, into output: inout FlowOutput,
        _ dialogue: inout TCPInspection.Dialogue
    ) -> Bool {
        if flow.key.portA == 53 || flow.key.portB == 53 {
            stage = .dns
            return true
        }
        if dialogue.socks != 0, prefix.bytes[0] == 5 || prefix.bytes[0] == 0, flow.label >= 0, !sawRequest {
            sawRequest = true
            stage = .socksReply(0)
            return true
        }
        if startsOpenVPN(flow: &flow, into: &output, &dialogue) { return !stage.isDone }
        switch prefix.bytes.withRawSpan({ TCPInspection.Direction.guess($0) }) {
        case .hello: return hello(segment, hasEnded, flow: &flow, into: &output)
        case .serverFlight: return serverFlight(segment, hasEnded, flow: &flow, into: &output)
        case .request: stage = .requests
        case .response: return response(hasEnded, flow: &flow, into: &output)
        case .http2:
            dialogue.otherIsMute = true
            stage = .http2(HTTP2Requests())
        case .socks4: return socks4(segment, flow: &flow, into: &output, &dialogue)
        case .socks5: return socksGreeting(flow: &flow, into: &output, &dialogue)
        case .ssh:
            if flow.label < 0 { flow.setLabel(FlowLabel(service: .ssh), into: &output) }
            dialogue.otherIsMute = true
            stop()
        case .none: return proxyHeader(hasEnded, &dialogue)
        }
        return true
    }

    private static func guess(_ bytes: RawSpan) -> Guess {
        if ClientHello.probe(bytes) { return .hello }
        if ServerFlight.probe(bytes) { return .serverFlight }
        if HTTP2Requests.probe(bytes) { return .http2 }
        switch bytes.byte(at: 0) {
        case 4 where (1...2).contains(bytes.byte(at: 1) ?? 1): return .socks4
        case 5 where SOCKSRequest.greeting5(bytes) != nil: return .socks5
        case UInt8(ascii: "P") where bytes.byteCount >= 6 && ProxyHeader.parse(bytes).isMine: return .none
        case UInt8(ascii: "S")
        where bytes.byte(at: 3) == UInt8(ascii: "-") && bytes.byte(at: 1) == UInt8(ascii: "S"):
            return .ssh
        default: break
        }
        if RequestHead.probe(bytes) { return .request }
        return ResponseHead.probe(bytes) ? .response : .none
    }

    private mutating func hello(
        _ segment: Segment, _ hasEnded: Bool, flow: inout Flow, into output: inout FlowOutput
    ) -> Bool {
        let progress = prefix.bytes.withRawSpan { ClientHello.parse(stream: $0, ended: hasEnded) }
        switch progress {
        case .needMore(let until): needed = until
        case .notMine:
            // A server's flight and a client's hello look alike in their first bytes.
            return serverFlight(segment, hasEnded, flow: &flow, into: &output)
        case .done(let hello):
            TLSFacts.take(hello, ends: flow.ends(clientIsA: segment.fromA), flow: &flow, into: &output)
            guard let end = prefix.bytes.withRawSpan({ ClientHello.endOfRecords($0) }) else {
                stop()
                return false
            }
            prefix.consume(end)
            stage = .afterHello
            return true
        }
        return false
    }

    /// What a client sends after its hello, as far as it is in clear: a second hello when the server asked
    /// for one (RFC 8446 §4.1.4), or a fatal alert when it does not accept the server.
    mutating func afterHello(
        _ segment: Segment, _ hasEnded: Bool, flow: inout Flow, into output: inout FlowOutput
    ) -> Bool {
        switch prefix.bytes[0] {
        // ChangeCipherSpec, which is empty of meaning in TLS 1.3.
        case 20 where prefix.bytes.count >= 6:
            prefix.consume(6)
            return true
        case 21:
            guard prefix.bytes.count >= 7 else { break }
            if prefix.bytes.withRawSpan({ TLSAlert.firstFatal(in: $0) }) != nil, flow.label >= 0 {
                output.labels[Int(flow.label)].handshakeFailed = true
            }
            stop()
        case 20, 22:
            let isHello = prefix.bytes.withRawSpan { ClientHello.strictProbe($0) }
            guard isHello == true else {
                if isHello == false || hasEnded { stop() } else { needed = 11 }
                return false
            }
            switch prefix.bytes.withRawSpan({ ClientHello.parse(stream: $0, ended: hasEnded) }) {
            case .needMore(let until): needed = until
            case .done(let hello) where hello.fault == nil:
                TLSFacts.take(hello, ends: flow.ends(clientIsA: segment.fromA), flow: &flow, into: &output)
                stop()
            default: stop()
            }
        default: stop()
        }
        return false
    }

    private mutating func serverFlight(
        _ segment: Segment, _ hasEnded: Bool, flow: inout Flow, into output: inout FlowOutput
    ) -> Bool {
        let progress = prefix.bytes.withRawSpan { ServerFlight.parse(stream: $0, ended: hasEnded) }
        switch progress {
        case .needMore(let until): needed = until
        case .notMine: return beginSearch(hasEnded)
        case .done(let flight):
            TLSFacts.take(flight, ends: flow.ends(clientIsA: !segment.fromA), flow: &flow, into: &output)
            stop()
        }
        return false
    }

    mutating func request(
        _ segment: Segment, _ hasEnded: Bool, flow: inout Flow, into output: inout FlowOutput,
        _ dialogue: inout TCPInspection.Dialogue
    ) -> Bool {
        // After an upgrade to h2c the client goes on with the preface.
        if sawRequest, prefix.bytes.withRawSpan({ HTTP2Requests.probe($0) }) {
            dialogue.otherIsMute = true
            stage = .http2(HTTP2Requests())
            return true
        }
        let progress = prefix.bytes.withRawSpan { RequestHead.parse(stream: $0, ended: hasEnded) }
        switch progress {
        case .needMore(let until): needed = until
        case .notMine:
            // Other protocols' commands look like a method: EHLO, USER, AUTH.
            if !sawRequest { return beginSearch(hasEnded) }
            stop()
        case .done(let head):
            sawRequest = true
            HTTPFacts.take(head, ends: flow.ends(clientIsA: segment.fromA), flow: &flow, into: &output)
            guard let length = head.headLength, !head.hasUpgrade || head.upgradesToHTTP2 else {
                stop()
                return false
            }
            prefix.consume(length)
            if head.isConnect {
                // Behind the tunnel's request the client speaks to the tunnel's other end.
                stage = .start
                sawRequest = false
                return true
            }
            let skipper = BodySkipper(head.bodyFraming)
            stage = skipper.isDone ? .requests : .body(skipper)
            return true
        }
        return false
    }

    /// Frames of HTTP/2 until the connection ends: requests for several hosts may share it.
    mutating func http2(_ segment: Segment, flow: inout Flow, into output: inout FlowOutput) -> Bool {
        guard case .http2(var requests) = stage else { return false }
        stage = .start
        let consumed = prefix.bytes.withRawSpan { requests.take($0) }
        let ends = flow.ends(clientIsA: segment.fromA)
        for host in requests.takeHosts() {
            guard case .name(let name) = host, let known = authorities[name.text], known != flow.firstLabel
            else {
                HTTPFacts.take(host, ends: ends, flow: &flow, into: &output)
                if case .name(let name) = host, authorities.count < TCPInspection.Direction.authorityLimit {
                    authorities[name.text] = flow.label
                }
                continue
            }
            output.see(.http2Authority, name.text, ends: ends)
            flow.returnTo(label: known)
        }
        prefix.consume(consumed)
        stage = .http2(requests)
        if requests.isLost { stop() }
        return false
    }

    /// An answer matters only where it opens or refuses a tunnel; then the server's flight follows.
    private mutating func response(
        _ hasEnded: Bool, flow: inout Flow, into output: inout FlowOutput
    ) -> Bool {
        guard flow.label >= 0, output.labels[Int(flow.label)].kind == .httpConnect else {
            stop()
            return false
        }
        switch prefix.bytes.withRawSpan({ ResponseHead.parse(stream: $0, ended: hasEnded) }) {
        case .needMore(let until): needed = until
        case .notMine: stop()
        case .done(let head):
            output.labels[Int(flow.label)].tunnelStatus = head.status
            guard let length = head.headLength, head.status / 100 == 2 else {
                stop()
                return false
            }
            prefix.consume(length)
            return true
        }
        return false
    }

    mutating func skipBody() -> Bool {
        guard case .body(var skipper) = stage else { return false }
        let skipped = prefix.bytes.withRawSpan { skipper.skip($0) }
        prefix.consume(skipped)
        stage = skipper.isDone ? .requests : .body(skipper)
        if skipper.isLost { stop() }
        return skipper.isDone
    }

    mutating func message(
        _ segment: Segment, _ hasEnded: Bool, flow: inout Flow, into output: inout FlowOutput
    ) -> Bool {
        let progress = prefix.bytes.withRawSpan { DNSMessage.nextFrame(in: $0, from: 0, ended: hasEnded) }
        switch progress {
        case .needMore(let until): needed = until
        case .notMine: stop()
        case .done(let range):
            if flow.label < 0 { flow.setLabel(FlowLabel(service: .dns), into: &output) }
            let serverIsA = flow.key.portA == 53
            let ends = flow.ends(clientIsA: !serverIsA)
            prefix.bytes.withRawSpan { bytes in
                DNSFacts.take(
                    bytes.clamped(from: range.lowerBound, count: range.count),
                    fromServer: segment.fromA == serverIsA, ends: ends, packet: segment.packet,
                    time: segment.time, into: &output)
            }
            prefix.consume(range.upperBound)
            return true
        }
        return false
    }
}
