import ArgumentParser
import Bytes
import Foundation
import Judgement
import Ledger
import Roster

/// Of which days a report speaks, in the district's time zone.
struct ReportPeriod: ParsableArguments {
    @Option(
        help: ArgumentHelp("The first day, such as 2026-11-01.", valueName: "date"))
    var from: String?

    @Option(help: ArgumentHelp("The last day, which is included.", valueName: "date"))
    var to: String?

    @Flag(
        name: .customLong("since-last"),
        help: "What came in since the last report with --since-last, which is noted in the ledger.")
    var sinceLast = false

    @Flag(help: "The seven days up to the ledger's last one.")
    var week = false

    @Flag(help: "The month of the ledger's last day.")
    var month = false

    @Flag(
        name: .customLong("school-year"),
        help: "The school year of the ledger's last day, by the roster's terms, else from 1 August.")
    var schoolYear = false

    func validate() throws {
        let ways = [from != nil || to != nil, sinceLast, week, month, schoolYear].count { $0 }
        guard ways <= 1 else {
            throw ValidationError("give one of --from and --to, --since-last, --week, --month, --school-year")
        }
        let (first, last) = (try from.map(day), try to.map(day))
        if let first, let last, last < first {
            throw ValidationError("--to \(last) comes before --from \(first)")
        }
    }

    private func day(_ text: String) throws -> CivilDay {
        guard let day = CivilDay(text) else {
            throw ValidationError("'\(text)' is no date such as 2026-11-24")
        }
        return day
    }

    /// Nil when the ledger is empty, or nothing came in since the last report.
    func period(of ledger: Ledger, zone: String, roster: Roster) throws -> Period? {
        guard let span = try ledger.span() else { return nil }
        let clock = ZoneClock(identifier: zone)
        if sinceLast {
            return try ledger.since(lastReport: "report").map { Period(from: $0, to: Period.always.to) }
        }
        let last = clock.local(span.upperBound).day
        let (year, monthOfLast, _) = last.components
        var days = (first: clock.local(span.lowerBound).day, last: last)
        if week { days.first = CivilDay(daysSince1970: last.daysSince1970 - 6) }
        if month { days.first = CivilDay(year: year, month: monthOfLast, day: 1) ?? last }
        if schoolYear {
            let terms = roster.schools.flatMap(\.calendar.terms)
            days.first =
                SchoolCalendar.schoolYear(of: last, terms: terms)
                ?? CivilDay(year: monthOfLast >= 8 ? year : year - 1, month: 8, day: 1) ?? last
        }
        if let from { days.first = try day(from) }
        if let to { days.last = try day(to) }
        return ReportPeriod.period(days.first, days.last, zone: zone)
    }

    /// From midnight to midnight on the district's clocks; nil for days beyond what moments can hold.
    static func period(_ first: CivilDay, _ last: CivilDay, zone: String) -> Period? {
        let offsets = ZoneOffsets(zone) ?? .utc
        guard let from = offsets.moment(local: first.daysSince1970 * 86400),
            let to = offsets.moment(local: (last.daysSince1970 + 1) * 86400)
        else { return nil }
        return Period(from: from, to: to)
    }
}
