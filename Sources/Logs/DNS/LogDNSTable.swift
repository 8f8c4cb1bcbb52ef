package import Bytes
import Names

/// Lookups added up per client, resolver and name, and what each client was told for which address and when.
///
/// Holds numbers, not rows: its size grows with the number of distinct lookups. Adding rows and merging tables in
/// any order gives the same content.
package struct LogDNSTable: Sendable {
    struct LookupKey: Hashable, Sendable {
        var client: UInt32
        var resolver: UInt32
        var name: UInt32

        /// The same client and name, without a resolver.
        var unresolved: LookupKey { LookupKey(client: client, resolver: LogDNSTable.none, name: name) }
    }

    struct LookupSum: Sendable {
        var first: Timestamp
        var last: Timestamp
        var counts: StageCounts
        var outcome: LogDNSOutcome
    }

    /// Rows by stage.
    struct StageCounts: Equatable, Sendable {
        var questions: UInt64 = 0
        var answers: UInt64 = 0
        var decisions: UInt64 = 0

        init(_ stage: LogDNSRow.Stage) {
            switch stage {
            case .question: questions = 1
            case .answer: answers = 1
            case .decision: decisions = 1
            case .continuation: break
            }
        }

        mutating func add(_ other: StageCounts) {
            questions &+= other.questions
            answers &+= other.answers
            decisions &+= other.decisions
        }

        /// A log that has a line for each question and one for each answer names a lookup twice: what it has more of
        /// counts.
        var lookups: UInt64 { max(questions, answers, decisions) }
    }

    /// What makes lookups one contact with a resolver.
    struct ExchangeKey: Hashable, Sendable {
        var client: UInt32
        var resolver: UInt32
        var hour: Int64
        var carrier: LogDNSRow.Carrier
    }

    struct ExchangeSum: Sendable {
        var first: Timestamp
        var last: Timestamp
        var counts: StageCounts
    }

    struct AnswerKey: Hashable, Sendable {
        var client: UInt32
        var address: UInt32
        var name: UInt32
        /// The targets of the alias chain, joined by spaces, which no name has; empty without one.
        var chain: UInt32
    }

    private var texts = TextInterner()
    private var addresses = AddressInterner()
    private var lookups: [LookupKey: LookupSum] = [:]
    private var answers: [AnswerKey: AnswerWindows] = [:]
    private var exchanges: [ExchangeKey: ExchangeSum] = [:]

    /// Entries of each table: a day of a large district has a tenth of it, and all take about a gigabyte then.
    static let entryLimit = 8_000_000
    static let none: UInt32 = .max

    package init() {}

    /// A table of these rows, as far as they fit.
    package init(rows: [LogDNSRow]) {
        for row in rows { _ = take(row) }
    }

    package var isEmpty: Bool { lookups.isEmpty && answers.isEmpty }

    /// Counts a row; false when the table is full and the row was left out.
    mutating func take(_ row: LogDNSRow) -> Bool {
        guard let client = number(row.client), let name = number(row.name) else { return false }
        var resolver = LogDNSTable.none
        if let address = row.resolver {
            guard let id = number(address) else { return false }
            resolver = id
        }
        let key = LookupKey(client: client, resolver: resolver, name: name)
        let sum = LookupSum(
            first: row.time, last: row.time, counts: StageCounts(row.stage), outcome: row.outcome)
        guard add(sum, for: key) else { return false }
        if resolver != LogDNSTable.none, row.stage != .continuation {
            let exchange = ExchangeKey(
                client: client, resolver: resolver, hour: row.time.hour, carrier: row.carrier)
            let sum = ExchangeSum(first: row.time, last: row.time, counts: StageCounts(row.stage))
            guard add(sum, for: exchange) else { return false }
        }
        return row.outcome == .answered ? takeAnswers(of: row, client: client, name: name) : true
    }

    private mutating func takeAnswers(of row: LogDNSRow, client: UInt32, name: UInt32) -> Bool {
        guard let records = row.answers else { return true }
        let targets = LogDNSTable.chain(from: row.name, records)
        guard let chain = number(targets.joined(separator: " ")) else { return false }
        for record in records {
            guard case .address(let address) = record.value, !address.isUnspecified else { continue }
            guard let id = number(address) else { return false }
            let key = AnswerKey(client: client, address: id, name: name, chain: chain)
            let end = AnswerLifetime.end(answeredAt: row.time, ttl: record.ttl)
            guard add(AnswerWindows(from: row.time, to: end), for: key) else { return false }
        }
        return true
    }

    /// Alias targets from `name` on, following owners.
    private static func chain(from name: String, _ records: [LogDNSAnswer]) -> [String] {
        var targets: [String] = []
        var owner = name
        // RFC 1034 sets no limit on chains; resolvers stop after 8 to 16.
        while targets.count < 16 {
            var next: String?
            for record in records where record.name == owner {
                if case .alias(let target) = record.value { next = next ?? target }
            }
            guard let next, next != name, !targets.contains(next) else { break }
            targets.append(next)
            owner = next
        }
        return targets
    }

    private mutating func add(_ sum: LookupSum, for key: LookupKey) -> Bool {
        guard let known = lookups.index(forKey: key) else {
            guard lookups.count < LogDNSTable.entryLimit else { return false }
            lookups[key] = sum
            return true
        }
        lookups.values[known].add(sum)
        return true
    }

    private mutating func add(_ sum: ExchangeSum, for key: ExchangeKey) -> Bool {
        guard let known = exchanges.index(forKey: key) else {
            guard exchanges.count < LogDNSTable.entryLimit else { return false }
            exchanges[key] = sum
            return true
        }
        exchanges.values[known].add(sum)
        return true
    }

    private mutating func add(_ windows: AnswerWindows, for key: AnswerKey) -> Bool {
        guard let known = answers.index(forKey: key) else {
            guard answers.count < LogDNSTable.entryLimit else { return false }
            answers[key] = windows
            return true
        }
        answers.values[known].merge(windows)
        return true
    }

    private mutating func number(_ address: IPAddress) -> UInt32? {
        addresses.intern(address).map { UInt32(truncatingIfNeeded: $0) }
    }

    private mutating func number(_ text: String) -> UInt32? {
        Array(text.utf8).withRawSpan { texts.intern($0, from: 0, count: $0.byteCount) }
            .map { UInt32(truncatingIfNeeded: $0) }
    }
}

extension LogDNSTable.LookupSum {
    mutating func add(_ other: Self) {
        first = min(first, other.first)
        last = max(last, other.last)
        counts.add(other.counts)
        outcome = min(outcome, other.outcome)
    }
}

extension LogDNSTable.ExchangeSum {
    mutating func add(_ other: Self) {
        first = min(first, other.first)
        last = max(last, other.last)
        counts.add(other.counts)
    }
}

extension LogDNSTable {
    /// Adds all that `other` holds; returns how many entries did not fit.
    @discardableResult
    package mutating func merge(_ other: LogDNSTable) -> UInt64 {
        if isEmpty {
            self = other
            return 0
        }
        let texts = self.texts.absorb(other.texts)
        let addresses = self.addresses.absorb(other.addresses)
        var lost: UInt64 = 0
        for (key, sum) in other.lookups {
            guard let client = LogDNSTable.translate(key.client, addresses),
                let resolver = LogDNSTable.translate(key.resolver, addresses),
                let name = LogDNSTable.translate(key.name, texts),
                add(sum, for: LookupKey(client: client, resolver: resolver, name: name))
            else {
                lost &+= 1
                continue
            }
        }
        for (key, windows) in other.answers {
            guard let client = LogDNSTable.translate(key.client, addresses),
                let address = LogDNSTable.translate(key.address, addresses),
                let name = LogDNSTable.translate(key.name, texts),
                let chain = LogDNSTable.translate(key.chain, texts),
                add(windows, for: AnswerKey(client: client, address: address, name: name, chain: chain))
            else {
                lost &+= 1
                continue
            }
        }
        for (key, sum) in other.exchanges {
            guard let client = LogDNSTable.translate(key.client, addresses),
                let resolver = LogDNSTable.translate(key.resolver, addresses),
                add(
                    sum,
                    for: ExchangeKey(client: client, resolver: resolver, hour: key.hour, carrier: key.carrier)
                )
            else {
                lost &+= 1
                continue
            }
        }
        return lost
    }

    private static func translate(_ id: UInt32, _ map: [Int?]) -> UInt32? {
        if id == none { return id }
        guard Int(id) < map.count, let new = map[Int(id)] else { return nil }
        return UInt32(truncatingIfNeeded: new)
    }
}

extension LogDNSTable {
    /// What one client asked one resolver for, added up.
    package struct Lookup: Equatable, Sendable {
        package var client: IPAddress
        package var resolver: IPAddress?
        package var name: String
        package var outcome: LogDNSOutcome
        package var first: Timestamp
        package var last: Timestamp
        package var count: UInt64
    }

    /// What one client asked one resolver in one clock hour (UTC), whatever the names.
    package struct Exchange: Equatable, Sendable {
        package var client: IPAddress
        package var resolver: IPAddress
        package var carrier: LogDNSRow.Carrier
        package var hour: Int64
        package var first: Timestamp
        package var last: Timestamp
        package var count: UInt64
    }

    /// What one client was told for one address.
    package struct Answer: Equatable, Sendable {
        package var client: IPAddress
        package var address: IPAddress
        /// The name that was asked for.
        package var name: String
        package var chain: [String]
        package var windows: AnswerWindows
    }

    /// All lookups, in no order.
    ///
    /// Some logs name the resolver in the answer's line and not in the question's: where a client has lookups of a
    /// name with a resolver and without, those without are the same ones, as far as their numbers go.
    package func forEachLookup(_ body: (Lookup) -> Void) {
        var known: [LookupKey: (resolvers: Int, count: UInt64)] = [:]
        for (key, sum) in lookups where key.resolver != LogDNSTable.none {
            let found = known[key.unresolved] ?? (0, 0)
            known[key.unresolved] = (found.resolvers + 1, found.count &+ sum.counts.lookups)
        }
        for (key, sum) in lookups {
            var sum = sum
            var less: UInt64 = 0
            if key.resolver == LogDNSTable.none {
                if let found = known[key] {
                    less = min(found.count, sum.counts.lookups)
                    let isNews = less < sum.counts.lookups || sum.outcome == .blocked
                    guard found.resolvers > 1, isNews else { continue }
                }
            } else if known[key.unresolved]?.resolvers == 1, let rest = lookups[key.unresolved] {
                sum.add(rest)
            }
            guard let client = address(key.client) else { continue }
            body(
                Lookup(
                    client: client, resolver: address(key.resolver), name: texts.text(Int(key.name)),
                    outcome: sum.outcome, first: sum.first, last: sum.last, count: sum.counts.lookups &- less)
            )
        }
    }

    /// All contacts with resolvers, in no order.
    package func forEachExchange(_ body: (Exchange) -> Void) {
        for (key, sum) in exchanges {
            guard let client = address(key.client), let resolver = address(key.resolver) else { continue }
            body(
                Exchange(
                    client: client, resolver: resolver, carrier: key.carrier, hour: key.hour,
                    first: sum.first,
                    last: sum.last, count: sum.counts.lookups))
        }
    }

    /// All answers with an address, in no order.
    package func forEachAnswer(_ body: (Answer) -> Void) {
        for (key, windows) in answers {
            guard let client = address(key.client), let address = address(key.address) else { continue }
            let chain = texts.text(Int(key.chain)).split(separator: " ").map(String.init)
            body(
                Answer(
                    client: client, address: address, name: texts.text(Int(key.name)), chain: chain,
                    windows: windows))
        }
    }

    private func address(_ id: UInt32) -> IPAddress? {
        Int(id) < addresses.addresses.count ? addresses.addresses[Int(id)] : nil
    }
}
