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

    /// Resolvers over HTTPS that each client was told of.
    private var resolvers: [IPAddress: Set<String>] = [:]

    package init() {}

    /// Takes in an answer; others are passed over.
    package mutating func take(_ observation: DNSObservation) {
        guard observation.isResponse, observation.responseCode == .noError else { return }
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

    /// Whether `name` is one that this client was told to put outside an encrypted hello (RFC 9848, RFC 9849).
    func isPublicName(_ name: String?, client: IPAddress) -> Bool {
        name.map { publicNames[client]?.contains($0) == true } ?? false
    }

    /// Whether `name` is a resolver over HTTPS that this client was told of (RFC 9461, RFC 9462).
    func isResolver(_ name: String?, client: IPAddress) -> Bool {
        name.map { resolvers[client]?.contains($0) == true } ?? false
    }

    /// The names that `client` had been told for `address` when it connected at `time`, sorted by name.
    package func candidates(client: IPAddress, address: IPAddress, at time: Timestamp) -> [Candidate] {
        let known = candidates[Key(client: client, address: address)] ?? []
        return known.filter { $0.answered <= time && time <= $0.expires }.sorted { $0.name < $1.name }
    }
}
