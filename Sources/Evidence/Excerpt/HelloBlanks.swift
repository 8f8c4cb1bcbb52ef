import Bytes
import Names

/// Blanks what in a ClientHello is made for one device: session ids and tickets, identities and binders of resumption,
/// key shares, cookies, and extensions that are not known. Names, versions, ciphers and all lengths stay.
enum HelloBlanks {
    /// Extensions whose content says what software a client is and whom it wants, and nothing of the device:
    /// server_name, max_fragment_length, status_request, supported_groups, ec_point_formats,
    /// signature_algorithms, ALPN, SCT, encrypt_then_mac, extended_master_secret, compress_certificate,
    /// record_size_limit, delegated_credential, supported_versions, psk_key_exchange_modes,
    /// signature_algorithms_cert, QUIC transport parameters, ALPS.
    private static let kept: Set<UInt16> = [
        0, 1, 5, 10, 11, 13, 16, 18, 22, 23, 27, 28, 34, 43, 45, 50, 57, 17513, 17613,
    ]

    /// Blanks the handshake message `message`, header included; false when it is not whole or no hello.
    static func apply(to message: inout [UInt8], isDTLS: Bool = false) -> Bool {
        let found = message.withRawSpan { (bytes: RawSpan) in ranges(bytes, isDTLS: isDTLS) }
        guard let found else { return false }
        for range in found { message.fill(range) }
        return true
    }

    /// The beginning of a hello that was cut, in its first record, up to the end of the server name; nil when that lies
    /// elsewhere.
    static func cut(_ stream: [UInt8]) -> [UInt8]? {
        guard stream.count > 9 else { return nil }
        let length = Int(stream[3]) << 8 | Int(stream[4])
        var message = Array(stream[5..<min(5 + length, stream.count)])
        guard let (end, ranges) = message.withRawSpan({ beginning($0) }) else { return nil }
        for range in ranges { message.fill(range) }
        return Array(stream[..<5]) + message[..<end]
    }

    /// Where the server name ends, and what stands before it that is blanked.
    private static func beginning(_ message: RawSpan) -> (end: Int, blanks: [Range<Int>])? {
        var reader = ByteReader(message)
        do throws(DecodeFault) {
            try reader.skip(38)
            var blanks = [try content(&reader, Int(try reader.u8()))]
            try reader.skip(Int(try reader.u16()))
            try reader.skip(Int(try reader.u8()))
            try reader.skip(2)
            // Each round consumes at least four bytes.
            while true {
                let type = try reader.u16()
                let extent = try content(&reader, Int(try reader.u16()))
                if type == TLSValue.serverName { return (reader.offset, blanks) }
                if type == TLSValue.keyShare || !kept.contains(type) { blanks.append(extent) }
            }
        } catch {
            return nil
        }
    }

    /// RFC 8446 section 4.1.2; RFC 6347 section 4.2.1 for the longer header and the cookie of DTLS.
    private static func ranges(_ message: RawSpan, isDTLS: Bool) -> [Range<Int>]? {
        var reader = ByteReader(message)
        var ranges: [Range<Int>] = []
        do throws(DecodeFault) {
            guard try reader.u8() == 1 else { return nil }
            let length = Int(try reader.u24())
            if isDTLS { try reader.skip(8) }
            guard length <= reader.remaining else { return nil }
            let end = reader.offset + length
            // Another message in the same record belongs to nobody either.
            if end < message.byteCount { ranges.append(end..<message.byteCount) }
            try reader.skip(34)
            ranges.append(try content(&reader, Int(try reader.u8())))
            if isDTLS { ranges.append(try content(&reader, Int(try reader.u8()))) }
            try reader.skip(Int(try reader.u16()))
            try reader.skip(Int(try reader.u8()))
            guard reader.offset < end else { return ranges }
            let listEnd = min(reader.offset + 2 + Int(try reader.u16()), end)
            // Each round consumes at least four bytes.
            while reader.offset + 4 <= listEnd {
                let type = try reader.u16()
                let extent = try content(&reader, Int(try reader.u16()))
                if type == TLSValue.encryptedClientHello {
                    ranges += sealed(message, extent)
                } else if type == TLSValue.preSharedKey || type == TLSValue.keyShare {
                    ranges += inner(message, type, extent)
                } else if !kept.contains(type), !TLSValue.isGREASE(type) {
                    ranges.append(extent)
                }
            }
            // What follows the list belongs to nobody.
            if reader.offset < end { ranges.append(reader.offset..<end) }
            return ranges
        } catch {
            return nil
        }
    }

    private static func content(_ reader: inout ByteReader, _ length: Int) throws(DecodeFault) -> Range<Int> {
        let start = reader.offset
        try reader.skip(length)
        return start..<reader.offset
    }

    /// The encapsulated key and the inner hello of ECH (RFC 9849 section 5), which the provider could open; the type,
    /// the suite, the configuration's id and the lengths in front of them stay.
    private static func sealed(_ message: RawSpan, _ extent: Range<Int>) -> [Range<Int>] {
        var reader = ByteReader(message.clamped(from: 0, count: extent.upperBound), at: extent.lowerBound)
        do throws(DecodeFault) {
            try reader.skip(6)
            let key = try content(&reader, Int(try reader.u16()))
            let payload = try content(&reader, Int(try reader.u16()))
            return reader.isAtEnd ? [key, payload] : [extent]
        } catch {
            return [extent]
        }
    }

    /// Within a list of keys or identities only what they hold, so that they can still be counted; all of a list that
    /// contradicts itself.
    private static func inner(_ message: RawSpan, _ type: UInt16, _ extent: Range<Int>) -> [Range<Int>] {
        var reader = ByteReader(message.clamped(from: 0, count: extent.upperBound), at: extent.lowerBound)
        var ranges: [Range<Int>] = []
        do throws(DecodeFault) {
            let listEnd = reader.offset + 2 + Int(try reader.u16())
            while reader.offset < listEnd {
                if type == TLSValue.keyShare { try reader.skip(2) }
                ranges.append(try content(&reader, Int(try reader.u16())))
                // The ticket's age tells when the device was there before.
                if type == TLSValue.preSharedKey { ranges.append(try content(&reader, 4)) }
            }
            if type == TLSValue.preSharedKey {
                let bindersEnd = reader.offset + 2 + Int(try reader.u16())
                while reader.offset < bindersEnd {
                    ranges.append(try content(&reader, Int(try reader.u8())))
                }
            }
            return reader.isAtEnd ? ranges : [extent]
        } catch {
            return [extent]
        }
    }
}

/// A handshake message within TLS records: which bytes of a stream are the message's.
struct RecordedMessage {
    private(set) var bytes: [UInt8] = []
    /// Where each byte of the message stands in the stream.
    private var places: [Int] = []
    /// Behind the last record that was walked over.
    private(set) var end: Int

    /// The handshake bytes of the records from `start` on, up to the record in which the first message ends; nil when
    /// there is none or it is not whole.
    init?(_ stream: [UInt8], from start: Int) {
        end = start
        var total = 4
        // Each round consumes at least the five bytes of a record's header.
        while bytes.count < total {
            guard start >= 0, end + 5 <= stream.count, stream[end] == 22 else { return nil }
            let length = Int(stream[end + 3]) << 8 | Int(stream[end + 4])
            guard length > 0, end + 5 + length <= stream.count else { return nil }
            bytes += stream[(end + 5)..<(end + 5 + length)]
            places += Array((end + 5)..<(end + 5 + length))
            end += 5 + length
            if bytes.count >= 4 { total = 4 + Int(bytes[1]) << 16 + Int(bytes[2]) << 8 + Int(bytes[3]) }
        }
    }

    /// The stream's bytes from `start` to `end` with the message replaced by `text`.
    func text(_ stream: [UInt8], from start: Int, with text: [UInt8]) -> [UInt8] {
        var changed = Array(stream[start..<end])
        for (place, byte) in zip(places, text) { changed[place - start] = byte }
        return changed
    }
}
