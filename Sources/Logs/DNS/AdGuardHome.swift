import Bytes
import Names

/// AdGuard Home's `querylog.json` (`internal/querylog/entry.go`, `decode.go`): one JSON object a line, with the
/// question, the decision and the answer as a DNS message in Base64, from which addresses are taken.
package struct AdGuardHome: LogLineParser {
    package static let kind = "adguard-home"

    /// The largest DNS message in Base64, escapes of its `/` included.
    private static let answerLimit = 2 * (65536 / 3 * 4 + 4)

    package init(head: RawSpan) {}

    private struct Entry {
        var time: FlatJSON.Value?
        var host: FlatJSON.Value?
        var type: FlatJSON.Value?
        var carrier: FlatJSON.Value?
        var client: FlatJSON.Value?
        var answer: FlatJSON.Value?
        var result: FlatJSON.Value?
    }

    package mutating func parse(_ line: RawSpan, into record: inout LogRecord) -> LogReason? {
        var members = FlatJSON(line, from: 0, to: line.byteCount)
        var entry = Entry()
        // Of two values for a key the first counts.
        while let member = members.next() {
            let key = member.key
            if line.says("T", key) { entry.time = entry.time ?? member.value }
            if line.says("QH", key) { entry.host = entry.host ?? member.value }
            if line.says("QT", key) { entry.type = entry.type ?? member.value }
            if line.says("CP", key) { entry.carrier = entry.carrier ?? member.value }
            if line.says("IP", key) { entry.client = entry.client ?? member.value }
            if line.says("Answer", key) { entry.answer = entry.answer ?? member.value }
            if line.says("Result", key) { entry.result = entry.result ?? member.value }
        }
        guard members.isComplete else { return .fieldsMissing }
        return read(entry, line, into: &record)
    }

    private func read(_ entry: Entry, _ line: RawSpan, into record: inout LogRecord) -> LogReason? {
        guard let host = line.jsonText(entry.host, limit: 1024), let type = entry.type, type.kind == .string,
            let time = entry.time, time.kind == .string, let client = entry.client, client.kind == .string
        else { return .fieldsMissing }
        guard let moment = RFC3339.read(line, time.range) else { return .timeInvalid }
        record.start = moment
        record.end = moment
        guard let address = line.address(client.range) else { return .clientInvalid }
        guard let name = host.withRawSpan({ LogDNSName.read($0, from: 0, to: $0.byteCount) }) else {
            return .nameOfNoHost
        }
        var row = LogDNSRow(
            time: moment, client: address, name: name, type: LogDNSWords.type(line, type.range),
            stage: .answer,
            isBlocked: AdGuardHome.isBlocked(line, entry.result))
        if let carrier = entry.carrier { row.carrier = AdGuardHome.carrier(line, carrier.range) }
        if let text = line.jsonText(entry.answer, limit: AdGuardHome.answerLimit), !text.isEmpty,
            let message = text.withRawSpan({ Base64.decode($0) })
        {
            message.withRawSpan { row.takeAnswer($0) }
        }
        record.dns.append(row)
        return nil
    }

    /// A filter's decision against the client (`internal/filtering/reason.go`): 3 blocklist, 4 safe browsing,
    /// 5 parental control, 6 an invalid question, 8 a blocked service. 7, safe search, sends the client to the same
    /// service's strict variant; 9 to 11 are rewrites by the district itself.
    private static func isBlocked(_ line: RawSpan, _ result: FlatJSON.Value?) -> Bool {
        guard let result, result.kind == .object else { return false }
        var isFiltered: Bool?
        var reason: UInt64?
        var members = FlatJSON(line, from: result.range.start, to: result.range.end)
        while let member = members.next() {
            let range = member.value.range
            if line.says("IsFiltered", member.key), isFiltered == nil {
                isFiltered = member.value.kind == .word && line.says("true", range)
            } else if line.says("Reason", member.key), reason == nil {
                reason = DecimalText.read(line, from: range.start, to: range.end, maxDigits: 4) ?? 0
            }
        }
        return isFiltered == true && [3, 4, 5, 6, 8].contains(reason ?? 0)
    }

    private static func carrier(_ line: RawSpan, _ field: FieldRange) -> LogDNSRow.Carrier {
        if line.says("doh", field) { return .https }
        if line.says("dot", field) { return .tls }
        return line.says("doq", field) ? .quic : .udp
    }
}
