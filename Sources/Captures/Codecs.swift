import CBzip2
import CLZ4
import CLZMA
import CZlib
import CZstd

/// A decompressor of a C library, one step at a time.
protocol Codec: AnyObject {
    /// Unpacks from the front of `packed` into the front of `room`.
    func step(_ packed: UnsafeRawBufferPointer, _ room: UnsafeMutableRawBufferPointer) -> CodecStep
    /// Makes ready for another member; false when that fails.
    func reset() -> Bool
}

/// Deflate (RFC 1951) through zlib, in each of its wrappers; length and checksum of the wrapper are checked.
@safe final class ZlibCodec: Codec {
    private var stream = unsafe z_stream()

    /// What zlib's `windowBits` ask for, with a window of the largest size (zlib.h, inflateInit2).
    enum Wrapper: Int32 {
        /// RFC 1952.
        case gzip = 31
        /// RFC 1950.
        case zlib = 15
        /// None, as in zip archives.
        case raw = -15
    }

    init?(_ wrapper: Wrapper) {
        let size = unsafe Int32(MemoryLayout<z_stream>.size)
        guard unsafe inflateInit2_(&stream, wrapper.rawValue, ZLIB_VERSION, size) == Z_OK else { return nil }
    }

    deinit { unsafe inflateEnd(&stream) }

    func reset() -> Bool { unsafe inflateReset(&stream) == Z_OK }

    func step(_ packed: UnsafeRawBufferPointer, _ room: UnsafeMutableRawBufferPointer) -> CodecStep {
        let input = unsafe packed.baseAddress?.assumingMemoryBound(to: UInt8.self)
        unsafe stream.next_in = UnsafeMutablePointer(mutating: input)
        unsafe stream.avail_in = UInt32(clamping: packed.count)
        unsafe stream.next_out = room.baseAddress?.assumingMemoryBound(to: UInt8.self)
        unsafe stream.avail_out = UInt32(clamping: room.count)
        let status = unsafe inflate(&stream, Z_NO_FLUSH)
        let isFine = status == Z_OK || status == Z_BUF_ERROR
        return unsafe CodecStep(
            read: packed.count - Int(stream.avail_in), written: room.count - Int(stream.avail_out),
            status: status == Z_STREAM_END ? .memberEnd : isFine ? .goesOn : .damaged)
    }
}

/// xz through liblzma.
@safe final class XZCodec: Codec {
    private var stream = unsafe lzma_stream()

    init?() { guard reset() else { return nil } }

    deinit { unsafe lzma_end(&stream) }

    /// 256 MB is what the largest preset needs to unpack, four times over.
    func reset() -> Bool { unsafe lzma_stream_decoder(&stream, 256 << 20, 0) == LZMA_OK }

    func step(_ packed: UnsafeRawBufferPointer, _ room: UnsafeMutableRawBufferPointer) -> CodecStep {
        unsafe stream.next_in = packed.baseAddress?.assumingMemoryBound(to: UInt8.self)
        unsafe stream.avail_in = packed.count
        unsafe stream.next_out = room.baseAddress?.assumingMemoryBound(to: UInt8.self)
        unsafe stream.avail_out = room.count
        let status = unsafe lzma_code(&stream, LZMA_RUN)
        let isFine = status == LZMA_OK || status == LZMA_BUF_ERROR
        return unsafe CodecStep(
            read: packed.count - stream.avail_in, written: room.count - stream.avail_out,
            status: status == LZMA_STREAM_END ? .memberEnd : isFine ? .goesOn : .damaged)
    }
}

/// bzip2 through libbz2.
@safe final class Bzip2Codec: Codec {
    private var stream = unsafe bz_stream()

    init?() { guard unsafe BZ2_bzDecompressInit(&stream, 0, 0) == BZ_OK else { return nil } }

    deinit { unsafe BZ2_bzDecompressEnd(&stream) }

    func reset() -> Bool {
        unsafe BZ2_bzDecompressEnd(&stream)
        unsafe stream = bz_stream()
        return unsafe BZ2_bzDecompressInit(&stream, 0, 0) == BZ_OK
    }

    func step(_ packed: UnsafeRawBufferPointer, _ room: UnsafeMutableRawBufferPointer) -> CodecStep {
        let input = unsafe packed.baseAddress?.assumingMemoryBound(to: CChar.self)
        unsafe stream.next_in = UnsafeMutablePointer(mutating: input)
        unsafe stream.avail_in = UInt32(clamping: packed.count)
        unsafe stream.next_out = room.baseAddress?.assumingMemoryBound(to: CChar.self)
        unsafe stream.avail_out = UInt32(clamping: room.count)
        let status = unsafe BZ2_bzDecompress(&stream)
        return unsafe CodecStep(
            read: packed.count - Int(stream.avail_in), written: room.count - Int(stream.avail_out),
            status: status == BZ_STREAM_END ? .memberEnd : status == BZ_OK ? .goesOn : .damaged)
    }
}

/// zstd frames through libzstd.
@safe final class ZstdCodec: Codec {
    private let context: OpaquePointer

    init?() {
        guard let context = unsafe ZSTD_createDStream() else { return nil }
        unsafe self.context = context
    }

    deinit { unsafe ZSTD_freeDStream(context) }

    func reset() -> Bool { unsafe ZSTD_isError(ZSTD_initDStream(context)) == 0 }

    func step(_ packed: UnsafeRawBufferPointer, _ room: UnsafeMutableRawBufferPointer) -> CodecStep {
        var input = unsafe ZSTD_inBuffer(src: packed.baseAddress, size: packed.count, pos: 0)
        var output = unsafe ZSTD_outBuffer(dst: room.baseAddress, size: room.count, pos: 0)
        let hint = unsafe ZSTD_decompressStream(context, &output, &input)
        let isDamaged = ZSTD_isError(hint) != 0
        return unsafe CodecStep(
            read: input.pos, written: output.pos,
            status: isDamaged ? .damaged : hint == 0 ? .memberEnd : .goesOn)
    }
}

/// lz4 frames through liblz4.
@safe final class LZ4Codec: Codec {
    private var context: OpaquePointer?

    init?() {
        guard unsafe LZ4F_isError(LZ4F_createDecompressionContext(&context, 100)) == 0 else { return nil }
    }

    deinit { unsafe LZ4F_freeDecompressionContext(context) }

    func reset() -> Bool {
        unsafe LZ4F_resetDecompressionContext(context)
        return true
    }

    func step(_ packed: UnsafeRawBufferPointer, _ room: UnsafeMutableRawBufferPointer) -> CodecStep {
        var written = room.count
        var read = packed.count
        let hint = unsafe LZ4F_decompress(
            context, room.baseAddress, &written, packed.baseAddress, &read, nil)
        let isDamaged = LZ4F_isError(hint) != 0
        if isDamaged { return CodecStep(read: 0, written: 0, status: .damaged) }
        return CodecStep(read: read, written: written, status: hint == 0 ? .memberEnd : .goesOn)
    }
}
