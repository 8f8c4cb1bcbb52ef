package import Bytes

/// Bytes in memory as a source that gives them in pieces.
package final class MemorySource: ByteSource {
    package let path = "memory"
    private let bytes: [UInt8]
    private let piece: Int
    private var given = 0

    package init(_ bytes: [UInt8], piece: Int = 1000) {
        self.bytes = bytes
        self.piece = piece
    }

    package func readNext(into buffer: inout ByteBuffer, at offset: Int, count: Int) throws(FileFault) -> Int
    {
        let written = bytes.withRawSpan { span in
            buffer.write(span.clamped(from: given, count: min(count, piece)), at: offset)
        }
        given += written
        return written
    }
}
