/// The colours of every page, as CSS variables for light and dark.
///
/// Text has a contrast of at least 4.5 to 1 on both grounds (WCAG 2.2, 1.4.3), and what charts draw 3 to 1 (1.4.11);
/// a test computes it. No colour says anything alone: severities have a word and a shape, series a label.
enum Palette {
    private static let light = [
        ("page", "#f6f5f1"), ("surface", "#ffffff"), ("ink", "#1b2126"), ("muted", "#535c65"),
        ("line", "#d8d5cc"), ("accent", "#1d4f7c"), ("high", "#9b1b1e"), ("medium", "#854600"),
        ("low", "#3f566b"), ("permitted", "#2c6b8f"), ("uncovered", "#b4412a"), ("hidden", "#6a727b"),
        ("heat0", "#edebe6"), ("heat1", "#f3d6cb"), ("heat2", "#e7b09d"), ("heat3", "#d5836a"),
        ("heat4", "#b8553a"), ("heat5", "#873018"),
    ]

    private static let dark = [
        ("page", "#13171a"), ("surface", "#1b2024"), ("ink", "#e8ebee"), ("muted", "#a8b1b9"),
        ("line", "#363d44"), ("accent", "#8fc4f2"), ("high", "#ff9f97"), ("medium", "#f0b562"),
        ("low", "#abc2d7"), ("permitted", "#69add6"), ("uncovered", "#f08b6d"), ("hidden", "#98a2ac"),
        ("heat0", "#262c31"), ("heat1", "#4a342d"), ("heat2", "#714538"), ("heat3", "#9f5a44"),
        ("heat4", "#d27a59"), ("heat5", "#f8a88b"),
    ]

    static var stylesheet: Markup {
        func variables(_ colours: [(String, String)]) -> Markup {
            Markup(colours.map { name, value -> Markup in "--\(name):\(value);" })
        }
        return """
            :root{color-scheme:light dark;\(variables(light))}
            @media screen and (prefers-color-scheme:dark){:root{\(variables(dark))}}

            """
    }
}
