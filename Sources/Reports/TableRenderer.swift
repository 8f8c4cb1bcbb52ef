package import Bytes
import Contacts
package import Judgement
import Register

/// `analyze --format table`: what a person reads first. Findings by severity, then what was covered, then
/// what the input could not show.
package struct TableRenderer {
    package let width: Int
    package let colour: Bool

    /// Enough to see what kind they are; nobody reads hundreds of them on a terminal.
    static let lowFindingsShown = 10

    /// `width` in terminal cells, at least 40; `colour` only for a terminal that wants it.
    package init(width: Int = 80, colour: Bool = false) {
        self.width = max(40, width)
        self.colour = colour
    }

    package func render(_ report: Report) -> String {
        let clock = ZoneClock(identifier: report.register.timezone)
        var lines = header(report, clock)
        lines += findings(report.assessment, clock)
        lines += changes(report.changes)
        lines += covered(report.assessment)
        lines += notDataFlows(report.assessment)
        lines += lookups(report.assessment)
        lines += coverage(report)
        lines.append("")
        lines += wrap(
            "More: --format json has every record and number; hallpass lookup NAME tells why a name gets its "
                + "verdict.", style: .dim)
        return lines.joined(separator: "\n") + "\n"
    }

    // MARK: - Sections

    private func header(_ report: Report, _ clock: ZoneClock) -> [String] {
        let totals = report.assessment.totals.all
        var title = ["Hallpass \(report.toolVersion)"]
        if let district = report.register.district { title.append(district) }
        var lines = wrap(title.joined(separator: " - "), style: .bold)
        if let first = totals.first, let last = totals.last {
            lines += wrap("\(moment(first, clock)) to \(moment(last, clock)), \(report.register.timezone)")
        }
        lines += wrap(
            "\(Quantity.of(totals.contacts, "contact")) of \(roles(totals)); "
                + "\(Quantity.bytes(totals.bytesUp)) up, \(Quantity.bytes(totals.bytesDown)) down")
        let register = report.register
        lines += wrap(
            "register \(register.sha256.prefix(12)): \(Quantity.of(register.vendors, "vendor")), "
                + "\(Quantity.of(register.agreements, "agreement")), "
                + Quantity.of(register.thirdParties, "third party", "third parties"))
        for list in register.lists {
            lines += wrap(
                "\(list.format) \(list.path): \(Quantity.of(list.domains, "domain")), "
                    + "\(list.leftOut) entries left out")
        }
        if let day = report.asKnownOn { lines += wrap("judged by what was on record on \(day)") }
        return lines
    }

    private func findings(_ assessment: Assessment, _ clock: ZoneClock) -> [String] {
        let findings = assessment.findings
        let counts = Severity.allCases.reversed().compactMap { severity -> String? in
            let count = findings.filter { $0.severity == severity }.count
            return count == 0 ? nil : "\(count) \(severity.rawValue)"
        }
        let summary = counts.isEmpty ? "none" : counts.joined(separator: ", ")
        var lines = section("FINDINGS: \(summary)")
        lines += wrap("What student devices did that no agreement or other record permits.", style: .dim)
        if !findings.isEmpty { lines.append("") }
        // They come by severity: whatever is high is shown, and a long tail of low ones is counted.
        let shown = findings.filter { $0.severity != .low }
        let low = findings.filter { $0.severity == .low }
        for finding in shown + low.prefix(TableRenderer.lowFindingsShown) {
            lines += self.finding(finding, clock) + [""]
        }
        let rest = low.count - TableRenderer.lowFindingsShown
        if rest > 0 { lines += wrap("and \(rest) more low: --format json", style: .dim) + [""] }
        if findings.isEmpty { return lines }
        lines.removeLast()
        return lines
    }

    private func finding(_ finding: Finding, _ clock: ZoneClock) -> [String] {
        let badge = TerminalText.padded(finding.severity.rawValue.uppercased(), 8)
        let head = "\(TerminalText.safe(UnicodeNames.beside(finding.domain))): \(finding.verdict.words)"
        var lines = hanging(badge, head, style: Style(finding.severity))
        var who: [String] = []
        if let owner = finding.owner { who.append(owner + (finding.category.map { " (\($0))" } ?? "")) }
        if let product = finding.product { who.append(product) }
        if let agreement = finding.agreement { who.append("agreement \(agreement.id)") }
        if !who.isEmpty { lines += indented(who.joined(separator: ", ")) }
        let tally = finding.tally
        var sums =
            "\(roles(tally)), \(Quantity.of(tally.flows, "flow")), \(Quantity.bytes(tally.bytesUp)) up, "
        sums += "\(Quantity.bytes(tally.bytesDown)) down"
        if let first = tally.first { sums += ", first \(moment(first, clock))" }
        lines += indented(sums)
        if finding.names != [finding.domain], !finding.names.isEmpty {
            let rest = finding.names.count > 4 ? " and \(finding.names.count - 4) more" : ""
            lines += indented(
                "names: " + finding.names.prefix(4).map(UnicodeNames.beside).joined(separator: ", ") + rest)
        }
        for reason in finding.reasons { lines += self.reason(reason.text, points: reason.points) }
        for companion in finding.companions.prefix(2) { lines += reason(words(companion), points: 0) }
        for link in finding.context.prefix(2) { lines += reason(words(link), points: 0) }
        for miss in finding.nearMisses.prefix(2) { lines += reason(miss, points: 0) }
        if let record = finding.record { lines += reason("see \(record.place)", points: 0) }
        return lines
    }

    private func reason(_ text: String, points: Int) -> [String] {
        let label = points == 0 ? "" : points > 0 ? "+\(points)" : "\(points)"
        return hanging("        " + TerminalText.padded(label, 4), TerminalText.safe(text), style: .plain)
    }

    private func covered(_ assessment: Assessment) -> [String] {
        var lines = section("COVERED")
        if assessment.covered.isEmpty { lines.append("  nothing") }
        for group in assessment.covered {
            var what = [group.owner, group.product].compactMap { $0 }.joined(separator: ", ")
            if let agreement = group.agreement {
                what += " - \(agreement.id)" + (agreement.ends.map { " to \($0)" } ?? "")
            }
            if what.isEmpty { what = "inside the district" }
            let sums =
                "\(Quantity.of(group.tally.devices, "device")), \(Quantity.of(group.tally.flows, "flow"))"
            lines += entry("\(group.verdict.words): \(what)", sums)
        }
        let totals = assessment.totals
        if totals.withoutStudents.contacts > 0 {
            lines += entry(
                "not permitted by any record, but no student device among them",
                "\(Quantity.of(totals.withoutStudents.contacts, "contact"))")
        }
        if totals.leftOut.contacts > 0 {
            lines += entry("left out by the roster", Quantity.of(totals.leftOut.contacts, "contact"))
        }
        return lines
    }

    private func notDataFlows(_ assessment: Assessment) -> [String] {
        let attempts = assessment.notDataFlows
        if attempts.isEmpty { return [] }
        return section("NOT DATA FLOWS: blocked, or never answered")
            + listing(attempts) { attempt in
                let owner = attempt.owner.map { " (\($0))" } ?? ""
                let devices = Quantity.of(attempt.tally.devices, "device")
                let sums = "\(devices), \(Quantity.of(attempt.tally.flows, "flow"))"
                return ("\(attempt.action.rawValue): \(UnicodeNames.beside(attempt.domain))\(owner)", sums)
            }
    }

    private func lookups(_ assessment: Assessment) -> [String] {
        // What is uncovered is what a reader looks for; the order is otherwise by name.
        let ordered =
            assessment.lookups.filter(\.verdict.isUncovered)
            + assessment.lookups.filter { !$0.verdict.isUncovered }
        if ordered.isEmpty { return [] }
        return section("ASKED FOR, NEVER CONTACTED: no data went to these")
            + listing(ordered) {
                ("\(UnicodeNames.beside($0.name)): \($0.verdict.words)", Quantity.of($0.devices, "device"))
            }
    }

    private func words(_ companion: Companion) -> String {
        let alike = companion.alikeWith.isEmpty ? "" : " (or \(companion.alikeWith.joined(separator: ", ")))"
        return "appears with \(companion.product) of \(companion.owner)\(alike): "
            + "\(companion.together) of \(Quantity.of(companion.minutes, "minute")) on "
            + "\(Quantity.of(companion.devices, "device")), \(times(companion.lift))"
    }

    private func words(_ link: ContextLink) -> String {
        "\(link.near) of \(Quantity.of(link.minutes, "minute")) near \(link.vendor), whose agreement "
            + "\(link.agreement) declares it" + (link.lift.map { ", \(times($0))" } ?? "")
    }

    /// Such as `7.1 times chance (5.0 to 9.9)`.
    private func times(_ lift: Lift) -> String {
        "\(Quantity.tenths(lift.value)) times chance (\(Quantity.tenths(lift.low)) to "
            + "\(Quantity.tenths(lift.high)))"
    }

    private func coverage(_ report: Report) -> [String] {
        let coverage = report.coverage
        var lines = section("WHAT THE INPUT SHOWED")
        let complete = report.inputs.filter(\.complete).count
        lines += entry("inputs read to their end", "\(complete) of \(report.inputs.count)")
        for input in report.incompleteInputs {
            let problem = input.problems.first.map { ": \($0)" } ?? ""
            lines += hanging(
                "  ", "NOT READ TO ITS END: \(TerminalText.safe(input.path + problem))", style: .warning)
        }
        for input in report.inputs where input.complete && !input.problems.isEmpty {
            lines += hanging("  ", TerminalText.safe("\(input.path): \(input.problems[0])"), style: .plain)
        }
        if coverage.packetsRead > 0 {
            lines += entry("packets read", String(coverage.packetsRead))
            lines += entry("packets used", String(coverage.packetsUsed))
            for unused in coverage.unusedPackets {
                lines += entry("  unused: \(unused.reason)", String(unused.count))
            }
        }
        if coverage.linesRead > 0 {
            lines += entry("lines read", String(coverage.linesRead))
            lines += entry("lines used", String(coverage.linesUsed))
            for unused in coverage.unusedLines {
                lines += entry("  unused: \(unused.reason)", String(unused.count))
            }
        }
        lines += blindSpots(report.assessment.blindSpots)
        for note in coverage.notes {
            var figure = String(note.count) + (note.bytes.map { ", " + Quantity.bytes($0) } ?? "")
            // Packets cut, out of order, in tunnels: the share tells whether it matters.
            if note.key.hasPrefix("packets_"), coverage.packetsRead > 0 {
                figure += " (\(percent(note.count, of: coverage.packetsRead)))"
            }
            lines += entry(note.key, figure)
        }
        return lines
    }

    // MARK: - Shared forms

    package func moment(_ time: Timestamp, _ clock: ZoneClock) -> String {
        let local = clock.local(time)
        let (hour, minute) = (local.minute / 60, local.minute % 60)
        return "\(local.day) \(hour < 10 ? "0" : "")\(hour):\(minute < 10 ? "0" : "")\(minute)"
    }

    /// Devices by role, such as `2 student, 1 staff devices`.
    private func roles(_ tally: Tally) -> String {
        let parts = Role.allCases.compactMap { role in tally.roles[role].map { "\($0) \(role.rawValue)" } }
        if parts.isEmpty { return Quantity.of(tally.devices, "device") }
        return parts.joined(separator: ", ") + (tally.devices == 1 ? " device" : " devices")
    }
}
