import CBrotli
import CZlib

/// zlib streams (RFC 1950) and bare deflate (RFC 1951) through zlib.
@safe final class DeflateCodec: Codec {
    private var stream = unsafe z_stream()

    /// 15 asks for a zlib header, -15 for none (zlib.h, inflateInit2).
    init?(windowBits: Int32) {
        let size = unsafe Int32(MemoryLayout<z_stream>.size)
        guard unsafe inflateInit2_(&stream, windowBits, ZLIB_VERSION, size) == Z_OK else { return nil }
    }

    deinit { unsafe inflateEnd(&stream) }

    /// One stream is all that a body holds.
    func reset() -> Bool { false }

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

/// Brotli (RFC 7932) through libbrotlidec.
@safe final class BrotliCodec: Codec {
    private let state: OpaquePointer

    init?() {
        guard let state = unsafe BrotliDecoderCreateInstance(nil, nil, nil) else { return nil }
        unsafe self.state = state
    }

    deinit { unsafe BrotliDecoderDestroyInstance(state) }

    /// One stream is all that a body holds.
    func reset() -> Bool { false }

    func step(_ packed: UnsafeRawBufferPointer, _ room: UnsafeMutableRawBufferPointer) -> CodecStep {
        var left = packed.count
        var input = unsafe packed.baseAddress?.assumingMemoryBound(to: UInt8.self)
        var free = room.count
        var output = unsafe room.baseAddress?.assumingMemoryBound(to: UInt8.self)
        let result = unsafe BrotliDecoderDecompressStream(state, &left, &input, &free, &output, nil)
        let isDamaged = result == BROTLI_DECODER_RESULT_ERROR
        return CodecStep(
            read: packed.count - left, written: room.count - free,
            status: isDamaged ? .damaged : result == BROTLI_DECODER_RESULT_SUCCESS ? .memberEnd : .goesOn)
    }
}
