package import Judgement
import Register

/// `hallpass lookup`: why a name gets its verdict.
package struct LookupRenderer {
    package enum Format: String, Sendable, CaseIterable {
        case text
        case json
    }

    private let format: Format
    private let width: Int

    /// `width` in terminal cells, for text.
    package init(format: Format, width: Int = 80) {
        self.format = format
        self.width = width
    }

    package func render(_ answer: NameAnswer) -> String {
        format == .json ? value(answer).pretty : text(answer)
    }

    private func value(_ answer: NameAnswer) -> JSONValue {
        let judgment = answer.judgment
        return .object([
            ("name", .string(answer.name)), ("on", .string(answer.on)), ("school", .text(answer.school)),
            ("role", .text(answer.role?.rawValue)), ("grade", .text(answer.grade?.description)),
            ("verdict", .string(judgment.verdict.rawValue)), ("owner", .text(judgment.owner)),
            ("product", .text(judgment.product)), ("agreement", agreementValue(judgment.agreement)),
            ("subprocessor_of", .text(judgment.subprocessorOf)), ("record", recordValue(judgment.record)),
            ("reasons", .strings(judgment.reasons)), ("near_misses", .strings(judgment.nearMisses)),
        ])
    }

    private func text(_ answer: NameAnswer) -> String {
        let judgment = answer.judgment
        var asked = [answer.on]
        if let role = answer.role { asked.append("role \(role.rawValue)") }
        if let school = answer.school { asked.append("school \(school)") }
        if let grade = answer.grade { asked.append("grade \(grade)") }
        var rows: [(String, String)] = []
        if let owner = judgment.owner {
            rows.append(("owner", owner + (judgment.category.map { " (\($0))" } ?? "")))
        }
        if let product = judgment.product { rows.append(("product", product)) }
        if let vendor = judgment.subprocessorOf { rows.append(("acts for", vendor)) }
        if let agreement = judgment.agreement {
            let period = [agreement.effective.map { "from \($0)" }, agreement.ends.map { "to \($0)" }]
            rows.append(
                (
                    "agreement",
                    ([agreement.id, agreement.status] + period.compactMap { $0 }).joined(separator: ", ")
                ))
        }
        if let record = judgment.record {
            rows.append(("decided by", "\(record.kind) \(record.id), \(record.place)"))
        }
        rows += judgment.reasons.map { ("because", $0) }
        rows += judgment.nearMisses.map { ("near miss", $0) }
        let head = "\(answer.name): \(judgment.verdict.words) (\(asked.joined(separator: ", ")))"
        let lines = TerminalText.wrapped(TerminalText.safe(head), width) + rows.flatMap(line)
        return lines.joined(separator: "\n") + "\n"
    }

    private func line(_ label: String, _ text: String) -> [String] {
        let indent = 13
        return TerminalText.wrapped(TerminalText.safe(text), width - indent).enumerated().map { index, part in
            TerminalText.padded(index == 0 ? "  \(label)" : "", indent) + part
        }
    }
}
