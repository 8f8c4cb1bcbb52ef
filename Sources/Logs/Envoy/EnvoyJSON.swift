import Bytes

/// Envoy's access log as JSON with the keys that Istio gives it (Istio documentation, "Envoy access logs"); keys
/// are the administrator's own in Envoy, and a log with others is not recognised.
///
///     {"start_time":"2026-03-02T14:01:02.114Z","method":"CONNECT","authority":"quiz.example.org:443",
///         "response_code":200,"response_flags":"-","bytes_received":562,"bytes_sent":14132,"duration":231,
///         "upstream_host":"198.51.100.20:443","downstream_remote_address":"10.20.30.40:51334"}
///
/// The client is the address that connected, unless X-Forwarded-For names one in front of it: its last entry is
/// Envoy's own. The server name that the client asked for says where a connection went that Envoy did not open.
package struct EnvoyJSON: LogLineParser {
    package static let kind = "envoy-json"

    package init(head: RawSpan) {}

    package mutating func read(_ line: RawSpan, into chunk: inout LogChunk) -> LogReason? {
        chunk.record.reset()
        guard line.byte(at: 0) == UInt8(ascii: "{") else { return .fieldsMissing }
        let reason: LogReason?? = JSONDocument.with(line) { document in
            if let reason = EnvoyJSON.take(document, into: &chunk.record) { return reason }
            return chunk.addRecord(of: document.texts)
        }
        guard let reason else { return .jsonInvalid }
        return reason
    }

    private static func cell(_ document: borrowing JSONDocument, _ key: JSONKey) -> CSVCell? {
        guard let field = document.text(document.member(JSONDocument.root, key)) else { return nil }
        let cell = CSVCell(start: field.start, end: field.end)
        return cell.isEmpty || document.texts.isNothing(cell) ? nil : cell
    }

    private static func take(_ document: borrowing JSONDocument, into record: inout LogRecord) -> LogReason? {
        let (root, text) = (JSONDocument.root, document.texts)
        guard let start = cell(document, "start_time"), document.member(root, "response_flags") != nil,
            let up = document.unsigned(document.member(root, "bytes_received")),
            let down = document.unsigned(document.member(root, "bytes_sent"))
        else { return .fieldsMissing }
        guard let moment = ClockText.iso(text, at: start.start, clock: LogClock()), moment.end == start.end
        else {
            return .timeInvalid
        }
        record.setTime(moment)
        record.setTime(start: moment.time, lasting: document.unsigned(document.member(root, "duration")) ?? 0)
        record.bytesUp = up
        record.bytesDown = down
        if let method = cell(document, "method") { record.method = ProxyRequest.method(text, method.range) }
        let isTunnel = record.method == .connect || record.method == .none
        record.bytesScope = isTunnel ? .layer4Payload : .httpBody
        let none = CSVCell(start: 0, end: 0)
        let upstream = cell(document, "upstream_host") ?? none
        EnvoyOutcome(
            text, flags: cell(document, "response_flags") ?? none, upstream: upstream,
            code: document.unsigned(document.member(root, "response_code")) ?? 0
        ).apply(to: &record)
        let forwarded = cell(document, "x_forwarded_for").flatMap { EnvoyText.lastAddress(text, $0) }
        let peer = Destination.readSocket(text, cell(document, "downstream_remote_address"))?.address
        guard let client = forwarded ?? peer else { return .noClient }
        record.client = client
        return readDestination(document, upstream, into: &record)
    }

    private static func readDestination(
        _ document: borrowing JSONDocument, _ upstream: CSVCell, into record: inout LogRecord
    ) -> LogReason? {
        let authority = cell(document, "authority")
        if authority == nil, let name = cell(document, "requested_server_name") {
            record.service = .tls
            let reason = HostText.readHost(
                document.texts, from: name.start, to: name.end, source: .logSNI, into: &record)
            if let reason { return reason }
            let socket = Destination.readSocket(document.texts, upstream)
            record.port = socket?.port ?? 443
            if record.name.isPresent { record.server = socket?.address }
            return nil
        }
        return EnvoyText.readDestination(
            document.texts, authority: authority ?? CSVCell(start: 0, end: 0), upstream: upstream,
            into: &record)
    }
}
