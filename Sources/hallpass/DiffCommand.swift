import ArgumentParser
import Bytes
import Foundation
import Judgement
import Ledger
import Pipeline
import Register
import Reports
import Roster

struct DiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Compares two stretches of the ledger: night with night, term with term.",
        discussion: """
            Each stretch is a day or two days with a slash between them, both included, in the district's time zone. \
            Both are judged by the register of today. Exit codes: 0 done; 64 usage; 65 bad register, roster or \
            ledger; 66 missing file.

            EXAMPLES
              hallpass diff --ledger ledger.sqlite --from 2026-11-23 --to 2026-11-24
              hallpass diff --ledger ledger.sqlite --from 2026-01-05/2026-06-18 --to 2026-09-01/2026-12-18
            """)

    @OptionGroup var source: LedgerOptions
    @OptionGroup var records: RegisterOptions

    @Option(help: ArgumentHelp("The earlier day or days.", valueName: "days"))
    var from: String

    @Option(help: ArgumentHelp("The later day or days.", valueName: "days"))
    var to: String

    @Option(
        help: "Output format: \(JudgeCommand.Format.allCases.map(\.rawValue).joined(separator: ", ")).")
    var format = JudgeCommand.Format.table

    func validate() throws {
        _ = try DiffCommand.days(from)
        _ = try DiffCommand.days(to)
    }

    /// `2026-11-23`, or `2026-09-01/2026-12-18`.
    static func days(_ text: String) throws -> (first: CivilDay, last: CivilDay) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let head = parts.first, let tail = parts.last, let first = CivilDay(head),
            let last = CivilDay(tail), first <= last
        else {
            throw ValidationError("'\(text)' is no day or days such as 2026-11-23 or 2026-09-01/2026-12-18")
        }
        return (first, last)
    }

    func run() throws {
        let judge = Judge(register: try records.loadRegister(), roster: try records.loadRoster())
        let ledger = try source.open()
        func assess(_ text: String) throws -> Assessment {
            let days = try DiffCommand.days(text)
            guard let period = ReportPeriod.period(days.first, days.last, zone: judge.register.timezone)
            else {
                throw ValidationError("'\(text)' lies beyond the days that the ledger can hold")
            }
            return try History(ledger, period).assess(judge, jobs: Parallel.jobs, run: Parallel.run)
        }
        do {
            let earlier = Baseline(try assess(from), name: from)
            let changes = Changes(try assess(to), since: earlier, clock: judge.clock)
            switch format {
            case .table:
                let renderer = TableRenderer(width: Terminal.width, colour: Terminal.isColoured)
                try Output.write(renderer.render(changes: changes))
            case .json: try Output.write(JSONRenderer().render(changes: changes))
            }
        } catch let fault as LedgerFault {
            throw LedgerOptions.fail(fault)
        }
    }
}
