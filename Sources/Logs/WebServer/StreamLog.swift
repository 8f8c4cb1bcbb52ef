import Bytes

/// The log that an nginx `stream` proxy is usually given to tell the server names it passes on:
///
///     10.20.30.40 [02/Mar/2026:08:01:23 -0600] TCP 200 14132 4300 21.388 "quiz.example.org"
///     client      end of the session           protocol status down up seconds "$ssl_preread_server_name"
///
/// `$status` 200 is a session that reached its upstream, 403 one that access rules refused. The port is not logged.
package struct StreamLog: LogLineParser {
    package static let kind = "nginx-stream"

    package init(head: RawSpan) {}

    package mutating func parse(_ line: RawSpan, into record: inout LogRecord) -> LogReason? {
        var words = SpacedFields(line)
        guard let client = words.next(), let bracket = words.next() else { return .fieldsMissing }
        let timeEnd = bracket.start + 1 + ClockText.commonLogLength
        guard line.byte(at: bracket.start) == UInt8(ascii: "["), line.byte(at: timeEnd) == UInt8(ascii: "]"),
            let time = ClockText.commonLog(line, at: bracket.start + 1)
        else { return .timeInvalid }
        words = SpacedFields(line, from: timeEnd + 1, to: line.byteCount)
        guard let transport = words.next(), let status = words.next(), let down = words.next(),
            let up = words.next(), let lasted = words.next(), let name = words.next(), words.next() == nil
        else { return .fieldsMissing }
        guard let code = DecimalText.read(line, from: status.start, to: status.end, maxDigits: 3),
            let bytesDown = DecimalText.read(line, from: down.start, to: down.end),
            let bytesUp = DecimalText.read(line, from: up.start, to: up.end),
            let milliseconds = StreamLog.milliseconds(line, lasted)
        else { return .numberInvalid }
        record.transport = line.begins(at: transport.start, with: "UDP") ? .udp : .tcp
        record.setTime(end: time, lasting: milliseconds)
        record.bytesUp = bytesUp
        record.bytesDown = bytesDown
        record.bytesScope = .layer4Payload
        record.action = code == 200 ? .allowed : code == 403 ? .blocked : .attempted
        if let reason = ProxyRequest.readClient(line, client, into: &record) { return reason }
        guard name.count >= 2, line.byte(at: name.start) == UInt8(ascii: "\""),
            line.byte(at: name.end - 1) == UInt8(ascii: "\"")
        else { return .fieldsMissing }
        let host = CSVCell(start: name.start + 1, end: name.end - 1)
        if host.isEmpty || line.isNothing(host) { return .noDestination }
        record.service = .tls
        return HostText.readHost(line, from: host.start, to: host.end, source: .logSNI, into: &record)
    }

    /// `seconds.mmm`.
    private static func milliseconds(_ line: RawSpan, _ field: FieldRange) -> UInt64? {
        guard field.count >= 5, line.byte(at: field.end - 4) == UInt8(ascii: "."),
            let seconds = DecimalText.read(line, from: field.start, to: field.end - 4, maxDigits: 12),
            let fraction = DecimalText.read(line, from: field.end - 3, to: field.end)
        else { return nil }
        return seconds * 1000 + fraction
    }
}
