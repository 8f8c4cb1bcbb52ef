/// One self-contained page: no script, no request to anywhere, and a policy that would refuse both.
package struct HTMLDocument: Sendable {
    /// A part of the page with a heading, which the list of contents names.
    package struct Section: Sendable {
        package var id: String
        package var title: String
        package var body: Markup

        /// `id` is a word of the page's own, never data.
        package init(_ id: String, _ title: String, _ body: Markup) {
            self.id = id
            self.title = title
            self.body = body
        }
    }

    package var title: String
    /// Whose page it is, above the title.
    package var owner: String
    /// Under the title, such as the period.
    package var subtitle: String
    /// The sentence that is to be read if nothing else is, and what goes with it.
    package var summary: Markup
    package var sections: [Section] = []
    /// At the very end: which program made the page, from what.
    package var colophon: Markup

    package init(title: String, owner: String, subtitle: String, summary: Markup, colophon: Markup) {
        self.title = title
        self.owner = owner
        self.subtitle = subtitle
        self.summary = summary
        self.colophon = colophon
    }

    package func render() -> String {
        let contents = sections.map { section -> Markup in
            "<li><a href=\"#\(section.id)\">\(section.title)</a></li>"
        }
        let page: Markup = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8"/>
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/>
            <meta name="viewport" content="width=device-width, initial-scale=1"/>
            <meta name="referrer" content="no-referrer"/>
            <meta name="color-scheme" content="light dark"/>
            <title>\(title) - \(owner) - \(subtitle)</title>
            <style>
            \(Palette.stylesheet)\(Stylesheet.rules)
            </style>
            </head>
            <body>
            <a class="skip" href="#summary">To the summary</a>
            <header>
            <p class="owner">\(owner)</p>
            <h1>\(title)</h1>
            <p class="subtitle">\(subtitle)</p>
            </header>
            <main>
            <section id="summary" aria-label="Summary">
            \(summary)
            </section>
            <nav aria-label="On this page"><ul>\(contents)</ul></nav>
            \(sections.map(markup))</main>
            <footer>\(colophon)</footer>
            </body>
            </html>

            """
        return page.html
    }

    private func markup(_ section: Section) -> Markup {
        """
        <section id="\(section.id)" aria-labelledby="\(section.id)-title">
        <h2 id="\(section.id)-title">\(section.title)</h2>
        \(section.body)
        </section>

        """
    }
}
