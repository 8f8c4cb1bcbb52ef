import Bytes
import Names

extension ZeekLine {
    /// A line of dns.log: a question and, when there was one, its answer.
    ///
    /// conn.log counts the exchange with the resolver: the lookup names none, so that nothing is counted twice.
    static func takeLookup(_ facts: ZeekFacts, _ text: RawSpan, into chunk: inout LogChunk) -> LogReason? {
        // mDNS, LLMNR and NetBIOS ask the neighbourhood, not a resolver.
        if let port = facts.port, [5353, 5355, 137].contains(port) { return .noDestination }
        guard let time = facts.time?.time, let client = facts.origin else { return .clientInvalid }
        guard let query = facts.query, let name = LogDNSName.read(text, query) else { return .nameOfNoHost }
        var row = LogDNSRow(time: time, client: client, name: name, stage: .question)
        row.type = facts.queryType.flatMap { LogDNSWords.type(text, $0) }
        if let code = facts.resultCode {
            row.stage = .answer
            row.code = LogDNSWords.code(text, code)
            row.answers = answers(facts, text, to: name)
        }
        chunk.record.dns.append(row)
        return chunk.addRecord(of: text)
    }

    /// Owners are not stated: each alias of the chain owns the record that follows it.
    private static func answers(_ facts: ZeekFacts, _ text: RawSpan, to name: String) -> [LogDNSAnswer] {
        var answers: [LogDNSAnswer] = []
        var owner = name
        for (index, field) in facts.answers.enumerated() {
            let seconds = index < facts.lifetimes.count ? facts.lifetimes[index] : 0
            let ttl = UInt32(clamping: seconds)
            let data = text.clamped(from: field.start, count: field.count)
            if let address = IPAddress(ascii: data)?.unmapped {
                let type = address.isIPv4 ? DNSType.a : .aaaa
                answers.append(LogDNSAnswer(name: owner, type: type, value: .address(address), ttl: ttl))
            } else if let alias = LogDNSName.read(text, field) {
                answers.append(LogDNSAnswer(name: owner, type: .cname, value: .alias(alias), ttl: ttl))
                owner = alias
            } else {
                answers.append(LogDNSAnswer(name: owner, type: DNSType(rawValue: 0), value: .other, ttl: ttl))
            }
        }
        return answers
    }
}
