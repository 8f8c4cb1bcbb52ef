import Bytes
import Captures

/// Cuts what can only be read in sequence (a pipe, a compressed file, a container that is not splittable) into
/// chunks of whole records: one thread reads on while others decode.
final class StreamReader {
    private let track: CaptureTrack
    private let source: any ByteSource
    /// Bytes that were read and belong to the next chunk.
    private var carry: [UInt8]
    private var walker: CaptureWalker
    private var position: Int64 = 0
    private var batch = FrameBatch()
    private(set) var hasEnded = false

    /// Bytes read so far of what lies on the disk.
    var bytesRead: Int64 { source.packedBytesRead ?? position }

    init(_ track: CaptureTrack, _ source: any ByteSource, head: [UInt8]) {
        self.track = track
        self.source = source
        carry = head
        walker = track.walker
    }

    /// Fills `chunk` with whole records of some `size` bytes, more where a record is larger.
    func fill(_ chunk: Chunk, size: Int) {
        let before = walker
        chunk.piece.fill(track, at: position, before.fresh) { buffer in
            var piece = StreamPiece(
                start: position == 0 ? walker.firstRecordOffset : 0, end: 0, stop: nil)
            read(into: &buffer, size: size, &piece)
            return piece
        }
    }

    private func read(into buffer: inout ByteBuffer, size: Int, _ piece: inout StreamPiece) {
        buffer.grow(to: max(size, carry.count), keeping: 0)
        var filled = carry.withRawSpan { buffer.write($0, at: 0) }
        var offset = piece.start
        var wanted = size
        while true {
            let isAtEnd = top(up: &buffer, &filled, to: wanted, &piece)
            switch walkOn(buffer.bytes(filled), from: &offset) {
            case .broken(let fault)?:
                piece.stop = .broken(fault, at: position + Int64(offset))
                hasEnded = true
            case .wanting(let bytes)?:
                if !isAtEnd, offset == piece.start, filled < offset + bytes {
                    wanted = offset + bytes
                    buffer.grow(to: wanted, keeping: filled)
                    continue
                }
                if isAtEnd, piece.stop == nil, filled > offset {
                    piece.stop = .cut(at: position + Int64(offset), leftover: filled - offset)
                }
                if isAtEnd { hasEnded = true }
            case nil: break
            }
            piece.end = max(offset, piece.start)
            carry = buffer.bytes(filled).clamped(from: piece.end, count: filled).copied()
            position += Int64(piece.end)
            return
        }
    }

    /// Reads until `wanted` bytes are there; true at the end of the source, or where it breaks.
    private func top(
        up buffer: inout ByteBuffer, _ filled: inout Int, to wanted: Int, _ piece: inout StreamPiece
    ) -> Bool {
        while filled < wanted {
            do throws(FileFault) {
                let got = try source.readNext(into: &buffer, at: filled, count: wanted - filled)
                if got == 0 { return true }
                filled += got
            } catch {
                piece.stop = .unreadable(error, at: position + Int64(filled))
                return true
            }
        }
        return false
    }

    private enum Need {
        case wanting(Int)
        case broken(CaptureFault)
    }

    /// Moves `offset` over the whole records in `window`.
    private func walkOn(_ window: RawSpan, from offset: inout Int) -> Need? {
        while true {
            batch.removeAll()
            switch walker.walk(window, from: offset, into: &batch) {
            case .batchFull(let consumed): offset = consumed
            case .broken(let consumed, let fault):
                offset = consumed
                return .broken(fault)
            case .needMore(let consumed, let wanting):
                offset = consumed
                return .wanting(wanting)
            }
        }
    }
}
