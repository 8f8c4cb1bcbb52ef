/// Bytes in memory as a source that gives so many at a time, as a pipe does: for tests, fuzzers, and what is in memory
/// already.
package final class MemorySource: ByteSource {
    package let path = "memory"
    private let bytes: [UInt8]
    private let step: Int
    private var given = 0

    package init(_ bytes: [UInt8], step: Int = 1000) {
        self.bytes = bytes
        self.step = step
    }

    package func readNext(into buffer: inout ByteBuffer, at offset: Int, count: Int) throws(FileFault) -> Int
    {
        let written = bytes.withRawSpan { span in
            buffer.write(span.clamped(from: given, count: min(count, step)), at: offset)
        }
        given += written
        return written
    }
}
