import Foundation
import GRDB

/// A district's history in one SQLite file: what was read, who contacted what by the hour under pseudonyms, which
/// registers and rosters judged it, and what became of the findings.
///
/// Every change is one transaction: a process that is killed, or a disk that is full, leaves the file as it was.
package final class Ledger: Sendable {
    package let path: String
    let pool: DatabasePool

    /// Opens the ledger at `path` and brings it to this version's form; makes it if `creates` and it is not there.
    ///
    /// The file can be read by its owner only. A ledger of a newer version is refused.
    package init(_ path: String, creates: Bool) throws(LedgerFault) {
        self.path = path
        if !FileManager.default.fileExists(atPath: path) {
            guard creates else {
                throw LedgerFault(
                    path, .missing, "no such ledger; hallpass nightly DIR --ledger FILE makes one")
            }
            try Ledger.make(path)
        }
        do {
            try Ledger.refuseForeign(header: path)
            pool = try DatabasePool(path: path, configuration: Ledger.configuration)
            try Ledger.refuseForeign(pool, path)
            if try pool.read({ try !Schema.migrator.hasCompletedMigrations($0) }) {
                try Schema.migrator.migrate(pool)
            }
        } catch {
            throw LedgerFault(path, error)
        }
    }

    /// An empty file that only its owner can read: SQLite gives its own files beside it the same mode.
    private static func make(_ path: String) throws(LedgerFault) {
        let attributes: [FileAttributeKey: Any] = [.posixPermissions: 0o600]
        guard FileManager.default.createFile(atPath: path, contents: Data(), attributes: attributes) else {
            throw LedgerFault(
                path, .unwritable, "cannot be made; its folder must exist and be writable for this user")
        }
    }

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.busyMode = .timeout(10)
        configuration.maximumReaderCount = 16
        configuration.label = "ledger"
        return configuration
    }

    /// Looks at the first bytes before SQLite does, which would write its own into a file that is not ours.
    private static func refuseForeign(header path: String) throws(LedgerFault) {
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw LedgerFault(path, .unwritable, "cannot be read by this user")
        }
        defer { try? handle.close() }
        let head = Array((try? handle.read(upToCount: 100)) ?? Data())
        if head.isEmpty { return }
        guard head.starts(with: Array("SQLite format 3\0".utf8)), head.count == 100 else {
            throw LedgerFault(path, .damaged, "is no ledger of Hallpass")
        }
        // The application id (SQLite file format §1.3.17); nought until what stands in the log is moved over.
        let mark = head[68..<72].reduce(Int64(0)) { $0 << 8 | Int64($1) }
        guard mark == 0 || mark == Schema.applicationMark else { throw foreign(path) }
    }

    private static func refuseForeign(_ pool: DatabasePool, _ path: String) throws {
        try pool.read { database in
            let mark = try Int64.fetchOne(database, sql: "PRAGMA application_id") ?? 0
            let tables = try Int64.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") ?? 0
            guard mark == Schema.applicationMark || tables == 0 else { throw foreign(path) }
            guard try !Schema.migrator.hasBeenSuperseded(database) else {
                throw LedgerFault(
                    path, .newer,
                    "was written by a newer version of Hallpass; install that version to read it")
            }
        }
    }

    private static func foreign(_ path: String) -> LedgerFault {
        LedgerFault(path, .damaged, "is an SQLite file of another program, no ledger of Hallpass")
    }

    /// Runs `body` in one transaction that happens as a whole or not at all.
    func write<Value>(_ body: (Database) throws -> Value) throws(LedgerFault) -> Value {
        do { return try pool.write(body) } catch { throw LedgerFault(path, error) }
    }

    func read<Value>(_ body: (Database) throws -> Value) throws(LedgerFault) -> Value {
        do { return try pool.read(body) } catch { throw LedgerFault(path, error) }
    }

    /// What SQLite finds wrong in the file; nil when it is whole.
    package func integrityProblem() throws(LedgerFault) -> String? {
        try read { database in
            let answer = try String.fetchOne(database, sql: "PRAGMA integrity_check") ?? "no answer"
            return answer == "ok" ? nil : answer
        }
    }

    /// Moves everything from the log beside the file into the file, so that one file can be copied.
    package func settle() throws(LedgerFault) {
        do {
            try pool.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
        } catch {
            throw LedgerFault(path, error)
        }
    }
}

extension Row {
    /// A column's number; `throws` where the file holds anything else: a ledger is input like any other.
    func number(_ column: Int) throws -> Int64 {
        guard let value = optionalNumber(column) else { throw Row.damage(column) }
        return value
    }

    func optionalNumber(_ column: Int) -> Int64? { Int64.fromDatabaseValue(self[column]) }

    func string(_ column: Int) throws -> String {
        guard let value = optionalString(column) else { throw Row.damage(column) }
        return value
    }

    func optionalString(_ column: Int) -> String? { String.fromDatabaseValue(self[column]) }

    func bytes(_ column: Int) throws -> [UInt8] {
        guard let value = Data.fromDatabaseValue(self[column]) else { throw Row.damage(column) }
        return Array(value)
    }

    private static func damage(_ column: Int) -> DatabaseError {
        DatabaseError(resultCode: .SQLITE_CORRUPT, message: "column \(column) holds nothing of its kind")
    }
}
