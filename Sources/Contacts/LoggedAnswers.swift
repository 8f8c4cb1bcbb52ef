import Bytes
import Flows
import Logs
import Names

/// What clients were told by DNS answers, by moments and not by the order of packets: for answers in logs, and for the
/// flows of logs. The rules are those of `DNSJoin`: per client, never before the answer, within its window.
package struct LoggedAnswers: Sendable {
    private struct Key: Hashable {
        let client: IPAddress
        let address: IPAddress
    }

    private struct Told: Sendable {
        let name: String
        var chain: [String]
        var windows: AnswerWindows
    }

    private var told: [Key: [Told]] = [:]

    package init() {}

    var isEmpty: Bool { told.isEmpty }

    init(_ table: LogDNSTable) {
        table.forEachAnswer { answer in
            add(
                Told(name: answer.name, chain: answer.chain, windows: answer.windows),
                for: Key(client: answer.client, address: answer.address))
        }
    }

    /// The lookups of a log to which every answer was an address in `sinkholes`.
    static func sunk(_ table: LogDNSTable, _ sinkholes: Set<IPAddress>) -> Set<ClientAndName> {
        guard !sinkholes.isEmpty else { return [] }
        var sunk: Set<ClientAndName> = []
        var others: Set<ClientAndName> = []
        table.forEachAnswer { answer in
            let key = ClientAndName(client: answer.client, name: answer.name)
            if sinkholes.contains(answer.address) { sunk.insert(key) } else { others.insert(key) }
        }
        return sunk.subtracting(others)
    }

    /// Takes in an answer that a capture holds.
    mutating func take(_ observation: DNSObservation) {
        guard observation.isResponse, observation.responseCode == .noError else { return }
        for answer in observation.addresses {
            let end = AnswerLifetime.end(answeredAt: observation.time, ttl: answer.ttl)
            add(
                Told(
                    name: observation.name, chain: observation.chain,
                    windows: AnswerWindows(from: observation.time, to: end)),
                for: Key(client: observation.client, address: answer.address))
        }
    }

    private mutating func add(_ new: Told, for key: Key) {
        var known = told[key] ?? []
        if let index = known.firstIndex(where: { $0.name == new.name }) {
            known[index].windows.merge(new.windows)
            known[index].chain = ContactMerger.fuller(known[index].chain, new.chain)
        } else {
            known.append(new)
        }
        told[key] = known
    }

    /// `captured` and what logs told the client for the address at `time`, sorted by name.
    func adding(
        to captured: [DNSJoin.Candidate], client: IPAddress, address: IPAddress, at time: Timestamp
    ) -> [DNSJoin.Candidate] {
        guard let known = told[Key(client: client, address: address)] else { return captured }
        let more = known.filter { told in
            told.windows.contains(time) && !captured.contains { $0.name == told.name }
        }
        if more.isEmpty { return captured }
        let candidates = more.map {
            DNSJoin.Candidate(name: $0.name, chain: $0.chain, answered: time, expires: time)
        }
        return (captured + candidates).sorted { $0.name < $1.name }
    }

    /// Names a contact of a flow log, in which flows of one clock hour are added up.
    ///
    /// All flows began within the contact's first moment and the end of its last flow, or of the hour. Names that fit
    /// some of that time are candidates; if at some moment of it nothing fits, some flow may have begun unnamed, and
    /// none is named.
    func name(_ contact: inout Contact) {
        guard let client = contact.client, let server = contact.servers.first,
            let known = told[Key(client: client, address: server)]
        else { return }
        let start = contact.first
        var end = start
        if contact.flows > 1 {
            let hourEnd = Timestamp(seconds: (start.hour + 1) * 3600).map { $0.nanoseconds - 1 } ?? .max
            end = Timestamp(nanoseconds: max(start.nanoseconds, min(contact.last.nanoseconds, hourEnd)))
        }
        let fitting = known.filter { $0.windows.overlaps(start...end) }.sorted { $0.name < $1.name }
        guard var all = fitting.first?.windows else { return }
        for told in fitting { all.merge(told.windows) }
        guard all.covers(start...end) else { return }
        contact.evidence = .dnsAnswer
        if let only = fitting.first, fitting.count == 1 {
            contact.name = only.name
            contact.cnameChain = only.chain
            contact.ambiguity = .inferred
        } else {
            contact.candidates = fitting.map(\.name)
            contact.ambiguity = .shared
        }
    }
}

extension Contact {
    /// Whether a DNS answer could name it: an address alone, of a client that is an address.
    var isNameable: Bool { name == nil && evidence == .none && client != nil && servers.count == 1 }
}
