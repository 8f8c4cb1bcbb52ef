package import Bytes
import Contacts
package import Judgement
import Register

/// The sections that the pages of a report are put together from. Extensions hold one section each.
struct PageParts {
    let page: ReportPage
    let clock: ZoneClock

    var report: Report { page.report }
    var assessment: Assessment { page.report.assessment }

    init(_ page: ReportPage) {
        self.page = page
        clock = ZoneClock(identifier: page.report.register.timezone)
    }

    // MARK: - Words

    var owner: String { report.register.district ?? "A district without a name in the register" }

    /// Such as `23 November 2026` or `23 to 27 November 2026`.
    var periodWords: String {
        guard let period = page.period else { return "nothing was seen" }
        return PageParts.words(period)
    }

    static func words(_ period: ClosedRange<CivilDay>) -> String {
        let (first, last) = (period.lowerBound, period.upperBound)
        if first == last { return words(first) }
        let (a, b) = (first.components, last.components)
        if a.year == b.year, a.month == b.month { return "\(a.day) to \(words(last))" }
        if a.year == b.year { return "\(a.day) \(month(a.month)) to \(words(last))" }
        return "\(words(first)) to \(words(last))"
    }

    static func words(_ day: CivilDay) -> String {
        let (year, month, date) = day.components
        return "\(date) \(PageParts.month(month)) \(year)"
    }

    private static func month(_ number: Int) -> String {
        let names = [
            "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
            "November", "December",
        ]
        return names.indices.contains(number - 1) ? names[number - 1] : String(number)
    }

    func moment(_ time: Timestamp?) -> Markup { .moment(time, clock) }

    func day(_ time: Timestamp?) -> Markup {
        guard let time else { return .empty }
        return PageParts.date(clock.local(time).day)
    }

    static func date(_ day: CivilDay?) -> Markup { .date(day) }

    static func name(_ domain: String) -> Markup { .name(UnicodeNames.beside(domain)) }

    /// A word with a shape, so that it is told without its colour.
    static func badge(_ severity: Severity) -> Markup {
        let shape: Markup
        switch severity {
        case .high: shape = "<path d=\"M5 0 10 10H0z\"/>"
        case .medium: shape = "<path d=\"M5 0 10 5 5 10 0 5z\"/>"
        case .low: shape = "<circle cx=\"5\" cy=\"5\" r=\"4\"/>"
        }
        let symbol: Markup = "<svg viewBox=\"0 0 10 10\" aria-hidden=\"true\">\(shape)</svg>"
        return "<span class=\"badge \(severity.rawValue)\">\(symbol)\(severity.rawValue)</span>"
    }

    /// Devices by role, such as `2 student, 1 staff devices`.
    static func devices(_ tally: Tally) -> String {
        let parts = Role.allCases.compactMap { role in tally.roles[role].map { "\($0) \(role.rawValue)" } }
        if parts.isEmpty { return Quantity.of(tally.devices, "device") }
        return parts.joined(separator: ", ") + (tally.devices == 1 ? " device" : " devices")
    }

    static func traffic(_ tally: Tally) -> String {
        "\(Quantity.of(tally.flows, "flow")), \(Quantity.bytes(tally.bytesUp)) sent, "
            + "\(Quantity.bytes(tally.bytesDown)) received"
    }

    static func bytes(_ tally: Tally) -> UInt64 { saturatingSum(tally.bytesUp, tally.bytesDown) }

    /// In whole percent; what is there and less than one is said so, and what is missing from all is not rounded
    /// away.
    static func percent(_ part: UInt64, of whole: UInt64) -> String {
        if part == 0 || whole == 0 { return "0 %" }
        if part >= whole { return "100 %" }
        let percent = Int(Double(part) * 100 / Double(whole))
        return percent == 0 ? "under 1 %" : "\(min(99, percent)) %"
    }

    static func saturatingSum(_ a: UInt64, _ b: UInt64) -> UInt64 {
        let (sum, overflow) = a.addingReportingOverflow(b)
        return overflow ? .max : sum
    }

    /// Verdicts as they begin a cell.
    static func verdict(_ verdict: Verdict) -> String {
        let words = verdict.words
        return words.prefix(1).uppercased() + words.dropFirst()
    }

    /// A note beside a finding, from the ledger.
    func state(of finding: Finding) -> Markup? {
        guard let note = page.findingNotes[finding.id] else { return nil }
        let since = note.firstSeen.map { ", first seen on \($0)" } ?? ""
        switch note.state {
        case .new: return "New\(since)"
        case .open: return "Open\(since)"
        case .acknowledged:
            let by = note.by.map { " by \($0)" } ?? ""
            let until = note.until.map { " until \($0)" } ?? ""
            return "Acknowledged\(by)\(until)\(note.reason.map { ": \($0)" } ?? "")\(since)"
        }
    }

    var colophon: Markup {
        let register = report.register
        let roster = report.roster.sha256.map { sha256 -> Markup in
            "<br/>Roster \(report.roster.file ?? ""): SHA-256 <span class=\"hash\">\(sha256)</span>"
        }
        let known = report.asKnownOn.map { "<p>Judged by what was on record on \($0).</p>" as Markup }
        return """
            \(known)<p>Made by Hallpass \(report.toolVersion) from the register of \
            \(Quantity.of(register.vendors, "vendor")), \(Quantity.of(register.agreements, "agreement")) and \
            \(Quantity.of(register.thirdParties, "known third party", "known third parties")). Times are those of \
            \(register.timezone).</p>
            <p>Register: SHA-256 <span class="hash">\(register.sha256)</span>\(roster)</p>
            """
    }
}

extension Markup {
    /// A date that is not broken at its hyphens; nothing without one.
    package static func date(_ day: CivilDay?) -> Markup {
        day.map { "<span class=\"date\">\($0)</span>" } ?? .empty
    }

    /// A moment on the district's clock, to the minute; nothing without one.
    package static func moment(_ time: Timestamp?, _ clock: ZoneClock) -> Markup {
        guard let time else { return .empty }
        let local = clock.local(time)
        let (hour, minute) = (local.minute / 60, local.minute % 60)
        return "\(date(local.day)) \(hour < 10 ? "0" : "")\(hour):\(minute < 10 ? "0" : "")\(minute)"
    }
}
