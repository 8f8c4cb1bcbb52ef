import Judgement

/// What is new since the report before.
extension PageParts {
    /// Nil when no earlier report is known, so that nothing can be called new.
    var news: HTMLDocument.Section? {
        guard let changes = report.changes else { return nil }
        let lists: [(String, [Changes.Change])] = [
            ("First seen", changes.firstSeen), ("Changed", changes.changed),
            ("Newly expired", changes.newlyExpired),
            ("Agreement signed after the first use", changes.signedAfterFirstUse), ("Gone", changes.gone),
        ]
        let parts = lists.filter { !$0.1.isEmpty }.map { title, list in part(title, list) }
        let body: Markup = parts.isEmpty ? "<p>Nothing changed.</p>" : Markup(parts)
        return HTMLDocument.Section(
            "news", "What is new",
            """
            <p>Since \(.name(changes.baseline)): \(changes.firstSeen.count) first seen, \(changes.changed.count) \
            changed, \(changes.gone.count) gone.</p>
            \(body)
            """)
    }

    private func part(_ title: String, _ list: [Changes.Change]) -> Markup {
        var table = HTMLTable(
            title, [.init("Destination"), .init("Owner"), .init("Before"), .init("Now"), .init("Why")])
        for change in list {
            table.add([
                PageParts.name(change.domain), "\(change.owner ?? "unknown")", PageParts.state(change.before),
                PageParts.state(change.now), "\(change.detail)",
            ])
        }
        return "<h3>\(title): \(list.count)</h3>\n\(table.markup)"
    }

    /// A verdict by its raw value, as changes carry it.
    private static func state(_ raw: String?) -> Markup {
        guard let raw else { return "<span class=\"quiet\">not seen</span>" }
        return "\(Verdict(rawValue: raw)?.words ?? raw)"
    }

    /// Destinations that are in the report's changes as they are now.
    var changedDomains: Set<String> {
        guard let changes = report.changes else { return [] }
        return Set((changes.firstSeen + changes.changed + changes.newlyExpired).map(\.domain))
    }
}
