import CBrotli

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
