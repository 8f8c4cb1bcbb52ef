import ArgumentParser
import Foundation
import Judgement
import Ledger
import Pipeline
import Register
import Reports
import Roster

struct JudgeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "judge",
        abstract: "Says what another register would change in the ledger's history.",
        discussion: """
            Judges all that the ledger holds twice: by the register of its last run, and by the one given, and says \
            which findings would close, open or change. Nothing is written; the next nightly run with that register \
            does it. Exit codes: 0 done; 64 usage; 65 bad register, roster or ledger; 66 missing file.

            EXAMPLES
              hallpass judge --ledger ledger.sqlite --register allowlists-draft/
              hallpass judge --ledger ledger.sqlite --as-known-on 2026-09-01 --format json
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case table, json }

    @OptionGroup var source: LedgerOptions
    @OptionGroup var records: RegisterOptions

    @Option(
        name: .customLong("as-known-on"),
        help: ArgumentHelp(
            "Judge by what was on record on that day: later entries do not count.", valueName: "date"))
    var asKnownOn: String?

    @Option(help: "Output format: \(Format.allCases.map(\.rawValue).joined(separator: ", ")).")
    var format = Format.table

    func run() throws {
        let known = try RegisterOptions.day(asKnownOn: asKnownOn)
        let roster = try records.loadRoster()
        let given = try records.loadRegister()
        let ledger = try source.open()
        do {
            guard let last = try ledger.lastRegister() else {
                Messages.say("note: the ledger is empty")
                return
            }
            let stored: Register
            do {
                stored = try Register.parse(yaml: last.yaml, file: "register \(last.sha256.prefix(12))")
                    .adding(given.lists)
            } catch {
                throw RegisterOptions.fail(error)
            }
            let history = try History(ledger)
            func assess(_ judge: Judge) throws -> Assessment {
                try history.assess(judge, jobs: Parallel.jobs, run: Parallel.run)
            }
            let before = try assess(Judge(register: stored, roster: roster))
            let judge = Judge(register: given, roster: roster, asKnownOn: known)
            let name = "the register of the last run (\(last.sha256.prefix(12)))"
            let changes = Changes(
                try assess(judge), since: Baseline(before, name: name), clock: judge.clock)
            try Output.write(render(changes))
        } catch let fault as LedgerFault {
            throw LedgerOptions.fail(fault)
        }
    }

    private func render(_ changes: Changes) -> String {
        switch format {
        case .table:
            TableRenderer(width: Terminal.width, colour: Terminal.isColoured).render(judging: changes)
        case .json: JSONRenderer().render(changes: changes)
        }
    }
}
