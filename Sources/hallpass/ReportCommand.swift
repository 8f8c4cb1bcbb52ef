import ArgumentParser
import Bytes
import Contacts
import Foundation
import Judgement
import Ledger
import Pipeline
import Register
import Reports
import Roster

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Reports on any days of the ledger, judged by the register of today.",
        discussion: """
            Without a period, all that the ledger holds. Days are those of the district's time zone. What is called \
            new is new against what the ledger holds before the period. Exit codes: 0 done; 1 findings at or above \
            --fail-on; 64 usage; 65 bad register, roster or ledger; 66 no such ledger.

            EXAMPLES
              hallpass report --ledger ledger.sqlite --week
              hallpass report --ledger ledger.sqlite --from 2026-09-01 --to 2026-11-24 --format csv
              hallpass report --ledger ledger.sqlite --since-last --format html --for team --output digest.html
              hallpass report --ledger ledger.sqlite --school-year --format html --for year --output year.html
            """)

    @OptionGroup var source: LedgerOptions
    @OptionGroup var days: ReportPeriod
    @OptionGroup var records: RegisterOptions

    @OptionGroup var shown: ReportOptions

    func run() throws {
        let known = try RegisterOptions.day(asKnownOn: shown.asKnownOn)
        let judge = Judge(
            register: try records.loadRegister(), roster: try records.loadRoster(), asKnownOn: known)
        let ledger = try source.open()
        do {
            guard
                let period = try days.period(of: ledger, zone: judge.register.timezone, roster: judge.roster)
            else {
                Messages.say("note: the ledger has nothing new to report")
                return
            }
            let report = try report(ledger, period, judge)
            try shown.write(report) { try page(report, ledger, period, judge) }
            if days.sinceLast { try ledger.markReported("report", at: Moments.text(Date())) }
            try shown.check(report)
        } catch let fault as LedgerFault {
            throw LedgerOptions.fail(fault)
        }
    }

    private func report(_ ledger: Ledger, _ period: Period, _ judge: Judge) throws -> Report {
        let assessment = try History(ledger, period).assess(judge, jobs: Parallel.jobs, run: Parallel.run)
        let before = Period(from: Period.always.from, to: period.from)
        let earlier = try History(ledger, before).assess(judge, jobs: Parallel.jobs, run: Parallel.run)
        var baseline: Baseline?
        if earlier.totals.all.contacts > 0 {
            let day = judge.clock.local(period.from).day
            baseline = Baseline(earlier, name: "the ledger before \(day)")
        }
        return Report(
            assessment, judge: judge, inputs: try ledger.inputs(in: period).map(\.report),
            coverage: try ledger.coverage(in: period), tool: Hallpass.version, baseline: baseline)
    }

    private func page(_ report: Report, _ ledger: Ledger, _ period: Period, _ judge: Judge) throws
        -> ReportPage
    {
        var page = ReportPage(report, register: judge.register, audience: shown.audience ?? .officer)
        for input in try ledger.inputs(in: period) { page.inputHashes[input.report.path] = input.sha256 }
        for finding in try ledger.findings() {
            let first = judge.clock.local(finding.first).day
            let isNew = finding.first >= period.from
            switch finding.state {
            case .new:
                page.findingNotes[finding.id] = .init(state: isNew ? .new : .open, firstSeen: first)
            case .acknowledged:
                page.findingNotes[finding.id] = .init(
                    state: .acknowledged, firstSeen: first, by: finding.by, reason: finding.why,
                    until: finding.until)
            case .resolved: continue
            }
        }
        return page
    }
}
