import Bytes

/// Web logs of Zscaler Internet Access as JSON (Cloud NSS), by the names of Zscaler's own fields, which stand at
/// the top or, as in the maker's template for streaming, under `event`:
///
///     {"sourcetype":"zscalernss-web","event":{"epochtime":"1772460062","login":"s1042","cltip":"10.20.30.40",
///         "host":"quiz.example.org","reqsize":"562","respsize":"14132","action":"Allowed","proto":"HTTPS"}}
package struct ZscalerJSON: LogLineParser {
    package static let kind = "zscaler-json"

    private var clock = LogClock()

    package init(head: RawSpan) {}

    package mutating func use(_ settings: LogSettings) { clock = settings.clock }

    package mutating func read(_ line: RawSpan, into chunk: inout LogChunk) -> LogReason? {
        chunk.record.reset()
        guard line.byte(at: 0) == UInt8(ascii: "{") else { return .fieldsMissing }
        let clock = clock
        let reason: LogReason?? = JSONDocument.with(line) { document in
            let fields = document.member(JSONDocument.root, "event") ?? JSONDocument.root
            if let reason = ZscalerJSON.take(document, fields, clock, into: &chunk.record) { return reason }
            return chunk.addRecord(of: document.texts)
        }
        guard let reason else { return .jsonInvalid }
        return reason
    }

    private static func take(
        _ document: borrowing JSONDocument, _ fields: Int, _ clock: LogClock, into record: inout LogRecord
    ) -> LogReason? {
        guard let action = cell(document, fields, "action"),
            document.member(fields, "respsize") != nil || document.member(fields, "reqsize") != nil,
            document.member(fields, "cltip") != nil || document.member(fields, "login") != nil
        else { return .fieldsMissing }
        guard let moment = moment(document, fields, clock) else { return .timeInvalid }
        record.setTime(moment)
        let text = document.texts
        guard text.says(action, "Allowed") || text.says(action, "Blocked") else { return .resultInvalid }
        record.action = text.says(action, "Blocked") ? .blocked : .allowed
        if record.action == .allowed, document.unsigned(document.member(fields, "respcode")) == 407 {
            record.action = .attempted
        }
        record.client = address(document, fields, "cltip") ?? address(document, fields, "cltintip")
        if record.client == nil { record.setClientHost(text, cell(document, fields, "devicehostname")) }
        record.setUser(text, cell(document, fields, "login"), escape: .doubledQuotes)
        if let method = cell(document, fields, "reqmethod") {
            record.method = ProxyRequest.method(text, method.range)
        }
        record.bytesUp = document.unsigned(document.member(fields, "reqsize"))
        record.bytesDown = document.unsigned(document.member(fields, "respsize"))
        guard record.client != nil || record.clientHost.isPresent || record.user.isPresent else {
            return .noClient
        }
        return readDestination(document, fields, into: &record)
    }

    /// A text that says something: Zscaler writes `None`, `NA` and the like where it knows nothing.
    private static func cell(_ document: borrowing JSONDocument, _ fields: Int, _ key: JSONKey) -> CSVCell? {
        guard let field = document.text(document.member(fields, key)) else { return nil }
        let cell = CSVCell(start: field.start, end: field.end)
        return cell.isEmpty || document.texts.isNothing(cell) ? nil : cell
    }

    private static func address(_ document: borrowing JSONDocument, _ fields: Int, _ key: JSONKey)
        -> IPAddress?
    {
        document.texts.address(cell(document, fields, key))
    }

    private static func readDestination(
        _ document: borrowing JSONDocument, _ fields: Int, into record: inout LogRecord
    ) -> LogReason? {
        let text = document.texts
        let proto = cell(document, fields, "proto")
        func isProtocol(_ word: String, _ text: RawSpan) -> Bool {
            proto.map { text.says($0, word) } ?? false
        }
        // `SSL` is a tunnel that was not opened, `HTTPS` one that was.
        let isTunnel = isProtocol("SSL", text) || isProtocol("TUNNEL", text) || isProtocol("TUNNEL_SSL", text)
        record.bytesScope = isTunnel ? .layer4Payload : .httpTotal
        if isTunnel || isProtocol("HTTPS", text) || isProtocol("DNSOVERHTTPS", text) {
            (record.service, record.port) = (.tls, 443)
        }
        if isProtocol("HTTP", text) { (record.service, record.port) = (.http, 80) }
        let source: LogNameSource = record.method == .connect ? .httpConnect : isTunnel ? .logHost : .proxyURL
        for key: JSONKey in ["host", "ehost", "url", "eurl"] {
            guard let place = cell(document, fields, key) else { continue }
            if let reason = Destination.readURL(text, place, source: source, into: &record) { return reason }
            if record.name.isPresent {
                record.server = address(document, fields, "serverip") ?? address(document, fields, "sip")
            }
            return nil
        }
        return .noDestination
    }

    /// `epochtime`, or `time` as `Mon Mar  2 14:01:02 2026` with the zone in `tz`.
    private static func moment(_ document: borrowing JSONDocument, _ fields: Int, _ clock: LogClock)
        -> LogMoment?
    {
        if let seconds = document.unsigned(document.member(fields, "epochtime")),
            let whole = Int64(exactly: seconds), let time = Timestamp(seconds: whole)
        {
            return LogMoment(time: time, assumed: [], end: 0)
        }
        guard let time = cell(document, fields, "time"),
            var civil = CivilTime.ctime(document.texts, from: time.start, to: time.end)
        else { return nil }
        if let zone = cell(document, fields, "tz") {
            civil.offset = CivilTime.offset(document.texts, from: zone.start, to: zone.end)
        }
        return civil.moment(clock)
    }
}
