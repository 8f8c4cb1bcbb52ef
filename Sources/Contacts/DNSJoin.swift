package import Bytes
package import Flows
import Names

/// Which names a client was told for an address, and when: the only way from a bare address to a name.
///
/// Per client, never global: another client's answer proves nothing about this one (DESIGN.md invariant 5).
package struct DNSJoin {
    /// A name that was asked for and answered with the address.
    package struct Candidate: Equatable, Sendable {
        package let name: String
        package let chain: [String]
        /// From when to when a connection to the address may be the answer's consequence.
        let answered: Timestamp
        let expires: Timestamp
    }

    private struct Key: Hashable {
        let client: IPAddress
        let address: IPAddress
    }

    /// Names kept per client and address, at most: an address with more tells nothing anyway.
    static let candidateLimit = 32

    private var candidates: [Key: [Candidate]] = [:]
    /// Outer names of encrypted hellos that HTTPS records invited each client to.
    private var publicNames: [IPAddress: Set<String>] = [:]

    /// Who was told anything: a quick no for servers.
    private var clients: Set<IPAddress> = []
    /// Resolvers over HTTPS that each client was told of.
    private var resolvers: [IPAddress: Set<String>] = [:]

    package init() {}

    package var isEmpty: Bool { clients.isEmpty }

    /// Takes in an answer; others are passed over.
    package mutating func take(_ observation: DNSObservation) {
        guard observation.isResponse, observation.responseCode == .noError else { return }
        if !observation.addresses.isEmpty || !observation.echPublicNames.isEmpty
            || !observation.dohNames.isEmpty
        {
            clients.insert(observation.client)
        }
        if !observation.echPublicNames.isEmpty {
            publicNames[observation.client, default: []].formUnion(observation.echPublicNames)
        }
        if !observation.dohNames.isEmpty {
            resolvers[observation.client, default: []].formUnion(observation.dohNames)
        }
        for answer in observation.addresses {
            let candidate = Candidate(
                name: observation.name, chain: observation.chain, answered: observation.time,
                expires: AnswerLifetime.end(answeredAt: observation.time, ttl: answer.ttl))
            let key = Key(client: observation.client, address: answer.address)
            var known = candidates[key] ?? []
            known.removeAll { $0.name == candidate.name || $0.expires < observation.time }
            if known.count >= DNSJoin.candidateLimit { known.removeFirst() }
            known.append(candidate)
            candidates[key] = known
        }
    }

    /// What either side of a flow that begins at `time` had been told; nil when nothing was.
    package func told(_ a: IPAddress, _ b: IPAddress, at time: Timestamp) -> Told? {
        let told = Told(a: told(client: a, address: b, at: time), b: told(client: b, address: a, at: time))
        return told.a == nil && told.b == nil ? nil : told
    }

    private func told(client: IPAddress, address: IPAddress, at time: Timestamp) -> Told.Side? {
        guard clients.contains(client) else { return nil }
        let names = candidates(client: client, address: address, at: time)
        let outer = publicNames[client] ?? []
        let doors = resolvers[client] ?? []
        if names.isEmpty, outer.isEmpty, doors.isEmpty { return nil }
        return Told.Side(candidates: names, publicNames: outer, resolvers: doors)
    }

    /// What each side of a flow had been told when the flow began.
    package struct Told: Sendable {
        struct Side: Sendable {
            /// Names for the other side's address, sorted.
            let candidates: [Candidate]
            /// Outer names of encrypted hellos that HTTPS records invited to (RFC 9848, RFC 9849).
            let publicNames: Set<String>
            /// Resolvers over HTTPS (RFC 9461, RFC 9462).
            let resolvers: Set<String>
        }

        let a: Side?
        let b: Side?
    }

    /// The names that `client` had been told for `address` when it connected at `time`, sorted by name.
    package func candidates(client: IPAddress, address: IPAddress, at time: Timestamp) -> [Candidate] {
        let known = candidates[Key(client: client, address: address)] ?? []
        return known.filter { $0.answered <= time && time <= $0.expires }.sorted { $0.name < $1.name }
    }
}
