/// A drawing with its title, a sentence that says what it shows, and the same numbers as a table.
package struct Chart: Sendable {
    package var id: String
    package var title: String
    package var summary: String
    /// The height of the drawing; it is `Chart.width` wide.
    package var height: Int
    package var drawing: Markup
    package var table: HTMLTable

    /// In units of the drawing, which is as wide as its column: about one CSS pixel on a telephone, and one and a
    /// half on a large screen, so that letters are never too small to read.
    package static let width = 360

    /// `id` is a word of the page's own, never data, and has the drawing's elements named after it.
    package init(
        id: String, title: String, summary: String, height: Int, drawing: Markup, table: HTMLTable
    ) {
        self.id = id
        self.title = title
        self.summary = summary
        self.height = height
        self.drawing = drawing
        self.table = table
    }

    package var markup: Markup {
        """
        <figure>
        <figcaption>\(title) <span>\(summary)</span></figcaption>
        <svg viewBox="0 0 \(Chart.width) \(height)" role="img" aria-labelledby="\(id)-title \(id)-text">
        <title id="\(id)-title">\(title)</title><desc id="\(id)-text">\(summary)</desc>
        \(drawing)</svg>
        <details><summary>The numbers: \(title)</summary>
        \(table.markup)</details>
        </figure>

        """
    }
}

/// Parts of drawings. Positions and lengths are in tenths of a unit, so that no rounding differs between machines.
enum Drawing {
    static func number(_ tenths: Int) -> String {
        let magnitude = tenths.magnitude
        let sign = tenths < 0 ? "-" : ""
        return magnitude % 10 == 0 ? "\(sign)\(magnitude / 10)" : "\(sign)\(magnitude / 10).\(magnitude % 10)"
    }

    /// `value` of `most` as a part of `length`, at least `least` for what is not nought.
    static func length(_ value: UInt64, of most: UInt64, _ length: Int, least: Int = 15) -> Int {
        guard value > 0, most > 0 else { return 0 }
        let part = (Double(length) * Double(value) / Double(most)).rounded()
        return max(least, min(length, Int(exactly: part) ?? length))
    }

    static func bar(_ style: String, x: Int, y: Int, width: Int, height: Int, _ title: String) -> Markup {
        guard width > 0, height > 0 else { return .empty }
        let place: Markup = """
            x="\(number(x))" y="\(number(y))" width="\(number(width))" height="\(number(height))"
            """
        return "<rect class=\"\(style)\" \(place)><title>\(title)</title></rect>"
    }

    static func text(_ text: String, x: Int, y: Int, anchor: String = "start", style: String = "") -> Markup {
        """
        <text x="\(number(x))" y="\(number(y))" text-anchor="\(anchor)" class="\(style)">\(text)</text>
        """
    }

    static func line(x1: Int, y1: Int, x2: Int, y2: Int) -> Markup {
        """
        <line class="axis" x1="\(number(x1))" y1="\(number(y1))" x2="\(number(x2))" y2="\(number(y2))"/>
        """
    }

    /// Text that fits a line of the drawing: names of categories come from the register.
    static func clipped(_ text: String, _ limit: Int) -> String {
        text.count <= limit ? text : text.prefix(max(1, limit - 1)) + "\u{2026}"
    }
}
