package import Contacts
import GRDB
package import Judgement
import Register
package import Roster

/// Everything that one import adds to the ledger.
package struct Night {
    package var facts: Facts
    package var files: [ReadFile]
    /// The register and the roster of the night, the roster with who had which address.
    package var judge: Judge
    package var assessment: Assessment
    /// Under its key the pseudonyms are made; a gate that identifies is refused.
    package var gate: IdentityGate
    /// The program's version.
    package var version: String
    /// When the run took place, by the wall clock, in RFC 3339; no judgement depends on it.
    package var at: String
    /// Who ran it.
    package var by: String

    package init(
        facts: Facts, files: [ReadFile], judge: Judge, assessment: Assessment, gate: IdentityGate,
        version: String, at: String, by: String
    ) {
        self.facts = facts
        self.files = files
        self.judge = judge
        self.assessment = assessment
        self.gate = gate
        self.version = version
        self.at = at
        self.by = by
    }
}

/// What an import did.
package struct Recorded: Equatable, Sendable {
    package var run: Int64
    package var contacts: Int
    package var lookups: Int
    /// How findings changed by this night.
    package var changes: [FindingChange]
}

extension Ledger {
    /// Files whose content the ledger has, among those given: by path, size and time of writing, else by content.
    package func known(_ files: [ReadFile]) throws(LedgerFault) -> Set<String> {
        try read { database in
            var known: Set<String> = []
            for file in files {
                let sql = "SELECT 1 FROM files WHERE content = ?"
                if try Int64.fetchOne(database, sql: sql, arguments: [file.content]) != nil {
                    known.insert(file.path)
                }
            }
            return known
        }
    }

    /// Whether the file at `path` was read when it had this size and time of writing: then nobody needs to read it
    /// again to know so.
    package func isKnown(path: String, bytes: Int64, modified: Int64) throws(LedgerFault) -> Bool {
        try read { database in
            let sql = "SELECT 1 FROM files WHERE path = ? AND bytes = ? AND modified = ?"
            return try Int64.fetchOne(database, sql: sql, arguments: [path, bytes, modified]) != nil
        }
    }

    /// Plain files that something was read of, by their size: SHA-256 of each. A file that begins like one of
    /// them holds its lines or packets once more.
    package func plainFiles() throws(LedgerFault) -> [Int64: Set<String>] {
        try read { database in
            let sql = """
                SELECT DISTINCT f.bytes, f.sha256 FROM files f JOIN inputs i ON i.file_id = f.id
                WHERE f.content = f.sha256 AND f.bytes > 0 AND i.first IS NOT NULL
                """
            var files: [Int64: Set<String>] = [:]
            let rows = try Row.fetchCursor(database, sql: sql)
            while let row = try rows.next() {
                files[try row.number(0), default: []].insert(try row.string(1))
            }
            return files
        }
    }

    /// Adds a night in one transaction.
    package func record(_ night: Night) throws(LedgerFault) -> Recorded {
        guard !night.gate.isIdentifying else {
            throw LedgerFault(path, .other, "a ledger holds pseudonyms only")
        }
        return try write { database in
            let run = try NightWriter.insertRun(night, database)
            try InputWriter.insert(night, run: run, database)
            var writer = FactWriter(database, night, run: run)
            try writer.addContacts()
            try writer.addLookups()
            let changes = try FindingStates.update(
                night.assessment.findings, run: run, day: NightWriter.lastDay(night), database)
            let detail = "run \(run): \(night.files.count) files, \(night.facts.contacts.count) contacts"
            try AuditTrail.add("import", by: night.by, detail, at: night.at, database)
            return Recorded(
                run: run, contacts: night.facts.contacts.count, lookups: writer.lookupCount, changes: changes)
        }
    }
}

extension Ledger {
    /// SHA-256 of the register under which the whole history was last judged; nil when it never was.
    package func settledRegister() throws(LedgerFault) -> String? {
        try read { database in
            try String.fetchOne(
                database,
                sql: """
                    SELECT sha256 FROM registers
                    WHERE id = (SELECT run_id FROM reported WHERE kind = 'register')
                    """)
        }
    }

    /// Takes in the findings of the whole history under a register: what it covers now is resolved.
    package func settle(
        _ assessment: Assessment, judge: Judge, at: String, by: String
    ) throws(LedgerFault) -> [FindingChange] {
        try write { database in
            let register = try NightWriter.version(of: judge.register, at: at, database)
            let run = try Int64.fetchOne(database, sql: "SELECT max(id) FROM runs") ?? 0
            let changes = try FindingStates.settle(assessment.findings, run: run, database)
            try database.execute(
                sql: "INSERT OR REPLACE INTO reported (kind, run_id, at) VALUES ('register', ?, ?)",
                arguments: [register, at])
            let digest = judge.register.sha256.prefix(12)
            let detail = "register \(digest): \(changes.count) findings changed"
            try AuditTrail.add("register", by: by, detail, at: at, database)
            return changes
        }
    }

    /// How many contacts the ledger holds.
    package func contactCount() throws(LedgerFault) -> Int64 {
        try read { try Int64.fetchOne($0, sql: "SELECT sum(contacts) FROM pages") ?? 0 }
    }
}
