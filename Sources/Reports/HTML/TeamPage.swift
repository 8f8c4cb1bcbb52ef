import Judgement

/// `--for team`: the digest of the team that meets twice a month. What changed comes first and in full; what stayed
/// as it was is a table.
extension PageParts {
    var teamPage: HTMLDocument {
        var document = document("Digest for the privacy team", summary: teamSummary)
        document.sections = [
            news, changedFindings, unchangedFindings, expiring, charts, coverage, inputs, reading,
        ].compactMap { $0 }
        return document
    }

    private var isChanged: (Finding) -> Bool {
        // Without an earlier report everything is new to the reader.
        guard report.changes != nil else { return { _ in true } }
        let domains = changedDomains
        return { domains.contains($0.domain) }
    }

    private var teamSummary: Markup {
        let changed = assessment.findings.filter(isChanged)
        let grave = changed.map(\.severity).max()
        let style = grave.map { " \($0.rawValue)" } ?? ""
        return """
            <p class="verdict\(style)">\(teamSentence(changed))</p>
            \(caveats)\(figures)
            """
    }

    private func teamSentence(_ changed: [Finding]) -> String {
        guard let changes = report.changes else {
            return "No earlier report was given, so that everything here counts as new: "
                + "\(Quantity.of(changed.count, "finding")), \(PageParts.counts(changed))."
        }
        let sum = changes.firstSeen.count + changes.changed.count
        let gone =
            changes.gone.isEmpty
            ? ""
            : " \(Quantity.of(changes.gone.count, "destination")) of the last report did not occur again."
        guard sum > 0 else {
            return "No destination without an agreement is new or has changed since the last report.\(gone)"
        }
        return "\(Quantity.of(changes.firstSeen.count, "destination")) without an agreement "
            + "\(changes.firstSeen.count == 1 ? "is" : "are") new since the last report and "
            + "\(changes.changed.count) \(changes.changed.count == 1 ? "has" : "have") changed.\(gone)"
    }

    private var changedFindings: HTMLDocument.Section {
        let changed = assessment.findings.filter(isChanged)
        guard !changed.isEmpty else {
            return HTMLDocument.Section("findings", "New and changed", "<p>There are none.</p>")
        }
        return HTMLDocument.Section(
            "findings", "New and changed",
            """
            <p>For decision: \(PageParts.counts(changed)).</p>
            <h3>Reasons, and the records that decided</h3>
            \(changed.prefix(PageParts.rowLimit).map(article))\(rest(changed))
            """
        )
    }

    private func rest(_ findings: [Finding]) -> Markup? {
        let rest = findings.count - PageParts.rowLimit
        return rest > 0 ? "<p class=\"note\">and \(rest) more, which the JSON format lists.</p>" : nil
    }

    /// Nil when there are none.
    private var unchangedFindings: HTMLDocument.Section? {
        let isChanged = isChanged
        let unchanged = assessment.findings.filter { !isChanged($0) }
        guard !unchanged.isEmpty else { return nil }
        return HTMLDocument.Section(
            "unchanged", "As before",
            "<p>Known from the last report: \(PageParts.counts(unchanged)).</p>\n\(table(unchanged))")
    }
}
