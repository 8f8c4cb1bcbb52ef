import Reports

/// A text in parts, written once and rendered as Markdown, HTML or plain text.
struct Prose: Sendable {
    enum Part: Sendable {
        case heading(String)
        case paragraph(String)
        case bullets([String])
        case table(String, heads: [String], rows: [[String]])
    }

    var title: String
    var parts: [Part] = []

    mutating func heading(_ text: String) { parts.append(.heading(text)) }
    mutating func say(_ text: String) { parts.append(.paragraph(text)) }
    mutating func list(_ items: [String]) { if !items.isEmpty { parts.append(.bullets(items)) } }
    mutating func table(_ caption: String, _ heads: [String], _ rows: [[String]]) {
        if !rows.isEmpty { parts.append(.table(caption, heads: heads, rows: rows)) }
    }

    // MARK: Markdown

    var markdown: String {
        var out = "# \(Prose.escaped(title))\n"
        for part in parts {
            switch part {
            case .heading(let text): out += "\n## \(Prose.escaped(text))\n"
            case .paragraph(let text):
                out += "\n" + wrapped(Prose.escaped(text), width: 100).map { $0 + "\n" }.joined()
            case .bullets(let items):
                out += "\n" + items.map { "- \(Prose.escaped($0))\n" }.joined()
            case .table(_, let heads, let rows):
                out += "\n| " + heads.map(Prose.cell).joined(separator: " | ") + " |\n"
                out += "|" + String(repeating: " --- |", count: heads.count) + "\n"
                out += rows.map { "| " + $0.map(Prose.cell).joined(separator: " | ") + " |\n" }.joined()
            }
        }
        return out
    }

    private static func cell(_ text: String) -> String {
        let escaped = escaped(text)
        return escaped.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
    }

    /// CommonMark, section 2.4: what could be markup is escaped; names come from the network.
    private static func escaped(_ text: String) -> String {
        var out = ""
        for character in plain(text) {
            if "\\`*_[]<>#&~".contains(character) { out.append("\\") }
            out.append(character)
        }
        return out
    }

    // MARK: HTML

    /// One page; `owner` stands above the title, `subtitle` below it.
    func html(owner: String, subtitle: String, colophon: String) -> String {
        var summary: Markup = ""
        var sections: [HTMLDocument.Section] = []
        for part in parts {
            if case .heading(let text) = part {
                sections.append(HTMLDocument.Section("part-\(sections.count + 1)", text, ""))
            } else if sections.isEmpty {
                summary = summary + Prose.markup(part)
            } else {
                sections[sections.count - 1].body = sections[sections.count - 1].body + Prose.markup(part)
            }
        }
        var document = HTMLDocument(
            title: title, owner: owner, subtitle: subtitle, summary: summary, colophon: "<p>\(colophon)</p>")
        document.sections = sections
        return document.render()
    }

    private static func markup(_ part: Part) -> Markup {
        switch part {
        case .heading(let text): return "<h3>\(text)</h3>\n"
        case .paragraph(let text): return "<p>\(text)</p>\n"
        case .bullets(let items):
            let lines = items.map { item -> Markup in "<li>\(item)</li>\n" }
            return "<ul>\n\(lines)</ul>\n"
        case .table(let caption, let heads, let rows):
            var table = HTMLTable(caption, heads.map { HTMLTable.Column($0) })
            for row in rows { table.add(row.map { Markup(text: $0) }) }
            return table.markup
        }
    }

    // MARK: Plain text

    var text: String {
        var lines = [plain(title), String(repeating: "=", count: min(78, title.count))]
        for part in parts {
            lines.append("")
            switch part {
            case .heading(let text): lines.append(plain(text).uppercased())
            case .paragraph(let text): lines += wrapped(plain(text))
            case .bullets(let items):
                for item in items {
                    let broken = wrapped(plain(item), width: 76)
                    lines += broken.enumerated().map { ($0.offset == 0 ? "- " : "  ") + $0.element }
                }
            case .table(_, let heads, let rows):
                for row in [heads] + rows { lines.append(plain(row.joined(separator: "  "))) }
            }
        }
        return lines.map { $0 + "\n" }.joined()
    }
}
