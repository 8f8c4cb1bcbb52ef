import Bytes

/// One log format. To add one: write a type that conforms, and name it in `LogFormat.all`.
///
/// The parser is a pure function of the line and of what earlier header lines said. It never traps, whatever
/// the bytes, takes time linear in the line, and derives no structure from what a client can write (URL,
/// user, host).
package protocol LogLineParser: Sendable {
    /// The word for the format in reports, such as `squid`.
    static var kind: String { get }

    /// Whether a chunk from the middle of a file can be read knowing only the file's head.
    static var isSplittable: Bool { get }

    /// Whether header lines within a file say anew what the columns are. Such a file is cut all the same; a piece that
    /// meets a new header says so in `LogChunk.needsWholeFile`.
    static var hasHeader: Bool { get }

    /// Whether a line that was cut can be told from a whole one. If not, a last line without a line end is not
    /// believed: half a host name is a wrong one.
    static var knowsItsEnd: Bool { get }

    /// Whether lines that the format sets aside can be anything: then at least a tenth of the lines must give
    /// something for a file to be recognised.
    static var setsAnythingAside: Bool { get }

    /// `head` is the start of the file (at most 64 KiB), for formats whose header lines say what the columns
    /// are; of a sender's lines in a syslog file, the first of these.
    init(head: RawSpan)

    /// Takes over what the lines do not say; called once, before the first line.
    mutating func use(_ settings: LogSettings)

    /// For formats of which a line gives at most one contact: fills `record`, which the caller has reset; nil when
    /// the line gives a contact or lookups, else why it does not. A record without a destination makes no contact,
    /// and `record.dns` takes any number of lookups.
    mutating func parse(_ line: RawSpan, into record: inout LogRecord) -> LogReason?

    /// For all others: takes one line and adds what it gives to `chunk`, in any number and of any sort; nil when it
    /// was used. The record's times must be set: the file's first and last moment come from them.
    mutating func read(_ line: RawSpan, into chunk: inout LogChunk) -> LogReason?

    /// Adds what still waited for another line when the file ended; for formats that are not splittable.
    mutating func finish(into chunk: inout LogChunk)

    /// The same for formats of which only lookups wait.
    mutating func finish(into record: inout LogRecord)

    /// Implemented once, for all formats; a requirement so that each conformance gets a specialised loop.
    mutating func readLines(_ buffer: RawSpan, isLast: Bool, ownedBytes: Int, into chunk: inout LogChunk)
        -> Int

    /// Implemented once, for all formats: how well the lines of `head` fit.
    mutating func score(_ head: RawSpan, envelope: LogMoment?) -> LogFormat.Score
}

extension LogLineParser {
    package static var isSplittable: Bool { true }
    package static var hasHeader: Bool { false }
    package static var knowsItsEnd: Bool { true }
    package static var setsAnythingAside: Bool { false }

    package mutating func use(_ settings: LogSettings) {}

    package mutating func finish(into chunk: inout LogChunk) {
        chunk.record.reset()
        finish(into: &chunk.record)
        chunk.takeLookups()
    }

    @inline(__always)
    package mutating func read(_ line: RawSpan, into chunk: inout LogChunk) -> LogReason? {
        chunk.record.reset()
        if let reason = parse(line, into: &chunk.record) { return reason }
        return chunk.addRecord(of: line)
    }

    package mutating func finish(into record: inout LogRecord) {}

    /// Formats that are not lines have `readLines` and `score` of their own, and this is not called.
    package mutating func parse(_ line: RawSpan, into record: inout LogRecord) -> LogReason? {
        .fieldsMissing
    }

    package mutating func readLines(
        _ buffer: RawSpan, isLast: Bool, ownedBytes: Int, into chunk: inout LogChunk
    ) -> Int {
        var cursor = LineCursor(buffer, isLast: isLast, state: chunk.lineState)
        while true {
            if cursor.isAtLineStart, cursor.consumed >= ownedBytes {
                chunk.isComplete = true
                break
            }
            guard let bounds = cursor.next() else { break }
            take(bounds, of: buffer, into: &chunk)
        }
        chunk.lineState = cursor.state
        if isLast, cursor.consumed == buffer.byteCount { chunk.isComplete = true }
        if chunk.isComplete { finish(into: &chunk) }
        chunk.contacts.settle()
        return cursor.consumed
    }

    /// Reads and counts one line.
    @inline(__always)
    private mutating func take(_ bounds: LineCursor.Line, of buffer: RawSpan, into chunk: inout LogChunk) {
        switch bounds.kind {
        case .foreign: return
        case .tooLong: return chunk.tally.setAside(.lineTooLong, bytes: bounds.rawBytes)
        case .text: break
        }
        if bounds.count == 0 { return chunk.tally.setAside(.empty, bytes: bounds.rawBytes) }
        let line = buffer.clamped(from: bounds.start, count: bounds.count)
        if !bounds.isTerminated, !Self.knowsItsEnd {
            return chunk.tally.setAside(.cutLine, bytes: bounds.rawBytes)
        }
        if let reason = read(line, into: &chunk) {
            let isCut = !bounds.isTerminated && reason.isRejection && reason != .tableFull
            return chunk.tally.setAside(isCut ? .cutLine : reason, bytes: bounds.rawBytes)
        }
        let record = chunk.record
        chunk.tally.use(bytes: bounds.rawBytes, from: record.start, to: record.end, flags: record.flags)
    }

    package mutating func score(_ head: RawSpan, envelope: LogMoment?) -> LogFormat.Score {
        scoreLines(head, envelope: envelope)
    }

    /// How many of the first lines parse whole.
    mutating func scoreLines(_ head: RawSpan, envelope: LogMoment?) -> LogFormat.Score {
        var chunk = LogChunk(lineState: .fileStart)
        chunk.record.envelope = envelope
        var score = LogFormat.Score()
        let endsInLine = head.byte(at: head.byteCount - 1) != UInt8(ascii: "\n")
        var cursor = LineCursor(head, isLast: true, state: .fileStart)
        while score.lines < LogFormat.sampleLines, let bounds = cursor.next() {
            if bounds.count == 0 { continue }
            // The last line of the head may be cut; it counts only when there is no other.
            if endsInLine, !bounds.isTerminated, score.lines > 0 { break }
            let reason = read(head.clamped(from: bounds.start, count: bounds.count), into: &chunk)
            score.lines += 1
            if reason == nil { score.used += 1 }
            if reason?.isRejection != true { score.understood += 1 }
        }
        if Self.setsAnythingAside, score.used * 10 < score.lines { score.understood = score.used }
        return score
    }
}

/// What one chunk of a log has yielded so far.
package struct LogChunk: Sendable {
    package var tally = LogTally()
    package var contacts = LogAggregator()
    /// Parts of connections that are joined when all inputs have been read.
    package var connections = LogConnectionTable()
    package var dns = LogDNSTable()
    /// Whether all lines that begin in the chunk have been read.
    package var isComplete = false
    /// Whether a line changed how the lines behind it are read: pieces of one file that were read side by side do not
    /// know that of each other, so the file must be read again in one piece.
    package internal(set) var needsWholeFile = false
    var lineState: LineState
    /// The record that a parser fills; one for all lines, so that reading a line allocates nothing.
    package var record = LogRecord()

    init(lineState: LineState) { self.lineState = lineState }

    /// Adds the record, which speaks of `line`, and its lookups; nil, or why that could not be.
    @inline(__always)
    mutating func addRecord(of line: RawSpan) -> LogReason? {
        guard takeLookups() else { return .tableFull }
        return !record.hasDestination || contacts.add(record, line: line) ? nil : .tableFull
    }

    /// Counts the lookups of the record in hand; false when the table is full.
    @inline(__always) @discardableResult
    mutating func takeLookups() -> Bool {
        if record.dns.isEmpty { return true }
        var isTaken = true
        for row in record.dns where !dns.take(row) { isTaken = false }
        return isTaken
    }
}

/// What the lines of a chunk add up to.
package struct LogSums: Sendable {
    package var contacts: LogAggregator
    package var connections: LogConnectionTable
    package var dns: LogDNSTable
}

/// Reads one chunk of a log file, buffer by buffer.
///
/// A chunk owns the lines that begin in it. The first chunk is read from the file's start; every other one
/// from the byte before its own first byte, with `isMidFile`, so that a line which begins exactly there is
/// its own.
package struct LogChunkReader: Sendable {
    /// The smallest buffer that always makes progress: a line of the longest length and its end.
    package static let minimumBuffer = LineCursor.limit + 2

    package private(set) var chunk: LogChunk
    private var parser: any LogLineParser

    init(parser: any LogLineParser, isMidFile: Bool, format: UInt8) {
        self.parser = parser
        chunk = LogChunk(lineState: isMidFile ? .midFile : .fileStart)
        chunk.record.format = format
    }

    /// Reads the whole lines of `buffer` that begin before `ownedBytes` (an offset into `buffer`) and returns
    /// how many bytes it is done with; the rest must stand at the start of the next buffer. `isLast`: the
    /// file ends with this buffer. Go on until `chunk.isComplete`.
    package mutating func read(_ buffer: RawSpan, isLast: Bool, ownedBytes: Int = .max) -> Int {
        parser.readLines(buffer, isLast: isLast, ownedBytes: ownedBytes, into: &chunk)
    }

    /// Hands over what the chunk added up to, and keeps its tally alone.
    package mutating func takeSums() -> LogSums {
        let sums = LogSums(contacts: chunk.contacts, connections: chunk.connections, dns: chunk.dns)
        chunk.contacts = LogAggregator()
        chunk.connections = LogConnectionTable()
        chunk.dns = LogDNSTable()
        return sums
    }
}
