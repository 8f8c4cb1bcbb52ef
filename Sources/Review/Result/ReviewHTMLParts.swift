import Bytes
import Contacts
import Judgement
import Register
import Reports

/// Who pulled whom in, what could not be seen, and what a reviewer signs.
extension ReviewHTML {
    func initiators(_ review: AppReview) -> HTMLDocument.Section {
        let order = ReviewHTML.flat(review.initiators)
        guard !order.isEmpty else {
            return HTMLDocument.Section(
                "initiators", "Who pulled whom in", "<p>Nobody was asked for anything.</p>")
        }
        let verdicts = Dictionary(
            review.parties.flatMap { party in party.hosts.map { ($0, party.verdict) } }, uniquingKeysWith: max
        )
        let places = Dictionary(
            order.enumerated().map { ($1.node.host, $0) }, uniquingKeysWith: { first, _ in first })
        let nodes = order.map { item -> ArcDiagram.Node in
            let verdict = verdicts[item.node.host] ?? .unnamed
            let shape: ArcDiagram.Node.Shape =
                verdict == .unnamed || verdict == .concealed
                ? .diamond : verdict.isUncovered ? .triangle : .disc
            return ArcDiagram.Node(
                item.node.host, shape, kind: "\(verdict.words), \(Quantity.of(item.node.requests, "request"))"
            )
        }
        let arcs = review.edges.compactMap { edge -> ArcDiagram.Arc? in
            guard let from = places[edge.from], let to = places[edge.to] else { return nil }
            return ArcDiagram.Arc(
                from: from, to: to, words: "\(edge.kind.rawValue), \(Quantity.of(edge.requests, "request"))")
        }
        let diagram = ArcDiagram(
            id: "graph", title: "Hosts in the order in which they were first asked",
            summary:
                "An arc leads to the host that was pulled in. A disc is covered, a triangle is not, a diamond is "
                + "without a name.",
            nodes: nodes, arcs: arcs)
        return HTMLDocument.Section(
            "initiators", "Who pulled whom in",
            """
            <p>What the recording says of how each host came to be asked: a redirect, a script, a document or style \
            sheet, or the Referer header alone.</p>
            <div class="charts">
            \(diagram.chart.markup)
            <figure class="tree"><figcaption>The same as a tree <span>each host beneath the one that first led to \
            it</span></figcaption>
            \(tree(order))</figure>
            </div>
            """)
    }

    struct Placed {
        var node: InitiatorNode
        var depth: Int
    }

    /// Nodes before their children; without recursion, for a session may chain as many hosts as it likes.
    static func flat(_ roots: [InitiatorNode]) -> [Placed] {
        var order: [Placed] = []
        var open = roots.reversed().map { Placed(node: $0, depth: 0) }
        while let next = open.popLast() {
            order.append(next)
            open += next.node.children.reversed().map { Placed(node: $0, depth: next.depth + 1) }
        }
        return order
    }

    /// Deeper levels stay at this one: a list that is nested further leaves no room on a telephone.
    private static let treeDepth = 8

    private func tree(_ order: [Placed]) -> Markup {
        var parts: [Markup] = ["<ul>"]
        var depth = 0
        for (place, item) in order.enumerated() {
            let level = min(item.depth, ReviewHTML.treeDepth, depth + 1)
            if place > 0 {
                if level > depth {
                    parts.append("<ul>")
                } else {
                    parts.append("</li>")
                    for _ in level..<depth { parts.append("</ul></li>") }
                }
            }
            depth = level
            let how = item.depth == 0 ? "" : "\(item.node.kind.rawValue), "
            parts.append(
                """
                <li>\(.name(item.node.host)) <span class="quiet">\(how)\
                \(Quantity.of(item.node.requests, "request"))</span>
                """)
        }
        for _ in 0..<depth { parts.append("</li></ul>") }
        return Markup(parts + ["</li></ul>"])
    }

    func gaps(_ review: AppReview) -> HTMLDocument.Section {
        var table = HTMLTable("What could not be searched", [.init("What"), .number("Times")])
        for gap in review.gaps { table.add(["\(gap.reason)", "\(gap.count)"]) }
        return HTMLDocument.Section(
            "coverage", "What could not be seen",
            table.isEmpty ? "<p>Everything that the recording holds was read and searched.</p>" : table.markup
        )
    }

    func inputs(_ review: AppReview) -> HTMLDocument.Section {
        var table = HTMLTable(
            "Inputs", [.init("Input"), .init("Kind"), .init("Read"), .number("Records"), .number("Bytes")])
        for input in review.inputs {
            let problems = input.problems.prefix(3).map { problem -> Markup in "<br/>\(problem)" }
            table.add([
                .name(input.path), "\(input.kind)",
                "\(input.complete ? "to its end" : "not to its end")\(problems)",
                "\(input.records)", "\(Quantity.bytes(input.bytes))",
            ])
        }
        return HTMLDocument.Section(
            "inputs", "Inputs", table.isEmpty ? "<p>There are none.</p>" : table.markup)
    }

    /// What a reviewer has looked at, and signs.
    func checklist(_ review: AppReview) -> HTMLDocument.Section {
        let uncovered = review.parties.filter(\.verdict.isUncovered).count
        let wrong = Set(review.elements.filter(\.isWrong).map { "\($0.element.rawValue) \($0.party)" }).count
        var items: [Markup] = ["The session went through the parts of the app that students use."]
        let changes = (review.drift ?? []).count(where: \.kind.isNew)
        if changes > 0 {
            items.append(
                """
                \(Quantity.of(changes, "change")) since the behaviour that was approved: each is explained, or undone \
                by the vendor.
                """)
        }
        if uncovered > 0 {
            items.append(
                "\(Quantity.of(uncovered, "party", "parties")) without an agreement: each is explained or removed."
            )
        }
        if wrong > 0 {
            items.append(
                """
                \(Quantity.of(wrong, "data element")) sent without the agreement saying so: each is explained or \
                stopped.
                """)
        }
        if !review.hasPersona {
            items.append("What the app sends was not searched: a session with a persona follows.")
        }
        let nowhere = (review.declarations?.rows ?? []).count(where: \.isDeclaredNowhere)
        if nowhere > 0 {
            items.append(
                "\(Quantity.of(nowhere, "party", "parties")) declared nowhere: the vendor says what they are for."
            )
        }
        if !review.possible.isEmpty { items.append("Each possible identifier was looked into.") }
        if !review.corroboration.contradictions.isEmpty {
            items.append("Hosts that only one of the recordings has were looked into.")
        }
        if !review.gaps.isEmpty { items.append("What could not be seen was looked at in another way.") }
        if let agreement = review.agreement {
            items.append(
                "Agreement \(agreement.id) covers the schools, roles and grades that will use the app.")
        } else {
            items.append("An agreement is signed before students use the app.")
        }
        let decisions: [Markup] = ["Approved", "Approved on conditions, attached", "Not approved"]
        func boxes(_ items: [Markup]) -> Markup {
            "<ul class=\"boxes\">\(items.map { item -> Markup in "<li><span>\(item)</span></li>\n" })</ul>"
        }
        return HTMLDocument.Section(
            "checklist", "Checklist of the reviewer",
            """
            \(boxes(items))
            <h3>Decision</h3>
            \(boxes(decisions))
            <div class="signature"><p>Name</p><p>Signature</p><p>Date</p></div>
            """)
    }
}
