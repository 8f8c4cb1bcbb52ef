package import Bytes

/// OpenVPN over TCP: packets behind two bytes of length each ("OpenVPN wire protocol", draft of the OpenVPN project).
///
/// ```
/// length 2 | opcode 5 bits, key 3 bits | session id 8
///   | [tls-auth: HMAC, packet id, time] | count of acknowledgements 1, ids 4 each, [peer's session 8]
///   | packet id 4 | TLS
/// ```
package enum OpenVPNStream {
    /// How sure it is that a stream's first packet begins an OpenVPN session.
    package enum Reset: Equatable, Sendable {
        /// The control channel is in clear, plain or signed (tls-auth): the message's end is given to the last byte,
        /// and nothing else looks like that. So many bytes of signature, packet id and time follow each session id.
        case clear(signature: Int)
        /// Encrypted by a key (tls-crypt): length and opcode fit, the rest is opaque. Certain once the other side
        /// answers in kind, or on the port of OpenVPN.
        case encrypted
    }

    /// P_CONTROL_HARD_RESET_CLIENT_V2 and V3, P_CONTROL_HARD_RESET_SERVER_V2, each with key 0.
    private static let clientResets: [UInt8] = [0x38, 0x50]
    private static let serverReset: UInt8 = 0x40
    private static let plainLength = 14
    /// HMAC of MD5, SHA-1, SHA-256 and SHA-512, and behind each a packet id and a time of four bytes.
    private static let signatures = [16 + 8, 20 + 8, 32 + 8, 64 + 8]
    /// 54 bytes; version 3 carries a wrapped key of up to 1 kB.
    private static let encryptedLengths = 54...1200

    /// A client's first packet, after which it has to wait: `stream` ends with it.
    package static func clientReset(_ stream: RawSpan) -> Reset? {
        guard let length = wholeLength(stream), let opcode = stream.byte(at: 2),
            clientResets.contains(opcode), stream.word(at: 3) != 0
        else { return nil }
        // No acknowledgements, packet id 0.
        if opcode == 0x38, stream.word(at: 2 + length - 5, count: 5) == 0 {
            if length == plainLength { return .clear(signature: 0) }
            // The first packet that was ever signed has the id 1.
            for size in signatures where length == plainLength + size {
                if stream.word(at: 11 + size - 8, count: 4) == 0x0100_0000 { return .clear(signature: size) }
            }
        }
        return encryptedLengths.contains(length) ? .encrypted : nil
    }

    /// A server's first packet, behind which others may stand.
    package static func isServerReset(_ stream: RawSpan) -> Bool {
        guard let length = length(stream), stream.byte(at: 2) == serverReset, stream.word(at: 3) != 0 else {
            return false
        }
        // The plain form has one acknowledgement, the client's session and packet id 0: 26 bytes.
        return (26...1200).contains(length) && stream.byteCount >= 2 + length
    }

    private static func length(_ stream: RawSpan) -> Int? {
        guard let high = stream.byte(at: 0), let low = stream.byte(at: 1) else { return nil }
        return Int(high) << 8 | Int(low)
    }

    private static func wholeLength(_ stream: RawSpan) -> Int? {
        length(stream).flatMap { $0 + 2 == stream.byteCount ? $0 : nil }
    }
}

/// The TLS handshake inside of a control channel in clear, one direction: what the packets of type P_CONTROL_V1 carry,
/// in order of their ids.
package struct OpenVPNControl: Equatable, Sendable {
    /// TLS records without a gap.
    package private(set) var handshake: [UInt8] = []
    private var next: UInt32 = 1
    /// The stream is no longer what it seemed, or more than a handshake has come.
    package private(set) var isLost = false

    /// Bytes of signature, packet id and time behind each session id.
    private let signature: Int

    private static let control: UInt8 = 4
    /// A certificate chain takes 2 to 6 kB.
    private static let limit = 32 * 1024

    package init(signature: Int = 0) { self.signature = signature }

    /// Consumes whole packets from the front of `bytes`; returns how many bytes.
    package mutating func take(_ bytes: RawSpan) -> Int {
        var reader = ByteReader(bytes)
        var consumed = 0
        // Each round consumes at least the two bytes of a length.
        while !isLost, let length = try? reader.u16(), let packet = try? reader.take(Int(length)) {
            do {
                try takePacket(packet)
            } catch {
                isLost = true
            }
            consumed = reader.offset
        }
        return consumed
    }

    private mutating func takePacket(_ packet: RawSpan) throws(DecodeFault) {
        var reader = ByteReader(packet)
        let opcode = try reader.u8() >> 3
        guard opcode >= 1, opcode <= 10 else { throw .malformed }
        guard opcode == OpenVPNControl.control else { return }
        try reader.skip(8 + signature)
        let acknowledgements = Int(try reader.u8())
        // At most eight are sent at a time.
        guard acknowledgements <= 8 else { throw .malformed }
        try reader.skip(4 * acknowledgements + (acknowledgements > 0 ? 8 : 0))
        let id = try reader.u32()
        // TCP keeps the order; what was sent again is there already.
        guard id >= next else { return }
        guard id == next, handshake.count + reader.remaining <= OpenVPNControl.limit else { throw .malformed }
        next &+= 1
        reader.takeRest().append(to: &handshake)
    }
}
