package import Bytes

/// What a client says first in TLS, QUIC or DTLS (RFC 8446 §4.1.2): whom it wants, and how it introduces
/// itself.
///
/// Lists keep the order and the GREASE values (RFC 8701) of the wire; `TLSValue.isGREASE` tells those apart.
package struct ClientHello: Equatable, Sendable {
    package enum Framing: Equatable, Sendable {
        /// Records of SSL 3.0 and TLS, or a bare handshake message (QUIC).
        case tls
        case dtls
        /// The SSL 2.0 format (RFC 5246 appendix E.2), which has no extensions and thus no name.
        case sslv2
    }

    package var framing: Framing = .tls
    /// `legacy_version`; TLS 1.3 clients say 0x0303 here and state theirs in `supportedVersions`.
    package var legacyVersion: UInt16 = 0
    package var sessionIDLength: UInt8 = 0
    package var cipherSuites: [UInt16] = []
    /// Extension types in order of appearance.
    package var extensions: [UInt16] = []

    /// The first host_name entry of server_name (RFC 6066 §3); nil when absent or refused.
    package var serverName: HostName?
    /// Why a server name that was there is not a host name.
    package var serverNameRefusal: HostName.Refusal?
    /// Protocol names of ALPN (RFC 7301) as bytes, at most `ClientHello.alpnLimit`.
    package var alpn: [[UInt8]] = []
    package var supportedVersions: [UInt16] = []
    package var supportedGroups: [UInt16] = []
    package var signatureAlgorithms: [UInt16] = []
    package var keyShareGroups: [UInt16] = []
    package var ech: EncryptedClientHello?
    /// A pre_shared_key with at least one identity, or a session ticket that is not empty.
    package var offersResumption = false

    /// Set when the hello was decoded in part: `truncated` or `malformed`. What stands above was whole.
    package var fault: DecodeFault?

    /// Real clients offer two or three protocols; beyond this the list is somebody's test.
    package static let alpnLimit = 32

    package init() {}

    /// The highest version offered, GREASE aside; 0x7fXX are drafts of TLS 1.3.
    package var highestVersion: UInt16 {
        supportedVersions.filter { !TLSValue.isGREASE($0) }.max() ?? legacyVersion
    }

    /// Whether ALPN lists `name`, such as `h2`, `http/1.1`, `h3`, `dot`, `doq`.
    package func offers(_ name: String) -> Bool {
        alpn.contains { $0.elementsEqual(name.utf8) }
    }

    package func has(_ type: UInt16) -> Bool { extensions.contains(type) }
}

/// The encrypted_client_hello extension of an outer hello (RFC 9849 §5). A GREASE ECH looks the same:
/// whether one is real shows only in the DNS (an HTTPS record with `ech`) and in the name that stands
/// outside.
package struct EncryptedClientHello: Equatable, Sendable {
    /// False for the marker in an inner hello, which no wire shows outside of tests.
    package var isOuter: Bool
    package var configID: UInt8
    package var kdf: UInt16
    package var aead: UInt16
    package var encapsulatedKeyLength: Int
    package var payloadLength: Int

    package init(
        isOuter: Bool, configID: UInt8, kdf: UInt16, aead: UInt16, encapsulatedKeyLength: Int,
        payloadLength: Int
    ) {
        self.isOuter = isOuter
        self.configID = configID
        self.kdf = kdf
        self.aead = aead
        self.encapsulatedKeyLength = encapsulatedKeyLength
        self.payloadLength = payloadLength
    }
}

/// Numbers of the TLS registries that decoders compare with.
package enum TLSValue {
    /// Reserved values that clients mix in to keep servers tolerant: 0x0a0a, 0x1a1a ... 0xfafa (RFC 8701).
    package static func isGREASE(_ value: UInt16) -> Bool {
        value & 0x0f0f == 0x0a0a && value >> 8 == value & 0xff
    }

    package static let serverName: UInt16 = 0
    package static let supportedGroups: UInt16 = 10
    package static let signatureAlgorithms: UInt16 = 13
    package static let alpn: UInt16 = 16
    package static let sessionTicket: UInt16 = 35
    package static let preSharedKey: UInt16 = 41
    package static let earlyData: UInt16 = 42
    package static let supportedVersions: UInt16 = 43
    package static let cookie: UInt16 = 44
    package static let keyShare: UInt16 = 51
    package static let quicTransportParameters: UInt16 = 57
    package static let encryptedClientHello: UInt16 = 0xfe0d
    /// Key shares of the drafts before TLS 1.3 draft 23.
    package static let oldKeyShare: UInt16 = 40

    package static let ssl2: UInt16 = 0x0002
    package static let tls12: UInt16 = 0x0303
    package static let tls13: UInt16 = 0x0304

    /// TLS 1.3 or one of its drafts (0x7fXX, and Facebook's 0xfbXX).
    package static func isTLS13(_ version: UInt16) -> Bool {
        version >= tls13 && version <= 0x03ff || version >> 8 == 0x7f || version >> 8 == 0xfb
            || version == 0xfefc
    }
}

extension ClientHello {
    /// Whether a stream can begin with a hello: at most ten bytes read, nothing allocated. True also for a
    /// shorter prefix that does not contradict it.
    package static func probe(_ stream: RawSpan) -> Bool {
        guard let first = stream.byte(at: 0) else { return true }
        if first == TLSRecordHeader.handshake {
            return (stream.byte(at: 1) ?? 3) == 3 && (stream.byte(at: 5) ?? 1) == 1
                && (stream.byte(at: 6) ?? 0) == 0
        }
        return first & 0x80 != 0 && (stream.byte(at: 2) ?? 1) == 1 && looksLikeSSLv2(stream)
    }

    /// Decodes the hello at the start of a client's TCP stream. `ended`: see `Progress`.
    package static func parse(stream: RawSpan, ended: Bool = false) -> Progress<ClientHello> {
        guard let first = stream.byte(at: 0) else {
            return ended ? .notMine(.truncated) : .needMore(until: TLSRecordHeader.size)
        }
        if first == TLSRecordHeader.handshake { return parseRecords(stream, ended: ended) }
        if first & 0x80 != 0 { return parseSSLv2(stream, ended: ended) }
        return .notMine(.unknown)
    }

    /// Where the records of the hello at the start of `stream` end; nil when it is cut or framed otherwise.
    package static func endOfRecords(_ stream: RawSpan) -> Int? { (try? HandshakeExtent(stream))?.end }

    /// A probe for places where nothing says that TLS must begin: eleven bytes that agree with each other,
    /// the version in the record and in the message, type and length. Nil when fewer bytes do not contradict
    /// it yet.
    package static func strictProbe(_ stream: RawSpan, messageType: UInt8 = 1) -> Bool? {
        let expected: [ClosedRange<UInt8>?] = [
            22...22, 3...3, 0...4, nil, nil, messageType...messageType, 0...0, nil, nil, 3...3, 0...4,
        ]
        for (offset, range) in expected.enumerated() {
            guard let byte = stream.byte(at: offset) else { return nil }
            if let range, !range.contains(byte) { return false }
        }
        return true
    }

    /// Decodes a bare handshake message with its four-byte header, as QUIC's CRYPTO stream carries it.
    package static func parse(handshakeMessage: RawSpan, ended: Bool = false) -> Progress<ClientHello> {
        var reader = ByteReader(handshakeMessage)
        do {
            guard try reader.u8() == 1 else { return .notMine(.unknown) }
            let length = Int(try reader.u24())
            guard length <= HandshakeExtent.messageLimit else { return .notMine(.malformed) }
            if length > reader.remaining {
                return ended ? .done(parse(body: reader.takeRest())) : .needMore(until: 4 + length)
            }
            return .done(parse(body: try reader.take(length)))
        } catch {
            return ended ? .notMine(error) : .needMore(until: 4)
        }
    }

    private static func parseRecords(_ stream: RawSpan, ended: Bool) -> Progress<ClientHello> {
        do {
            let extent = try HandshakeExtent(stream)
            guard (extent.type ?? 1) == 1 else { return .notMine(.unknown) }
            if !extent.isWhole, !ended { return .needMore(until: extent.until) }
            guard let total = extent.total else { return .notMine(.truncated) }
            if extent.inFirstRecord >= min(total, extent.available) {
                return parse(
                    handshakeMessage: stream.clamped(from: TLSRecordHeader.size, count: total), ended: ended)
            }
            let joined = HandshakeExtent.join(stream, limit: total)
            return joined.withRawSpan { parse(handshakeMessage: $0, ended: ended) }
        } catch {
            return .notMine(error)
        }
    }

    /// Version 2 framing: two bytes of length with the top bit set, type 1, then the version wanted.
    private static func looksLikeSSLv2(_ stream: RawSpan) -> Bool {
        guard let major = stream.byte(at: 3) else { return true }
        guard let minor = stream.byte(at: 4) else { return major == 3 || major == 0 }
        guard major == 3 && minor <= 4 || major == 0 && minor == 2 else { return false }
        guard let high = stream.byte(at: 5), let low = stream.byte(at: 6) else { return true }
        // Cipher specs of three bytes each, at least one.
        let ciphers = UInt16(high) << 8 | UInt16(low)
        return ciphers > 0 && ciphers % 3 == 0
    }

    private static func parseSSLv2(_ stream: RawSpan, ended: Bool) -> Progress<ClientHello> {
        var reader = ByteReader(stream)
        do {
            let length = Int(try reader.u16() & 0x7fff)
            guard try reader.u8() == 1 else { return .notMine(.unknown) }
            let version = try reader.u16()
            guard looksLikeSSLv2(stream) else { return .notMine(.unknown) }
            let ciphers = Int(try reader.u16())
            let session = Int(try reader.u16())
            let challenge = Int(try reader.u16())
            // RFC 5246 appendix E.2: challenge of 16 to 32 bytes; type, version and three lengths make nine
            // more.
            guard (16...32).contains(challenge), 9 + ciphers + session + challenge == length else {
                return .notMine(.unknown)
            }
            var hello = ClientHello()
            hello.framing = .sslv2
            hello.legacyVersion = version
            hello.sessionIDLength = UInt8(clamping: session)
            return .done(hello)
        } catch {
            return ended ? .notMine(error) : .needMore(until: 11)
        }
    }
}
