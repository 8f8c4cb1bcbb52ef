import Bytes
import Captures
import Contacts

/// The frames of a capture one by one, for reading several captures side by side.
struct FrameCursor: ~Copyable {
    private var window: InputWindow
    private var walker: CaptureWalker
    private var batch = FrameBatch()
    private var index = 0
    private var offset = 0
    private var hasStarted = false
    private var hasEnded = false
    private(set) var report: InputReport

    /// Nil when the input is no capture or cannot be opened again.
    init?(_ input: Input) {
        guard let walker = input.walker, let reopen = input.reopen, let source = try? reopen() else {
            return nil
        }
        window = InputWindow(fresh: source)
        self.walker = walker
        report = input.report
    }

    var droppedPackets: UInt64 { walker.droppedPackets }

    /// Whether the capture was read to its end.
    var endedWhole: Bool { hasEnded && report.complete }

    /// The frame that `advance` would pass over; nil at the end.
    mutating func peek() -> FrameRecord? {
        while index >= batch.frames.count {
            if hasEnded { return nil }
            refill()
        }
        return batch.frames[index]
    }

    mutating func advance() {
        index += 1
        report.records += 1
    }

    /// The bytes of the frame that `peek` gave.
    @_lifetime(borrow self)
    func bytes(_ frame: FrameRecord) -> RawSpan {
        window.bytes.clamped(from: frame.offset, count: frame.captured)
    }

    /// Where the frame that `peek` gave begins in the capture's own bytes.
    func position(_ frame: FrameRecord) -> Int64 { window.position + Int64(frame.offset) }

    /// Copies the bytes of the frame that `peek` gave.
    func copy(_ frame: FrameRecord, into buffer: inout ByteBuffer, at offset: Int) {
        buffer.write(bytes(frame), at: offset)
    }

    private mutating func refill() {
        batch.removeAll()
        index = 0
        if !hasStarted {
            hasStarted = true
            guard readOn(consumed: 0, wanting: 0) else { return }
            offset = walker.firstRecordOffset
        }
        switch FrameCursor.walk(window, &walker, from: offset, into: &batch) {
        case .batchFull(let consumed): offset = consumed
        case .broken(let consumed, let fault):
            let position = window.position + Int64(consumed)
            stop("\(fault.description) at offset \(position); what follows was not read")
        case .needMore(let consumed, let wanting):
            offset = consumed
            // The frames found lie in the window: they are handed out before it moves.
            guard batch.frames.isEmpty else { return }
            guard readOn(consumed: consumed, wanting: wanting) else { return }
            offset = 0
            if window.isAtEnd { end() }
        }
    }

    private mutating func readOn(consumed: Int, wanting: Int) -> Bool {
        do throws(FileFault) {
            try window.advance(consumed: consumed, wanting: wanting)
            return true
        } catch {
            stop("\(error.cause) at offset \(window.position + Int64(window.filled))")
            return false
        }
    }

    private static func walk(
        _ window: borrowing InputWindow, _ walker: inout CaptureWalker, from offset: Int,
        into batch: inout FrameBatch
    ) -> WalkStep {
        walker.walk(window.bytes, from: offset, into: &batch)
    }

    private mutating func end() {
        hasEnded = true
        report.bytes = max(report.bytes, UInt64(window.position) + UInt64(window.filled))
        guard window.filled > 0 else { return }
        stop(
            "cut in the middle of a packet: the record at offset \(window.position) ends after \(window.filled) bytes"
        )
    }

    private mutating func stop(_ problem: String) {
        hasEnded = true
        report.complete = false
        report.problems.append(problem)
    }
}
