package import Bytes

/// What several recordings of one session say about each other.
package struct Corroboration: Equatable, Sendable {
    /// How far one recording's clock is from the first one's.
    package struct ClockOffset: Equatable, Sendable {
        package var of: SessionKind
        package var against: SessionKind
        /// Positive when `of` is ahead.
        package var milliseconds: Int64
        /// Hosts by which it was estimated.
        package var hosts: Int
    }

    /// A host that one recording has and another one, which should, has not.
    package struct Contradiction: Equatable, Hashable, Sendable {
        package var host: String
        package var seenBy: SessionKind
        package var missedBy: SessionKind

        package var text: String { "\(seenBy.words) lists \(host), which \(missedBy.words) never saw" }
    }

    package private(set) var offsets: [ClockOffset] = []
    /// Sorted by host.
    package private(set) var contradictions: [Contradiction] = []

    init(_ facts: [ExchangeFact]) {
        var first: [SessionKind: [String: Timestamp]] = [:]
        var hosts: [SessionKind: Set<String>] = [:]
        // What was never sent is nothing that another recording should have.
        for fact in facts where !fact.hasFailed {
            hosts[fact.source, default: []].insert(fact.host)
            guard let start = fact.start else { continue }
            let known = first[fact.source]?[fact.host]
            first[fact.source, default: [:]][fact.host] = known.map { min($0, start) } ?? start
        }
        let kinds = SessionKind.allCases.filter { hosts[$0] != nil }
        guard let reference = kinds.first, kinds.count > 1 else { return }
        offsets = kinds.dropFirst().compactMap { Corroboration.offset(of: $0, against: reference, first) }
        for (a, b) in kinds.flatMap({ a in kinds.map { (a, $0) } }) where a != b {
            for host in (hosts[a] ?? []).subtracting(hosts[b] ?? []) {
                contradictions.append(Contradiction(host: host, seenBy: a, missedBy: b))
            }
        }
        contradictions.sort { ($0.host, $0.seenBy, $0.missedBy) < ($1.host, $1.seenBy, $1.missedBy) }
    }

    /// The median of the differences of hosts' first times: connections are opened early or late, most are not.
    private static func offset(
        of kind: SessionKind, against reference: SessionKind, _ first: [SessionKind: [String: Timestamp]]
    ) -> ClockOffset? {
        let (theirs, ours) = (first[kind] ?? [:], first[reference] ?? [:])
        let differences = theirs.compactMap { host, time in
            ours[host].map { time.nanoseconds.subtractingReportingOverflow($0.nanoseconds).partialValue }
        }.sorted()
        guard !differences.isEmpty else { return nil }
        let median = differences[differences.count / 2]
        return ClockOffset(
            of: kind, against: reference, milliseconds: median / 1_000_000, hosts: differences.count)
    }

    /// An offset that is more than the way from a request to its connection.
    private static let notable: Int64 = 2000

    /// Moves the facts of clocks that are off onto the first recording's.
    func aligned(_ facts: [ExchangeFact]) -> [ExchangeFact] {
        let shifts = Dictionary(
            offsets.filter { abs($0.milliseconds) >= Corroboration.notable }.map { ($0.of, $0.milliseconds) },
            uniquingKeysWith: { first, _ in first })
        if shifts.isEmpty { return facts }
        return facts.map { fact in
            guard let shift = shifts[fact.source], let start = fact.start else { return fact }
            var moved = fact
            moved.start = Timestamp(nanoseconds: start.nanoseconds &- shift &* 1_000_000)
            return moved
        }
    }
}
