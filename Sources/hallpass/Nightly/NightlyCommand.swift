import ArgumentParser
import Foundation
import Judgement
import Ledger
import Register
import Reports
import Roster

struct NightlyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nightly",
        abstract: "Takes what has arrived into the ledger and reports what is new.",
        discussion: """
            Reads captures and logs that the ledger does not have yet, judges them, and writes a short report. Moves \
            and deletes nothing. Files that are still being written are left for the next night. A file that cannot \
            be read is named in the report and stops nothing else. A run that is killed leaves the ledger as it was.

            Exit codes: 0 done; 1 a finding that is new, back, due or graver is at or above --fail-on; 2 some input \
            was not read whole; 64 usage; 65 bad register, roster or ledger; 66 missing file; 70 internal, or the \
            ledger cannot be written; 75 another run is under way.

            EXAMPLES
              hallpass nightly /srv/captures --ledger /var/lib/hallpass/ledger.sqlite
              hallpass nightly captures/ logs/ --ledger school.ledger --register allowlists/ --min-age 0
              hallpass nightly /srv/captures --ledger ledger.sqlite --leases /var/lib/kea --fail-on high \\
                --metrics /var/lib/prometheus/node-exporter/hallpass.prom --notify-syslog
              hallpass nightly /srv/captures --ledger ledger.sqlite --lockfiles /etc/hallpass/approved
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case table, json }

    @OptionGroup var input: InputOptions
    @OptionGroup var records: RegisterOptions
    @OptionGroup var leases: LeaseOptions
    @OptionGroup var notify: NotifyOptions

    @Option(
        help: ArgumentHelp(
            "The ledger; made on first use, readable by its owner only.",
            discussion: "The key of the pseudonyms, hallpass.key, lies beside it.", valueName: "file"),
        completion: .file())
    var ledger: String

    @Option(
        name: .customLong("min-age"),
        help: ArgumentHelp(
            "Seconds for which a file must not have been written.", valueName: "seconds"))
    var leastAge = 60.0

    @Option(help: "Format of the report: \(Format.allCases.map(\.rawValue).joined(separator: ", ")).")
    var format = Format.table

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Write the report to a file instead of standard output.", valueName: "file"),
        completion: .file())
    var output: String?

    @Option(
        name: .customLong("fail-on"),
        help: ArgumentHelp(
            "Exit with 1 when a finding to look at is at least low, medium or high.",
            discussion: "To look at are findings that are new, back, due or graver.",
            valueName: "severity"))
    var failOn: Severity?

    @Option(
        help: ArgumentHelp(
            "Lockfiles (*.lock) of approved apps: what they do beyond them is one finding each.",
            discussion: "hallpass review --write-lock writes them: docs/REVIEW.md.", valueName: "folder"),
        completion: .directory)
    var lockfiles: String?

    @Option(
        help: ArgumentHelp(
            "Write counts and ages for Prometheus (node exporter's textfile collector).", valueName: "file"),
        completion: .file())
    var metrics: String?

    func validate() throws {
        guard leastAge >= 0, leastAge <= 86400 else {
            throw ValidationError("--min-age takes 0 to 86400 seconds")
        }
    }

    func run() throws {
        let register = try records.loadRegister()
        let roster = try records.loadRoster()
        let lockfiles = try lockfiles.map(Lockfiles.load)
        let lock = try RunLock.take(beside: ledger)
        defer { lock.release() }
        let began = Date()
        var run = NightlyRun(self, register: register, roster: roster, at: Moments.text(began))
        run.lockfiles = lockfiles
        if let pid = lock.abandonedBy {
            run.report.notes.append(
                "the run of process \(pid) was ended before it was done; what it had begun was undone as a whole"
            )
        }
        do {
            try run.work(try Ledger(ledger, creates: true), now: began)
        } catch let fault as LedgerFault {
            throw LedgerOptions.fail(fault)
        }
        let code = run.exitCode
        if let metrics {
            let text = MetricsRenderer().render(
                run.report, code: code.rawValue, ended: Date(), seconds: Date().timeIntervalSince(began))
            try Output.write(text, to: metrics)
            // For another user's collector to read; it holds counts alone.
            try? FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: metrics)
        }
        try Output.write(render(run.report), to: output)
        notify.send(run.report, code: code.rawValue)
        if code != .success { throw code }
    }

    private func render(_ report: MorningReport) -> String {
        switch format {
        case .table:
            TableRenderer(width: Terminal.width, colour: output == nil && Terminal.isColoured).render(report)
        case .json: JSONRenderer().render(report)
        }
    }
}

extension ExitCode {
    /// Another run is under way (EX_TEMPFAIL): the same command may succeed later.
    static let busy = ExitCode(75)
}

/// Moments of the wall clock, for records of who did what when.
enum Moments {
    static func text(_ date: Date) -> String { date.formatted(.iso8601) }
}
