import Bytes
import Captures
import Contacts

/// Reads several captures at once in the order of their packets' times, so that a packet that two sensors or two
/// overlapping files hold comes twice in a row and can be left out.
final class MergedReader {
    /// An array cannot hold what is not copyable: each cursor has a box.
    private final class Box {
        var cursor: FrameCursor

        init(_ cursor: consuming FrameCursor) { self.cursor = cursor }
    }

    private var open: [Box] = []
    private(set) var reports: [InputReport] = []
    private(set) var droppedPackets: UInt64 = 0

    /// Puts into `rest` the inputs that cannot take part: pipes, and what is no capture.
    init(_ inputs: [Input], rest: inout [Input]) {
        for input in inputs {
            if let cursor = FrameCursor(input) { open.append(Box(cursor)) } else { rest.append(input) }
        }
    }

    var hasEnded: Bool { open.isEmpty }

    /// Fills `chunk` with the next frames, some `size` bytes of them.
    func fill(_ chunk: Chunk, size: Int) {
        chunk.piece.collect { buffer in
            var frames: [FrameRecord] = []
            var filled = 0
            buffer.grow(to: size, keeping: 0)
            while filled < size, let box = next() {
                guard var frame = box.cursor.peek() else { continue }
                buffer.grow(to: filled + frame.captured, keeping: filled)
                box.cursor.copy(frame, into: &buffer, at: filled)
                frame.offset = filled
                filled += frame.captured
                frames.append(frame)
                box.cursor.advance()
                // Frames without bytes would never fill the chunk.
                if frames.count >= MergedReader.frameLimit { break }
            }
            return frames
        }
    }

    private static let frameLimit = 65_536

    /// The capture whose next packet is the earliest; the first of those that tie.
    private func next() -> Box? {
        var best: (box: Box, time: Timestamp)?
        for (index, box) in open.enumerated().reversed() {
            guard let frame = box.cursor.peek() else {
                finish(index)
                continue
            }
            guard let known = best, known.time < frame.timestamp else {
                best = (box, frame.timestamp)
                continue
            }
        }
        return best?.box
    }

    private func finish(_ index: Int) {
        let box = open.remove(at: index)
        reports.append(box.cursor.report)
        droppedPackets &+= box.cursor.droppedPackets
    }
}
