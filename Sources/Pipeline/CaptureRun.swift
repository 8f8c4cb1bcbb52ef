import Bytes
import Captures
import Contacts
import Flows

/// Reads one capture to its end, or to where it breaks, into the flow engine.
struct CaptureRun {
    private(set) var walker: CaptureWalker
    private(set) var report: InputReport

    init(_ input: Input, walker: CaptureWalker) {
        self.walker = walker
        report = input.report
    }

    mutating func run(_ input: Input, into engine: inout FlowEngine) {
        var window = InputWindow(input)
        var batch = FrameBatch()
        var offset = walker.firstRecordOffset
        let before = engine.packets.read
        defer { report.records = engine.packets.read - before }
        while true {
            batch.removeAll()
            let step = walker.walk(window.bytes, from: offset, into: &batch)
            note(batch)
            engine.process(window.bytes, batch)
            switch step {
            case .batchFull(let consumed): offset = consumed
            case .broken(let consumed, let fault):
                stop(
                    "\(fault.description) at offset \(window.position + Int64(consumed)); what follows was not read"
                )
                return
            case .needMore(let consumed, let wanting):
                do throws(FileFault) {
                    try window.advance(consumed: consumed, wanting: wanting)
                } catch {
                    stop("\(error.cause) at offset \(window.position + Int64(window.filled))")
                    return
                }
                offset = 0
                if window.isAtEnd {
                    finish(leftover: window.filled, at: window.position)
                    return
                }
            }
        }
    }

    private mutating func finish(leftover: Int, at position: Int64) {
        report.bytes = max(report.bytes, UInt64(position) + UInt64(leftover))
        guard leftover > 0 else { return }
        stop("cut in the middle of a packet: the record at offset \(position) ends after \(leftover) bytes")
    }

    private mutating func stop(_ problem: String) {
        report.complete = false
        report.problems.append(problem)
    }

    private mutating func note(_ batch: borrowing FrameBatch) {
        for frame in batch.frames where !frame.isTimeless {
            if report.first.map({ frame.timestamp < $0 }) ?? true { report.first = frame.timestamp }
            if report.last.map({ frame.timestamp > $0 }) ?? true { report.last = frame.timestamp }
        }
    }
}
