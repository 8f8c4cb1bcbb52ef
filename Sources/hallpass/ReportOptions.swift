import ArgumentParser
import Foundation
import Judgement
import Reports

/// How a report is shown, for whom, and when it is a failure: the same for inputs and for the ledger.
struct ReportOptions: ParsableArguments {
    enum Format: String, ExpressibleByArgument, CaseIterable { case table, json, csv, html }

    @Option(help: "Output format: \(Format.allCases.map(\.rawValue).joined(separator: ", ")).")
    var format = Format.table

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Write to a file instead of standard output.", valueName: "file"),
        completion: .file())
    var output: String?

    @Option(
        name: .customLong("fail-on"),
        help: ArgumentHelp(
            "Exit with 1 when a finding is at least low, medium or high.", valueName: "severity"))
    var failOn: Severity?

    @Option(
        name: .customLong("as-known-on"),
        help: ArgumentHelp(
            "Judge by what was on record on that day: later entries do not count.", valueName: "date"))
    var asKnownOn: String?

    @Option(
        name: .customLong("for"),
        help: ArgumentHelp(
            "For whom an HTML page is: officer (everything), team (what changed since the baseline), year (vendor by "
                + "vendor) or families (what is approved, no small numbers).", valueName: "readers"))
    var audience: ReportPage.Audience?

    func validate() throws {
        if audience != nil, format != .html {
            throw ValidationError("--for chooses among HTML pages and goes with --format html")
        }
    }

    /// Writes the report; `page` is asked for HTML only. Fails when a finding is as severe as `--fail-on` says.
    func write(_ report: Report, json: JSONRenderer = JSONRenderer(), page: () throws -> ReportPage) throws {
        let text =
            switch format {
            case .table:
                TableRenderer(width: Terminal.width, colour: output == nil && Terminal.isColoured)
                    .render(report)
            case .json: json.render(report)
            case .csv: CSVRenderer().render(report)
            case .html: HTMLRenderer().render(try page())
            }
        try Output.write(text, to: output)
    }

    /// After the report was written: findings are no reason not to write it.
    func check(_ report: Report) throws {
        if let failOn, report.hasFindings(atLeast: failOn) { throw ExitCode(1) }
    }
}

extension Severity: ExpressibleByArgument {}

extension ReportPage.Audience: ExpressibleByArgument {}
