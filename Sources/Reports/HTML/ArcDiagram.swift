/// A graph of who led to whom: nodes beneath each other in the order in which they came, with an arc from each to
/// those that it pulled in. It is as wide as a telephone, whatever the size of the graph.
package struct ArcDiagram: Sendable {
    package struct Node: Sendable {
        /// Shapes tell kinds apart, not colours.
        package enum Shape: Sendable {
            case disc
            case diamond
            case triangle
        }

        package var label: String
        package var shape: Shape
        /// In words, for those who point at it.
        package var kind: String

        package init(_ label: String, _ shape: Shape, kind: String) {
            self.label = label
            self.shape = shape
            self.kind = kind
        }
    }

    package struct Arc: Sendable {
        /// Places in `nodes`; arcs from a node to itself or to none are not drawn.
        package var from: Int
        package var to: Int
        package var words: String

        package init(from: Int, to: Int, words: String) {
            self.from = from
            self.to = to
            self.words = words
        }
    }

    package var id: String
    package var title: String
    package var summary: String
    package var nodes: [Node]
    package var arcs: [Arc]

    /// More arcs than these cannot be followed by eye; the table has all.
    private static let nodeLimit = 60

    package init(id: String, title: String, summary: String, nodes: [Node], arcs: [Arc]) {
        self.id = id
        self.title = title
        self.summary = summary
        self.nodes = nodes
        self.arcs = arcs
    }

    /// In tenths of a unit: where the arcs begin, and the height of a row.
    private static let spine = 2050
    private static let row = 220

    package var chart: Chart {
        let shown = nodes.prefix(ArcDiagram.nodeLimit)
        var drawing: [Markup] = []
        for arc in arcs
        where shown.indices.contains(arc.from) && shown.indices.contains(arc.to) && arc.from != arc.to {
            drawing.append(draw(arc))
        }
        for (place, node) in shown.enumerated() {
            drawing.append(draw(node, ArcDiagram.y(place)))
            drawing.append(
                Drawing.text(Drawing.clipped(node.label, 28), x: 170, y: ArcDiagram.y(place) + 40))
        }
        var height = ArcDiagram.y(shown.count) / 10
        if nodes.count > shown.count {
            let rest = "and \(nodes.count - shown.count) more, in the table"
            drawing.append(Drawing.text(rest, x: 170, y: height * 10, style: "quiet"))
            height += 14
        }
        return Chart(
            id: id, title: title, summary: summary, height: height,
            drawing: Markup(drawing, separator: "\n"), table: table)
    }

    private static func y(_ place: Int) -> Int { 120 + place * row }

    private func draw(_ node: Node, _ y: Int) -> Markup {
        let title: Markup = "<title>\(node.label): \(node.kind)</title>"
        let (left, right, middle) = (Drawing.number(10), Drawing.number(110), Drawing.number(60))
        let (top, bottom, centre) = (Drawing.number(y - 50), Drawing.number(y + 50), Drawing.number(y))
        switch node.shape {
        case .disc:
            return "<circle class=\"permitted\" cx=\"\(middle)\" cy=\"\(centre)\" r=\"4.5\">\(title)</circle>"
        case .diamond:
            return """
                <path class="hidden" d="M\(middle) \(top) \(right) \(centre) \(middle) \(bottom) \(left) \(centre)z">\
                \(title)</path>
                """
        case .triangle:
            return """
                <path class="uncovered" d="M\(middle) \(top) \(right) \(bottom) \(left) \(bottom)z">\
                \(title)</path>
                """
        }
    }

    /// A curve to the right, the wider the further both lie apart, with its head at the one that was pulled in.
    private func draw(_ arc: Arc) -> Markup {
        let (from, to) = (ArcDiagram.y(arc.from), ArcDiagram.y(arc.to))
        let reach = ArcDiagram.spine + min(1950, 250 + abs(arc.to - arc.from) * 130)
        let start = Drawing.number(ArcDiagram.spine)
        let end = Drawing.number(ArcDiagram.spine + 60)
        let (bend, a, b) = (Drawing.number(reach), Drawing.number(from), Drawing.number(to))
        let head = "\(start) \(b) \(end) \(Drawing.number(to - 35)) \(end) \(Drawing.number(to + 35))"
        return """
            <g class="arc"><title>\(arc.words)</title><path class="link" d="M\(start) \(a)C\(bend) \(a) \(bend) \(b) \
            \(end) \(b)"/><path d="M\(head)z"/></g>
            """
    }

    private var table: HTMLTable {
        var table = HTMLTable(title, [.init("Who"), .init("Pulled in"), .init("How")])
        for arc in arcs where nodes.indices.contains(arc.from) && nodes.indices.contains(arc.to) {
            table.add([.name(nodes[arc.from].label), .name(nodes[arc.to].label), "\(arc.words)"])
        }
        if table.isEmpty { for node in nodes { table.add([.name(node.label), "nobody", "\(node.kind)"]) } }
        return table
    }
}
