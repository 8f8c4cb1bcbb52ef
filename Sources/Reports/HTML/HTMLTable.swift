/// A table with a caption, heads that are repeated on every printed page, and a form for narrow screens in which
/// every cell carries its column's title.
package struct HTMLTable: Sendable {
    package struct Column: Sendable {
        package enum Kind: String, Sendable {
            case text
            case number
        }

        package var title: String
        package var kind: Kind

        package init(_ title: String, _ kind: Kind = .text) {
            self.title = title
            self.kind = kind
        }

        package static func number(_ title: String) -> Column { Column(title, .number) }
    }

    private let caption: String
    private let columns: [Column]
    private var rows: [[Markup]] = []
    private let form: Form

    package enum Form: String, Sendable {
        /// On narrow screens each row becomes a small card.
        case cards
        /// Few and short columns, which fit any screen.
        case compact
    }

    /// `caption` says what the table is to those who do not see the heading above it; it is read out and not shown.
    package init(_ caption: String, form: Form = .cards, _ columns: [Column]) {
        self.caption = caption
        self.form = form
        self.columns = columns
    }

    package var isEmpty: Bool { rows.isEmpty }

    /// The first cell names the row. Cells without a column are dropped.
    package mutating func add(_ cells: [Markup]) { rows.append(cells) }

    /// The heads of many narrow columns stand upright; those of a few do on narrow screens.
    private var style: String {
        guard form == .compact, columns.count > 3 else { return form.rawValue }
        return "\(form.rawValue) \(columns.count > 5 ? "upright" : "steep")"
    }

    package var markup: Markup {
        let heads = columns.map { column -> Markup in
            """
            <th scope="col" role="columnheader" class="\(column.kind.rawValue)"><span>\(column.title)</span></th>
            """
        }
        let lines = rows.map { cells -> Markup in
            "<tr role=\"row\">\(zip(columns, cells).enumerated().map(cell))</tr>\n"
        }
        // The roles are those that the elements have; the narrow form would take them away (display: block).
        return """
            <table role="table" class="\(style)"><caption class="unseen">\(caption)</caption>
            <thead role="rowgroup"><tr role="row">\(heads)</tr></thead>
            <tbody role="rowgroup">
            \(lines)</tbody></table>

            """
    }

    private func cell(_ place: Int, _ pair: (column: Column, content: Markup)) -> Markup {
        let kind = pair.column.kind.rawValue
        if place == 0 {
            return "<th scope=\"row\" role=\"rowheader\" class=\"\(kind)\">\(pair.content)</th>"
        }
        // A cell that is empty on purpose says so.
        let content: Markup = pair.content.isEmpty ? "<span class=\"quiet\">\u{2013}</span>" : pair.content
        return """
            <td role="cell" class="\(kind)" data-label="\(pair.column.title)"><span>\(content)</span></td>
            """
    }
}
