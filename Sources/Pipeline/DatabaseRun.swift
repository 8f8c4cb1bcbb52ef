import Bytes
import Contacts
import Logs

/// Reads one database to its end and adds its rows up, as `LogRun` does with lines.
struct DatabaseRun {
    private(set) var report: InputReport
    private(set) var tally = LogTally()

    init(_ input: Input) { report = input.report }

    mutating func run(into facts: inout LogFacts) {
        let content = PiholeDatabase.read(path: report.path)
        tally = content.chunk.tally
        report.records = tally.linesRead
        report.first = tally.first
        report.last = tally.last
        facts.add(content.chunk.dns, source: PiholeDatabase.kind)
        if let fault = content.fault {
            report.complete = false
            report.problems.append(fault)
        }
        if let log = try? InputFile(path: report.path + "-wal"), log.size ?? 0 > 0 {
            report.problems.append(
                "the newest rows may be missing: \(log.path) beside it was not read; copy the database with 'sqlite3 "
                    + "pihole-FTL.db \".backup copy.db\"' and name the copy")
        }
        guard tally.linesRejected > 0 else { return }
        report.problems.append(
            "\(tally.linesRejected) of \(tally.linesRead) rows were rejected: "
                + LogReason.allCases.filter { $0.isRejection && tally[$0].count > 0 }.map {
                    "\($0.text) \(tally[$0].count)"
                }.joined(separator: "; "))
    }
}
