package import Bytes
package import Flows
import Logs
import Names

/// DNS questions and answers added up per client, resolver and name.
package struct LookupTable {
    private struct Key: Hashable {
        let client: IPAddress
        let resolver: IPAddress?
        let name: String
    }

    private var lookups: [Key: Lookup] = [:]
    /// What filters answer with beside the unspecified addresses.
    private let sinkholes: Set<IPAddress>

    package init(sinkholes: Set<IPAddress> = []) { self.sinkholes = sinkholes }

    package mutating func take(_ observation: DNSObservation) {
        let key = Key(client: observation.client, resolver: observation.resolver, name: observation.name)
        var lookup =
            lookups[key]
            ?? Lookup(
                client: key.client, resolver: key.resolver, name: key.name, outcome: .unanswered,
                first: observation.time, last: observation.time, count: 0, contacted: false)
        lookup.first = min(lookup.first, observation.time)
        lookup.last = max(lookup.last, observation.time)
        if observation.isResponse {
            lookup.outcome = stronger(lookup.outcome, outcome(observation))
        } else {
            lookup.count &+= 1
        }
        lookups[key] = lookup
    }

    /// Takes in what a log adds up to; `isSunk`: all answers were a filter's address.
    mutating func take(_ sum: LogDNSTable.Lookup, isSunk: Bool) {
        let key = Key(client: sum.client, resolver: sum.resolver, name: sum.name)
        let stated = LookupOutcome(rawValue: sum.outcome.word) ?? .unanswered
        let outcome = isSunk && stated == .answered ? .blocked : stated
        var lookup =
            lookups[key]
            ?? Lookup(
                client: key.client, resolver: key.resolver, name: key.name, outcome: outcome,
                first: sum.first, last: sum.last, count: 0, contacted: false)
        lookup.first = min(lookup.first, sum.first)
        lookup.last = max(lookup.last, sum.last)
        lookup.outcome = stronger(lookup.outcome, outcome)
        lookup.count &+= sum.count
        lookups[key] = lookup
    }

    /// Sorted by client, name, resolver (unknown first); `contacted` where the client has a contact under the name.
    package func lookups(contacts: [Contact]) -> [Lookup] {
        var visits: Set<ClientAndName> = []
        for contact in contacts where contact.service != FlowService.dns.rawValue {
            guard let client = contact.client else { continue }
            for name in [contact.name].compactMap(\.self) + contact.candidates {
                visits.insert(ClientAndName(client: client, name: name))
            }
        }
        return lookups.values.map { lookup in
            var lookup = lookup
            lookup.contacted = visits.contains(ClientAndName(client: lookup.client, name: lookup.name))
            return lookup
        }.sorted { a, b in
            if (a.client, a.name) != (b.client, b.name) { return (a.client, a.name) < (b.client, b.name) }
            guard let second = b.resolver else { return false }
            return a.resolver.map { $0 < second } ?? true
        }
    }

    private func outcome(_ observation: DNSObservation) -> LookupOutcome {
        switch observation.responseCode {
        case .noError:
            guard !observation.addresses.isEmpty else {
                return observation.chain.isEmpty ? .noData : .answered
            }
            return observation.addresses.allSatisfy { isSinkhole($0.address) } ? .blocked : .answered
        case .nameError: return .nxdomain
        default: return .failed
        }
    }

    /// The unspecified addresses, which only filters answer with, and the filter's own of the roster.
    private func isSinkhole(_ address: IPAddress) -> Bool {
        address.high == 0 && address.low == 0 || sinkholes.contains(address)
    }

    private func stronger(_ a: LookupOutcome, _ b: LookupOutcome) -> LookupOutcome { a.stronger(b) }
}

/// Who and what, where neither resolver nor time matters.
struct ClientAndName: Hashable {
    let client: IPAddress
    let name: String
}
