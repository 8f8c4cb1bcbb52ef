import Bytes
import Contacts
import Logs

/// Reads all log files, on all cores, and adds their lines up.
///
/// A file that can be cut is read in one piece per thread, cut where a line ends; others are one piece, and pieces of
/// several files are read side by side. Sums do not depend on how a file is cut.
struct LogRun {
    /// Pieces smaller than this are not worth the joining.
    static let pieceBytes: Int64 = 1 << 20

    private let crew: Crew
    private let logs: LogOptions
    private let pieceBytes: Int64
    private(set) var reports: [InputReport] = []
    private(set) var lines = LineCoverage()
    private var connections = LogConnectionTable()

    init(_ crew: Crew, _ logs: LogOptions, pieceBytes: Int64 = LogRun.pieceBytes) {
        self.crew = crew
        self.logs = logs
        self.pieceBytes = max(pieceBytes, 1)
    }

    /// Reads the logs among `inputs`.
    mutating func read(_ inputs: [Input], into facts: inout LogFacts) {
        // Files are taken in groups that keep all threads busy, so that few sums wait to be joined.
        var group: [[LogPiece]] = []
        for input in inputs {
            guard case .log(let format) = input.kind else { continue }
            group.append(pieces(of: input, format))
            guard group.joined().count >= crew.jobs else { continue }
            read(group, into: &facts)
            group.removeAll()
        }
        read(group, into: &facts)
        lines.add(lostParts: facts.add(connections.join()))
        lines.add(lostParts: connections.lost)
    }

    private func pieces(of input: Input, _ format: LogFormat) -> [LogPiece] {
        let settings = logs.settings(modified: input.modified)
        let start = logs.startsAt[input.report.path] ?? 0
        guard input.isPlainFile, format.isSplittable, crew.jobs > 1 || start > 0,
            let file = (try? input.open().source) as? InputFile, let size = file.size
        else { return [LogPiece(input, format, settings)] }
        let rest = max(size - start, 0)
        let count = min(Int64(crew.jobs), max(rest / pieceBytes, 1))
        guard count > 1 || start > 0 else { return [LogPiece(input, format, settings)] }
        return (0..<count).map { number in
            LogPiece(
                input, format, settings,
                range: start + rest * number / count..<start + rest * (number + 1) / count, of: file,
                size: size)
        }
    }

    /// Reads the pieces of some files side by side and joins them in order.
    private mutating func read(_ files: [[LogPiece]], into facts: inout LogFacts) {
        crew.run(files.joined().map { piece in { piece.read() } })
        let files = readWhole(files)
        for pieces in files {
            var tally = LogTally()
            // Of one file before anything is counted: a question may stand in one piece and its answer in the next.
            var dns = LogDNSTable()
            for piece in pieces {
                tally.append(piece.tally)
                let sums = piece.takeSums()
                lines.add(lostParts: facts.add(sums.contacts))
                connections.merge(sums.connections, format: piece.number)
                lines.add(lostParts: dns.merge(sums.dns))
            }
            guard let first = pieces.first else { continue }
            facts.add(dns, source: first.kind)
            finish(first.input, tally, pieces.compactMap(\.fault).first)
        }
    }

    /// Files in whose midst a header changed, once more and in one piece: the pieces did not know of each other's.
    private func readWhole(_ files: [[LogPiece]]) -> [[LogPiece]] {
        let files = files.map { pieces in
            guard pieces.count > 1, pieces.contains(where: \.needsWholeFile) else { return pieces }
            return [pieces[0].whole()]
        }
        crew.run(files.joined().filter { !$0.isRead }.map { piece in { piece.read() } })
        return files
    }

    private mutating func finish(_ input: Input, _ tally: LogTally, _ fault: String?) {
        lines.add(tally)
        var report = input.report
        report.bytes = max(report.bytes, tally.bytesRead)
        report.records = tally.linesRead
        report.first = tally.first
        report.last = tally.last
        if let fault {
            report.complete = false
            report.problems.append(fault)
        }
        if let start = logs.startsAt[report.path] {
            report.problems.append("its first \(start) bytes were read on another occasion")
        }
        if tally.linesRejected > 0 {
            let shown = tally.samples.map { "line \($0.line): \($0.reason.text)" }.joined(separator: "; ")
            report.problems.append(
                "\(tally.linesRejected) of \(tally.linesRead) lines were rejected: \(shown)")
        }
        reports.append(report)
    }
}

/// A log file or a part of one, read by one thread.
final class LogPiece {
    let input: Input
    let kind: String
    /// The number of the file's format among all.
    let number: UInt8
    private(set) var fault: String?
    private(set) var isRead = false
    private let format: LogFormat
    private let settings: LogSettings
    private var reader: LogChunkReader
    private let part: (file: InputFile, range: Range<Int64>, size: Int64)?

    /// Of a whole input, read in sequence.
    init(_ input: Input, _ format: LogFormat, _ settings: LogSettings) {
        self.input = input
        (self.format, self.settings) = (format, settings)
        kind = format.kind
        let number = settings.number(ofKind: format.kind)
        self.number = number
        part = nil
        reader = input.head.withRawSpan { format.makeReader(head: $0, settings: settings, number: number) }
    }

    /// Of the lines that begin within `range` of a file of `size` bytes.
    init(
        _ input: Input, _ format: LogFormat, _ settings: LogSettings, range: Range<Int64>,
        of file: InputFile, size: Int64
    ) {
        self.input = input
        (self.format, self.settings) = (format, settings)
        kind = format.kind
        let number = settings.number(ofKind: format.kind)
        self.number = number
        part = (file, range, size)
        reader = input.head.withRawSpan {
            format.makeReader(
                head: $0, settings: settings, isMidFile: range.lowerBound > 0, number: number)
        }
    }

    /// The piece that is the whole of the same file.
    func whole() -> LogPiece { LogPiece(input, format, settings) }

    var tally: LogTally { reader.chunk.tally }
    var needsWholeFile: Bool { reader.chunk.needsWholeFile }

    /// What the lines add up to; it is not kept.
    func takeSums() -> LogSums { reader.takeSums() }

    func read() {
        isRead = true
        if let part { read(part.range, of: part.file, size: part.size) } else { readInput() }
    }

    private func readInput() {
        do throws(FileFault) {
            var window = try InputWindow(input)
            read(&window)
        } catch {
            fault = error.cause
        }
    }

    private func read(_ window: inout InputWindow) {
        while !reader.chunk.isComplete {
            let consumed = reader.read(window.bytes, isLast: window.isAtEnd)
            if reader.chunk.isComplete { break }
            do throws(FileFault) {
                try window.advance(consumed: consumed, wanting: LogChunkReader.minimumBuffer)
            } catch {
                fault = "\(error.cause) at offset \(window.position + Int64(window.filled))"
                break
            }
        }
    }

    private func read(_ range: Range<Int64>, of file: InputFile, size: Int64) {
        var buffer = ByteBuffer(capacity: InputWindow.capacity)
        // A line that begins exactly at the piece's start is its own: the byte before says so.
        var position = max(range.lowerBound - 1, 0)
        var filled = 0
        while true {
            let got: Int
            do throws(FileFault) {
                got = try file.read(
                    at: position + Int64(filled), into: &buffer, at: filled, count: buffer.capacity - filled)
            } catch {
                fault = "\(error.cause) at offset \(position + Int64(filled))"
                return
            }
            filled += got
            // Nothing more where there should be: the file has become shorter meanwhile.
            let isLast = got == 0 || position + Int64(filled) >= size
            let owned = range.upperBound >= size ? Int.max : Int(clamping: range.upperBound - position)
            let consumed = reader.read(buffer.bytes(filled), isLast: isLast, ownedBytes: owned)
            if reader.chunk.isComplete || isLast { return }
            buffer.moveToFront(from: consumed, to: filled)
            position += Int64(consumed)
            filled -= consumed
            if filled == buffer.capacity { buffer.grow(to: LogChunkReader.minimumBuffer, keeping: filled) }
        }
    }
}
