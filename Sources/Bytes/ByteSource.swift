/// Bytes in sequence: a file, a pipe, or what comes out of a decompressor.
///
/// Used by one task at a time: reading moves it on.
package protocol ByteSource: AnyObject {
    /// The name by which messages call it.
    var path: String { get }

    /// Bytes read so far of the packed file underneath; nil when nothing is packed.
    var packedBytesRead: Int64? { get }

    /// Reads up to `count` bytes into `buffer` at `offset`; 0 at the end.
    func readNext(into buffer: inout ByteBuffer, at offset: Int, count: Int) throws(FileFault) -> Int
}

extension ByteSource {
    package var packedBytesRead: Int64? { nil }
}

extension InputFile: ByteSource {}

/// A source of which some bytes were read ahead: gives those first.
package final class RewoundSource: ByteSource {
    package let path: String
    private let head: [UInt8]
    private let rest: any ByteSource
    private var given = 0

    package init(_ head: [UInt8], then rest: any ByteSource) {
        path = rest.path
        self.head = head
        self.rest = rest
    }

    package func readNext(into buffer: inout ByteBuffer, at offset: Int, count: Int) throws(FileFault) -> Int
    {
        guard given < head.count else { return try rest.readNext(into: &buffer, at: offset, count: count) }
        let written = head.withRawSpan { span in
            buffer.write(span.clamped(from: given, count: count), at: offset)
        }
        given += written
        return written
    }
}
