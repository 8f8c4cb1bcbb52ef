import Bytes

/// The Common and Combined Log Formats of a web server that works as a forward proxy, with or without the virtual
/// host in front and with or without the byte counts of Apache's mod_logio behind:
///
///     10.20.30.40 - s1 [02/Mar/2026:08:01:02 -0600] "GET http://a.example/ HTTP/1.1" 200 8412 "referer" "agent"
///     client ident user time                          request                     status bytes
///
/// Apache (`mod_log_config`) and nginx (`escape=default`) write quotes and control bytes in quoted columns as `\"`
/// and `\xhh`, so a quote ends its column. A request for a path is one to the server itself: its "client" may be
/// anybody, and no line of the kind is read. The format has no address of the origin, and nothing says whether a
/// refusal came from the proxy or from the origin: see `judge`.
package struct CommonLog: LogLineParser {
    package static let kind = "common-log"
    package static let knowsItsEnd = false

    package init(head: RawSpan) {}

    package mutating func parse(_ line: RawSpan, into record: inout LogRecord) -> LogReason? {
        guard let request = CommonLog.request(line) else { return .fieldsMissing }
        guard let time = ClockText.commonLog(line, at: request - CommonLog.timeLength - 3) else {
            return .timeInvalid
        }
        record.start = time
        record.end = time
        guard let quote = CommonLog.closingQuote(line, from: request) else { return .fieldsMissing }
        if let reason = readClient(line, to: request - CommonLog.timeLength - 5, into: &record) {
            return reason
        }
        guard let status = readAnswer(line, from: quote + 1, into: &record) else { return .numberInvalid }
        return readRequest(line, CSVCell(start: request, end: quote), status: status, into: &record)
    }

    private static let timeLength = ClockText.commonLogLength

    /// Where the text of the request begins: behind the first ` [time] "`. No client can write a quote in front of
    /// it, since those of a user name are escaped.
    private static func request(_ line: RawSpan) -> Int? {
        var index = 0
        while let quote = line.firstIndex(of: UInt8(ascii: "\""), from: index) {
            let bracket = quote - timeLength - 3
            if bracket > 0, line.byte(at: bracket) == UInt8(ascii: "["),
                line.byte(at: bracket - 1) == UInt8(ascii: " "),
                line.byte(at: quote - 2) == UInt8(ascii: "]"),
                line.byte(at: quote - 1) == UInt8(ascii: " ")
            {
                return quote + 1
            }
            index = quote + 1
        }
        return nil
    }

    /// The first quote without a backslash in front.
    static func closingQuote(_ line: RawSpan, from start: Int) -> Int? {
        var index = start
        while let byte = line.byte(at: index) {
            if byte == UInt8(ascii: "\"") { return index }
            index += byte == UInt8(ascii: "\\") ? 2 : 1
        }
        return nil
    }

    /// `[vhost:port] client ident user`, where the user may hold spaces.
    private func readClient(_ line: RawSpan, to end: Int, into record: inout LogRecord) -> LogReason? {
        var words = SpacedFields(line, from: 0, to: end)
        guard var client = words.next(), var ident = words.next() else { return .fieldsMissing }
        if CommonLog.isVirtualHost(line, client) {
            guard let next = words.next() else { return .fieldsMissing }
            (client, ident) = (ident, next)
        }
        if let reason = ProxyRequest.readClient(line, client, into: &record) { return reason }
        guard ident.end + 1 < end else { return .fieldsMissing }
        record.setUser(
            line,
            CSVCell(
                start: ident.end + 1, end: end, hasEscape: CommonLog.hasBackslash(line, ident.end + 1, end)))
        return nil
    }

    /// Whether the word is `name:port`, which no address is.
    private static func isVirtualHost(_ line: RawSpan, _ word: FieldRange) -> Bool {
        guard line.address(CSVCell(start: word.start, end: word.end)) == nil,
            let split = HostText.splitPort(line, from: word.start, to: word.end)
        else { return false }
        return split.port != nil
    }

    private static func hasBackslash(_ line: RawSpan, _ start: Int, _ end: Int) -> Bool {
        line.clamped(from: 0, count: end).firstIndex(of: UInt8(ascii: "\\"), from: start) != nil
    }

    /// ` status bytes`, then nothing, or quoted columns and perhaps two numbers. Returns the status.
    private func readAnswer(_ line: RawSpan, from start: Int, into record: inout LogRecord) -> UInt64? {
        var words = SpacedFields(line, from: start, to: line.byteCount)
        guard line.byte(at: start) == UInt8(ascii: " "), let status = words.next(), let size = words.next(),
            status.count == 3, let code = DecimalText.read(line, from: status.start, to: status.end)
        else { return nil }
        record.bytesDown = DecimalText.read(line, from: size.start, to: size.end)
        guard record.bytesDown != nil || line.isDash(size) else { return nil }
        record.bytesDown = record.bytesDown ?? 0
        record.bytesScope = .httpBody
        var index = size.end
        var quoted = 0
        while line.byte(at: index) == UInt8(ascii: " "), line.byte(at: index + 1) == UInt8(ascii: "\"") {
            guard let quote = CommonLog.closingQuote(line, from: index + 2) else { return nil }
            index = quote + 1
            quoted += 1
        }
        guard index < line.byteCount else { return code }
        // What stands here bare is either mod_logio's or not of this format.
        var rest = SpacedFields(line, from: index, to: line.byteCount)
        guard quoted >= 2, let up = rest.next(), let down = rest.next(), rest.next() == nil,
            let bytesUp = DecimalText.read(line, from: up.start, to: up.end),
            let bytesDown = DecimalText.read(line, from: down.start, to: down.end)
        else { return nil }
        record.bytesUp = bytesUp
        record.bytesDown = bytesDown
        record.bytesScope = .httpTotal
        return code
    }

    /// `METHOD target [HTTP/x.y]`.
    private func readRequest(
        _ line: RawSpan, _ cell: CSVCell, status: UInt64, into record: inout LogRecord
    ) -> LogReason? {
        var words = SpacedFields(line, from: cell.start, to: cell.end)
        guard let method = words.next() else { return .noDestination }
        // `-` or the bytes of another protocol: nothing was asked for.
        guard let target = words.next() else { return .noDestination }
        record.method = ProxyRequest.method(line, method)
        if line.byte(at: target.start) == UInt8(ascii: "/")
            || line.byte(at: target.start) == UInt8(ascii: "*")
        {
            return .ownServer
        }
        if words.next() != nil, words.next() != nil { record.flags.insert(.ambiguousLine) }
        if let reason = ProxyRequest.readDestination(line, target, into: &record) { return reason }
        let isConnect = record.method == .connect
        if isConnect, record.bytesScope == .httpBody { record.bytesScope = .unknown }
        CommonLog.judge(status, isConnect: isConnect, into: &record)
        return nil
    }

    /// A CONNECT is answered by the proxy alone, so anything but success is its own. Of a request, 403 is taken for
    /// the proxy's refusal and 407 and gateway errors for its own; everything else came from the origin.
    static func judge(_ status: UInt64, isConnect: Bool, into record: inout LogRecord) {
        switch status {
        case 403: record.action = .blocked
        case 407, 502, 503, 504, 0: record.action = .attempted
        case 200..<300: record.action = .allowed
        default: record.action = isConnect ? .attempted : .allowed
        }
    }
}
