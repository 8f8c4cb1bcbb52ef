import Bytes

/// A file of syslog lines, of one sender or of many: the header is peeled off, and the message is read by the format
/// that its sender writes.
///
/// What a sender writes is found in the file's head. A line of a sender that does not occur there is tried with every
/// format that reads lines one by one, so that the answer is the same wherever a file is cut into chunks.
struct SyslogLog: LogLineParser {
    static let kind = "syslog"
    static let knowsItsEnd = false

    private var senders: SyslogSenders
    private var clock = LogClock()
    /// By sender; nil for senders whose lines tell nothing.
    private var parsers: [(any LogLineParser)?] = []
    private var settings = LogSettings()
    /// Parsers for lines of unknown senders, with their numbers; made when the first such line comes.
    private var stateless: [(number: UInt8, parser: any LogLineParser)] = []

    init(_ senders: SyslogSenders) { self.senders = senders }

    /// A head by itself cannot say what senders there are: see `LogFormat.recognise`.
    init(head: RawSpan) {
        guard let senders = SyslogSenders(head: head, settings: LogSettings()) else {
            self.init(SyslogSenders())
            return
        }
        self.init(senders)
    }

    mutating func use(_ settings: LogSettings) {
        self.settings = settings
        clock = settings.clock
        let formats = settings.formats
        parsers = senders.meanings.enumerated().map { id, meaning in
            guard case .format(let index, _) = meaning, index < formats.count else { return nil }
            return senders.heads[id].withRawSpan { formats[index].parser(head: $0, settings: settings) }
        }
    }

    mutating func read(_ line: RawSpan, into chunk: inout LogChunk) -> LogReason? {
        guard let header = SyslogHeader(line, clock: clock) else {
            return SyslogLog.hasYearlessStamp(line) && clock.latest == nil ? .yearUnknown : .envelopeMissing
        }
        defer {
            chunk.record.format = 0
            chunk.record.envelope = nil
        }
        chunk.record.envelope = header.moment
        guard let id = senders.number(line, header) else { return .tableFull }
        guard id < parsers.count else { return readUnknown(line, header, into: &chunk) }
        guard case .format(let index, let view) = senders.meanings[id] else { return .otherProgram }
        chunk.record.format = settings.number(of: index)
        let start = view == .message ? header.message.start : header.body
        let text = line.clamped(from: start, count: header.message.end - start)
        return parsers[id]?.read(text, into: &chunk) ?? nil
    }

    mutating func finish(into chunk: inout LogChunk) {
        for id in parsers.indices {
            guard case .format(let index, _) = senders.meanings[id] else { continue }
            chunk.record.format = settings.number(of: index)
            parsers[id]?.finish(into: &chunk)
        }
        for index in stateless.indices {
            chunk.record.format = stateless[index].number
            stateless[index].parser.finish(into: &chunk)
        }
        chunk.record.format = 0
    }

    /// The first format that understands the line takes it.
    private mutating func readUnknown(_ line: RawSpan, _ header: SyslogHeader, into chunk: inout LogChunk)
        -> LogReason?
    {
        if stateless.isEmpty { makeStateless() }
        var understood: LogReason?
        for start in [header.message.start, header.body] {
            let text = line.clamped(from: start, count: header.message.end - start)
            for index in stateless.indices {
                chunk.record.format = stateless[index].number
                guard let reason = stateless[index].parser.read(text, into: &chunk) else { return nil }
                // A resolver's own messages can be any text.
                let isAnything = reason == .resolverMessage || reason == .comment
                if !reason.isRejection, !isAnything, understood == nil { understood = reason }
            }
        }
        return understood ?? .otherProgram
    }

    private mutating func makeStateless() {
        let formats = settings.formats
        for (index, format) in formats.enumerated() where format.isSplittable && !format.hasHeader {
            let parser = [UInt8]().withRawSpan { format.parser(head: $0, settings: settings) }
            stateless.append((settings.number(of: index), parser))
        }
    }

    private static func hasYearlessStamp(_ line: RawSpan) -> Bool {
        var clock = LogClock()
        clock.latest = Timestamp(nanoseconds: 0)
        return SyslogHeader(line, clock: clock) != nil
    }
}
