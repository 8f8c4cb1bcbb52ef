import Bytes
import Contacts
import Judgement
import Register

/// What ends soon, and what is covered by what.
extension PageParts {
    var expiring: HTMLDocument.Section {
        let lines = page.expiring
        guard !lines.isEmpty, let day = page.period?.upperBound else {
            return HTMLDocument.Section(
                "expiring", "Agreements that end soon",
                "<p>No agreement in force ends within \(ReportPage.expiryNotice) days of this period.</p>")
        }
        var table = HTMLTable(
            "Agreements that end soon",
            [
                .init("Vendor"), .init("Agreement"), .init("Products"), .init("Last day"),
                .number("Days left"),
                .init("In use"),
            ])
        let used = Set(assessment.covered.compactMap { $0.agreement?.id })
        for line in lines {
            table.add([
                "\(line.vendor)", .name(line.id), "\(line.products.joined(separator: ", "))",
                PageParts.date(line.lastDay), "\(line.daysLeft(on: day) ?? 0)",
                used.contains(line.id) ? "yes" : "not in this period",
            ])
        }
        return HTMLDocument.Section(
            "expiring", "Agreements that end soon",
            """
            <p>In force, and at an end within \(ReportPage.expiryNotice) days of \(PageParts.words(day)). What is used \
            after the last day becomes a finding.</p>
            \(table.markup)
            """)
    }

    var covered: HTMLDocument.Section {
        var table = HTMLTable(
            "What records permit",
            [
                .init("Party"), .init("Product or service"), .init("On record"), .init("Until"),
                .init("Devices"),
                .number("Sent"), .number("Received"),
            ])
        for group in assessment.covered {
            let party = group.owner ?? (group.verdict == .local ? "Inside the district" : "")
            let agreement: Markup = group.agreement.map { " \(.name($0.id))" } ?? .empty
            table.add([
                "\(party)", "\(group.product ?? "")", "\(PageParts.verdict(group.verdict))\(agreement)",
                PageParts.date(group.agreement?.ends.flatMap { CivilDay($0) }),
                "\(PageParts.devices(group.tally))",
                "\(Quantity.bytes(group.tally.bytesUp))", "\(Quantity.bytes(group.tally.bytesDown))",
            ])
        }
        return HTMLDocument.Section(
            "covered", "Covered vendors",
            table.isEmpty
                ? "<p>Nothing that the inputs show is permitted by a record.</p>"
                : """
                <p>What an agreement, an exception, the platform list or the district itself permits.</p>
                \(table.markup)
                """
        )
    }

    /// Blocked, unanswered and merely looked up: no data went there. Nil when there is none of it.
    var withoutData: HTMLDocument.Section? {
        let attempts = assessment.notDataFlows
        let lookups =
            assessment.lookups.filter(\.verdict.isUncovered)
            + assessment.lookups.filter { !$0.verdict.isUncovered }
        if attempts.isEmpty, lookups.isEmpty { return nil }
        var parts: [Markup] = []
        if !attempts.isEmpty {
            var table = HTMLTable(
                "Blocked, or never answered",
                [
                    .init("Destination"), .init("What happened"), .init("Owner"), .init("Devices"),
                    .number("Flows"),
                ])
            for attempt in attempts.prefix(PageParts.rowLimit) {
                table.add([
                    PageParts.name(attempt.domain), "\(attempt.action.rawValue)",
                    "\(attempt.owner ?? "unknown")",
                    "\(PageParts.devices(attempt.tally))", "\(attempt.tally.flows)",
                ])
            }
            parts.append(fold("Blocked, or never answered", attempts.count, table))
        }
        if !lookups.isEmpty {
            var table = HTMLTable(
                "Asked for, never contacted", [.init("Name"), .init("On record"), .number("Devices")])
            for lookup in lookups.prefix(PageParts.rowLimit) {
                table.add([
                    PageParts.name(lookup.name), "\(PageParts.verdict(lookup.verdict))", "\(lookup.devices)",
                ])
            }
            parts.append(fold("Asked for, never contacted", lookups.count, table))
        }
        return HTMLDocument.Section(
            "without-data", "No data went there",
            "<p>The network refused these, nobody answered, or a name was only looked up.</p>\n\(parts)")
    }

    /// Long tails fill no page: what is beyond is counted.
    static let rowLimit = 200

    private func fold(_ title: String, _ count: Int, _ table: HTMLTable) -> Markup {
        let rest = count - PageParts.rowLimit
        let more: Markup? =
            rest > 0 ? "<p class=\"note\">and \(rest) more, which the JSON format lists.</p>" : nil
        return "<details><summary>\(title): \(count)</summary>\(table.markup)\(more)</details>\n"
    }
}
