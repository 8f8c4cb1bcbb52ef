/// `--format html`: one self-contained page, for a screen, a telephone and paper.
package struct HTMLRenderer {
    package init() {}

    package func render(_ page: ReportPage) -> String {
        let parts = PageParts(page)
        switch page.audience {
        case .officer: return parts.officerPage.render()
        case .team: return parts.teamPage.render()
        case .year: return parts.yearPage.render()
        case .families: return parts.familiesPage.render()
        }
    }
}

extension PageParts {
    var officerPage: HTMLDocument {
        var document = document("Student data report", summary: verdict)
        document.sections = [
            news, charts, findings, expiring, covered, withoutData, coverage, inputs, reading,
        ].compactMap { $0 }
        return document
    }

    func document(_ title: String, summary: Markup) -> HTMLDocument {
        HTMLDocument(
            title: title, owner: owner, subtitle: periodWords, summary: summary, colophon: colophon)
    }
}
