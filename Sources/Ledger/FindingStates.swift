package import Bytes
import GRDB
package import Judgement

/// What became of a finding.
package enum FindingState: String, Sendable, CaseIterable {
    /// Nobody has dealt with it.
    case new
    /// Somebody knows of it and said why it may wait, until a day.
    case acknowledged
    /// The register covers it now.
    case resolved
}

/// A finding as the ledger keeps it.
package struct KnownFinding: Equatable, Sendable {
    package var id: String
    package var verdict: String
    package var domain: String
    package var owner: String?
    package var severity: Severity
    package var first: Timestamp
    package var last: Timestamp
    package var state: FindingState
    /// The run that found it.
    package var run: Int64
    package var by: String?
    package var why: String?
    package var until: CivilDay?
}

/// How a night, or a changed register, changed what is known of a finding.
package struct FindingChange: Equatable, Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        /// Never seen before.
        case new
        /// Was resolved, and is seen again.
        case back
        /// Its acknowledgement has ended.
        case due
        /// Graver than it was.
        case graver
        /// The register covers it now.
        case resolved
    }

    package var kind: Kind
    package var finding: KnownFinding
}

enum FindingStates {
    /// Takes in the findings of a night whose last day was `day`.
    static func update(
        _ findings: [Finding], run: Int64, day: CivilDay?, _ database: Database
    ) throws -> [FindingChange] {
        var changes: [FindingChange] = []
        for finding in findings {
            let seen = KnownFinding(finding, run: run)
            guard var known = try find(finding.id, database) else {
                try write(seen, database)
                changes.append(FindingChange(kind: .new, finding: seen))
                continue
            }
            let kind = change(of: known, finding, day)
            known.first = min(known.first, seen.first)
            known.last = max(known.last, seen.last)
            known.owner = seen.owner
            known.severity = seen.severity
            if kind == .back || kind == .due {
                known.state = .new
                (known.by, known.why, known.until) = (nil, nil, nil)
            }
            try write(known, database)
            if let kind { changes.append(FindingChange(kind: kind, finding: known)) }
        }
        return changes
    }

    private static func change(of known: KnownFinding, _ finding: Finding, _ day: CivilDay?) -> FindingChange
        .Kind?
    {
        if known.state == .resolved { return .back }
        if known.state == .acknowledged, let until = known.until, let day, until < day { return .due }
        // Who acknowledged a low finding has not acknowledged a high one.
        return finding.severity > known.severity ? .graver : nil
    }

    /// Takes in the findings of the whole history: open ones that are not among them are resolved, and resolved ones
    /// that are among them are back.
    static func settle(_ findings: [Finding], run: Int64, _ database: Database) throws -> [FindingChange] {
        var changes: [FindingChange] = []
        let present = Set(findings.map(\.id))
        for var known in try all(database) where known.state != .resolved && !present.contains(known.id) {
            // No register says what an app may do: its lockfile does.
            if known.isDrift { continue }
            known.state = .resolved
            try write(known, database)
            changes.append(FindingChange(kind: .resolved, finding: known))
        }
        return try changes + update(findings, run: run, day: nil, database)
    }

    static func all(_ database: Database) throws -> [KnownFinding] {
        try Row.fetchAll(database, sql: "SELECT \(columns) FROM findings ORDER BY id").map(KnownFinding.init)
    }

    static func find(_ id: String, _ database: Database) throws -> KnownFinding? {
        try Row.fetchOne(database, sql: "SELECT \(columns) FROM findings WHERE id = ?", arguments: [id])
            .map(KnownFinding.init)
    }

    private static let columns =
        "id, verdict, domain, owner, severity, first, last, state, run_id, by, why, until"

    static func write(_ finding: KnownFinding, _ database: Database) throws {
        try database.cachedStatement(
            sql: "INSERT OR REPLACE INTO findings (\(columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        ).execute(arguments: [
            finding.id, finding.verdict, finding.domain, finding.owner, finding.severity.rawValue,
            finding.first.nanoseconds, finding.last.nanoseconds, finding.state.rawValue, finding.run,
            finding.by,
            finding.why, finding.until?.daysSince1970,
        ])
    }
}

extension KnownFinding {
    init(_ finding: Finding, run: Int64) {
        let start = finding.tally.first ?? Timestamp(nanoseconds: 0)
        self.init(
            id: finding.id, verdict: finding.verdict.rawValue, domain: finding.domain, owner: finding.owner,
            severity: finding.severity, first: start, last: finding.tally.last ?? start, state: .new, run: run
        )
    }

    fileprivate init(_ row: Row) throws {
        id = try row.string(0)
        verdict = try row.string(1)
        domain = try row.string(2)
        owner = row.optionalString(3)
        severity = Severity(rawValue: try row.string(4)) ?? .high
        first = Timestamp(nanoseconds: try row.number(5))
        last = Timestamp(nanoseconds: try row.number(6))
        state = FindingState(rawValue: try row.string(7)) ?? .new
        run = try row.number(8)
        by = row.optionalString(9)
        why = row.optionalString(10)
        until = row.optionalNumber(11).map { CivilDay(daysSince1970: $0) }
    }
}

/// What people and runs did to the ledger.
enum AuditTrail {
    static func add(_ action: String, by: String, _ detail: String, at: String, _ database: Database) throws {
        try database.execute(
            sql: "INSERT INTO audit (at, action, by, detail) VALUES (?, ?, ?, ?)",
            arguments: [at, action, by, detail])
    }
}

extension Ledger {
    /// All findings that were ever seen and not purged, by id.
    package func findings() throws(LedgerFault) -> [KnownFinding] { try read { try FindingStates.all($0) } }

    /// Notes that somebody knows of a finding. `id` may be the first digits when they are unique.
    package func acknowledge(
        _ id: String, by: String, why: String, until: CivilDay?, at: String
    ) throws(LedgerFault) -> KnownFinding {
        try write { database in
            let found = try FindingStates.all(database).filter { $0.id.hasPrefix(id) }
            guard var finding = found.first, found.count == 1 else {
                let reason =
                    found.isEmpty
                    ? "has no finding \(id); hallpass findings lists them"
                    : "has \(found.count) findings that begin with \(id); give more digits"
                throw LedgerFault(path, .missing, reason)
            }
            guard finding.state != .resolved else {
                throw LedgerFault(path, .missing, "finding \(finding.id) is resolved already")
            }
            (finding.state, finding.by, finding.why, finding.until) = (.acknowledged, by, why, until)
            try FindingStates.write(finding, database)
            let detail = "\(finding.id) until \(until?.description ?? "further notice"): \(why)"
            try AuditTrail.add("acknowledge", by: by, detail, at: at, database)
            return finding
        }
    }
}
