import Bytes
import Names

/// Answers of Suricata's `dns` events in version 1, which has an event for each record, under the record's owner: the
/// records of one message are put together again, and the question is where their chain of aliases begins
/// (RFC 1034 §4.3.2: the answer section follows it from the question's name).
struct SuricataAnswers: Sendable {
    /// One message: the same flow, DNS id and packet.
    struct Key: Equatable, Sendable {
        var flow: UInt64
        var id: UInt64
        var time: Timestamp
        var client: IPAddress
    }

    private struct Message: Sendable {
        var key: Key
        var code: DNSResponseCode?
        var records: [LogDNSAnswer]
    }

    /// Messages that wait for more records. Suricata writes those of one message together; several of its threads
    /// may write at a time.
    static let messageLimit = 64
    /// Records of one message; a UDP answer of 512 bytes holds 30.
    static let recordLimit = 256

    /// In the order in which they came.
    private var messages: [Message] = []

    init() {}

    /// Takes a record; nil, or why not.
    mutating func take(
        _ record: LogDNSAnswer, of key: Key, code: DNSResponseCode?, into chunk: inout LogChunk
    ) -> LogReason? {
        // What other pieces of the file hold of the message is not known here.
        chunk.needsWholeFile = true
        if let place = messages.lastIndex(where: { $0.key == key }) {
            guard messages[place].records.count < SuricataAnswers.recordLimit else { return .resolverMessage }
            messages[place].records.append(record)
            return nil
        }
        messages.append(Message(key: key, code: code, records: [record]))
        guard messages.count > SuricataAnswers.messageLimit else { return nil }
        return SuricataAnswers.add(messages.removeFirst(), to: &chunk) ? nil : .tableFull
    }

    mutating func finish(into chunk: inout LogChunk) {
        for message in messages { _ = SuricataAnswers.add(message, to: &chunk) }
        messages.removeAll()
    }

    private static func add(_ message: Message, to chunk: inout LogChunk) -> Bool {
        // Records that follow no chain from one name (of the authority, say) tell nothing of what was asked.
        guard let name = question(message.records) else { return true }
        var row = LogDNSRow(time: message.key.time, client: message.key.client, name: name, stage: .answer)
        row.code = message.code
        row.answers = message.records
        return chunk.dns.take(row)
    }

    /// The only owner that no alias leads to; nil when there are several.
    private static func question(_ records: [LogDNSAnswer]) -> String? {
        var targets: Set<String> = []
        for record in records {
            if case .alias(let target) = record.value { targets.insert(target) }
        }
        let owners = Set(records.map(\.name)).subtracting(targets)
        return owners.count == 1 ? owners.first : nil
    }
}
