import Bytes
import Captures
import Contacts

/// Finds captures that hold the same packets as another input: the same file twice, a copy in another container
/// or compression, or the beginning of a longer one. Counting them again would double every number.
struct Duplicates {
    /// Inputs to read, in order.
    private(set) var kept: [Input] = []
    /// Reports of those left out, and how many packets they hold.
    private(set) var leftOut: [(report: InputReport, packets: UInt64, bytes: UInt64)] = []

    /// `inputs` in the order in which they will be read.
    init(_ inputs: [Input]) {
        for input in inputs {
            guard let index = kept.firstIndex(where: { Duplicates.mayBeEqual($0, input) }) else {
                kept.append(input)
                continue
            }
            switch Duplicates.compare(kept[index], input) {
            case .different: kept.append(input)
            case .secondIsContained(let packets, let bytes): leaveOut(input, for: kept[index], packets, bytes)
            case .firstIsContained(let packets, let bytes):
                leaveOut(kept[index], for: input, packets, bytes)
                kept[index] = input
            }
        }
    }

    private mutating func leaveOut(_ input: Input, for other: Input, _ packets: UInt64, _ bytes: UInt64) {
        var report = input.report
        report.records = packets
        report.first = input.firstTime
        report.problems.append("holds the same packets as \(other.report.path); left out")
        leftOut.append((report, packets, bytes))
    }

    /// A cheap first look: two captures whose first packet has the same time are worth comparing.
    private static func mayBeEqual(_ a: Input, _ b: Input) -> Bool {
        a.firstTime != nil && a.firstTime == b.firstTime && a.reopen != nil && b.reopen != nil
    }

    private enum Comparison {
        case different
        case firstIsContained(packets: UInt64, bytes: UInt64)
        case secondIsContained(packets: UInt64, bytes: UInt64)
    }

    /// Reads both side by side, packet by packet, until they differ or one ends.
    private static func compare(_ a: Input, _ b: Input) -> Comparison {
        guard var first = FrameCursor(a), var second = FrameCursor(b) else { return .different }
        var packets: UInt64 = 0
        var bytes: UInt64 = 0
        while true {
            guard let right = second.next() else {
                return second.endedWhole ? .secondIsContained(packets: packets, bytes: bytes) : .different
            }
            guard let left = first.next() else {
                return first.endedWhole ? .firstIsContained(packets: packets, bytes: bytes) : .different
            }
            guard left.timestamp == right.timestamp, left.captured == right.captured,
                left.original == right.original, left.linkType == right.linkType,
                first.bytes(left).equals(second.bytes(right))
            else { return .different }
            packets += 1
            bytes += right.original
        }
    }
}

/// The frames of a capture one by one.
private struct FrameCursor: ~Copyable {
    private var window: InputWindow
    private var walker: CaptureWalker
    private var batch = FrameBatch()
    private var index = 0
    private var offset: Int
    /// Where the next walk starts once the batch is used up; nil when the capture has ended.
    private var hasEnded = false
    private(set) var endedWhole = false
    private var started = false

    /// Nil when the input cannot be opened again.
    init?(_ input: Input) {
        guard let walker = input.walker, let reopen = input.reopen, let source = try? reopen() else { return nil }
        window = InputWindow(fresh: source)
        self.walker = walker
        offset = 0
    }

    mutating func next() -> FrameRecord? {
        while index >= batch.frames.count {
            if hasEnded { return nil }
            refill()
        }
        defer { index += 1 }
        return batch.frames[index]
    }

    @_lifetime(borrow self)
    func bytes(_ frame: FrameRecord) -> RawSpan { window.bytes.clamped(from: frame.offset, count: frame.captured) }

    private mutating func refill() {
        batch.removeAll()
        index = 0
        if !started {
            started = true
            guard (try? window.advance(consumed: 0, wanting: 0)) != nil else { return end(whole: false) }
            offset = walker.firstRecordOffset
        }
        switch FrameCursor.walk(window, &walker, from: offset, into: &batch) {
        case .batchFull(let consumed): offset = consumed
        case .broken: end(whole: false)
        case .needMore(let consumed, let wanting):
            offset = consumed
            // The frames found lie in the window: they are handed out before it moves.
            guard batch.frames.isEmpty else { return }
            guard (try? window.advance(consumed: consumed, wanting: wanting)) != nil else { return end(whole: false) }
            offset = 0
            if window.isAtEnd { end(whole: window.filled == 0) }
        }
    }

    private static func walk(
        _ window: borrowing InputWindow, _ walker: inout CaptureWalker, from offset: Int,
        into batch: inout FrameBatch
    ) -> WalkStep {
        walker.walk(window.bytes, from: offset, into: &batch)
    }

    private mutating func end(whole: Bool) {
        hasEnded = true
        endedWhole = whole
    }
}
