import Bytes
import Contacts
import Judgement
import Register

/// Rows of comma-separated values (RFC 4180) that a spreadsheet opens without running anything.
package enum CSVText {
    /// A field that begins like a formula gets an apostrophe before it: names come from the network.
    package static func field(_ text: String) -> String {
        var safe = text
        if let first = text.unicodeScalars.first, ["=", "+", "-", "@", "\t", "\r"].contains(first) {
            safe = "'" + text
        }
        return quoted(safe)
    }

    /// A field in quotes where it needs them. Byte by byte: what a person sees as one character may hide a comma.
    package static func quoted(_ text: String) -> String {
        guard text.utf8.contains(where: { "\",\n\r".utf8.contains($0) }) else { return text }
        let quote = UInt8(ascii: "\"")
        let doubled = text.utf8.flatMap { $0 == quote ? [quote, quote] : [$0] }
        return String(decoding: [quote] + doubled + [quote], as: UTF8.self)
    }

    /// One line without its end.
    package static func row(_ fields: [String]) -> String { fields.map(field).joined(separator: ",") }
}

/// `analyze --format csv`: the findings, one row each.
package struct CSVRenderer {
    package static let header = [
        "id", "severity", "verdict", "domain", "owner", "category", "product", "agreement",
        "agreement_status",
        "agreement_ends", "devices", "student_devices", "flows", "bytes_up", "bytes_down", "first", "last",
        "names",
        "reasons",
    ]

    package init() {}

    package func render(_ report: Report) -> String {
        let rows = [CSVRenderer.header] + report.assessment.findings.map(row)
        return rows.map { CSVText.row($0) + "\n" }.joined()
    }

    private func row(_ finding: Finding) -> [String] {
        let tally = finding.tally
        return [
            finding.id, finding.severity.rawValue, finding.verdict.rawValue, finding.domain,
            finding.owner ?? "",
            finding.category ?? "", finding.product ?? "", finding.agreement?.id ?? "",
            finding.agreement?.status ?? "", finding.agreement?.ends ?? "", String(tally.devices),
            String(tally.roles[.student] ?? 0), String(tally.flows), String(tally.bytesUp),
            String(tally.bytesDown),
            tally.first?.description ?? "", tally.last?.description ?? "",
            finding.names.map(UnicodeNames.beside).joined(separator: ";"),
            finding.reasons.map(\.text).joined(separator: "; "),
        ]
    }
}
