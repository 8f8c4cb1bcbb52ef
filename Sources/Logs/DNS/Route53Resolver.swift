import Bytes
import Names

/// Query logs of AWS Route 53 Resolver: one JSON object a line, as CloudWatch, S3 and Firehose deliver it. The
/// client is `srcaddr`: for questions from a school's own network the resolver endpoint's, which forwards them.
package struct Route53Resolver: LogLineParser {
    package static let kind = "route53-resolver"

    package init(head: RawSpan) {}

    private struct Entry {
        var time: FlatJSON.Value?
        var name: FlatJSON.Value?
        var type: FlatJSON.Value?
        var code: FlatJSON.Value?
        var answers: FlatJSON.Value?
        var client: FlatJSON.Value?
        var transport: FlatJSON.Value?
        var action: FlatJSON.Value?
    }

    package mutating func parse(_ line: RawSpan, into record: inout LogRecord) -> LogReason? {
        var members = FlatJSON(line, from: 0, to: line.byteCount)
        var entry = Entry()
        while let member = members.next() {
            let key = member.key
            if line.says("query_timestamp", key) { entry.time = entry.time ?? member.value }
            if line.says("query_name", key) { entry.name = entry.name ?? member.value }
            if line.says("query_type", key) { entry.type = entry.type ?? member.value }
            if line.says("rcode", key) { entry.code = entry.code ?? member.value }
            if line.says("answers", key) { entry.answers = entry.answers ?? member.value }
            if line.says("srcaddr", key) { entry.client = entry.client ?? member.value }
            if line.says("transport", key) { entry.transport = entry.transport ?? member.value }
            if line.says("firewall_rule_action", key) { entry.action = entry.action ?? member.value }
        }
        guard members.isComplete else { return .fieldsMissing }
        return read(entry, line, into: &record)
    }

    private func read(_ entry: Entry, _ line: RawSpan, into record: inout LogRecord) -> LogReason? {
        guard let time = entry.time, let client = entry.client, let code = entry.code,
            let asked = line.jsonText(entry.name, limit: 1024)
        else { return .fieldsMissing }
        guard time.kind == .string, let moment = RFC3339.read(line, time.range) else { return .timeInvalid }
        record.start = moment
        record.end = moment
        guard client.kind == .string, let address = line.address(client.range) else { return .clientInvalid }
        guard let name = asked.withRawSpan({ LogDNSName.read($0, from: 0, to: $0.byteCount) }) else {
            return .nameOfNoHost
        }
        var row = LogDNSRow(time: moment, client: address, name: name, stage: .answer)
        row.type = entry.type.flatMap { LogDNSWords.type(line, $0.range) }
        row.code = LogDNSWords.code(line, code.range)
        if let transport = entry.transport, line.says("TCP", transport.range) { row.carrier = .tcp }
        if let action = entry.action { row.isBlocked = line.says("BLOCK", action.range) }
        row.answers = entry.answers.map { Route53Resolver.answers(line, $0, to: name) }
        record.dns.append(row)
        return nil
    }

    /// `[{"Rdata":"198.51.100.20","Type":"A","Class":"IN"}]`. Owners are not stated: records follow each other in the
    /// order of the alias chain, so that each alias owns the next record.
    private static func answers(_ line: RawSpan, _ list: FlatJSON.Value, to name: String) -> [LogDNSAnswer] {
        var answers: [LogDNSAnswer] = []
        var owner = name
        var elements = FlatJSON(line, from: list.range.start, to: list.range.end)
        while let element = elements.nextElement() {
            guard element.kind == .object else { continue }
            var data: FlatJSON.Value?
            var type: DNSType?
            var members = FlatJSON(line, from: element.range.start, to: element.range.end)
            while let member = members.next() {
                if line.says("Rdata", member.key) { data = data ?? member.value }
                if line.says("Type", member.key) { type = type ?? LogDNSWords.type(line, member.value.range) }
            }
            guard let data, let type else { continue }
            var value = LogDNSAnswer.Value.other
            var next = owner
            if type == .a || type == .aaaa, let address = line.address(data.range) {
                value = .address(address)
            } else if type == .cname, let target = LogDNSName.read(line, data.range) {
                value = .alias(target)
                next = target
            }
            answers.append(LogDNSAnswer(name: owner, type: type, value: value))
            owner = next
        }
        return answers
    }
}
