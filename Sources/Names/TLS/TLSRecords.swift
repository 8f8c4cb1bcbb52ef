import Bytes

/// The header of one TLS record (RFC 8446 §5.1): type, version, length.
struct TLSRecordHeader {
    let type: UInt8
    let length: Int

    static let size = 5

    static let changeCipherSpec: UInt8 = 20
    static let alert: UInt8 = 21
    static let handshake: UInt8 = 22
    static let applicationData: UInt8 = 23

    /// RFC 5246 §6.2.3: an encrypted record may exceed the 2^14 bytes of a plaintext by 2048; nothing
    /// exceeds that.
    static let lengthLimit = (1 << 14) + 2048

    /// Throws `truncated` when fewer than five bytes are left, `unknown` when they are no record's header.
    init(_ reader: inout ByteReader) throws(DecodeFault) {
        type = try reader.u8()
        guard type >= TLSRecordHeader.changeCipherSpec, type <= 24 else { throw .unknown }
        // The major version is 3 in every SSL 3.0 and TLS record ever sent.
        guard try reader.u8() == 3 else { throw .unknown }
        _ = try reader.u8()
        length = Int(try reader.u16())
        guard length <= TLSRecordHeader.lengthLimit else { throw .malformed }
    }
}

/// How much of the first handshake message lies in a stream's prefix, found without copying anything.
struct HandshakeExtent {
    /// Handshake bytes in the prefix, at most those of the first message.
    var available = 0
    /// Length of the first message with its four-byte header, once that header is there.
    var total: Int?
    /// Handshake bytes that the first record holds inside the prefix.
    var inFirstRecord = 0
    /// The prefix length below which the message cannot be whole.
    var until = TLSRecordHeader.size
    /// The handshake type, once its byte is there.
    var type: UInt8?
    /// The stream's length up to the end of the record in which the message ends, once it is whole.
    var end: Int?

    /// The record layer of a whole client hello is bounded by the caller's prefix; 2^16 is far above any
    /// hello seen (2-4 KiB with post-quantum keys) and refuses the 16 MiB that the length field could claim.
    static let messageLimit = 1 << 16

    var isWhole: Bool { total.map { available >= $0 } ?? false }

    /// Stops at the end of the message, of the prefix, or at a record that is no handshake (then it throws).
    init(_ stream: RawSpan) throws(DecodeFault) {
        var reader = ByteReader(stream)
        var header: UInt32 = 0
        // Each round consumes at least the five bytes of a record header.
        while reader.remaining >= TLSRecordHeader.size {
            let record = try TLSRecordHeader(&reader)
            guard record.type == TLSRecordHeader.handshake, record.length > 0 else { throw .malformed }
            let present = min(record.length, reader.remaining)
            let fragment = try reader.take(present)
            var index = 0
            while available + index < 4, let byte = fragment.byte(at: index) {
                if available + index == 0 { type = byte }
                header = header << 8 | UInt32(byte)
                index += 1
            }
            available += present
            if inFirstRecord == 0 { inFirstRecord = present }
            if total == nil, available >= 4 {
                let length = 4 + Int(header & 0xff_ffff)
                guard length <= HandshakeExtent.messageLimit else { throw .malformed }
                total = length
            }
            let missing = max((total ?? 4) - available, 0)
            if missing == 0 {
                if present == record.length { end = reader.offset }
                return
            }
            // What the message still lacks must come, and a record header before it when this record is used
            // up.
            until = reader.offset + missing + (present == record.length ? TLSRecordHeader.size : 0)
            if present < record.length { return }
        }
        until = max(until, reader.offset + TLSRecordHeader.size)
    }

    /// The handshake bytes of the records in `stream`, joined, at most `limit` of them.
    static func join(_ stream: RawSpan, limit: Int) -> [UInt8] {
        var joined: [UInt8] = []
        joined.reserveCapacity(min(limit, stream.byteCount))
        var reader = ByteReader(stream)
        while joined.count < limit, let record = try? TLSRecordHeader(&reader),
            record.type == TLSRecordHeader.handshake
        {
            let present = min(record.length, reader.remaining, limit - joined.count)
            guard let fragment = try? reader.take(present) else { break }
            fragment.append(to: &joined)
            if present < record.length { break }
        }
        return joined
    }
}

/// An alert that was sent in the clear (RFC 8446 §6).
package struct TLSAlert: Equatable, Sendable {
    /// 1 warning, 2 fatal. TLS 1.3 treats all but two descriptions as fatal, whatever this says.
    package let level: UInt8
    package let code: UInt8

    package static let closeNotify: UInt8 = 0
    package static let handshakeFailure: UInt8 = 40
    package static let unknownCA: UInt8 = 48
    package static let unrecognizedName: UInt8 = 112
    package static let echRequired: UInt8 = 121

    package init(level: UInt8, code: UInt8) {
        self.level = level
        self.code = code
    }

    package var isFatal: Bool { level == 2 }

    /// The first fatal alert among the plaintext records at the start of `stream`, in either direction: up
    /// to the first ChangeCipherSpec or application data, after which alerts are encrypted. Nil when there
    /// is none.
    package static func firstFatal(in stream: RawSpan) -> TLSAlert? {
        var reader = ByteReader(stream)
        // Each round consumes at least a record header, so the prefix bounds the loop.
        while let record = try? TLSRecordHeader(&reader), record.type <= TLSRecordHeader.handshake {
            if record.type == TLSRecordHeader.changeCipherSpec { return nil }
            if record.type == TLSRecordHeader.alert {
                guard record.length == 2, let level = try? reader.u8(), let code = try? reader.u8() else {
                    return nil
                }
                if level == 2 { return TLSAlert(level: level, code: code) }
            } else if (try? reader.skip(record.length)) == nil {
                return nil
            }
        }
        return nil
    }
}
