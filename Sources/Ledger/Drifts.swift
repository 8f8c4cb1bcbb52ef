package import Bytes
import Crypto
import GRDB
package import Judgement
import Register

/// What an approved app does that its lockfile does not have, as the ledger keeps it.
package struct DriftLine: Equatable, Sendable {
    package var app: String
    package var party: String
    package var verdict: String
    package var severity: Severity
    /// As the first night told it.
    package var text: String
    /// The district's day of the first night that had it.
    package var since: CivilDay
    package var first: Timestamp
    package var last: Timestamp

    package init(
        app: String, party: String, verdict: String, severity: Severity, text: String, since: CivilDay,
        first: Timestamp, last: Timestamp
    ) {
        self.app = app
        self.party = party
        self.verdict = verdict
        self.severity = severity
        self.text = text
        self.since = since
        self.first = first
        self.last = last
    }
}

extension KnownFinding {
    /// Stands where findings of traffic have their verdict.
    package static let driftVerdict = "app_drift"

    package var isDrift: Bool { verdict == KnownFinding.driftVerdict }

    /// The one finding of an app that drifts: the same number every night.
    fileprivate static func driftID(_ app: String) -> String {
        var hash = SHA256()
        hash.update(data: Array("app_drift\0\(app)".utf8))
        return String(hexadecimal(hash.finalize()).prefix(12))
    }
}

extension Ledger {
    /// By app, then as they came.
    package func drifts() throws(LedgerFault) -> [DriftLine] { try read { try Drifts.all($0) } }

    /// Takes in what a night says against the lockfiles: one finding for each app that drifts.
    ///
    /// - Parameters:
    ///   - stands: whether a line of an earlier night is still none of the approved behaviour.
    ///   - day: the night's day, by which acknowledgements end; nil when nothing was read.
    package func record(
        drifts seen: [DriftLine], stands: (DriftLine) -> Bool, day: CivilDay?, at: String, by: String
    ) throws(LedgerFault) -> [FindingChange] {
        try write { database in
            let before = try Drifts.all(database)
            let fresh = try Drifts.update(before, seen, stands, database)
            let changes = try Drifts.settle(fresh, day, database)
            let gone = before.count { !stands($0) }
            if !fresh.isEmpty || gone > 0 {
                let detail = "\(seen.count) lines seen, \(gone) approved since"
                try AuditTrail.add("lockfiles", by: by, detail, at: at, database)
            }
            return changes
        }
    }
}

private enum Drifts {
    private static let columns = "app, party, verdict, severity, text, since, first, last"

    static func all(_ database: Database) throws -> [DriftLine] {
        try Row.fetchAll(database, sql: "SELECT \(columns) FROM drifts ORDER BY app, since, party, verdict")
            .map {
                row in
                DriftLine(
                    app: try row.string(0), party: try row.string(1), verdict: try row.string(2),
                    severity: Severity(rawValue: try row.string(3)) ?? .high, text: try row.string(4),
                    since: CivilDay(daysSince1970: try row.number(5)),
                    first: Timestamp(nanoseconds: try row.number(6)),
                    last: Timestamp(nanoseconds: try row.number(7)))
            }
    }

    /// Writes the lines that stand now; the apps that have one more than before.
    static func update(
        _ before: [DriftLine], _ seen: [DriftLine], _ stands: (DriftLine) -> Bool, _ database: Database
    ) throws -> Set<String> {
        var lines = before.filter(stands)
        var fresh: Set<String> = []
        for line in seen {
            guard
                let place = lines.firstIndex(where: {
                    ($0.app, $0.party, $0.verdict) == (line.app, line.party, line.verdict)
                })
            else {
                lines.append(line)
                fresh.insert(line.app)
                continue
            }
            lines[place].first = min(lines[place].first, line.first)
            lines[place].last = max(lines[place].last, line.last)
            lines[place].severity = max(lines[place].severity, line.severity)
        }
        try database.execute(sql: "DELETE FROM drifts")
        for line in lines {
            try database.execute(
                sql: "INSERT INTO drifts (\(columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                arguments: [
                    line.app, line.party, line.verdict, line.severity.rawValue, line.text,
                    line.since.daysSince1970,
                    line.first.nanoseconds, line.last.nanoseconds,
                ])
        }
        return fresh
    }

    /// Brings the apps' findings to what the lines say.
    static func settle(_ fresh: Set<String>, _ day: CivilDay?, _ database: Database) throws -> [FindingChange]
    {
        let lines = Dictionary(grouping: try all(database), by: \.app)
        let run = try Int64.fetchOne(database, sql: "SELECT max(id) FROM runs") ?? 0
        var changes: [FindingChange] = []
        for (app, lines) in lines.sorted(by: { $0.key < $1.key }) {
            guard let finding = finding(app, lines, run: run) else { continue }
            guard let known = try FindingStates.find(finding.id, database) else {
                try FindingStates.write(finding, database)
                changes.append(FindingChange(kind: .new, finding: finding))
                continue
            }
            let kind = change(of: known, finding, isFresh: fresh.contains(app), day)
            var now = known
            (now.severity, now.first, now.last) = (finding.severity, finding.first, finding.last)
            if let kind {
                now.state = .new
                (now.by, now.why, now.until) = (nil, nil, nil)
                changes.append(FindingChange(kind: kind, finding: now))
            }
            try FindingStates.write(now, database)
        }
        let open = try FindingStates.all(database).filter { $0.isDrift && $0.state != .resolved }
        for var finding in open where lines[finding.domain] == nil {
            finding.state = .resolved
            try FindingStates.write(finding, database)
            changes.append(FindingChange(kind: .resolved, finding: finding))
        }
        return changes
    }

    private static func finding(_ app: String, _ lines: [DriftLine], run: Int64) -> KnownFinding? {
        guard let severity = lines.map(\.severity).max(), let first = lines.map(\.first).min(),
            let last = lines.map(\.last).max()
        else { return nil }
        return KnownFinding(
            id: KnownFinding.driftID(app), verdict: KnownFinding.driftVerdict, domain: app, owner: nil,
            severity: severity, first: first, last: last, state: .new, run: run)
    }

    private static func change(
        of known: KnownFinding, _ finding: KnownFinding, isFresh: Bool, _ day: CivilDay?
    ) -> FindingChange.Kind? {
        if known.state == .resolved { return .back }
        if isFresh || finding.severity > known.severity { return .graver }
        if known.state == .acknowledged, let until = known.until, let day, until < day { return .due }
        return nil
    }
}
