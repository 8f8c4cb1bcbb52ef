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
    /// Captures whose first packet has not come yet, the next one last: a ring has thousands of files, and few of them
    /// overlap.
    private var waiting: [Input] = []
    private(set) var reports: [InputReport] = []
    private(set) var droppedPackets: UInt64 = 0

    /// Puts into `rest` the inputs that cannot take part: pipes, and what is no capture.
    init(_ inputs: [Input], rest: inout [Input]) {
        for input in inputs.reversed() {
            if input.walker != nil, input.reopen != nil { waiting.append(input) } else { rest.append(input) }
        }
        rest.reverse()
        admit(before: nil)
    }

    var hasEnded: Bool { open.isEmpty }

    /// Opens the captures that may hold a packet as early as `time`; at least one when none is open.
    private func admit(before time: Timestamp?) {
        while let input = waiting.last {
            if let first = input.firstTime, let time, first > time { return }
            if time == nil, !open.isEmpty { return }
            waiting.removeLast()
            if let cursor = FrameCursor(input) {
                open.append(Box(cursor))
            } else {
                var report = input.report
                report.complete = false
                report.problems.append("could not be opened again")
                reports.append(report)
            }
        }
    }

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
        while true {
            let best = earliest()
            let before = open.count
            admit(before: best?.time)
            if open.count == before { return best?.box }
        }
    }

    private func earliest() -> (box: Box, time: Timestamp)? {
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
        return best
    }

    private func finish(_ index: Int) {
        let box = open.remove(at: index)
        reports.append(box.cursor.report)
        droppedPackets &+= box.cursor.droppedPackets
    }
}
