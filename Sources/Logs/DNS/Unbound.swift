import Bytes
import Names

/// Unbound's log with `log-queries`, `log-replies` or `log-local-actions` (`util/net_help.c log_query_in`,
/// `util/data/msgreply.c log_reply_info`, `services/localzone.c`):
///
///     [1772460061] unbound[4711:0] info: 10.20.30.40 quiz.example.org. A IN
///     [1772460062] unbound[4711:0] reply: 10.20.30.40 quiz.example.org. A IN NOERROR 0.011042 0 66
///     [1772460064] unbound[4711:1] info: tracker.example. always_nxdomain 10.20.30.41@40113 ads.tracker.example. A IN
///
/// Words are counted from both ends of the message: Unbound writes `?` for what is not printable in a name, and
/// spaces as they are, so that a name with a space makes a line that fits none of the three.
package struct Unbound: LogLineParser {
    package static let kind = "unbound"

    package init(head: RawSpan) {}

    package mutating func parse(_ line: RawSpan, into record: inout LogRecord) -> LogReason? {
        guard let message = Unbound.readHead(line, into: &record) else { return .timeInvalid }
        // A reply with its destination has twelve words; more fit no line that tells a lookup.
        let words = line.words(from: message, to: line.byteCount, limit: 16)
        if words.count == 4 { return readQuestion(line, words, into: &record) }
        if let place = words.lastIndex(where: { line.last("@", in: $0) != nil }), place >= 1 {
            return readAction(line, words, client: place, into: &record)
        }
        return readReply(line, words, into: &record)
    }

    /// Sets the time and returns where the message begins: behind `[TIME] IDENTITY[PID:THREAD] TYPE: `.
    private static func readHead(_ line: RawSpan, into record: inout LogRecord) -> Int? {
        guard line.byte(at: 0) == UInt8(ascii: "["), let close = line.firstIndex(of: UInt8(ascii: "]")),
            let seconds = DecimalText.read(line, from: 1, to: close, maxDigits: 11),
            let time = Timestamp(seconds: Int64(truncatingIfNeeded: seconds))
        else { return nil }
        record.start = time
        record.end = time
        return readSource(line, at: close + 1)
    }

    /// Behind ` IDENTITY[PID:THREAD] TYPE: `, or nil.
    private static func readSource(_ line: RawSpan, at start: Int) -> Int? {
        let words = line.words(from: start, to: line.byteCount, limit: 2)
        guard words.count == 2, line.byte(at: words[0].end - 1) == UInt8(ascii: "]"),
            line.last("[", in: words[0]) != nil, line.byte(at: words[1].end - 1) == UInt8(ascii: ":")
        else { return nil }
        return words[1].end
    }

    /// `CLIENT NAME TYPE CLASS`
    private func readQuestion(_ line: RawSpan, _ words: [FieldRange], into record: inout LogRecord)
        -> LogReason?
    {
        guard let client = line.address(words[0]), let type = LogDNSWords.type(line, words[2]),
            Unbound.isClass(line, words[3])
        else { return .resolverMessage }
        guard let name = LogDNSName.read(line, words[1]) else { return .nameOfNoHost }
        record.dns.append(
            LogDNSRow(time: record.start, client: client, name: name, type: type, stage: .question))
        return nil
    }

    /// `CLIENT NAME TYPE CLASS RCODE SECONDS CACHED SIZE[ on CARRIER ADDRESS PORT]`
    private func readReply(_ line: RawSpan, _ words: [FieldRange], into record: inout LogRecord) -> LogReason?
    {
        guard words.count >= 8, let client = line.address(words[0]) else { return .resolverMessage }
        guard words.count == 8 || words.count == 12, let code = LogDNSWords.code(line, words[4]) else {
            return .resolverMessage
        }
        // A question that could not be read is logged as `- - -`.
        if line.isDash(words[1]) { return .nameOfNoHost }
        guard let type = LogDNSWords.type(line, words[2]), Unbound.isClass(line, words[3]) else {
            return .fieldsMissing
        }
        guard let name = LogDNSName.read(line, words[1]) else { return .nameOfNoHost }
        var row = LogDNSRow(
            time: record.start, client: client, name: name, type: type, stage: .answer, code: code)
        if words.count == 12, line.says("on", words[8]) {
            row.resolver = line.address(words[10])
            row.carrier = Unbound.carrier(line, words[9])
        }
        record.dns.append(row)
        return nil
    }

    /// `ZONE ACTION CLIENT@PORT NAME TYPE CLASS`, or the same behind `rpz: applied [TRIGGER]`.
    private func readAction(
        _ line: RawSpan, _ words: [FieldRange], client place: Int, into record: inout LogRecord
    ) -> LogReason? {
        guard words.count == place + 4, let at = line.last("@", in: words[place]),
            let client = line.address(from: words[place].start, to: at),
            let type = LogDNSWords.type(line, words[place + 2]), Unbound.isClass(line, words[place + 3])
        else { return .resolverMessage }
        guard let name = LogDNSName.read(line, words[place + 1]) else { return .nameOfNoHost }
        let action = words[place - 1]
        record.dns.append(
            LogDNSRow(
                time: record.start, client: client, name: name, type: type, stage: .decision,
                isBlocked: Unbound.blockingActions.contains { line.says($0, action) }))
        return nil
    }

    /// Local zone types and response policies by which the client does not learn the name's true address
    /// (`unbound.conf(5)`: local-zone, rpz-action-override); the others let the question pass.
    private static let blockingActions = [
        "deny", "refuse", "static", "redirect", "inform_deny", "inform_redirect", "always_deny",
        "always_refuse",
        "always_nxdomain", "always_nodata", "always_null", "block_a", "rpz-nxdomain", "rpz-nodata",
        "rpz-drop",
        "rpz-local-data", "rpz-cname-override",
    ]

    private static func isClass(_ line: RawSpan, _ field: FieldRange) -> Bool {
        ["IN", "CH", "HS", "ANY", "NONE"].contains { line.says($0, field) }
            || line.starts(with: "CLASS", at: field.start)
    }

    private static func carrier(_ line: RawSpan, _ field: FieldRange) -> LogDNSRow.Carrier {
        if line.says("tcp", field) { return .tcp }
        if line.says("dot", field) || line.says("tls", field) { return .tls }
        if line.says("doh", field) { return .https }
        return line.says("doq", field) ? .quic : .udp
    }
}
