import ArgumentParser
import Contacts
import Foundation
import Judgement
import Pipeline
import Register
import Reports
import Roster

struct AnalyzeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "analyze",
        abstract: "Reads captures and logs and reports what no agreement covers.",
        discussion: """
            Every destination is judged by the agreements in force on the day of the contact. Exit codes: 0 done; \
            1 findings at or above --fail-on; 2 some input was not read whole (results are printed all the same); \
            64 usage; 65 bad register, roster or no readable input; 66 missing file.

            EXAMPLES
              hallpass analyze captures/ --register allowlists/
              hallpass analyze monday.pcap access.log --format json --output monday.json
              hallpass analyze captures/ --fail-on high --quiet
              hallpass analyze monday.pcap --leases /var/lib/kea/kea-leases4.csv
              hallpass analyze captures/ --as-known-on 2026-09-01
              hallpass analyze tuesday.pcap --baseline monday.json
              hallpass analyze captures/ --third-parties services.json
              hallpass analyze captures/ --format html --output monday.html
              hallpass analyze tuesday.pcap --baseline monday.json --format html --for team --output digest.html
            """)

    @OptionGroup var input: InputOptions
    @OptionGroup var records: RegisterOptions
    @OptionGroup var leases: LeaseOptions

    @OptionGroup var shown: ReportOptions

    @Option(
        help: ArgumentHelp(
            "A report that analyze --format json wrote earlier: what is new, gone or changed since.",
            valueName: "file"), completion: .file())
    var baseline: String?

    @Option(
        name: .customLong("pseudonym-key"),
        help: ArgumentHelp(
            "File with the key of pseudonyms (16 bytes at least): JSON then lists what nothing could name device by "
                + "device (blind_spots.clients).", valueName: "file"), completion: .file())
    var pseudonymKey: String?

    func validate() throws {
        if pseudonymKey != nil, shown.format != .json {
            throw ValidationError(
                "--pseudonym-key is for the list of devices in JSON and goes with --format json")
        }
    }

    func run() throws {
        let known = try RegisterOptions.day(asKnownOn: shown.asKnownOn)
        let gate = try pseudonymKey.map { try IdentityOptions.gate(key: $0) }
        let register = try records.loadRegister()
        let roster = try records.loadRoster()
        let earlier: Baseline?
        do {
            earlier = try baseline.map { path throws(RegisterError) in try BaselineReader.load(path) }
        } catch {
            throw RegisterOptions.fail(error)
        }
        let run = input.run(try options(roster))
        let code = input.reportProblems(run)
        if let code, code != .incomplete { throw code }
        let attributed = try leases.attribute(
            roster, run.facts, district: register.timezone, quiet: input.quiet)
        let judge = Judge(register: register, roster: attributed.roster, asKnownOn: known)
        let report = Report(
            facts: run.facts, judge: judge, tool: Hallpass.version, baseline: earlier, jobs: Parallel.jobs,
            run: Parallel.run)
        try shown.write(report, json: JSONRenderer(gate: gate)) { page(report, register) }
        if let code = code ?? attributed.code { throw code }
        try shown.check(report)
    }

    private func options(_ roster: Roster) throws -> RunOptions {
        var options = try input.options(homeNetworks: roster.homeNetworks)
        options.sinkholes = roster.sinkholes
        return options
    }
}

extension AnalyzeCommand {
    private func page(_ report: Report, _ register: Register) -> ReportPage {
        var page = ReportPage(report, register: register, audience: shown.audience ?? .officer)
        for input in report.inputs { page.inputHashes[input.path] = InputDigest.sha256(path: input.path) }
        return page
    }
}

/// What standard output is connected to.
enum Terminal {
    static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

    /// Colour only on a terminal, and not when `NO_COLOR` is set (no-color.org).
    static var isColoured: Bool {
        let environment = ProcessInfo.processInfo.environment
        return isTerminal && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
    }

    /// Eighty columns unless a terminal says that it is wider.
    static var width: Int {
        var size = winsize()
        let known = unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        return known ? max(40, min(Int(size.ws_col), 120)) : 80
    }
}
