import Bytes

/// Lines of some log, each inside a JSON object that a shipper put around it.
///
///     {"log":"1772460062.114 231 10.20.30.40 ...\n","stream":"stdout","time":"2026-03-02T14:01:02.114Z"}
///
/// Read are Docker's `json-file` (`log`), what Filebeat, Fluent Bit, Fluentd and Vector write to files (`message`,
/// with Fluentd's time and tag in front if need be), and journald's JSON export (`MESSAGE`). The text inside is
/// recognised and read as if it were the file, syslog headers included.
struct WrappedLine {
    /// Keys of the text, and those of its time (RFC 3339, or microseconds in journald's), by shipper.
    private static let shippers: [(text: JSONKey, time: [JSONKey])] = [
        ("log", ["time", "date"]), ("message", ["@timestamp", "timestamp", "time", "date"]),
        ("MESSAGE", ["__REALTIME_TIMESTAMP"]),
    ]

    /// The text, without the line end that Docker keeps.
    let text: [UInt8]
    let moment: LogMoment?
    /// Docker cuts lines of more than 16 KiB in pieces, of which only the last ends with a line end.
    let isPiece: Bool

    /// Nil when the line is no JSON object with such a text.
    init?(_ line: RawSpan) {
        guard let start = WrappedLine.object(line) else { return nil }
        let object = line.clamped(from: start, count: line.byteCount - start)
        let found: WrappedLine?? = JSONDocument.with(object) { document in WrappedLine(document) }
        guard let wrapped = found ?? nil else { return nil }
        self = wrapped
    }

    private init?(_ document: borrowing JSONDocument) {
        for (key, times) in WrappedLine.shippers {
            guard let field = document.text(document.member(JSONDocument.root, key)) else { continue }
            var end = field.end
            while end > field.start, document.texts.isLineEnd(at: end - 1) { end -= 1 }
            let isDocker = document.member(JSONDocument.root, "stream") != nil && key.isSame(as: "log")
            isPiece = isDocker && end == field.end
            // Copied: the text may be JSON itself, and parsing it takes the document's memory.
            text = document.texts.clamped(from: field.start, count: end - field.start).copied()
            moment = WrappedLine.moment(document, times)
            return
        }
        return nil
    }

    /// Where the object begins: at once, or behind Fluentd's `TIME<TAB>TAG<TAB>`.
    private static func object(_ line: RawSpan) -> Int? {
        if line.byte(at: 0) == UInt8(ascii: "{") { return 0 }
        guard let first = line.firstIndex(of: UInt8(ascii: "\t")), first < 64,
            let second = line.firstIndex(of: UInt8(ascii: "\t"), from: first + 1),
            line.byte(at: second + 1) == UInt8(ascii: "{")
        else { return nil }
        return second + 1
    }

    private static func moment(_ document: borrowing JSONDocument, _ keys: [JSONKey]) -> LogMoment? {
        for key in keys {
            guard let place = document.member(JSONDocument.root, key) else { continue }
            guard let field = document.text(place) else { continue }
            if let moment = ClockText.iso(document.texts, at: field.start, clock: LogClock()) {
                return moment
            }
            if let time = EpochText.read(document.texts, from: field.start, to: field.end) {
                return LogMoment(time: time, assumed: [], end: field.end)
            }
        }
        return nil
    }
}

extension RawSpan {
    fileprivate func isLineEnd(at index: Int) -> Bool {
        byte(at: index) == UInt8(ascii: "\n") || byte(at: index) == UInt8(ascii: "\r")
    }
}

/// A file of such lines.
struct WrappedLog: LogLineParser {
    static let kind = "wrapped"
    static let knowsItsEnd = true

    private var inner: any LogLineParser

    init(_ inner: any LogLineParser) { self.inner = inner }

    /// A head by itself cannot say what is inside: see `LogFormat.recognise`.
    init(head: RawSpan) { self.init(SquidNative(head: head)) }

    mutating func use(_ settings: LogSettings) { inner.use(settings) }

    mutating func read(_ line: RawSpan, into chunk: inout LogChunk) -> LogReason? {
        chunk.record.reset()
        guard let wrapped = WrappedLine(line) else { return .wrapperMissing }
        if wrapped.isPiece { return .cutLine }
        guard !wrapped.text.isEmpty else { return .empty }
        defer { chunk.record.envelope = nil }
        chunk.record.envelope = wrapped.moment
        return wrapped.text.withRawSpan { inner.read($0, into: &chunk) }
    }

    mutating func finish(into chunk: inout LogChunk) { inner.finish(into: &chunk) }
}

extension LogFormat {
    /// The format of the lines inside, read through their envelopes; nil unless four fifths of the lines are wrapped
    /// and what is inside is recognised.
    static func wrapped(_ head: RawSpan, _ settings: LogSettings) -> LogFormat? {
        guard let inside = unwrapped(head) else { return nil }
        guard let format = inside.withRawSpan({ recogniseBare(head: $0, settings: settings) }) else {
            return nil
        }
        return LogFormat(kind: format.kind, isSplittable: format.isSplittable) { _ in
            WrappedLog(inside.withRawSpan { format.bareParser($0) })
        }
    }

    /// The texts of the first lines, one a line.
    private static func unwrapped(_ head: RawSpan) -> [UInt8]? {
        var inside: [UInt8] = []
        var (lines, wrappedLines) = (0, 0)
        let endsInLine = head.byte(at: head.byteCount - 1) != UInt8(ascii: "\n")
        var cursor = LineCursor(head, isLast: true, state: .fileStart)
        while let bounds = cursor.next() {
            if bounds.count == 0 { continue }
            if endsInLine, !bounds.isTerminated, lines > 0 { break }
            lines += 1
            guard let line = WrappedLine(head.clamped(from: bounds.start, count: bounds.count)) else {
                continue
            }
            wrappedLines += 1
            if line.isPiece { continue }
            inside += line.text
            inside.append(UInt8(ascii: "\n"))
        }
        return lines > 0 && wrappedLines * 5 >= lines * 4 && !inside.isEmpty ? inside : nil
    }
}
