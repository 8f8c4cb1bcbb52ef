import Bytes

/// What the frames of one opened Initial packet say (RFC 9000 §12.4: PADDING, PING, ACK, CRYPTO,
/// CONNECTION_CLOSE).
struct QUICFrames {
    var hasCrypto = false
    /// CONNECTION_CLOSE: the handshake has failed. The error code; 0x1XX carries a TLS alert.
    var closeCode: UInt64?

    /// Walks over `payload` and adds its CRYPTO data to `crypto`. Stops at a frame that does not belong into
    /// an Initial: what came before it stands.
    init(_ payload: RawSpan, family: QUICVersion.Family, into crypto: inout PieceBuffer) {
        var reader = ByteReader(payload)
        do throws(DecodeFault) {
            // Each round consumes at least one byte.
            while !reader.isAtEnd {
                guard try take(&reader, family, &crypto) else { return }
            }
        } catch {
            return
        }
    }

    private mutating func take(
        _ reader: inout ByteReader, _ family: QUICVersion.Family, _ crypto: inout PieceBuffer
    ) throws(DecodeFault) -> Bool {
        let type = try reader.u8()
        switch type {
        case 0x00, 0x01: return true
        case 0x02, 0x03: try QUICFrames.skipAcknowledgement(&reader, hasCounts: type == 0x03)
        case 0x06: try takeCrypto(&reader, &crypto)
        // Google's numbers: 7 is PING, 8 is CRYPTO with the IETF's fields.
        case 0x07 where family == .googleEncrypted: return true
        case 0x08 where family == .googleEncrypted: try takeCrypto(&reader, &crypto)
        case 0x1c, 0x1d:
            closeCode = try reader.quicInteger()
            if type == 0x1c { _ = try reader.quicInteger() }
            try reader.skip(try reader.quicLength())
        default: return false
        }
        return true
    }

    /// RFC 9000 §19.6. A cut packet never gets here: its tag would not fit.
    private mutating func takeCrypto(_ reader: inout ByteReader, _ crypto: inout PieceBuffer)
        throws(DecodeFault)
    {
        let offset = try reader.quicLength()
        let data = try reader.take(try reader.quicLength())
        hasCrypto = true
        crypto.add(data, at: offset)
    }

    /// RFC 9000 §19.3: largest, delay, range count, first range, then pairs of gap and length; three ECN
    /// counts.
    static func skipAcknowledgement(_ reader: inout ByteReader, hasCounts: Bool) throws(DecodeFault) {
        _ = try reader.quicInteger()
        _ = try reader.quicInteger()
        let ranges = try reader.quicInteger()
        _ = try reader.quicInteger()
        // Each round consumes at least two bytes, so the packet bounds the loop whatever the count claims.
        var done: UInt64 = 0
        while done < ranges {
            _ = try reader.quicInteger()
            _ = try reader.quicInteger()
            done += 1
        }
        if hasCounts {
            for _ in 0..<3 { _ = try reader.quicInteger() }
        }
    }
}
