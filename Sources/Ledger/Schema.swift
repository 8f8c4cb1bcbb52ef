import GRDB

/// The tables, and how older ledgers are brought to this form. A migration that stands here is never changed: a
/// new form is a new migration behind it.
enum Schema {
    /// `HPLG` in SQLite's header, by which `file` and Hallpass know a ledger.
    static let applicationMark: Int64 = 0x4850_4c47

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { database in
            try database.execute(sql: "PRAGMA application_id = \(applicationMark)")
            try database.execute(sql: first)
        }
        migrator.registerMigration("2") { database in try database.execute(sql: drifts) }
        return migrator
    }

    /// What approved apps do that their lockfiles do not have; `since` is a day of the district, `severity` and
    /// `text` are those of the finding that told of it.
    private static let drifts = """
        CREATE TABLE drifts (
          app TEXT NOT NULL, party TEXT NOT NULL, verdict TEXT NOT NULL, severity TEXT NOT NULL, text TEXT NOT NULL,
          since INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
          PRIMARY KEY (app, party, verdict)) STRICT;
        """

    /// Moments are nanoseconds since 1970 (UTC) where they come from input, RFC 3339 text where they tell when
    /// somebody ran Hallpass. Days are days since 1970: UTC in pages, the district's elsewhere.
    private static let first = """
        -- Each import, and what judged it that night.
        CREATE TABLE runs (
          id INTEGER PRIMARY KEY, at TEXT NOT NULL, version TEXT NOT NULL,
          register_id INTEGER NOT NULL REFERENCES registers(id),
          roster_id INTEGER REFERENCES rosters(id),
          first INTEGER, last INTEGER, contacts INTEGER NOT NULL) STRICT;

        -- Files on the disk; the content decides whether one was read already.
        CREATE TABLE files (
          id INTEGER PRIMARY KEY, run_id INTEGER NOT NULL REFERENCES runs(id), path TEXT NOT NULL,
          bytes INTEGER NOT NULL, modified INTEGER NOT NULL, sha256 TEXT NOT NULL,
          content TEXT NOT NULL UNIQUE) STRICT;
        CREATE INDEX files_path ON files(path);

        -- What was read of them: one row per file, or per member of an archive.
        CREATE TABLE inputs (
          id INTEGER PRIMARY KEY, run_id INTEGER NOT NULL REFERENCES runs(id), file_id INTEGER REFERENCES files(id),
          path TEXT NOT NULL, kind TEXT NOT NULL, bytes INTEGER NOT NULL, records INTEGER NOT NULL,
          first INTEGER, last INTEGER, complete INTEGER NOT NULL, problems TEXT NOT NULL) STRICT;

        -- What the inputs of a run could not show (kinds: packets, lines, unused_packets, ...).
        CREATE TABLE coverage (
          run_id INTEGER NOT NULL REFERENCES runs(id), kind TEXT NOT NULL, key TEXT NOT NULL,
          count INTEGER NOT NULL, bytes INTEGER, PRIMARY KEY (run_id, kind, key)) STRICT;

        CREATE TABLE registers (
          id INTEGER PRIMARY KEY, sha256 TEXT NOT NULL UNIQUE, at TEXT NOT NULL, yaml TEXT NOT NULL) STRICT;
        -- Of a roster only what names nobody: schools and networks.
        CREATE TABLE rosters (
          id INTEGER PRIMARY KEY, sha256 TEXT NOT NULL UNIQUE, at TEXT NOT NULL, summary TEXT NOT NULL) STRICT;

        -- Pseudonyms of addresses, and of users and hosts where a log names no address.
        CREATE TABLE clients (id INTEGER PRIMARY KEY, pseudonym TEXT NOT NULL UNIQUE) STRICT;
        -- A device, and what the roster of the night said it was. Empty text and -1 stand for what is not known.
        CREATE TABLE standings (
          id INTEGER PRIMARY KEY, device TEXT NOT NULL, role TEXT NOT NULL, school TEXT NOT NULL,
          grades INTEGER NOT NULL, doubt TEXT NOT NULL, UNIQUE (device, role, school, grades, doubt)) STRICT;
        -- What a contact was with, and how it is known; `digest` is SHA-256 over `facts`, cut to 16 bytes.
        CREATE TABLE destinations (
          id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, facts TEXT NOT NULL) STRICT;

        -- Contacts by the hour: those of one device on one day (UTC) in one row (see ContactPage).
        CREATE TABLE pages (
          id INTEGER PRIMARY KEY, run_id INTEGER NOT NULL REFERENCES runs(id),
          standing_id INTEGER NOT NULL REFERENCES standings(id), day INTEGER NOT NULL,
          contacts INTEGER NOT NULL, body BLOB NOT NULL) STRICT;
        CREATE INDEX pages_standing ON pages(standing_id, day);
        CREATE INDEX pages_day ON pages(day);

        CREATE TABLE names (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
        -- Names that were asked for and not contacted; `resolver` is a pseudonym.
        CREATE TABLE lookups (
          id INTEGER PRIMARY KEY, run_id INTEGER NOT NULL REFERENCES runs(id),
          standing_id INTEGER NOT NULL REFERENCES standings(id),
          client_id INTEGER NOT NULL REFERENCES clients(id), resolver_id INTEGER REFERENCES clients(id),
          name_id INTEGER NOT NULL REFERENCES names(id), outcome TEXT NOT NULL, first INTEGER NOT NULL,
          last INTEGER NOT NULL, count INTEGER NOT NULL) STRICT;
        CREATE INDEX lookups_first ON lookups(first);

        -- What became of findings: state is new, acknowledged or resolved.
        CREATE TABLE findings (
          id TEXT PRIMARY KEY, verdict TEXT NOT NULL, domain TEXT NOT NULL, owner TEXT, severity TEXT NOT NULL,
          first INTEGER NOT NULL, last INTEGER NOT NULL, state TEXT NOT NULL, run_id INTEGER NOT NULL,
          by TEXT, why TEXT, until INTEGER) STRICT;

        -- What people and runs did, in order.
        CREATE TABLE audit (
          id INTEGER PRIMARY KEY, at TEXT NOT NULL, action TEXT NOT NULL, by TEXT NOT NULL,
          detail TEXT NOT NULL) STRICT;
        -- Counts of what was removed, never what it was.
        CREATE TABLE purges (
          id INTEGER PRIMARY KEY, at TEXT NOT NULL, before TEXT NOT NULL, class TEXT NOT NULL,
          rows INTEGER NOT NULL) STRICT;
        -- Up to which run each kind of report has told, for those that tell what is new since the last one.
        CREATE TABLE reported (kind TEXT PRIMARY KEY, run_id INTEGER NOT NULL, at TEXT NOT NULL) STRICT;
        """
}
