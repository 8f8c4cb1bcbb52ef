import Bytes
import Contacts
import Logs

/// Reads one log file to its end and adds its lines up.
struct LogRun {
    private let format: LogFormat
    private let settings: LogSettings
    private(set) var report: InputReport
    private(set) var tally = LogTally()
    private(set) var connections = LogConnectionTable()
    /// The number of the file's format among all.
    var formatNumber: UInt8 { settings.number(ofKind: format.kind) }

    init(_ input: Input, format: LogFormat, logs: LogOptions) {
        self.format = format
        settings = logs.settings(modified: input.modified)
        report = input.report
    }

    mutating func run(_ input: Input, into facts: inout LogFacts) {
        var window = InputWindow(input)
        var reader = input.head.withRawSpan { format.makeReader(head: $0, settings: settings) }
        while !reader.chunk.isComplete {
            let consumed = reader.read(window.bytes, isLast: window.isAtEnd)
            if reader.chunk.isComplete { break }
            do throws(FileFault) {
                try window.advance(consumed: consumed, wanting: LogChunkReader.minimumBuffer)
            } catch {
                report.complete = false
                report.problems.append("\(error.cause) at offset \(window.position + Int64(window.filled))")
                break
            }
        }
        finish(reader.chunk, into: &facts)
    }

    private mutating func finish(_ chunk: LogChunk, into facts: inout LogFacts) {
        tally = chunk.tally
        connections = chunk.connections
        report.bytes = max(report.bytes, tally.bytesRead)
        report.records = tally.linesRead
        report.first = tally.first
        report.last = tally.last
        facts.add(chunk.dns, source: format.kind)
        chunk.contacts.forEachRow { row in
            facts.add(Contact(row, source: settings.kind(of: row.format, else: format.kind)))
        }
        guard tally.linesRejected > 0 else { return }
        let shown = tally.samples.map { "line \($0.line): \($0.reason.text)" }.joined(separator: "; ")
        report.problems.append("\(tally.linesRejected) of \(tally.linesRead) lines were rejected: \(shown)")
    }
}
