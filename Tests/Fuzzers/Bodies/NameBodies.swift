import Bytes
import Names

/// What the fuzzers of the name parsers run. Beside not trapping, each decoder has to keep its contract: an
/// answer does not change when more of the stream is shown, and names come out in one form only.
package enum NameBodies {
    /// A TLS stream, taken as a client's and as a server's, and the same bytes as bare messages.
    package static func tls(_ input: RawSpan) {
        stream(input) { ClientHello.parse(stream: $0, ended: $1) }
        stream(input) { ClientHello.parse(handshakeMessage: $0, ended: $1) }
        stream(input) { ServerFlight.parse(stream: $0, ended: $1) }
        for dtls in [false, true] { check(ClientHello.parse(body: input, dtls: dtls)) }
        if let end = ClientHello.endOfRecords(input) {
            precondition(end > 0 && end <= input.byteCount, "a hello that ends outside of its stream")
        }
        _ = TLSAlert.firstFatal(in: input)
        for type in [1, 2] as [UInt8] { _ = ClientHello.strictProbe(input, messageType: type) }
    }

    private static func check(_ hello: ClientHello) {
        check(hello.serverName)
        precondition(hello.alpn.count <= ClientHello.alpnLimit)
        for transport in [JA4.Transport.tcp, .quic, .dtls] {
            precondition(
                JA4.fingerprint(hello, transport: transport).utf8.count == 36, "a JA4 of another form")
        }
    }

    /// A certificate in DER.
    package static func certificate(_ input: RawSpan) {
        let names = CertificateNames.parse(input)
        precondition(names.dnsNames.count <= CertificateNames.dnsNameLimit)
        for name in names.dnsNames + [names.commonHost].compactMap(\.self) {
            let again = Array(name.utf8).withRawSpan { HostName($0, wildcard: true) }
            precondition(again?.text == name, "a name that is not in its own form")
        }
        for text in [names.issuerCommonName, names.issuerOrganization, names.commonName] {
            guard let text else { continue }
            let isPlain = text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
            precondition(isPlain, "a control character in a certificate's text")
        }
    }

    /// A host name as headers state it.
    private static func check(_ name: HostName?) {
        guard let name else { return }
        let again = Array(name.text.utf8).withRawSpan { HostName($0) }
        precondition(again?.text == name.text, "a name that is not in its own form")
        precondition(name.text.utf8.count <= HostName.lengthLimit)
    }

    /// A DNS message, and the same bytes as a stream of messages.
    package static func dns(_ input: RawSpan) {
        _ = DNSMessage.probe(input)
        if let message = try? DNSMessage.parse(input) {
            precondition(message.questions.count * 5 <= input.byteCount, "more questions than bytes for them")
            precondition(message.answers.count * 11 <= input.byteCount, "more records than bytes for them")
            for question in message.questions {
                // 255 bytes on the wire, each at most four characters.
                precondition(question.name.utf8.count <= 1020)
                precondition(question.name.utf8.allSatisfy { (0x21...0x7e).contains($0) })
                let shown = UnicodeName(question.name)?.text ?? ""
                let isPlain = shown.unicodeScalars.allSatisfy {
                    $0.properties.generalCategory != .control && $0.properties.generalCategory != .format
                }
                precondition(isPlain, "a control character in a name that is shown")
            }
        }
        stream(input) { DNSMessage.nextFrame(in: $0, from: 0, ended: $1) }
        var offset = 0
        while case .done(let range) = DNSMessage.nextFrame(in: input, from: offset) {
            precondition(range.lowerBound == offset + 2 && range.upperBound <= input.byteCount)
            offset = range.upperBound
        }
    }

    /// Requests and responses of HTTP/1, one after the other.
    package static func http1(_ input: RawSpan) {
        stream(input) { RequestHead.parse(stream: $0, ended: $1) }
        stream(input) { ResponseHead.parse(stream: $0, ended: $1) }
        var rest = input
        while case .done(let head) = RequestHead.parse(stream: rest), let length = head.headLength {
            check(head.host)
            check(head.hostField)
            precondition(length > 0 && length <= rest.byteCount, "a head that ends outside of its stream")
            rest = rest.clamped(from: length, count: rest.byteCount)
            rest = rest.clamped(from: skip(rest, head.bodyFraming), count: rest.byteCount)
        }
    }

    /// Passes over a body in one piece and byte by byte, which must come to the same.
    private static func skip(_ bytes: RawSpan, _ framing: HTTPBodyFraming) -> Int {
        var whole = BodySkipper(framing)
        var slow = BodySkipper(framing)
        let end = whole.skip(bytes)
        precondition(end == bytes.byteCount || whole.isDone)
        var place = 0
        while place < bytes.byteCount, !slow.isDone {
            place += slow.skip(bytes.clamped(from: place, count: 1))
        }
        precondition(place == end && slow == whole, "a body that ends elsewhere in small pieces")
        return end
    }

    /// A client's HTTP/2 stream in one piece and in small ones; then the bytes as one header block.
    package static func http2(_ input: RawSpan) {
        var whole = HTTP2Requests()
        _ = whole.take(input)
        var pieces = HTTP2Requests()
        var pending: [UInt8] = []
        var place = 0
        while place < input.byteCount {
            input.clamped(from: place, count: 97).append(to: &pending)
            let used = pending.withRawSpan { pieces.take($0) }
            precondition(used <= pending.count)
            pending.removeFirst(used)
            place += 97
        }
        precondition(whole.isLost == pieces.isLost, "a stream that is lost in some pieces only")
        precondition(whole.takeHosts() == pieces.takeHosts(), "hosts that depend on the pieces")
        FuzzEntry.http2(input)
    }

    /// Datagrams of a QUIC conversation; then the bytes as frames of an opened packet.
    package static func quic(_ input: RawSpan) {
        var search = QUICSearch()
        datagrams(input) { bytes, fromA in
            _ = QUICProbe(bytes)
            if case .hello(let hello) = search.take(bytes, fromA: fromA) { check(hello) }
        }
        if case .hello(let hello) = search.finish() { check(hello) }
        FuzzEntry.quicFrames(input)
        FuzzEntry.quic(input)
    }

    /// Datagrams of a DTLS conversation.
    package static func dtls(_ input: RawSpan) {
        var client = DTLSSearch()
        var server = DTLSSearch(inServer: true)
        datagrams(input) { bytes, fromA in
            _ = DTLSSearch.probe(bytes)
            if fromA {
                if let hello = client.takeHello(bytes) { check(hello) }
            } else {
                _ = server.takeCertificate(bytes)
            }
        }
        if let hello = client.finish() { check(hello) }
        FuzzEntry.dtls(input)
    }

    /// SOCKS messages of either version, the PROXY protocol's headers, and packets of OpenVPN.
    package static func tunnels(_ input: RawSpan) {
        for request in [SOCKSRequest.parse4(input), SOCKSRequest.parse5(input)] {
            guard case .done(let found) = request else { continue }
            check(found.host)
            precondition(found.length > 0 && found.length <= input.byteCount)
        }
        for length in [SOCKSRequest.greeting5(input), SOCKSRequest.password5(input)] {
            precondition(length ?? 1 > 0 && length ?? 0 <= input.byteCount)
        }
        for signature in [0, 28] {
            var control = OpenVPNControl(signature: signature)
            precondition(control.take(input) <= input.byteCount && control.handshake.count <= input.byteCount)
        }
        _ = OpenVPNStream.clientReset(input)
        _ = OpenVPNStream.isServerReset(input)
        precondition(SOCKSRequest.reply5(input)?.length ?? 0 <= input.byteCount)
        if case .done(let header) = ProxyHeader.parse(input) {
            precondition(header.length > 0 && header.length <= input.byteCount)
        }
    }

    // MARK: - How inputs are cut

    /// The input as datagrams: two bytes before each say its length, and by the top bit who sent it.
    private static func datagrams(_ input: RawSpan, _ body: (RawSpan, Bool) -> Void) {
        var reader = ByteReader(input)
        while let head = try? reader.u16() {
            let length = min(Int(head & 0x7fff), reader.remaining)
            guard let bytes = try? reader.take(length) else { return }
            body(bytes, head & 0x8000 == 0)
        }
    }

    /// Shows a stream decoder prefixes of the input and checks what `Progress` promises on any input. (That nothing is
    /// decided before the length promised holds for whole messages only: a contradiction may come at any place.)
    private static func stream<Value: Equatable>(
        _ input: RawSpan, _ decode: (RawSpan, Bool) -> Progress<Value>
    ) {
        let steps = 7
        var decided: Progress<Value>?
        for step in 0...steps {
            let prefix = input.clamped(from: 0, count: input.byteCount * step / steps)
            precondition(!decode(prefix, true).needsMore, "undecided at an end")
            let answer = decode(prefix, false)
            // Of a refusal only the reason may become another.
            if let decided {
                precondition(answer == decided || !answer.isMine && !decided.isMine, "an answer that changed")
            }
            if case .needMore(let until) = answer {
                precondition(until > prefix.byteCount, "a promise that is behind already")
            } else {
                decided = decided ?? answer
            }
        }
    }
}
