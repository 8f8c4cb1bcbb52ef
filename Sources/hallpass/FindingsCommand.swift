import ArgumentParser
import Bytes
import Foundation
import Ledger
import Reports

struct FindingsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "findings",
        abstract: "Lists the ledger's findings, and notes that somebody deals with one.",
        subcommands: [List.self, Acknowledge.self], defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists findings with their state: new, acknowledged or resolved.",
            discussion: """
                EXAMPLES
                  hallpass findings list --ledger ledger.sqlite
                  hallpass findings list --ledger ledger.sqlite --state acknowledged --format csv
                """)

        @OptionGroup var source: LedgerOptions

        @Option(
            help: ArgumentHelp(
                "Only findings of that state: \(FindingState.allCases.map(\.rawValue).joined(separator: ", "))."
            ))
        var state: FindingState?

        @Option(
            help:
                "Output format: \(FindingsRenderer.Format.allCases.map(\.rawValue).joined(separator: ", ")).")
        var format = FindingsRenderer.Format.table

        func run() throws {
            do {
                let findings = try source.open().findings().filter { state == nil || $0.state == state }
                let table = TableRenderer(width: Terminal.width, colour: Terminal.isColoured)
                try Output.write(FindingsRenderer(format: format, table: table).render(findings))
            } catch let fault as LedgerFault {
                throw LedgerOptions.fail(fault)
            }
        }
    }

    struct Acknowledge: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Notes who deals with a finding, why it may wait, and until when.",
            discussion: """
                It is shown as acknowledged until that day is over, or until it becomes graver; the audit log keeps \
                who said so.

                EXAMPLES
                  hallpass findings acknowledge 1e7bec585a2f --ledger ledger.sqlite --by "K. Ode" \\
                    --why "vendor asked to sign, ticket 4711" --until 2026-12-31
                """)

        @Argument(help: "The finding's id, or its first digits.")
        var id: String

        @OptionGroup var source: LedgerOptions

        @Option(help: ArgumentHelp("Who deals with it.", valueName: "name"))
        var by: String

        @Option(help: ArgumentHelp("Why it may wait.", valueName: "reason"))
        var why: String

        @Option(
            help: ArgumentHelp(
                "The last day for which that holds; without one, until it is lifted.", valueName: "date"))
        var until: String?

        func validate() throws {
            if let until, CivilDay(until) == nil {
                throw ValidationError("--until '\(until)' is no date such as 2026-12-31")
            }
            for (name, text) in [("--by", by), ("--why", why), ("the id", id)]
            where text.allSatisfy(\.isWhitespace) {
                throw ValidationError("\(name) must not be empty")
            }
        }

        func run() throws {
            do {
                let finding = try source.open().acknowledge(
                    id, by: by, why: why, until: until.flatMap { CivilDay($0) }, at: Moments.text(Date()))
                let end = finding.until.map { "until \($0)" } ?? "until further notice"
                Messages.say("acknowledged \(finding.id) \(end)")
            } catch let fault as LedgerFault {
                throw LedgerOptions.fail(fault)
            }
        }
    }
}

extension FindingState: ExpressibleByArgument {}
extension FindingsRenderer.Format: ExpressibleByArgument {}
