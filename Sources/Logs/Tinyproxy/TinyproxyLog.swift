import Bytes

/// Tinyproxy's log, where several lines tell of one request (`src/log.c`, `src/reqs.c`):
///
///     CONNECT   Mar 02 08:01:02.114 [4711]: Connect (file descriptor 7): 10.20.30.40
///     CONNECT   Mar 02 08:01:02.115 [4711]: Request (file descriptor 7): CONNECT quiz.example.org:443 HTTP/1.1
///     CONNECT   Mar 02 08:01:02.120 [4711]: Established connection to host "quiz.example.org" using file descriptor 8.
///     NOTICE    Mar 02 08:01:04.001 [4711]: Proxying refused on filtered domain "ads.tracker.example"
///     INFO      Mar 02 08:01:05.001 [4711]: Refused CONNECT method on port 8443
///
/// The descriptor ties a client to its request; only the host ties a request to what came of it. A request that was
/// neither connected nor refused is an attempt, counted when its descriptor is used again or the file ends. Times
/// have no year and no zone. There are no byte counts. Version 1.11.1 writes IPv6 clients cut short
/// (`2001:db8:30::` for `2001:db8:30::5`); nothing in the line shows it.
package struct TinyproxyLog: LogLineParser {
    package static let kind = "tinyproxy"
    package static let isSplittable = false
    package static let knowsItsEnd = false

    /// Descriptors that are followed: far more than a process has open.
    private static let limit = 4096

    private struct Waiting: Sendable {
        var client: IPAddress?
        /// Detached; without name and server until the request has come.
        var record: LogRecord?
        var number = 0
    }

    private var waiting: [UInt64: Waiting] = [:]
    private var nextNumber = 0
    private var clock = LogClock()

    package init(head: RawSpan) {}

    package mutating func use(_ settings: LogSettings) { clock = settings.clock }

    package mutating func finish(into chunk: inout LogChunk) {
        for key in waiting.keys.sorted() { _ = giveUp(key, into: &chunk) }
    }

    private static let levels = [
        "CONNECT   ", "NOTICE    ", "INFO      ", "ERROR     ", "WARNING   ", "CRITICAL  ", "DEBUG     ",
    ]

    package mutating func read(_ line: RawSpan, into chunk: inout LogChunk) -> LogReason? {
        chunk.record.reset()
        guard TinyproxyLog.levels.contains(where: { line.begins(at: 0, with: $0) }) else {
            return .fieldsMissing
        }
        guard let moment = ClockText.monthDay(line, at: 10, clock: clock) else {
            return clock.latest == nil && ClockText.month(line, at: 10) != nil ? .yearUnknown : .timeInvalid
        }
        guard line.byte(at: moment.end) == UInt8(ascii: " "),
            line.byte(at: moment.end + 1) == UInt8(ascii: "["),
            let bracket = line.firstIndex(of: UInt8(ascii: "]"), from: moment.end),
            line.begins(at: bracket, with: "]: ")
        else { return .fieldsMissing }
        chunk.record.setTime(moment)
        let text = bracket + 3
        if line.begins(at: text, with: "Connect (file descriptor ") {
            return connect(line, text + 25, into: &chunk)
        }
        if line.begins(at: text, with: "Request (file descriptor ") {
            return request(line, text + 25, into: &chunk)
        }
        if line.begins(at: text, with: "Refused CONNECT method on port ") {
            return refusePort(line, from: text + 31, moment, into: &chunk)
        }
        let ends: [(String, LogAction)] = [
            ("Established connection to host ", .allowed),
            ("Established connection to http proxy ", .allowed),
            ("Proxying refused on filtered domain ", .blocked),
            ("Proxying refused on filtered url ", .blocked),
        ]
        for (words, action) in ends where line.begins(at: text, with: words) {
            return end(line, from: text + words.utf8.count, action, moment, into: &chunk)
        }
        return .notTraffic
    }

    /// `7): rest`: the descriptor and where the rest begins.
    private func descriptor(_ line: RawSpan, _ start: Int) -> (UInt64, rest: Int)? {
        guard let bracket = line.firstIndex(of: UInt8(ascii: ")"), from: start),
            let number = DecimalText.read(line, from: start, to: bracket, maxDigits: 9),
            line.begins(at: bracket, with: "): ")
        else { return nil }
        return (number, bracket + 3)
    }

    /// The client's address; older versions write `name [address]`.
    private mutating func connect(_ line: RawSpan, _ start: Int, into chunk: inout LogChunk) -> LogReason? {
        guard let (key, rest) = descriptor(line, start) else { return .fieldsMissing }
        var words = SpacedFields(line, from: rest, to: line.byteCount)
        guard let first = words.next() else { return .clientInvalid }
        var client = line.address(CSVCell(start: first.start, end: first.end))
        if client == nil, let second = words.next(), line.byte(at: second.start) == UInt8(ascii: "[") {
            client = line.address(CSVCell(start: second.start + 1, end: second.end - 1))
        }
        guard let client else { return .clientInvalid }
        guard giveUp(key, into: &chunk), waiting.count < TinyproxyLog.limit else { return .tableFull }
        waiting[key] = Waiting(client: client)
        return .partOfRequest
    }

    /// `METHOD target [HTTP/x.y]`.
    private mutating func request(_ line: RawSpan, _ start: Int, into chunk: inout LogChunk) -> LogReason? {
        guard let (key, rest) = descriptor(line, start) else { return .fieldsMissing }
        guard let client = waiting[key]?.client else { return .noClient }
        var words = SpacedFields(line, from: rest, to: line.byteCount)
        guard let method = words.next(), let target = words.next() else { return .targetInvalid }
        chunk.record.method = ProxyRequest.method(line, method)
        if let reason = ProxyRequest.readDestination(line, target, into: &chunk.record) { return reason }
        chunk.record.client = client
        chunk.record.action = .attempted
        guard giveUp(key, into: &chunk) else { return .tableFull }
        waiting[key] = Waiting(client: client, record: chunk.record.detached(from: line), number: nextNumber)
        nextNumber += 1
        return .partOfRequest
    }

    /// The line has the port alone: it refuses the longest waiting CONNECT to it.
    private mutating func refusePort(
        _ line: RawSpan, from start: Int, _ moment: LogMoment, into chunk: inout LogChunk
    ) -> LogReason? {
        guard let port = line.port(CSVCell(start: start, end: line.byteCount)) else { return .portInvalid }
        return complete(.blocked, moment, into: &chunk) { $0.method == .connect && $0.port == port }
    }

    /// What came of the longest waiting request to the host in quotes.
    private mutating func end(
        _ line: RawSpan, from start: Int, _ action: LogAction, _ moment: LogMoment, into chunk: inout LogChunk
    ) -> LogReason? {
        guard line.byte(at: start) == UInt8(ascii: "\""),
            let quote = line.firstIndex(of: UInt8(ascii: "\""), from: start + 1)
        else { return .fieldsMissing }
        var other = LogRecord()
        let cell = CSVCell(start: start + 1, end: quote)
        if let reason = Destination.readURL(line, cell, source: .logHost, into: &other) { return reason }
        return complete(action, moment, into: &chunk) { TinyproxyLog.isSame($0, other, line) }
    }

    /// Counts the longest waiting request that `isMeant` picks.
    private mutating func complete(
        _ action: LogAction, _ moment: LogMoment, into chunk: inout LogChunk, isMeant: (LogRecord) -> Bool
    ) -> LogReason? {
        let matches = waiting.filter { $0.value.record.map(isMeant) ?? false }
        guard let key = matches.min(by: { $0.value.number < $1.value.number })?.key,
            var record = waiting[key]?.record
        else { return .noClient }
        waiting[key]?.record = nil
        record.action = action
        record.end = max(record.end, moment.time)
        record.format = chunk.record.format
        chunk.record = record
        return chunk.addRecord(of: RawSpan())
    }

    private static func isSame(_ record: LogRecord, _ other: LogRecord, _ line: RawSpan) -> Bool {
        if other.name.isPresent { return record.hasSameName(as: other, of: line) }
        return !record.name.isPresent && record.server == other.server
    }

    /// Counts a request that nothing came of; false when it did not fit.
    private mutating func giveUp(_ key: UInt64, into chunk: inout LogChunk) -> Bool {
        guard let record = waiting.removeValue(forKey: key)?.record else { return true }
        return chunk.contacts.add(record, line: RawSpan())
    }
}
