import Bytes
import Captures
import Contacts
import Flows

/// A place for a piece of a capture, which the stages of the pipeline hand on. Used again and again, so that nothing
/// is allocated.
final class Chunk {
    var piece: Piece

    init(_ sorter: PacketSorter) { piece = Piece(sorter) }
}

/// A piece of a capture with its packets sorted by shard.
struct Piece: ~Copyable {
    private var buffer = ByteBuffer(capacity: 1)
    private(set) var filled = 0
    /// Position in the capture of the buffer's first byte.
    private(set) var position: Int64 = 0
    private(set) var sorted = SortedPackets()
    private var sorter: PacketSorter
    private var batch = FrameBatch()

    /// Whose piece it is.
    private(set) var track: CaptureTrack?
    /// The file that it is read from; nil when its bytes are filled in by a `StreamReader`.
    private(set) var file: InputFile?
    /// Records that begin before this position belong to the chunk.
    private(set) var limit: Int64 = 0
    /// What is taken for known of the container where the chunk begins.
    var assumed = CaptureWalker.pcapng(PCAPNGWalker())
    /// The same where it ends, with what the chunk itself told.
    private(set) var walker = CaptureWalker.pcapng(PCAPNGWalker())
    /// Where its first record begins: known or guessed; nil when no boundary was found.
    private(set) var start: Int64?
    /// Where the next chunk's first record begins.
    private(set) var end: Int64 = 0
    private(set) var stop: ChunkStop?
    /// Frames that were put together from several captures; nil for a piece of one.
    private var frames: [FrameRecord]?

    /// Room for a record that begins before the limit and ends behind it; larger ones are read on demand.
    private static let slack: Int64 = 64 * 1024

    init(_ sorter: PacketSorter) { self.sorter = sorter }

    /// Has `shard` count its packets.
    func count(into shard: inout FlowShard) { shard.process(sorted, buffer.bytes(filled)) }

    /// Forgets what it holds.
    mutating func clear() {
        sorted.removeAll()
        filled = 0
        stop = nil
    }

    /// Makes this the piece of `file` from `position` up to `limit`.
    mutating func assign(_ track: CaptureTrack, _ file: InputFile, from position: Int64, to limit: Int64) {
        clear()
        self.track = track
        self.file = file
        self.position = position
        self.limit = limit
        assumed = track.walker.fresh
        frames = nil
    }

    /// Decodes and sorts the chunk's packets, wherever they seem to begin.
    mutating func sort() {
        if let frames { return sort(frames) }
        guard file == nil else {
            let isFirst = position == 0
            return sort(from: isFirst ? Int64(assumed.firstRecordOffset) : nil)
        }
        walker = assumed
        walk(from: start ?? position)
    }

    /// Decodes and sorts the packets of a file's piece from `known` on, or from where a record seems to begin.
    mutating func sort(from known: Int64?) {
        clear()
        guard let file else { return }
        position = known ?? position
        walker = assumed
        do throws(FileFault) {
            try fill(file, upTo: limit - position + Piece.slack)
            start = known ?? guess()
            end = start ?? limit
            guard let start else { return }
            walk(from: start)
        } catch {
            stop = .unreadable(error, at: position + Int64(filled))
        }
    }

    private func guess() -> Int64? {
        let found = RecordSearch.boundary(
            buffer.bytes(filled), from: 0, before: Int(clamping: limit - position), assumed,
            reference: track?.firstTime,
            position: position)
        return found.map { position + Int64($0) }
    }

    /// Reads on until the buffer holds `count` bytes or the file ends.
    private mutating func fill(_ file: InputFile, upTo count: Int64) throws(FileFault) {
        let wanted = Int(clamping: count)
        buffer.grow(to: wanted, keeping: filled)
        while filled < wanted {
            let got = try file.read(
                at: position + Int64(filled), into: &buffer, at: filled, count: wanted - filled)
            if got == 0 { return }
            filled += got
        }
    }

    private mutating func walk(from start: Int64) {
        var offset = Int(clamping: start - position)
        let last = Int(clamping: limit - position)
        while offset < last {
            let part = Part(filled: filled, from: offset, before: last)
            switch Piece.sort(buffer, part, &walker, &batch, &sorter, &sorted) {
            case .batchFull(let consumed): offset = consumed
            case .broken(let consumed, let fault):
                stop = stop ?? .broken(fault, at: position + Int64(consumed))
                end = position + Int64(consumed)
                return
            case .needMore(let consumed, let wanting):
                offset = consumed
                end = position + Int64(consumed)
                guard readOn(from: consumed, wanting: wanting) else { return }
            }
        }
        end = position + Int64(offset)
    }

    private struct Part {
        let filled: Int
        let from: Int
        let before: Int
    }

    /// Sorts a batch of packets. Static, so that the compiler sees that the buffer is only read.
    private static func sort(
        _ buffer: borrowing ByteBuffer, _ part: Part, _ walker: inout CaptureWalker,
        _ batch: inout FrameBatch,
        _ sorter: inout PacketSorter, _ sorted: inout SortedPackets
    ) -> WalkStep {
        let window = buffer.bytes(part.filled)
        batch.removeAll()
        let step = walker.walk(window, from: part.from, before: part.before, into: &batch)
        sorter.sort(window, batch, into: &sorted)
        return step
    }

    /// Reads the rest of a record that begins at `consumed`; false at the end of what there is.
    private mutating func readOn(from consumed: Int, wanting: Int) -> Bool {
        guard let file else { return false }
        let before = filled
        do throws(FileFault) {
            try fill(file, upTo: Int64(consumed) + Int64(max(wanting, 1)))
        } catch {
            stop = .unreadable(error, at: position + Int64(filled))
            return false
        }
        if filled > before { return true }
        if filled > consumed { stop = .cut(at: position + Int64(consumed), leftover: filled - consumed) }
        return false
    }
}

extension Piece {
    /// Makes this the next piece of a stream: `body` fills the buffer and says what it holds.
    mutating func fill(
        _ track: CaptureTrack, at position: Int64, _ walker: CaptureWalker,
        _ body: (inout ByteBuffer) -> StreamPiece
    ) {
        clear()
        self.track = track
        file = nil
        frames = nil
        self.position = position
        assumed = walker
        let piece = body(&buffer)
        filled = piece.end
        start = position + Int64(piece.start)
        limit = position + Int64(piece.end)
        end = limit
        stop = piece.stop
    }

    /// Makes this a collection of frames of several captures, which `body` copies into the buffer.
    mutating func collect(_ body: (inout ByteBuffer) -> [FrameRecord]) {
        clear()
        track = nil
        file = nil
        let collected = body(&buffer)
        filled = collected.last.map { $0.offset + $0.captured } ?? 0
        frames = collected
    }

    private mutating func sort(_ frames: [FrameRecord]) {
        Piece.sort(buffer, filled, frames, &sorter, &sorted)
    }

    /// Puts the chunk behind those before it.
    mutating func settle(into order: inout PacketOrder) {
        Piece.settle(buffer, filled, &sorted, into: &order)
    }

    private static func sort(
        _ buffer: borrowing ByteBuffer, _ filled: Int, _ frames: [FrameRecord], _ sorter: inout PacketSorter,
        _ sorted: inout SortedPackets
    ) {
        for frame in frames { sorter.take(buffer.bytes(filled), frame, into: &sorted) }
    }

    private static func settle(
        _ buffer: borrowing ByteBuffer, _ filled: Int, _ sorted: inout SortedPackets,
        into order: inout PacketOrder
    ) {
        order.settle(&sorted, buffer.bytes(filled))
    }
}

/// What a stream gave for one chunk: whole records from `start` to `end` of the buffer.
struct StreamPiece {
    var start: Int
    var end: Int
    var stop: ChunkStop?
}
