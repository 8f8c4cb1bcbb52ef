import Bytes
package import Judgement
package import Ledger

/// `diff` and `judge`: what differs between two assessments.
extension TableRenderer {
    package func render(changes: Changes) -> String {
        self.changes(changes).dropFirst().joined(separator: "\n") + "\n"
    }

    /// Ends in the sentence that answers the question, such as `3 findings close, 1 opens`.
    package func render(judging changes: Changes) -> String {
        render(changes: changes) + "\n" + wrap(changes.sentence).joined(separator: "\n") + "\n"
    }
}

extension Changes {
    /// Such as `3 findings close, 1 opens, 2 change`.
    package var sentence: String {
        func part(_ count: Int, _ one: String, _ many: String) -> String {
            "\(count) \(count == 1 ? one : many)"
        }
        let close = "\(Quantity.of(gone.count, "finding")) \(gone.count == 1 ? "closes" : "close")"
        let open = part(firstSeen.count, "opens", "open")
        guard !changed.isEmpty else { return "\(close), \(open)" }
        return "\(close), \(open), \(part(changed.count, "changes", "change"))"
    }
}

extension JSONRenderer {
    package func render(changes: Changes) -> String {
        JSONValue.object([
            ("schema_version", .count(JSONRenderer.schemaVersion)), ("sentence", .string(changes.sentence)),
            ("changes", self.changes(changes)),
        ]).pretty
    }
}

/// `findings list`.
package struct FindingsRenderer {
    package enum Format: String, Sendable, CaseIterable { case table, json, csv }

    private let format: Format
    private let table: TableRenderer

    package init(format: Format, table: TableRenderer) {
        self.format = format
        self.table = table
    }

    /// Open ones first, then acknowledged ones, each by falling severity.
    package func render(_ findings: [KnownFinding]) -> String {
        let order = FindingState.allCases
        let sorted = findings.sorted { a, b in
            let (first, second) = (order.firstIndex(of: a.state) ?? 0, order.firstIndex(of: b.state) ?? 0)
            if first != second { return first < second }
            return a.severity != b.severity ? a.severity > b.severity : (a.domain, a.id) < (b.domain, b.id)
        }
        switch format {
        case .table: return sorted.map { lines($0).joined(separator: "\n") + "\n" }.joined()
        case .json: return JSONValue.array(sorted.map(JSONRenderer().known)).pretty
        case .csv: return csv(sorted)
        }
    }

    private func lines(_ finding: KnownFinding) -> [String] {
        let verdict = finding.verdictWords
        let owner = finding.owner.map { " (\($0))" } ?? ""
        var text = "\(UnicodeNames.beside(finding.domain))\(owner): \(verdict), \(finding.state.rawValue)"
        if let by = finding.by { text += " by \(by)" }
        if let until = finding.until { text += " until \(until)" }
        if let why = finding.why { text += ": \(why)" }
        let label = "\(finding.id) \(TerminalText.padded(finding.severity.rawValue, 7))"
        return table.hanging(label, TerminalText.safe(text), style: TableRenderer.Style(finding.severity))
    }

    private func csv(_ findings: [KnownFinding]) -> String {
        let header = [
            "id", "state", "severity", "verdict", "domain", "owner", "first", "last", "by", "why", "until",
        ]
        let rows = findings.map { finding in
            [
                finding.id, finding.state.rawValue, finding.severity.rawValue, finding.verdict,
                finding.domain,
                finding.owner ?? "", finding.first.description, finding.last.description, finding.by ?? "",
                finding.why ?? "", finding.until?.description ?? "",
            ]
        }
        return ([header] + rows).map { CSVText.row($0) + "\n" }.joined()
    }
}

extension KnownFinding {
    var verdictWords: String {
        isDrift ? "differs from its lockfile" : Verdict(rawValue: verdict)?.words ?? verdict
    }
}
