import Bytes

/// Which program on which machine wrote a line, and what its lines are: a relay's file holds many senders, each with
/// a format of its own, so that recognition works per sender and not per file.
struct SyslogSenders: Sendable {
    /// What part of a line a sender's format is made of.
    enum View: Sendable {
        /// What stands behind the header.
        case message
        /// All but octet count and priority: for formats that know the header as theirs.
        case body
    }

    enum Meaning: Sendable {
        /// An index in the list of formats.
        case format(Int, View)
        /// No format fits the sender's lines in the file's head.
        case other
        /// Not seen in the head: each line is tried by itself.
        case unknown
    }

    /// Senders in the file's head; a chunk's further ones get further numbers.
    private(set) var names = TextInterner()
    private(set) var meanings: [Meaning] = []
    /// The first lines of each sender, for formats that have their columns in a header.
    private(set) var heads: [[UInt8]] = []
    /// Whether no sender's format needs the lines before a chunk.
    private(set) var isSplittable = true

    /// Of a file without senders.
    init() {}

    /// Nil unless four fifths of the lines have a header and the lines of some sender are of a known format.
    init?(head: RawSpan, settings: LogSettings) {
        var bodies: [[UInt8]] = []
        var moments: [LogMoment?] = []
        var lines = 0
        var peeled = 0
        let endsInLine = head.byte(at: head.byteCount - 1) != UInt8(ascii: "\n")
        var cursor = LineCursor(head, isLast: true, state: .fileStart)
        while let bounds = cursor.next() {
            if bounds.count == 0 { continue }
            if endsInLine, !bounds.isTerminated, lines > 0 { break }
            lines += 1
            let line = head.clamped(from: bounds.start, count: bounds.count)
            guard let header = SyslogHeader(line, clock: settings.clock) else { continue }
            peeled += 1
            guard let id = names.intern(SyslogSenders.name(line, header)) else { continue }
            if id == heads.count {
                heads.append([])
                bodies.append([])
                moments.append(header.moment)
            }
            SyslogSenders.append(line, from: header.message.start, to: header.message.end, &heads[id])
            SyslogSenders.append(line, from: header.body, to: header.message.end, &bodies[id])
        }
        guard lines > 0, peeled * 5 >= lines * 4 else { return nil }
        var hasKnown = false
        for id in heads.indices {
            let meaning = SyslogSenders.meaning(heads[id], bodies[id], moments[id], settings)
            if case .format(let index, let view) = meaning {
                hasKnown = true
                let format = settings.formats[index]
                if !format.isSplittable || format.hasHeader { isSplittable = false }
                if view == .body { heads[id] = bodies[id] }
            }
            meanings.append(meaning)
        }
        guard hasKnown else { return nil }
    }

    private static func meaning(
        _ messages: [UInt8], _ bodies: [UInt8], _ moment: LogMoment?, _ settings: LogSettings
    ) -> Meaning {
        let formats = settings.formats
        for (text, view) in [(messages, View.message), (bodies, .body)] {
            let best = text.withRawSpan {
                LogFormat.best(for: $0, envelope: moment, among: formats, settings)
            }
            if case .one(let index) = best { return .format(index, view) }
        }
        return .other
    }

    private static func append(_ line: RawSpan, from start: Int, to end: Int, _ text: inout [UInt8]) {
        guard text.count < LogFormat.headLimit else { return }
        line.clamped(from: start, count: end - start).append(to: &text)
        text.append(UInt8(ascii: "\n"))
    }

    /// Machine and program in one key; a byte that neither can hold stands between.
    static func name(_ line: RawSpan, _ header: SyslogHeader) -> [UInt8] {
        var name: [UInt8] = []
        if let host = header.host { line.clamped(from: host.start, count: host.count).append(to: &name) }
        name.append(0)
        if let tag = header.tag { line.clamped(from: tag.start, count: tag.count).append(to: &name) }
        return name
    }

    /// The number of a line's sender; nil when there are more than a table holds.
    mutating func number(_ line: RawSpan, _ header: SyslogHeader) -> Int? {
        names.intern(SyslogSenders.name(line, header))
    }
}

extension TextInterner {
    /// The number of a text that stands by itself.
    mutating func intern(_ text: [UInt8]) -> Int? {
        let span = text.span.bytesView
        return intern(span, from: 0, count: span.byteCount)
    }
}
