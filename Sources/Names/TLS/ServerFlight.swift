package import Bytes

/// What a TLS server says in the clear: whether it accepted the handshake, how, and up to TLS 1.2 who it is.
package struct ServerFlight: Equatable, Sendable {
    /// The version chosen, from supported_versions when it is there; nil when no ServerHello came.
    package var version: UInt16?
    package var cipherSuite: UInt16?
    /// The ALPN protocol chosen, as bytes; TLS 1.3 servers say it encrypted.
    package var alpn: [UInt8]?
    /// The server first asked for another hello (HelloRetryRequest, RFC 8446 §4.1.4).
    package var retried = false
    /// A retry confirmed that the server can decrypt ECH (RFC 9849 §7.2.1 puts the extension there).
    package var retryHadECH = false
    /// A fatal alert in the clear: the handshake failed.
    package var alert: TLSAlert?
    /// A warning before the hello, such as unrecognized_name, after which the handshake went on.
    package var warning: TLSAlert?
    /// The names in the first certificate, up to TLS 1.2.
    package var certificate: CertificateNames?
    /// Set when the stream ended or contradicted itself before the flight was whole.
    package var fault: DecodeFault?

    package init() {}

    /// Whether the server took part in the handshake.
    package var accepted: Bool { version != nil && alert == nil }

    /// SHA-256 of "HelloRetryRequest", which stands where the random would (RFC 8446 §4.1.3).
    private static let retryRandom: [UInt8] = [
        0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
        0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
    ]

    /// Whether a stream can begin with a server's flight; true also for a shorter prefix.
    package static func probe(_ stream: RawSpan) -> Bool {
        guard let type = stream.byte(at: 0) else { return true }
        guard type == TLSRecordHeader.alert || type == TLSRecordHeader.handshake else { return false }
        return (stream.byte(at: 1) ?? 3) == 3
            && (type == TLSRecordHeader.alert || (stream.byte(at: 5) ?? 2) == 2 || stream.byte(at: 5) == 0)
    }

    /// Decodes the start of a server's TCP stream. Done when the certificate is read, when the rest is
    /// encrypted (TLS 1.3, or a resumed session), or with the first fatal alert. `ended`: see `Progress`.
    package static func parse(stream: RawSpan, ended: Bool = false) -> Progress<ServerFlight> {
        guard probe(stream) else { return .notMine(.unknown) }
        var walk = ServerFlightWalk(ended: ended)
        do {
            return try walk.run(stream)
        } catch {
            if walk.flight == ServerFlight() { return .notMine(error) }
            walk.flight.fault = error
            return .done(walk.flight)
        }
    }

    /// Takes in a ServerHello's body; returns whether it was a HelloRetryRequest.
    ///
    /// ```
    /// legacy_version 2 | random 32 | session_id <1> | cipher_suite 2 | compression 1 | extensions <2>
    /// ```
    package mutating func readServerHello(_ body: RawSpan) throws(DecodeFault) -> Bool {
        var reader = ByteReader(body)
        let legacyVersion = try reader.u16()
        let random = try reader.take(32)
        let isRetry = ServerFlight.retryRandom.withRawSpan { $0.equals(random) }
        // Drafts of TLS 1.3 had no session id and no compression here; they are older than any capture in
        // use.
        try reader.skip(Int(try reader.u8()))
        let cipher = try reader.u16()
        try reader.skip(1)
        var selected = legacyVersion
        if !reader.isAtEnd {
            var extensions = ByteReader(try reader.take(Int(try reader.u16())))
            // Each round consumes at least four bytes.
            while !extensions.isAtEnd {
                let type = try extensions.u16()
                var content = ByteReader(try extensions.take(Int(try extensions.u16())))
                switch type {
                case TLSValue.supportedVersions: selected = try content.u16()
                case TLSValue.alpn where !isRetry:
                    _ = try content.u16()
                    alpn = try content.take(Int(try content.u8())).copied()
                case TLSValue.encryptedClientHello where isRetry: retryHadECH = true
                default: break
                }
            }
        }
        version = selected
        cipherSuite = cipher
        if isRetry { retried = true }
        return isRetry
    }
}

/// One pass over a server's prefix: joins handshake fragments and takes the messages in order.
private struct ServerFlightWalk {
    var flight = ServerFlight()
    let ended: Bool
    /// Handshake bytes not yet taken as a message; bounded by the prefix that the caller holds (32 KiB).
    private var pending: [UInt8] = []
    private var finished = false
    /// Bytes that the message at the front of `pending` still lacks.
    private var missing = 1

    init(ended: Bool) {
        self.ended = ended
    }

    mutating func run(_ stream: RawSpan) throws(DecodeFault) -> Progress<ServerFlight> {
        var reader = ByteReader(stream)
        var cut = false
        // Each round consumes at least a record header, so the prefix bounds the loop.
        while !finished, !cut, reader.remaining >= TLSRecordHeader.size {
            let record = try TLSRecordHeader(&reader)
            cut = reader.remaining < record.length
            let fragment = cut ? reader.takeRest() : try reader.take(record.length)
            try take(record, fragment, cut: cut)
        }
        if finished { return .done(flight) }
        if ended {
            if flight == ServerFlight() { return .notMine(.truncated) }
            flight.fault = .truncated
            return .done(flight)
        }
        let header = cut ? 0 : TLSRecordHeader.size - reader.remaining
        return .needMore(until: stream.byteCount + max(missing + header, 1))
    }

    private mutating func take(
        _ record: TLSRecordHeader, _ fragment: RawSpan, cut: Bool
    ) throws(DecodeFault) {
        switch record.type {
        case TLSRecordHeader.handshake:
            fragment.append(to: &pending)
            try takeMessages()
        case TLSRecordHeader.alert:
            guard !cut else { return }
            // An alert of another length is encrypted: the handshake is over.
            guard record.length == 2, let level = fragment.byte(at: 0), let code = fragment.byte(at: 1) else {
                finished = true
                return
            }
            let alert = TLSAlert(level: level, code: code)
            if alert.isFatal || code == TLSAlert.closeNotify {
                flight.alert = alert
                finished = true
            } else {
                flight.warning = flight.warning ?? alert
            }
        case TLSRecordHeader.changeCipherSpec:
            // After a retry the server sends a dummy one (RFC 8446 appendix D.4); its second hello follows.
            if !(flight.retried && flight.version.map(TLSValue.isTLS13) == true) { finished = true }
        default:
            if flight.version == nil { throw .malformed }
            finished = true
        }
    }

    /// Takes whole messages from the front of `pending`.
    private mutating func takeMessages() throws(DecodeFault) {
        var consumed = 0
        while !finished {
            let available = pending.count - consumed
            guard available >= 4 else {
                missing = 4 - available
                break
            }
            let type = pending[consumed]
            let length = pending[(consumed + 1)..<(consumed + 4)].reduce(0) { $0 << 8 | Int($1) }
            // The largest certificate chains seen are some 30 KiB; the field could claim 16 MiB.
            guard length <= 1 << 18 else { throw .malformed }
            if type == 11, flight.version != nil {
                let start = consumed + 4
                missing = try pending.withRawSpan { bytes throws(DecodeFault) in
                    try takeCertificate(bytes.clamped(from: start, count: length))
                }
                if finished { break }
                // The message is whole and yet shorter than its own first certificate.
                if available >= 4 + length { throw .malformed }
                break
            }
            guard available >= 4 + length else {
                missing = 4 + length - available
                break
            }
            let start = consumed + 4
            try pending.withRawSpan { bytes throws(DecodeFault) in
                try takeMessage(type, bytes.clamped(from: start, count: length))
            }
            consumed += 4 + length
        }
        pending.removeFirst(min(consumed, pending.count))
    }

    private mutating func takeMessage(_ type: UInt8, _ body: RawSpan) throws(DecodeFault) {
        switch type {
        // HelloRequest (RFC 5246 §7.4.1.1) asks for a hello and is followed by the real flight.
        case 0: break
        case 2:
            let isRetry = try flight.readServerHello(body)
            if !isRetry, let version = flight.version, TLSValue.isTLS13(version) { finished = true }
        // HelloVerifyRequest is DTLS; anything else before a hello is not a server's flight.
        default:
            guard flight.version != nil else { throw .malformed }
            // After the hello: NewSessionTicket, ServerKeyExchange, ... without a certificate before them.
            finished = true
        }
    }

    /// Certificate (RFC 5246 §7.4.2): list <3> of certificates <3>, the server's own first. Returns how many
    /// bytes the first one still lacks; 0 when it was read.
    private mutating func takeCertificate(_ body: RawSpan) throws(DecodeFault) -> Int {
        var reader = ByteReader(body)
        guard reader.remaining >= 6 else { return 6 - reader.remaining }
        guard try reader.u24() > 0 else {
            finished = true
            return 0
        }
        let length = Int(try reader.u24())
        if length > reader.remaining { return length - reader.remaining }
        flight.certificate = CertificateNames.parse(try reader.take(length))
        finished = true
        return 0
    }
}
