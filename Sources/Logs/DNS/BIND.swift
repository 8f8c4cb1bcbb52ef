import Bytes
import Names

/// BIND's query log: categories `queries`, `responses` and `rpz` (`lib/ns/query.c`, `lib/ns/client.c`), with any
/// `print-time`, `print-category` and `print-severity`, in a file of its own or by syslog:
///
///     02-Mar-2026 08:01:01.990 queries: info: client @0x7f12a4005490 10.20.30.40#40112 (quiz.example.org): query:
///         quiz.example.org IN A +E(0)K (10.20.0.53)
///
/// (one line). The client's address and port come first and are BIND's own; of the name behind, in which BIND escapes
/// spaces, nothing is believed that is not a host's.
package struct BIND: LogLineParser {
    package static let setsAnythingAside = true
    package static let kind = "bind"

    private var clock = LogClock()

    package init(head: RawSpan) {}

    package mutating func use(_ settings: LogSettings) { clock = settings.clock }

    package mutating func parse(_ line: RawSpan, into record: inout LogRecord) -> LogReason? {
        guard let start = readTime(line, into: &record) else { return .timeInvalid }
        // `client @0x7f12a4005490 10.20.30.40#40112 ...`, behind category and severity if they are printed.
        let words = line.words(from: start, to: line.byteCount, limit: 32)
        guard let word = words.prefix(3).firstIndex(where: { line.says("client", $0) }) else {
            return words.isEmpty ? .fieldsMissing : .resolverMessage
        }
        guard words.prefix(word).allSatisfy({ line.byte(at: $0.end - 1) == UInt8(ascii: ":") }) else {
            return .resolverMessage
        }
        var place = word + 1
        if place < words.count, line.starts(with: "@0x", at: words[place].start) { place += 1 }
        guard place + 1 < words.count, let mark = line.last("#", in: words[place]),
            let client = line.address(from: words[place].start, to: mark)
        else { return .clientInvalid }
        return readMessage(line, words, from: place + 1, client, into: &record)
    }

    /// Sets the time and returns where the line goes on. Without a time of its own the line has its syslog header's.
    private func readTime(_ line: RawSpan, into record: inout LogRecord) -> Int? {
        if let moment = ClockText.iso(line, at: 0, clock: clock)
            ?? ClockText.dayMonth(line, at: 0, clock: clock)
        {
            record.setTime(moment)
            return moment.end
        }
        guard let envelope = record.envelope else { return nil }
        record.setTime(envelope)
        return 0
    }

    /// Behind the client: `(QNAME): [view NAME: ]query: NAME CLASS TYPE FLAGS (DESTINATION)` and others. The word
    /// that says what follows ends in a colon; a name in parentheses before it cannot hold a space.
    private func readMessage(
        _ line: RawSpan, _ words: [FieldRange], from start: Int, _ client: IPAddress,
        into record: inout LogRecord
    ) -> LogReason? {
        var place = start
        // `/key NAME`, `(QNAME):`, `view NAME:` stand before the message; four words at most.
        while place < min(words.count, start + 5) {
            if line.says("query:", words[place]) {
                return readQuery(line, Array(words[(place + 1)...]), client, into: &record)
            }
            if line.says("response:", words[place]) {
                return readResponse(line, Array(words[(place + 1)...]), client, into: &record)
            }
            if line.says("rpz", words[place]) {
                return readPolicy(line, Array(words[(place + 1)...]), client, into: &record)
            }
            place += 1
        }
        return .resolverMessage
    }

    /// `NAME CLASS TYPE FLAGS (DESTINATION)[ [ECS a/s/sc]]`
    private func readQuery(
        _ line: RawSpan, _ words: [FieldRange], _ client: IPAddress, into record: inout LogRecord
    ) -> LogReason? {
        guard words.count >= 4, let type = LogDNSWords.type(line, words[2]) else { return .fieldsMissing }
        guard let name = LogDNSName.read(line, words[0]) else { return .nameOfNoHost }
        var row = LogDNSRow(time: record.start, client: client, name: name, type: type, stage: .question)
        row.carrier = BIND.isTCP(line, words[3]) ? .tcp : .udp
        row.resolver = words.count > 4 ? BIND.destination(line, words[4]) : nil
        record.dns.append(row)
        return nil
    }

    /// `NAME CLASS TYPE RCODE ANSWERS AUTHORITIES ADDITIONALS FLAGS (DESTINATION)`
    private func readResponse(
        _ line: RawSpan, _ words: [FieldRange], _ client: IPAddress, into record: inout LogRecord
    ) -> LogReason? {
        guard words.count >= 8, let type = LogDNSWords.type(line, words[2]),
            let code = LogDNSWords.code(line, words[3]),
            let answers = DecimalText.read(line, from: words[4].start, to: words[4].end, maxDigits: 5)
        else { return .fieldsMissing }
        guard let name = LogDNSName.read(line, words[0]) else { return .nameOfNoHost }
        var row = LogDNSRow(
            time: record.start, client: client, name: name, type: type, stage: .answer, code: code)
        row.carrier = BIND.isTCP(line, words[7]) ? .tcp : .udp
        row.resolver = words.count > 8 ? BIND.destination(line, words[8]) : nil
        // What the answers are is not logged; that there are none is.
        if answers == 0 { row.answers = [] }
        record.dns.append(row)
        return nil
    }

    /// `rpz QNAME NXDOMAIN rewrite NAME/TYPE/CLASS via ZONE`; the policy lets the question pass when it is PASSTHRU,
    /// TCP-ONLY or DISABLED.
    private func readPolicy(
        _ line: RawSpan, _ words: [FieldRange], _ client: IPAddress, into record: inout LogRecord
    ) -> LogReason? {
        guard words.count >= 4, line.says("rewrite", words[2]), let type = line.last("/", in: words[3]),
            let end = line.last("/", in: FieldRange(start: words[3].start, end: type))
        else { return .resolverMessage }
        guard let name = LogDNSName.read(line, from: words[3].start, to: end) else { return .nameOfNoHost }
        let policy = String(ascii: line.clamped(from: words[1].start, count: words[1].count)).uppercased()
        let isBlocked = ["NXDOMAIN", "NODATA", "DROP", "LOCAL-DATA", "CNAME"].contains(policy)
        record.dns.append(
            LogDNSRow(
                time: record.start, client: client, name: name,
                type: LogDNSWords.type(line, FieldRange(start: end + 1, end: type)), stage: .decision,
                isBlocked: isBlocked))
        return nil
    }

    /// `+E(0)TDK`: a `T` behind the first sign says TCP, or TLS and HTTPS over it.
    private static func isTCP(_ line: RawSpan, _ flags: FieldRange) -> Bool {
        line.last("T", in: flags) != nil
    }

    /// `(10.20.0.53)`
    private static func destination(_ line: RawSpan, _ field: FieldRange) -> IPAddress? {
        guard field.count > 2, line.byte(at: field.start) == UInt8(ascii: "("),
            line.byte(at: field.end - 1) == UInt8(ascii: ")")
        else { return nil }
        return line.address(from: field.start + 1, to: field.end - 1)
    }
}
