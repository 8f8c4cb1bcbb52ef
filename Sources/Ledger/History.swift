package import Bytes
import Contacts
import Foundation
import GRDB
package import Judgement
import Register
import Roster
import Synchronization

/// A stretch of time of which the ledger is asked.
package struct Period: Equatable, Sendable {
    /// Nanoseconds since 1970; contacts belong to the moment at which they began.
    package var from: Timestamp
    /// The first moment that does not belong to it.
    package var to: Timestamp

    package init(from: Timestamp, to: Timestamp) {
        self.from = from
        self.to = to
    }

    package static let always = Period(
        from: Timestamp(nanoseconds: .min), to: Timestamp(nanoseconds: .max))

    func contains(_ nanoseconds: Int64) -> Bool {
        nanoseconds >= from.nanoseconds && nanoseconds < to.nanoseconds
    }

    /// The UTC days that it touches, with a day before for contacts filed under the hour in which they went on.
    fileprivate var days: ClosedRange<Int64> {
        let first = from.nanoseconds / (24 * ContactPage.nanosecondsOfHour) - 2
        return first...max(first, to.nanoseconds / (24 * ContactPage.nanosecondsOfHour) + 1)
    }
}

/// Facts out of the ledger, judged under any register.
package struct History: Sendable {
    private let ledger: Ledger
    private let period: Period
    /// Devices that the period has pages of.
    private let standings: [(id: Int64, standing: RecordedStanding)]
    /// Contacts of nobody, by the row of their destination.
    private let templates: [Int64: Contact]
    private let lookups: [KeptLookup]
    private let wanted: [Visit: Int]

    private struct KeptLookup: Sendable {
        var standing: RecordedStanding
        var client: Int64
        var lookup: Lookup
    }

    private struct Visit: Hashable, Sendable {
        var client: Int64
        var name: String
    }

    package init(_ ledger: Ledger, _ period: Period = .always) throws(LedgerFault) {
        self.ledger = ledger
        self.period = period
        let days = period.days
        (standings, templates, lookups) = try ledger.read { database in
            (
                try History.standings(days, database), try History.templates(database),
                try History.lookups(period, database)
            )
        }
        var wanted: [Visit: Int] = [:]
        for (index, kept) in lookups.enumerated() {
            wanted[Visit(client: kept.client, name: kept.lookup.name)] = index
        }
        self.wanted = wanted
    }

    /// Judges the period. The result is that of a fresh run over the same inputs with the same register and roster:
    /// addresses inside the district and names of its devices aside, which no report shows.
    package func assess(
        _ judge: Judge, jobs: Int = 1, run: Assessment.Runner? = nil
    ) throws(LedgerFault) -> Assessment {
        let fault = Mutex<LedgerFault?>(nil)
        let visited = Mutex<Set<Visit>>([])
        let assessment = Assessment(
            devices: standings.count, judge: judge, jobs: jobs, run: run,
            lookups: { remainingLookups(visited.withLock { $0 }) },
            fetch: { index in
                do throws(LedgerFault) {
                    return try device(index) { visit in visited.withLock { _ = $0.insert(visit) } }
                } catch {
                    fault.withLock { $0 = error }
                    return nil
                }
            })
        if let fault = fault.withLock({ $0 }) { throw fault }
        return assessment
    }

    // MARK: - Contacts

    private func device(_ index: Int, _ note: (Visit) -> Void) throws(LedgerFault) -> DeviceHistory? {
        let (id, standing) = standings[index]
        let contacts = try contacts(of: id)
        if contacts.isEmpty { return nil }
        if !wanted.isEmpty { noteVisits(contacts, note) }
        return DeviceHistory(device: standing.asDevice, contacts: contacts)
    }

    private func contacts(of standing: Int64) throws(LedgerFault) -> [Contact] {
        let days = period.days
        return try ledger.read { database in
            var contacts: [Contact] = []
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT day, contacts, body FROM pages WHERE standing_id = ? AND day BETWEEN ? AND ?
                    ORDER BY day, id
                    """,
                arguments: [standing, days.lowerBound, days.upperBound])
            while let row = try rows.next() {
                contacts.reserveCapacity(contacts.count + Int(clamping: min(try row.number(1), 1 << 20)))
                let isPage = ContactPage.read(try row.bytes(2), day: try row.number(0)) { record in
                    guard period.contains(record.first), let template = templates[record.destination] else {
                        return
                    }
                    contacts.append(Contact(record, template))
                }
                guard isPage else {
                    throw LedgerFault(ledger.path, .damaged, "a page of contacts holds nothing of its kind")
                }
            }
            return contacts
        }
    }

    private static func standings(
        _ days: ClosedRange<Int64>, _ database: Database
    ) throws -> [(id: Int64, standing: RecordedStanding)] {
        try Row.fetchAll(
            database,
            sql: """
                SELECT id, device, role, school, grades, doubt FROM standings
                WHERE id IN (SELECT standing_id FROM pages WHERE day BETWEEN ? AND ?)
                ORDER BY device, role, school, grades, doubt
                """,
            arguments: [days.lowerBound, days.upperBound]
        ).map { (try $0.number(0), try RecordedStanding($0, at: 1)) }
    }

    private static func templates(_ database: Database) throws -> [Int64: Contact] {
        var templates: [Int64: Contact] = [:]
        let rows = try Row.fetchCursor(database, sql: "SELECT id, facts FROM destinations")
        while let row = try rows.next() {
            guard let destination = Destination(try row.string(1)) else {
                throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "a destination cannot be read")
            }
            templates[try row.number(0)] = destination.template
        }
        return templates
    }

    // MARK: - Lookups

    /// Those of one client, resolver and name as one, as a run over all inputs together has them.
    private static func lookups(_ period: Period, _ database: Database) throws -> [KeptLookup] {
        struct Key: Hashable {
            var client: Int64
            var resolver: Int64?
            var name: String
        }
        var kept: [Key: KeptLookup] = [:]
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT l.client_id, l.resolver_id, n.name, l.outcome, l.first, l.last, l.count,
                  s.device, s.role, s.school, s.grades, s.doubt
                FROM lookups l JOIN names n ON n.id = l.name_id JOIN standings s ON s.id = l.standing_id
                WHERE l.first >= ? AND l.first < ? ORDER BY l.first, l.id
                """,
            arguments: [period.from.nanoseconds, period.to.nanoseconds])
        while let row = try rows.next() {
            let client = try row.number(0)
            let name = try row.string(2)
            let outcome = LookupOutcome(rawValue: try row.string(3)) ?? .unanswered
            let count = UInt64(clamping: try row.number(6))
            let first = Timestamp(nanoseconds: try row.number(4))
            let last = Timestamp(nanoseconds: try row.number(5))
            let key = Key(client: client, resolver: row.optionalNumber(1), name: name)
            if kept[key] != nil {
                kept[key]?.lookup.add(outcome, last: last, count: count)
                continue
            }
            kept[key] = KeptLookup(
                standing: try RecordedStanding(row, at: 7), client: client,
                lookup: Lookup(
                    client: Contact.standIn(client), resolver: nil, name: name, outcome: outcome,
                    first: first,
                    last: last, count: count, contacted: false))
        }
        return kept.values.sorted {
            ($0.client, $0.lookup.name, $0.lookup.first) < ($1.client, $1.lookup.name, $1.lookup.first)
        }
    }

    private func noteVisits(_ contacts: [Contact], _ note: (Visit) -> Void) {
        for contact in contacts where contact.service != "dns" {
            guard let client = contact.client, let row = Int64(exactly: client.low) else { continue }
            for name in [contact.name].compactMap(\.self) + contact.candidates {
                let visit = Visit(client: row, name: name)
                if wanted[visit] != nil { note(visit) }
            }
        }
    }

    private func remainingLookups(_ visited: Set<Visit>) -> [(lookup: Lookup, device: Device)] {
        lookups.filter { !visited.contains(Visit(client: $0.client, name: $0.lookup.name)) }
            .map { ($0.lookup, $0.standing.asDevice) }
    }
}

extension Lookup {
    fileprivate mutating func add(_ other: LookupOutcome, last: Timestamp, count: UInt64) {
        outcome = outcome.stronger(other)
        self.last = max(self.last, last)
        self.count = self.count.addingReportingOverflow(count).overflow ? .max : self.count + count
    }
}

extension Contact {
    /// Stands for a client of whom only the pseudonym is known: an address of the block that leads nowhere (RFC
    /// 6666), with the pseudonym's row in its low half. It is never shown.
    static func standIn(_ client: Int64) -> IPAddress {
        IPAddress(ipv6High: 0x0100_0000_0000_0000, low: UInt64(bitPattern: client))
    }

    fileprivate init(_ record: PageRecord, _ template: Contact) {
        self = template
        client = Contact.standIn(record.client)
        hour = record.hour
        first = Timestamp(nanoseconds: record.first)
        last = Timestamp(nanoseconds: record.last)
        starts = record.starts
        active = record.active
        flows = record.flows
        packetsUp = record.packetsUp
        packetsDown = record.packetsDown
        bytesUp = record.bytesUp
        bytesDown = record.bytesDown
    }
}
