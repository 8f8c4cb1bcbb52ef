import Bytes
import Names

/// Suricata's `dns` events, versions 1 to 3 (`doc/userguide/output/eve/eve-json-format.rst`; 8.0's upgrade notes).
///
/// Which side `src_ip` of an answer is depends on the version: the client is the side whose port is not a resolver's.
/// The flow event counts the exchange: the lookup names no resolver, so that nothing is counted twice.
enum SuricataLookup {
    private static func isResolver(_ port: UInt16) -> Bool { port == 53 || port == 853 }

    static func take(
        _ document: borrowing JSONDocument, _ time: Timestamp, _ records: inout SuricataAnswers,
        into chunk: inout LogChunk
    ) -> LogReason? {
        let root = JSONDocument.root
        guard let body = document.member(root, "dns"),
            let type = document.string(document.member(body, "type"))
        else {
            return .fieldsMissing
        }
        guard let source = document.address(document.member(root, "src_ip")),
            let target = document.address(document.member(root, "dest_ip"))
        else { return .clientInvalid }
        let targetIsResolver = document.port(document.member(root, "dest_port")).map(isResolver)
        let sourceIsResolver = document.port(document.member(root, "src_port")).map(isResolver)
        // Two resolvers talking to each other, or neither port known: nobody can tell who asked.
        guard targetIsResolver != sourceIsResolver, targetIsResolver == true || sourceIsResolver == true
        else {
            return .upstreamLookup
        }
        let client = targetIsResolver == true ? source : target
        let isAnswer = type == "answer" || type == "response"
        if isAnswer, isRecord(document, body) {
            // Version 1: an event for each record.
            guard let record = record(body, document) else { return .nameOfNoHost }
            let key = SuricataAnswers.Key(
                flow: document.unsigned(document.member(root, "flow_id")) ?? 0,
                id: document.unsigned(document.member(body, "id")) ?? 0, time: time, client: client)
            return records.take(record, of: key, code: code(document, body), into: &chunk)
        }
        guard let asked = question(document, body), let name = LogDNSName.read(document.texts, asked.name)
        else {
            return .nameOfNoHost
        }
        var row = LogDNSRow(
            time: time, client: client, name: name, stage: .question)
        row.type = asked.type.flatMap { LogDNSWords.type(document.texts, $0) }
        if isAnswer {
            row.stage = .answer
            row.code = code(document, body)
            row.answers = answers(document, body, to: name)
        }
        chunk.record.dns.append(row)
        return chunk.addRecord(of: document.texts)
    }

    /// Whether the event is one record, not a message: only records have a time to live.
    private static func isRecord(_ document: borrowing JSONDocument, _ body: Int) -> Bool {
        document.member(body, "ttl") != nil || document.member(body, "rdata") != nil
    }

    private static func code(_ document: borrowing JSONDocument, _ body: Int) -> DNSResponseCode? {
        document.text(document.member(body, "rcode")).flatMap { LogDNSWords.code(document.texts, $0) }
    }

    /// Version 3 lists the questions; the versions before have the only one in the event.
    private static func question(
        _ document: borrowing JSONDocument, _ body: Int
    ) -> (name: FieldRange, type: FieldRange?)? {
        var place = body
        if let list = document.member(body, "queries"), let first = document.members(list).first {
            place = first
        }
        guard let name = document.text(document.member(place, "rrname")) else { return nil }
        return (name, document.text(document.member(place, "rrtype")))
    }

    /// `answers` has whole records; `grouped` has lost the owners, and all its addresses are the question's.
    private static func answers(_ document: borrowing JSONDocument, _ body: Int, to name: String)
        -> [LogDNSAnswer]
    {
        if let list = document.member(body, "answers") {
            return document.members(list).compactMap { record($0, document) }
        }
        var answers: [LogDNSAnswer] = []
        guard let groups = document.member(body, "grouped") else { return [] }
        for (key, type) in [
            (JSONKey(stringLiteral: "A"), DNSType.a), (JSONKey(stringLiteral: "AAAA"), .aaaa),
        ] {
            guard let group = document.member(groups, key) else { continue }
            for member in document.members(group) {
                guard let address = document.address(member) else { continue }
                answers.append(LogDNSAnswer(name: name, type: type, value: .address(address)))
            }
        }
        return answers
    }

    private static func record(_ index: Int, _ document: borrowing JSONDocument) -> LogDNSAnswer? {
        guard let owner = document.text(document.member(index, "rrname")),
            let name = LogDNSName.read(document.texts, owner),
            let word = document.text(document.member(index, "rrtype")),
            let type = LogDNSWords.type(document.texts, word)
        else { return nil }
        var value = LogDNSAnswer.Value.other
        let data = document.member(index, "rdata")
        if type == .a || type == .aaaa, let address = document.address(data) {
            value = .address(address)
        } else if type == .cname,
            let alias = document.text(data).flatMap({ LogDNSName.read(document.texts, $0) })
        {
            value = .alias(alias)
        }
        let ttl = document.unsigned(document.member(index, "ttl")) ?? 0
        return LogDNSAnswer(name: name, type: type, value: value, ttl: UInt32(clamping: ttl))
    }
}
