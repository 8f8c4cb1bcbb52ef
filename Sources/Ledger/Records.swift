package import Bytes
package import Contacts
import Foundation
import GRDB

/// An input as the ledger remembers it.
package struct KeptInput: Equatable, Sendable {
    package var report: InputReport
    /// Of the file that it was or lay in, in lower-case hexadecimal.
    package var sha256: String?
}

extension Ledger {
    /// Inputs of runs that have contacts in the period, by path.
    package func inputs(in period: Period) throws(LedgerFault) -> [KeptInput] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT i.path, i.kind, i.bytes, i.records, i.first, i.last, i.complete, i.problems, f.sha256
                    FROM inputs i LEFT JOIN files f ON f.id = i.file_id
                    WHERE i.run_id IN (\(Ledger.runsOfPeriod)) ORDER BY i.path, i.id
                    """,
                arguments: [period.to.nanoseconds, period.from.nanoseconds]
            ).map { row in
                var report = InputReport(path: try row.string(0), kind: try row.string(1))
                report.bytes = UInt64(clamping: try row.number(2))
                report.records = UInt64(clamping: try row.number(3))
                report.first = row.optionalNumber(4).map { Timestamp(nanoseconds: $0) }
                report.last = row.optionalNumber(5).map { Timestamp(nanoseconds: $0) }
                report.complete = try row.number(6) != 0
                report.problems =
                    (try? JSONDecoder().decode([String].self, from: Data(try row.string(7).utf8))) ?? []
                return KeptInput(report: report, sha256: row.optionalString(8))
            }
        }
    }

    /// A run belongs to a period when its contacts and the period overlap.
    private static let runsOfPeriod = "SELECT id FROM runs WHERE first < ? AND last >= ?"

    /// What the inputs of these runs could not show, added up.
    package func coverage(in period: Period) throws(LedgerFault) -> Coverage {
        try read { database in
            var coverage = Coverage()
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT kind, key, count, bytes FROM coverage
                    WHERE run_id IN (\(Ledger.runsOfPeriod)) ORDER BY kind, key
                    """,
                arguments: [period.to.nanoseconds, period.from.nanoseconds])
            for row in rows {
                guard let kind = CoverageKind(rawValue: try row.string(0)) else { continue }
                coverage.add(
                    kind, try row.string(1), try row.number(2),
                    row.optionalNumber(3).map { UInt64(clamping: $0) })
            }
            return coverage
        }
    }

    /// From the first contact to the last; nil for an empty ledger.
    package func span() throws(LedgerFault) -> ClosedRange<Timestamp>? {
        try read { database in
            let row = try Row.fetchOne(database, sql: "SELECT min(first), max(last) FROM runs")
            guard let first = row?.optionalNumber(0), let last = row?.optionalNumber(1), first <= last else {
                return nil
            }
            return Timestamp(nanoseconds: first)...Timestamp(nanoseconds: last)
        }
    }

    /// The register of the last run, as canonical YAML, with its SHA-256; nil for an empty ledger.
    package func lastRegister() throws(LedgerFault) -> (sha256: String, yaml: String)? {
        try read { database in
            let row = try Row.fetchOne(
                database,
                sql: """
                    SELECT g.sha256, g.yaml FROM runs r JOIN registers g ON g.id = r.register_id
                    ORDER BY r.id DESC LIMIT 1
                    """)
            guard let row else { return nil }
            return (try row.string(0), try row.string(1))
        }
    }

    /// From the first contact of the runs since the last report of that kind; nil when there was no run since, and
    /// all of the time when there was no such report.
    package func since(lastReport kind: String) throws(LedgerFault) -> Timestamp? {
        try read { database in
            try Int64.fetchOne(
                database,
                sql: """
                    SELECT min(first) FROM runs
                    WHERE id > coalesce((SELECT run_id FROM reported WHERE kind = ?), 0)
                    """, arguments: [kind]
            ).map { Timestamp(nanoseconds: $0) }
        }
    }

    /// Notes that a report of that kind has told of all runs up to now.
    package func markReported(_ kind: String, at: String) throws(LedgerFault) {
        try write { database in
            try database.execute(
                sql: """
                    INSERT OR REPLACE INTO reported (kind, run_id, at)
                    VALUES (?, (SELECT coalesce(max(id), 0) FROM runs), ?)
                    """, arguments: [kind, at])
        }
    }
}

extension Coverage {
    /// Adds a row; those of one kind and key follow each other.
    fileprivate mutating func add(_ kind: CoverageKind, _ key: String, _ number: Int64, _ bytes: UInt64?) {
        let count = UInt64(clamping: number)
        switch kind {
        case .packets where key == "read": packetsRead = saturating(packetsRead, count)
        case .packets: packetsUsed = saturating(packetsUsed, count)
        case .lines where key == "read": linesRead = saturating(linesRead, count)
        case .lines: linesUsed = saturating(linesUsed, count)
        case .flows: flows = saturating(flows, count)
        case .unusedPackets: Coverage.add(key, count, bytes ?? 0, to: &unusedPackets)
        case .unusedLines: Coverage.add(key, count, bytes ?? 0, to: &unusedLines)
        case .notes: addNote(key, count, bytes)
        case .moments:
            let moment = Timestamp(nanoseconds: number)
            if key == "first" {
                first = min(first ?? moment, moment)
            } else {
                last = max(last ?? moment, moment)
            }
        }
    }

    private static func add(_ reason: String, _ count: UInt64, _ bytes: UInt64, to list: inout [Unused]) {
        if list.last?.reason != reason { list.append(Unused(reason: reason, count: 0, bytes: 0)) }
        let place = list.count - 1
        list[place].count = saturating(list[place].count, count)
        list[place].bytes = saturating(list[place].bytes, bytes)
    }

    private mutating func addNote(_ key: String, _ count: UInt64, _ bytes: UInt64?) {
        if notes.last?.key != key { notes.append(Note(key: key, count: 0)) }
        let place = notes.count - 1
        notes[place].count = saturating(notes[place].count, count)
        if let bytes { notes[place].bytes = saturating(notes[place].bytes ?? 0, bytes) }
    }
}
