import Bytes
import Contacts
import Foundation
import GRDB
import Judgement
import Register
import Roster

/// The run itself, and the register and roster that judged it.
enum NightWriter {
    static func insertRun(_ night: Night, _ database: Database) throws -> Int64 {
        let register = try version(of: night.judge.register, at: night.at, database)
        let roster = try version(of: night.judge.roster, at: night.at, database)
        try database.execute(
            sql: """
                INSERT INTO runs (at, version, register_id, roster_id, first, last, contacts)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                night.at, night.version, register, roster,
                night.facts.contacts.map(\.first.nanoseconds).min(),
                night.facts.contacts.map(\.last.nanoseconds).max(), night.facts.contacts.count,
            ])
        return database.lastInsertedRowID
    }

    /// The district's day of the last contact: by it acknowledgements end, not by the clock of the machine.
    static func lastDay(_ night: Night) -> CivilDay? {
        night.facts.contacts.map(\.last).max().map { night.judge.clock.local($0).day }
    }

    static func version(of register: Register, at: String, _ database: Database) throws -> Int64 {
        let select = "SELECT id FROM registers WHERE sha256 = ?"
        if let known = try Int64.fetchOne(database, sql: select, arguments: [register.sha256]) {
            return known
        }
        try database.execute(
            sql: "INSERT INTO registers (sha256, at, yaml) VALUES (?, ?, ?)",
            arguments: [register.sha256, at, RegisterYAMLWriter.write(register)])
        return database.lastInsertedRowID
    }

    /// Nil for the empty roster.
    private static func version(of roster: Roster, at: String, _ database: Database) throws -> Int64? {
        guard let sha256 = roster.sha256 else { return nil }
        let select = "SELECT id FROM rosters WHERE sha256 = ?"
        if let known = try Int64.fetchOne(database, sql: select, arguments: [sha256]) { return known }
        try database.execute(
            sql: "INSERT INTO rosters (sha256, at, summary) VALUES (?, ?, ?)",
            arguments: [sha256, at, summary(roster)])
        return database.lastInsertedRowID
    }

    /// Schools and networks; devices, users and hosts are people's and stay in the roster's own file.
    private static func summary(_ roster: Roster) -> String {
        var lines = roster.schools.map { "school \($0.id): \($0.name)" }
        lines += roster.networks.map { network in
            let school = network.school.map { ", school \($0)" } ?? ""
            let grades = network.grades.map { ", grades \($0)" } ?? ""
            return "network \(network.description): \(network.role.rawValue)\(school)\(grades)"
        }
        lines.append("devices: \(roster.deviceCount)")
        let leftOut = roster.leftOut.map(\.rawValue).sorted().joined(separator: ", ")
        if !leftOut.isEmpty { lines.append("left out: \(leftOut)") }
        return lines.joined(separator: "\n") + "\n"
    }
}

/// Files, what was read of them, and what they could not show.
enum InputWriter {
    static func insert(_ night: Night, run: Int64, _ database: Database) throws {
        var files: [(path: String, id: Int64)] = []
        let insert = try database.makeStatement(
            sql: """
                INSERT INTO files (run_id, path, bytes, modified, sha256, content) VALUES (?, ?, ?, ?, ?, ?)
                """)
        for file in night.files {
            try insert.execute(arguments: [
                run, file.path, file.bytes, file.modified, file.sha256, file.content,
            ])
            files.append((file.path, database.lastInsertedRowID))
        }
        let sql = """
            INSERT INTO inputs (run_id, file_id, path, kind, bytes, records, first, last, complete, problems)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """
        let input = try database.makeStatement(sql: sql)
        for report in night.facts.inputs {
            // Members of an archive are named after it.
            let file = files.filter { report.path.hasPrefix($0.path) }.max { $0.path.count < $1.path.count }
            try input.execute(arguments: [
                run, file?.id, report.path, report.kind, Int64(clamping: report.bytes),
                Int64(clamping: report.records), report.first?.nanoseconds, report.last?.nanoseconds,
                report.complete ? 1 : 0, try text(report.problems),
            ])
        }
        try InputWriter.insert(night.facts.coverage, run: run, database)
    }

    static func text(_ problems: [String]) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        return String(decoding: try encoder.encode(problems), as: UTF8.self)
    }

    private struct CoverageKey: Hashable {
        var kind: CoverageKind
        var key: String
    }

    private static func insert(_ coverage: Contacts.Coverage, run: Int64, _ database: Database) throws {
        var sums: [CoverageKey: (count: UInt64, bytes: UInt64?)] = [:]
        func add(_ kind: CoverageKind, _ key: String, _ count: UInt64, _ bytes: UInt64? = nil) {
            var sum = sums[CoverageKey(kind: kind, key: key)] ?? (0, nil)
            sum.count = saturating(sum.count, count)
            if let bytes { sum.bytes = saturating(sum.bytes ?? 0, bytes) }
            sums[CoverageKey(kind: kind, key: key)] = sum
        }
        add(.packets, "read", coverage.packetsRead)
        add(.packets, "used", coverage.packetsUsed)
        add(.lines, "read", coverage.linesRead)
        add(.lines, "used", coverage.linesUsed)
        add(.flows, "all", coverage.flows)
        for unused in coverage.unusedPackets {
            add(.unusedPackets, unused.reason, unused.count, unused.bytes)
        }
        for unused in coverage.unusedLines { add(.unusedLines, unused.reason, unused.count, unused.bytes) }
        for note in coverage.notes { add(.notes, note.key, note.count, note.bytes) }
        let statement = try database.makeStatement(
            sql: "INSERT INTO coverage (run_id, kind, key, count, bytes) VALUES (?, ?, ?, ?, ?)")
        for (key, sum) in sums.sorted(by: {
            ($0.key.kind.rawValue, $0.key.key) < ($1.key.kind.rawValue, $1.key.key)
        }) {
            try statement.execute(arguments: [
                run, key.kind.rawValue, key.key, Int64(clamping: sum.count),
                sum.bytes.map { Int64(clamping: $0) },
            ])
        }
        for (key, moment) in [("first", coverage.first), ("last", coverage.last)] {
            guard let moment else { continue }
            try statement.execute(arguments: [
                run, CoverageKind.moments.rawValue, key, moment.nanoseconds, nil,
            ])
        }
    }
}

/// Counters from hostile input must not trap; a sum that does not fit stays at the limit.
func saturating(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let (sum, overflow) = a.addingReportingOverflow(b)
    return overflow ? .max : sum
}

/// The words of `coverage.kind`.
enum CoverageKind: String {
    case packets
    case lines
    case flows
    case unusedPackets = "unused_packets"
    case unusedLines = "unused_lines"
    case notes
    /// When the first and the last packet was seen; `count` is the moment.
    case moments
}
