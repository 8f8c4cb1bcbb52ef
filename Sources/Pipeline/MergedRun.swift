import Bytes
import Captures
import Contacts
import Flows

/// Reads several captures at once in the order of their packets' times, so that a packet that two sensors or two
/// overlapping files hold comes twice in a row and can be left out.
struct MergedRun: ~Copyable {
    /// An array cannot hold what is not copyable: each cursor has a box.
    private final class Box {
        var cursor: FrameCursor

        init(_ cursor: consuming FrameCursor) { self.cursor = cursor }
    }

    private var open: [Box] = []
    private(set) var reports: [InputReport] = []
    private(set) var droppedPackets: UInt64 = 0

    /// Returns the inputs that cannot take part: pipes, and what is no capture.
    init(_ inputs: [Input], rest: inout [Input]) {
        for input in inputs {
            if let cursor = FrameCursor(input) { open.append(Box(cursor)) } else { rest.append(input) }
        }
    }

    mutating func run(into engine: inout FlowEngine) {
        while let box = next() {
            box.cursor.give(to: &engine)
        }
    }

    /// The capture whose next packet is the earliest; the first of those that tie.
    private mutating func next() -> Box? {
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

    private mutating func finish(_ index: Int) {
        let box = open.remove(at: index)
        reports.append(box.cursor.report)
        droppedPackets &+= box.cursor.droppedPackets
    }
}
