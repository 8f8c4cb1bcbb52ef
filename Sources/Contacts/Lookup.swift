package import Bytes

/// A name that a client asked a resolver for. Kept apart from contacts: asking sends no data to the name's owner.
package struct Lookup: Equatable, Sendable {
    package var client: IPAddress
    /// Nil for lookups from a log that does not say who was asked.
    package var resolver: IPAddress?
    /// A-label, lower case, no trailing dot.
    package var name: String
    package var outcome: LookupOutcome
    package var first: Timestamp
    package var last: Timestamp
    /// Number of queries.
    package var count: UInt64
    /// Whether this client had a contact under this name anywhere in the input.
    package var contacted: Bool

    package init(
        client: IPAddress, resolver: IPAddress?, name: String, outcome: LookupOutcome, first: Timestamp,
        last: Timestamp, count: UInt64, contacted: Bool
    ) {
        self.client = client
        self.resolver = resolver
        self.name = name
        self.outcome = outcome
        self.first = first
        self.last = last
        self.count = count
        self.contacted = contacted
    }
}

/// How a lookup ended; when several answers differ, the strongest in this order: answered, blocked, ...
package enum LookupOutcome: String, Sendable, CaseIterable {
    case answered
    /// A filter's answer: 0.0.0.0, :: or a sinkhole.
    case blocked
    /// The name exists, without a record of this type.
    case noData = "no_data"
    case nxdomain
    /// SERVFAIL, REFUSED or another error code.
    case failed
    /// No answer was seen.
    case unanswered

    /// Of two the one that comes first in the order of the cases.
    package func stronger(_ other: LookupOutcome) -> LookupOutcome {
        LookupOutcome.allCases.first { $0 == self || $0 == other } ?? self
    }
}
