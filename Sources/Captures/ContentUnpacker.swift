package import Bytes

/// How a body is packed (RFC 9110 §8.4.1).
package enum ContentCoding: Sendable {
    case gzip
    /// RFC 1950, which HTTP calls `deflate`.
    case zlib
    /// RFC 1951 alone, which some senders call `deflate`.
    case rawDeflate
    case brotli
    case zstd
}

/// Unpacks bodies that lie in memory.
package enum ContentUnpacker {
    /// What comes out, up to `limit` bytes, and whether that was all, undamaged. What came out before damage is given.
    package static func unpack(_ packed: [UInt8], _ coding: ContentCoding, limit: Int) -> (
        bytes: [UInt8], isWhole: Bool
    ) {
        guard let codec = codec(coding) else { return ([], false) }
        var bytes: [UInt8] = []
        var room = ByteBuffer(capacity: 64 * 1024)
        var read = 0
        var isBetweenMembers = false
        while true {
            if isBetweenMembers {
                guard read < packed.count, codec.reset() else { return (bytes, true) }
                isBetweenMembers = false
            }
            var step = CodecStep(read: 0, written: 0, status: .damaged)
            _ = unsafe room.fill(at: 0, count: room.capacity) { target in
                unsafe packed.withUnsafeBytes { all in
                    step = unsafe codec.step(UnsafeRawBufferPointer(rebasing: all[read...]), target)
                }
                return step.written
            }
            read += step.read
            room.bytes(step.written).clamped(from: 0, count: limit - bytes.count).append(to: &bytes)
            if step.status == .memberEnd { isBetweenMembers = true }
            if step.status == .damaged || bytes.count >= limit { return (bytes, false) }
            if step.status == .goesOn, step.read == 0, step.written == 0 { return (bytes, false) }
        }
    }

    private static func codec(_ coding: ContentCoding) -> (any Codec)? {
        switch coding {
        case .gzip: ZlibCodec(.gzip)
        case .zlib: ZlibCodec(.zlib)
        case .rawDeflate: ZlibCodec(.raw)
        case .brotli: BrotliCodec()
        case .zstd: ZstdCodec()
        }
    }
}
