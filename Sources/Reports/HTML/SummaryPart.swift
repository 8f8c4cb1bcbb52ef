import Contacts
import Judgement

/// The sentence that stands first, and the figures under it.
extension PageParts {
    var verdict: Markup {
        let findings = assessment.findings
        let grave = findings.map(\.severity).max()
        return """
            <p class="verdict\(grave.map { " \($0.rawValue)" } ?? "")">\(verdictSentence)</p>
            \(caveats)\(figures)
            """
    }

    private var verdictSentence: String {
        if assessment.totals.all.contacts == 0 { return "The inputs show no contacts: nothing can be said." }
        let findings = assessment.findings
        guard !findings.isEmpty else {
            return
                "No device that is or may be a student\u{2019}s exchanged data with a destination that lacks an "
                + "agreement or another record."
        }
        return "Devices that are or may be students\u{2019} exchanged data with "
            + "\(Quantity.of(Set(findings.map(\.domain)).count, "destination")) that no agreement or other record "
            + "permits: \(PageParts.counts(gravest(findings)))."
    }

    /// One severity for each destination: a destination may have several findings.
    private func gravest(_ findings: [Finding]) -> [Severity] {
        Array(Dictionary(findings.map { ($0.domain, $0.severity) }, uniquingKeysWith: max).values)
    }

    /// Such as `3 of high severity, 7 of medium, 4 of low`.
    static func counts(_ findings: [Finding]) -> String { counts(findings.map(\.severity)) }

    static func counts(_ severities: [Severity]) -> String {
        let parts = Severity.allCases.reversed().compactMap { severity -> String? in
            let count = severities.count { $0 == severity }
            return count == 0 ? nil : "\(count) of \(severity.rawValue)"
        }
        guard let first = parts.first else { return "none" }
        return ([first + " severity"] + parts.dropFirst()).joined(separator: ", ")
    }

    /// What the sentence must not be read without.
    var caveats: Markup {
        var items: [Markup] = []
        let students = assessment.blindSpots.students.total
        if students.hidden.bytes > 0 {
            items.append(
                """
                \(PageParts.percent(students.hidden.bytes, of: students.all.bytes)) of the bytes that these devices \
                exchanged with the outside went to destinations that nothing could name: of them \
                <a href="#coverage">nothing can be said</a>.
                """)
        }
        let broken = report.incompleteInputs.count
        if broken > 0 {
            items.append(
                """
                \(broken) of \(Quantity.of(report.inputs.count, "input")) \(broken == 1 ? "was" : "were") not read to \
                the end: <a href="#inputs">which and why</a>.
                """)
        }
        return .list(items)
    }

    var figures: Markup {
        let total = assessment.activity.total
        let expiring = page.expiring.count
        var cells: [(figure: String, words: String)] = []
        let parties = Set(assessment.findings.map(\.domain)).count
        cells.append(
            (String(parties), "\(parties == 1 ? "destination" : "destinations") without an agreement"))
        let covered = assessment.covered.filter { $0.verdict == .covered }
        let vendors = Set(covered.compactMap(\.owner)).count
        cells.append((String(vendors), "\(vendors == 1 ? "vendor" : "vendors") with an agreement in use"))
        if total.total > 0 {
            cells.append(
                (
                    PageParts.percent(total.permitted, of: total.total),
                    "of students\u{2019} bytes to permitted parties"
                ))
            cells.append(
                (
                    PageParts.percent(total.unseen, of: total.total),
                    "of students\u{2019} bytes could not be named"
                ))
        }
        cells.append(
            (
                String(expiring),
                "\(expiring == 1 ? "agreement ends" : "agreements end") within \(ReportPage.expiryNotice) days"
            ))
        let markup = cells.map { cell -> Markup in
            "<div><dt>\(cell.words)</dt><dd>\(cell.figure)</dd></div>\n"
        }
        return "<dl class=\"figures\">\(markup)</dl>"
    }
}
