import Bytes
import Contacts
import Judgement
import Register

/// Parties that no record permits, by severity, with reasons and the records that decided.
extension PageParts {
    /// A page with more than that is no longer read; the rest is counted and stands in the other formats.
    private static let tableLimit = 500

    var findings: HTMLDocument.Section {
        let findings = assessment.findings
        guard !findings.isEmpty else {
            return HTMLDocument.Section(
                "findings", "Parties without an agreement", "<p>There are none in this period.</p>")
        }
        let grave = findings.filter { $0.severity != .low }
        let low = findings.filter { $0.severity == .low }
        let lows: Markup =
            low.isEmpty
            ? .empty
            : """
            <details><summary>Reasons of \(Quantity.of(low.count, "party", "parties")) of low severity</summary>
            \(low.prefix(PageParts.tableLimit).map(article))</details>
            """
        return HTMLDocument.Section(
            "findings", "Parties without an agreement",
            """
            <p>What devices that are or may be students\u{2019} did that no agreement or other record permits, the \
            gravest first: \(Quantity.of(findings.count, "finding")), \(PageParts.counts(findings)). This says what \
            is on record; it accuses nobody.</p>
            \(table(findings))
            <h3 id="reasons">Reasons, and the records that decided</h3>
            \(grave.prefix(PageParts.tableLimit).map(article))\(lows)
            """)
    }

    func table(_ findings: [Finding]) -> Markup {
        var table = HTMLTable(
            "Parties without an agreement",
            [
                .init("Destination"), .init("Severity"), .init("On record"), .init("Owner"), .init("Devices"),
                .number("Sent"), .number("Received"),
            ])
        for finding in findings.prefix(PageParts.tableLimit) {
            table.add([
                PageParts.name(finding.domain), PageParts.badge(finding.severity),
                "\(PageParts.verdict(finding.verdict))", owner(of: finding),
                "\(PageParts.devices(finding.tally))", "\(Quantity.bytes(finding.tally.bytesUp))",
                "\(Quantity.bytes(finding.tally.bytesDown))",
            ])
        }
        let rest = findings.count - PageParts.tableLimit
        let more: Markup? =
            rest > 0 ? "<p class=\"note\">and \(rest) more, which the JSON and CSV formats list.</p>" : nil
        return "\(table.markup)\(more)"
    }

    private func owner(of finding: Finding) -> Markup {
        guard let owner = finding.owner else { return "<span class=\"quiet\">unknown</span>" }
        return "\(owner)\(finding.category.map { " (\($0))" } ?? "")"
    }

    func article(_ finding: Finding) -> Markup {
        let reasons = finding.reasons.map { reason -> Markup in
            let text = reason.text.replacing(" -> ", with: " \u{2192} ")
            let points =
                reason.points == 0 ? "" : reason.points > 0 ? "+\(reason.points)" : "\(reason.points)"
            return
                "<li><span class=\"points\">\(points)</span><span>\(text)</span></li>\n"
        }
        let facts = facts(of: finding).map { title, content -> Markup in
            "<dt>\(title)</dt><dd>\(content)</dd>\n"
        }
        return """
            <article class="\(finding.severity.rawValue)">
            <h4>\(PageParts.badge(finding.severity)) \(PageParts.name(finding.domain)) \
            <span class="quiet">\(finding.verdict.words)</span></h4>
            <dl class="facts">\(facts)</dl>
            <ul class="reasons">\(reasons)</ul>
            </article>

            """
    }

    private func facts(of finding: Finding) -> [(String, Markup)] {
        var facts: [(String, Markup)] = []
        if finding.owner != nil { facts.append(("Owner", owner(of: finding))) }
        if let product = finding.product { facts.append(("Product", "\(product)")) }
        if let agreement = finding.agreement {
            let ends = agreement.ends.map { ", to \($0)" } ?? ""
            facts.append(("Agreement", "\(agreement.id), \(agreement.status)\(ends)"))
        }
        if finding.names != [finding.domain], !finding.names.isEmpty {
            facts.append(("Names", names(finding.names)))
        }
        facts.append(("Devices", "\(PageParts.devices(finding.tally))"))
        facts.append(("Traffic", "\(PageParts.traffic(finding.tally))"))
        let days = Quantity.of(finding.days.count, "day")
        let last: Markup =
            finding.tally.first == finding.tally.last ? .empty : ", last \(moment(finding.tally.last))"
        facts.append(("Seen", "first \(moment(finding.tally.first))\(last); on \(days)"))
        if let companion = finding.companions.first { facts.append(("Appears with", words(companion))) }
        for link in finding.context.prefix(2) { facts.append(("Near", words(link))) }
        if !finding.nearMisses.isEmpty {
            facts.append(("Nearly", Markup(finding.nearMisses.prefix(2).map { "\($0)" }, separator: "<br/>")))
        }
        if let record = finding.record {
            facts.append(
                (
                    "Record",
                    "\(record.kind.replacing("_", with: " ")) \(record.id), \(.name(record.place.description))"
                ))
        }
        if let state = state(of: finding) { facts.append(("State", state)) }
        facts.append(("Finding", "<code>\(finding.id)</code>"))
        return facts
    }

    /// Four show the pattern; the rest opens on a click, and is printed.
    private func names(_ names: [String]) -> Markup {
        let shown = Markup(names.prefix(4).map(PageParts.name), separator: ", ")
        guard names.count > 4 else { return shown }
        let rest = names.dropFirst(4).prefix(PageParts.tableLimit)
        let more = names.count - 4 - rest.count
        return """
            \(shown)<details><summary>and \(names.count - 4) more</summary>\
            \(Markup(rest.map(PageParts.name), separator: ", "))\(more > 0 ? " and \(more) more" : "")</details>
            """
    }

    private func words(_ companion: Companion) -> Markup {
        let alike = companion.alikeWith.isEmpty ? "" : " (or \(companion.alikeWith.joined(separator: ", ")))"
        let lift = companion.lift
        return """
            \(companion.product) of \(companion.owner)\(alike): \(companion.together) of \
            \(Quantity.of(companion.minutes, "minute")) on \(Quantity.of(companion.devices, "device")), \
            \(Quantity.tenths(lift.value)) times chance (\(Quantity.tenths(lift.low)) to \(Quantity.tenths(lift.high)))
            """
    }

    private func words(_ link: ContextLink) -> Markup {
        """
        \(link.near) of \(Quantity.of(link.minutes, "minute")) near \(link.vendor), whose agreement \
        \(link.agreement) declares it
        """
    }
}
