package import Bytes

/// Unpacks a compressed stream byte for byte, up to where it was cut or damaged: gzip, xz, zstd, bzip2 or lz4, any
/// number of members or frames.
///
/// Not through libarchive, which gives nothing of the block in which a stream breaks and takes a wrong gzip checksum
/// for right: a half-written file of last night is worth every packet that it holds.
@safe package final class UnpackSource: ByteSource {
    package let path: String
    private let source: any ByteSource
    private let codec: any Codec
    private var buffer = ByteBuffer(capacity: 256 * 1024)
    /// Packed bytes in `buffer` that are still to be unpacked.
    private var unread = 0..<0
    /// Whether the data may end here: nothing is begun that is not finished.
    private var isBetweenMembers = false
    private var hasEnded = false
    private var bytesRead: Int64 = 0

    package var packedBytesRead: Int64? { bytesRead }

    /// Nil unless `prefix` begins with the magic number of a compression that is read here.
    package init?(_ source: any ByteSource, prefix: RawSpan) throws(FileFault) {
        guard let codec = UnpackSource.codec(prefix) else {
            guard UnpackSource.recognises(prefix) else { return nil }
            throw FileFault(path: source.path, reason: "no memory to unpack it")
        }
        path = source.path
        self.source = source
        self.codec = codec
    }

    /// Whether `prefix` begins with the magic number of a compression that is read here.
    package static func recognises(_ prefix: RawSpan) -> Bool { kind(prefix) != nil }

    private enum Kind { case gzip, xz, zstd, bzip2, lz4 }

    private static func kind(_ prefix: RawSpan) -> Kind? {
        if prefix.byte(at: 0) == 0x1f, prefix.byte(at: 1) == 0x8b { return .gzip }
        var reader = ByteReader(prefix)
        switch try? reader.u32() {
        case 0xfd37_7a58: return .xz
        case 0x28b5_2ffd: return .zstd
        case 0x0422_4d18: return .lz4
        case .some(let magic) where magic >> 8 == 0x42_5a68: return .bzip2
        default: return nil
        }
    }

    private static func codec(_ prefix: RawSpan) -> (any Codec)? {
        switch kind(prefix) {
        case .gzip: ZlibCodec(.gzip)
        case .xz: XZCodec()
        case .zstd: ZstdCodec()
        case .bzip2: Bzip2Codec()
        case .lz4: LZ4Codec()
        case nil: nil
        }
    }

    package func readNext(into target: inout ByteBuffer, at offset: Int, count: Int) throws(FileFault) -> Int
    {
        while !hasEnded {
            if unread.isEmpty {
                let got = try source.readNext(into: &buffer, at: 0, count: buffer.capacity)
                unread = 0..<got
                bytesRead &+= Int64(got)
            }
            if unread.isEmpty {
                hasEnded = true
                if isBetweenMembers { return 0 }
                throw FileFault(path: path, reason: "the compressed data ends in the middle")
            }
            if isBetweenMembers { try beginMember() }
            guard !hasEnded, count > 0 else { return 0 }
            let step = unpack(into: &target, at: offset, count: count)
            if step.status == .memberEnd { isBetweenMembers = true }
            // What was unpacked before damage is given first; the next call meets the damage again.
            if step.written > 0 { return step.written }
            if step.status == .damaged {
                throw FileFault(path: path, reason: "the compressed data is damaged")
            }
        }
        return 0
    }

    /// Another member may follow; what does not begin like one is padding, and ends the data.
    private func beginMember() throws(FileFault) {
        // Padding is zeros (as tapes and blocks leave it); anything else has to be a member.
        guard buffer.bytes(unread.upperBound).byte(at: unread.lowerBound) != 0, codec.reset() else {
            hasEnded = true
            return
        }
        isBetweenMembers = false
    }

    private func unpack(into target: inout ByteBuffer, at offset: Int, count: Int) -> CodecStep {
        guard let base = unsafe buffer.address else {
            return CodecStep(read: 0, written: 0, status: .damaged)
        }
        var step = CodecStep(read: 0, written: 0, status: .damaged)
        _ = unsafe target.fill(at: offset, count: count) { room in
            let packed = unsafe UnsafeRawBufferPointer(start: base + unread.lowerBound, count: unread.count)
            step = unsafe codec.step(packed, room)
            return step.written
        }
        unread = (unread.lowerBound + min(step.read, unread.count))..<unread.upperBound
        return step
    }
}

/// What one call of a decompressor did.
struct CodecStep {
    enum Status {
        case goesOn
        /// A member or frame has ended.
        case memberEnd
        case damaged
    }

    var read: Int
    var written: Int
    var status: Status
}
