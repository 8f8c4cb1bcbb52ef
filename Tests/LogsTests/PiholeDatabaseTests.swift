import CSQLite
import Foundation
import Testing

@testable import Logs

/// Databases made here with Pi-hole's schema (`src/database/query-table.h`): version 21 and one before version 10.
@Suite struct PiholeDatabaseTests {
    private let path = FileManager.default.temporaryDirectory.appendingPathComponent(
        "ftl ?#%\(UUID().uuidString).db"
    ).path

    private func make(_ statements: String) throws {
        var handle: OpaquePointer?
        #expect(unsafe sqlite3_open(path, &handle) == SQLITE_OK)
        #expect(unsafe sqlite3_exec(handle, statements, nil, nil, nil) == SQLITE_OK)
        unsafe sqlite3_close(handle)
    }

    private static let modern = """
        CREATE TABLE ftl (id INTEGER PRIMARY KEY NOT NULL, value BLOB NOT NULL, description TEXT);
        INSERT INTO ftl VALUES (0, 21, 'Database version');
        CREATE TABLE domain_by_id (id INTEGER PRIMARY KEY, domain TEXT NOT NULL);
        CREATE TABLE client_by_id (id INTEGER PRIMARY KEY, ip TEXT NOT NULL, name TEXT);
        CREATE TABLE query_storage (id INTEGER PRIMARY KEY AUTOINCREMENT, timestamp INTEGER NOT NULL,
          type INTEGER NOT NULL, status INTEGER NOT NULL, domain INTEGER NOT NULL, client INTEGER NOT NULL,
          forward INTEGER, additional_info INTEGER, reply_type INTEGER, reply_time REAL, dnssec INTEGER,
          list_id INTEGER, ede INTEGER);
        INSERT INTO domain_by_id VALUES (1, 'quiz.example.org'), (2, 'ads.tracker.example'), (3, 'gone.example'),
          (4, 'caf' || x'e9' || '.example');
        INSERT INTO client_by_id VALUES (1, '10.20.30.40', 'cb-lib-07'), (2, '2001:db8:20::41', NULL), (3, '0.0.0.0', NULL);
        INSERT INTO query_storage (timestamp, type, status, domain, client, reply_type) VALUES
          (1772460061.25, 1, 2, 1, 1, 4), (1772460062.5, 2, 3, 1, 1, 1), (1772460064, 2, 1, 2, 2, 4),
          (1772460065, 1, 10, 2, 2, 4), (1772460066, 1, 2, 3, 2, 2), (1772460067, 16, 14, 3, 1, 0),
          (1772460068, 1, 2, 'legacy.example', '10.20.30.43', 7), (1772460069, 1, 2, 4, 1, 4),
          (1772460070, 1, 2, 1, 3, 4), ('yesterday', 1, 2, 1, 1, 4), (1772460071, 1, 2, 1, 99, 4), (-1, 1, 2, 1, 1, 4),
          (9e99, 1, 2, 1, 1, 4), (1772460072, 165, 2, 99, 1, 4);
        """

    @Test func readsTheTablesOfToday() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        try make(PiholeDatabaseTests.modern)
        #expect(PiholeDatabase.refusal(path: path) == nil)
        let content = PiholeDatabase.read(path: path)
        #expect(content.fault == nil)
        let tally = content.chunk.tally
        #expect(tally.linesRead == 14)
        #expect(tally.linesUsed == 7)
        #expect(tally[.nameOfNoHost].count == 2)
        #expect(tally[.clientHidden].count == 1)
        #expect(tally[.timeInvalid].count == 3)
        #expect(tally[.clientInvalid].count == 1)
        #expect(
            FixtureTests.lookups(content.chunk.dns) == [
                "lookup 10.20.30.40 - gone.example unanswered 2026-03-02T14:01:07.000000Z 2026-03-02T14:01:07.000000Z n=1",
                "lookup 10.20.30.40 - quiz.example.org answered 2026-03-02T14:01:01.250000Z 2026-03-02T14:01:02.500000Z n=2",
                "lookup 10.20.30.43 - legacy.example failed 2026-03-02T14:01:08.000000Z 2026-03-02T14:01:08.000000Z n=1",
                "lookup 2001:db8:20::41 - ads.tracker.example blocked 2026-03-02T14:01:04.000000Z "
                    + "2026-03-02T14:01:05.000000Z n=2",
                "lookup 2001:db8:20::41 - gone.example nxdomain 2026-03-02T14:01:06.000000Z "
                    + "2026-03-02T14:01:06.000000Z n=1",
            ])
    }

    @Test func readsTheTableOfOldVersions() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        try make(
            """
            CREATE TABLE ftl (id INTEGER PRIMARY KEY NOT NULL, value BLOB NOT NULL);
            CREATE TABLE queries (id INTEGER PRIMARY KEY AUTOINCREMENT, timestamp INTEGER NOT NULL, type INTEGER NOT NULL,
              status INTEGER NOT NULL, domain TEXT NOT NULL, client TEXT NOT NULL, forward TEXT);
            INSERT INTO queries (timestamp, type, status, domain, client) VALUES
              (1772460061, 1, 2, 'quiz.example.org', '10.20.30.40'), (1772460061, 1, 4, 'ads.example', '10.20.30.40');
            """)
        #expect(PiholeDatabase.refusal(path: path) == nil)
        #expect(
            FixtureTests.lookups(PiholeDatabase.read(path: path).chunk.dns).map {
                $0.split(separator: " ")[4]
            } == [
                "blocked", "unanswered",
            ])
    }

    @Test(arguments: [
        "CREATE TABLE other (id INTEGER);",
        "CREATE VIEW queries AS SELECT 1; CREATE TABLE ftl (id INTEGER);",
        """
        CREATE TABLE domain_by_id (id INTEGER); CREATE TABLE client_by_id (id INTEGER);
        CREATE VIEW query_storage AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n;
        """,
        "CREATE TABLE ftl (id INTEGER); CREATE TABLE queries (a INTEGER, b TEXT AS (zeroblob(a)));",
    ])
    func refusesOtherDatabases(statements: String) throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        try make(statements)
        #expect(PiholeDatabase.refusal(path: path) == "an SQLite database, and not Pi-hole's")
    }

    @Test func aDamagedDatabaseIsToldAndEndsNoRun() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        try make(PiholeDatabaseTests.modern)
        let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        for place in stride(from: 0, to: whole.count, by: 97) {
            for value: UInt8 in [0, 1, 0x7f, 0xff] {
                var bytes = whole
                bytes[place] = value
                try Data(bytes).write(to: URL(fileURLWithPath: path))
                let tally = PiholeDatabase.read(path: path).chunk.tally
                let others = LogReason.allCases.reduce(UInt64(0)) { $0 + tally[$1].count }
                #expect(tally.linesRead == tally.linesUsed + others)
            }
        }
        for count in [0, 1, 100, 4096, whole.count / 2] {
            try Data(whole[..<count]).write(to: URL(fileURLWithPath: path))
            let content = PiholeDatabase.read(path: path)
            #expect(content.fault != nil)
        }
    }

    @Test func readingWritesNothingBesideTheFile() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        try make("PRAGMA journal_mode = WAL; " + PiholeDatabaseTests.modern)
        let before = try Data(contentsOf: URL(fileURLWithPath: path))
        _ = PiholeDatabase.read(path: path)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
        #expect(!FileManager.default.fileExists(atPath: path + "-shm"))
    }

    @Test func pathsAreEncoded() {
        #expect(SQLiteReader.uri("/a b/ü?x#%.db") == "file:/a%20b/%C3%BC%3Fx%23%25.db?mode=ro&immutable=1")
    }
}
