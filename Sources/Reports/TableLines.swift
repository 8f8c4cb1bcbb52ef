import Judgement

/// The forms of lines that a table is made of.
extension TableRenderer {
    package enum Style {
        case plain
        case bold
        case dim
        case warning
        case high
        case medium
        case low

        init(_ severity: Severity) {
            switch severity {
            case .high: self = .high
            case .medium: self = .medium
            case .low: self = .low
            }
        }

        /// ECMA-48 SGR parameters.
        var code: String {
            switch self {
            case .plain: ""
            case .bold: "1"
            case .dim: "2"
            case .warning, .high: "1;31"
            case .medium: "33"
            case .low: "36"
            }
        }
    }

    /// Colours `text`, which is safe already; the escape sequences take no cells.
    package func paint(_ text: String, _ style: Style) -> String {
        colour && !style.code.isEmpty ? "\u{1b}[\(style.code)m\(text)\u{1b}[0m" : text
    }

    package func section(_ title: String) -> [String] { [""] + wrap(title, style: .bold) }

    package func wrap(_ text: String, style: Style = .plain) -> [String] {
        TerminalText.wrapped(TerminalText.safe(text), width).map { paint($0, style) }
    }

    /// Text beneath a finding's first line.
    package func indented(_ text: String) -> [String] {
        hanging("        ", TerminalText.safe(text), style: .plain)
    }

    /// A label, and text that keeps clear of it on every further line.
    package func hanging(_ label: String, _ text: String, style: Style) -> [String] {
        let indent = TerminalText.width(label)
        return TerminalText.wrapped(text, width - indent).enumerated().map { index, line in
            index == 0 ? paint(label + line, style) : String(repeating: " ", count: indent) + line
        }
    }

    /// Words to the left and a figure to the right, on one line where both fit.
    package func entry(_ text: String, _ figure: String) -> [String] {
        let indent = "  "
        let room = width - indent.count - TerminalText.width(figure) - 2
        let leading = text.prefix { $0 == " " }
        var lines = TerminalText.wrapped(TerminalText.safe(text), room - leading.count).map {
            indent + leading + $0
        }
        guard let last = lines.popLast() else { return [] }
        return lines + [TerminalText.padded(last, width - TerminalText.width(figure)) + figure]
    }

    /// The first few of a list, and how many more there are.
    package func listing<Item>(_ items: [Item], _ describe: (Item) -> (String, String)) -> [String] {
        let limit = 8
        var lines: [String] = []
        for item in items.prefix(limit) {
            let (text, figure) = describe(item)
            lines += entry(text, figure)
        }
        if items.count > limit { lines.append("  and \(items.count - limit) more (--format json)") }
        return lines
    }
}
