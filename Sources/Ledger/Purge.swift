package import Bytes
import Foundation
import GRDB
package import Roster

/// What a purge removed: counts only, never what it was.
package struct Purged: Equatable, Sendable {
    /// Contacts by the hour.
    package var contacts = 0
    package var lookups = 0
    /// Pseudonyms that were replaced by ones that nobody can make again.
    package var identities = 0
    package var findings = 0

    package init() {}

    package var isNothing: Bool { self == Purged() }
}

extension Ledger {
    /// Removes what is older than the roster lets it be kept, notes how much that was, and rewrites the file so that
    /// nothing of it is left in free pages.
    ///
    /// - Parameters:
    ///   - today: retention counts from here: with 30 days, what is of the 30th day before is kept.
    package func purge(
        _ retention: Retention, today: CivilDay, at: String, by: String
    ) throws(LedgerFault) -> Purged {
        let purged = try write { database in
            var purge = Purge(database: database, today: today, at: at)
            try purge.run(retention)
            let counts = purge.counts
            let detail =
                "contacts \(counts.contacts), lookups \(counts.lookups), identities \(counts.identities), "
                + "findings \(counts.findings)"
            try AuditTrail.add("purge", by: by, detail, at: at, database)
            return counts
        }
        do {
            try pool.vacuum()
        } catch {
            throw LedgerFault(path, error)
        }
        try settle()
        return purged
    }

    /// The records of all purges, oldest first: when, what class, before which day, how many rows.
    package func purgeRecords() throws(LedgerFault) -> [(
        at: String, kind: String, before: String, rows: Int64
    )] {
        try read { database in
            try Row.fetchAll(database, sql: "SELECT at, class, before, rows FROM purges ORDER BY id").map {
                (try $0.string(0), try $0.string(1), try $0.string(2), try $0.number(3))
            }
        }
    }
}

/// One purge within its transaction.
private struct Purge {
    let database: Database
    let today: CivilDay
    let at: String
    var counts = Purged()

    mutating func run(_ retention: Retention) throws {
        if let first = firstKept(retention.contacts) { counts.contacts = try contacts(before: first) }
        if let first = firstKept(retention.lookups) { counts.lookups = try lookups(before: first) }
        if let first = firstKept(retention.identities) { counts.identities = try identities(before: first) }
        if let first = firstKept(retention.findings) { counts.findings = try findings(before: first) }
        try removeOrphans()
    }

    /// The first day of which things are kept; nil keeps all.
    private func firstKept(_ days: Int?) -> CivilDay? {
        days.map { CivilDay(daysSince1970: today.daysSince1970 - Int64(clamping: $0)) }
    }

    private func note(_ kind: String, before day: CivilDay, _ rows: Int) throws {
        guard rows > 0 else { return }
        try database.execute(
            sql: "INSERT INTO purges (at, before, class, rows) VALUES (?, ?, ?, ?)",
            arguments: [at, day.description, kind, rows])
    }

    private func nanoseconds(_ day: CivilDay) -> Int64 {
        Timestamp(seconds: day.daysSince1970 * 86400)?.nanoseconds ?? .min
    }

    private func contacts(before day: CivilDay) throws -> Int {
        let sql = "SELECT coalesce(sum(contacts), 0) FROM pages WHERE day < ?"
        let count = try Int64.fetchOne(database, sql: sql, arguments: [day.daysSince1970]) ?? 0
        try database.execute(sql: "DELETE FROM pages WHERE day < ?", arguments: [day.daysSince1970])
        try note("contacts", before: day, Int(clamping: count))
        return Int(clamping: count)
    }

    private func lookups(before day: CivilDay) throws -> Int {
        try database.execute(sql: "DELETE FROM lookups WHERE first < ?", arguments: [nanoseconds(day)])
        let count = database.changesCount
        try note("lookups", before: day, count)
        return count
    }

    private func findings(before day: CivilDay) throws -> Int {
        try database.execute(sql: "DELETE FROM findings WHERE last < ?", arguments: [nanoseconds(day)])
        let count = database.changesCount
        try note("findings", before: day, count)
        return count
    }

    // MARK: - Identities

    /// Who holds the key can tell which pseudonym is whose. So the pseudonyms of what is older are replaced by random
    /// ones: the contacts stay, and nobody can tell any more whose they were.
    private func identities(before day: CivilDay) throws -> Int {
        let sql = """
            SELECT id, role, school, grades, doubt FROM standings
            WHERE device NOT LIKE 'forgotten-%' AND (
              id IN (SELECT standing_id FROM pages WHERE day < ?)
              OR id IN (SELECT standing_id FROM lookups WHERE first < ?))
            """
        let rows = try Row.fetchAll(database, sql: sql, arguments: [day.daysSince1970, nanoseconds(day)])
        var clients: [Int64: Int64] = [:]
        for row in rows {
            try database.execute(
                sql: "INSERT INTO standings (device, role, school, grades, doubt) VALUES (?, ?, ?, ?, ?)",
                arguments: [
                    Purge.stranger(), try row.string(1), try row.string(2), try row.number(3),
                    try row.string(4),
                ])
            let (old, new) = (try row.number(0), database.lastInsertedRowID)
            try move(old, to: new, before: day, &clients)
        }
        try note("identities", before: day, rows.count + clients.count)
        return rows.count + clients.count
    }

    private static func stranger() -> String {
        var random = SystemRandomNumberGenerator()
        return "forgotten-" + String(UInt64.random(in: .min ... .max, using: &random), radix: 16)
    }

    private func move(_ old: Int64, to new: Int64, before day: CivilDay, _ clients: inout [Int64: Int64])
        throws
    {
        func client(_ id: Int64) throws -> Int64 {
            if let known = clients[id] { return known }
            try database.execute(
                sql: "INSERT INTO clients (pseudonym) VALUES (?)", arguments: [Purge.stranger()])
            clients[id] = database.lastInsertedRowID
            return database.lastInsertedRowID
        }
        let pages = try Row.fetchAll(
            database, sql: "SELECT id, day, body FROM pages WHERE standing_id = ? AND day < ?",
            arguments: [old, day.daysSince1970])
        for page in pages {
            let number = try page.number(1)
            var bytes: [UInt8] = []
            let isPage = try ContactPage.read(try page.bytes(2), day: number) { record in
                var record = record
                record.client = try client(record.client)
                ContactPage.append(record, to: &bytes, day: number)
            }
            guard isPage else { throw Purge.damage }
            try database.execute(
                sql: "UPDATE pages SET standing_id = ?, body = ? WHERE id = ?",
                arguments: [new, Data(bytes), try page.number(0)])
        }
        let lookups = try Row.fetchAll(
            database, sql: "SELECT id, client_id FROM lookups WHERE standing_id = ? AND first < ?",
            arguments: [old, nanoseconds(day)])
        for lookup in lookups {
            try database.execute(
                sql: "UPDATE lookups SET standing_id = ?, client_id = ? WHERE id = ?",
                arguments: [new, try client(try lookup.number(1)), try lookup.number(0)])
        }
    }

    // MARK: - What nothing refers to any more

    private func removeOrphans() throws {
        var destinations: Set<Int64> = []
        var clients: Set<Int64> = []
        let pages = try Row.fetchCursor(database, sql: "SELECT day, body FROM pages")
        while let page = try pages.next() {
            let isPage = ContactPage.read(try page.bytes(1), day: try page.number(0)) { record in
                destinations.insert(record.destination)
                clients.insert(record.client)
            }
            guard isPage else { throw Purge.damage }
        }
        try keep(destinations, in: "destinations", also: "SELECT NULL WHERE 0")
        try keep(
            clients, in: "clients",
            also:
                "SELECT client_id FROM lookups UNION SELECT resolver_id FROM lookups WHERE resolver_id NOT NULL"
        )
        try database.execute(sql: "DELETE FROM names WHERE id NOT IN (SELECT name_id FROM lookups)")
        try database.execute(
            sql: """
                DELETE FROM standings WHERE id NOT IN (SELECT standing_id FROM pages)
                  AND id NOT IN (SELECT standing_id FROM lookups)
                """)
    }

    private func keep(_ ids: Set<Int64>, in table: String, also: String) throws {
        try database.execute(sql: "CREATE TEMP TABLE kept (id INTEGER PRIMARY KEY)")
        let insert = try database.makeStatement(sql: "INSERT INTO kept (id) VALUES (?)")
        for id in ids.sorted() { try insert.execute(arguments: [id]) }
        try database.execute(
            sql: "DELETE FROM \(table) WHERE id NOT IN (SELECT id FROM kept) AND id NOT IN (\(also))")
        try database.execute(sql: "DROP TABLE kept")
    }

    private static let damage = DatabaseError(
        resultCode: .SQLITE_CORRUPT, message: "a page of contacts holds nothing of its kind")
}
