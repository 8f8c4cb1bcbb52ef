import Bytes
import Contacts
import Judgement
import Register
import Reports

/// `review --format html`: the verdict, a privacy label, parties, data elements, who pulled whom in, and a checklist to
/// sign. Made of the same parts as the report's pages.
package struct ReviewHTML {
    private let tool: String
    private let district: String
    private let clock: ZoneClock

    /// `tool` is the program's version; `district` and `timezone` are the register's.
    package init(tool: String, district: String?, timezone: String) {
        self.tool = tool
        self.district = district ?? "A district without a name in the register"
        clock = ZoneClock(identifier: timezone)
    }

    package func render(_ review: AppReview) -> String {
        var document = HTMLDocument(
            title: "Review of \(review.app)", owner: district, subtitle: subtitle(review),
            summary: summary(review),
            colophon: """
                <p>Made by Hallpass \(tool). Register: SHA-256 <span class="hash">\(review.registerSHA256)</span></p>
                <p>Of the session this page has hosts, names of fields and cookies, counts and \
                times. No value is shown.</p>
                """)
        // Against a lockfile or another session, what differs is the answer.
        let body =
            drift(review).map { [$0] }
            ?? [
                label(review), parties(review), elements(review), possible(review), initiators(review),
                declarations(review),
            ].compactMap(\.self)
        document.sections =
            body + [gaps(review), recordings(review), inputs(review), checklist(review)].compactMap(\.self)
        return document.render()
    }

    private func subtitle(_ review: AppReview) -> String {
        guard let first = review.first else { return "a session without times" }
        return "session of \(clock.local(first).day), as \(review.role.rawValue)"
    }

    // MARK: - Summary and label

    private func summary(_ review: AppReview) -> Markup {
        let wrong = review.elements.filter(\.isWrong)
        let style =
            !wrong.isEmpty ? " high" : review.parties.contains(where: \.verdict.isUncovered) ? " medium" : ""
        var facts: [(String, Markup)] = []
        facts.append(("Vendor", "\(review.vendor ?? "none in the register; name one with --vendor")"))
        if let agreement = review.agreement {
            let ends = agreement.ends.map { ", to \($0)" } ?? ""
            facts.append(("Agreement", "\(agreement.id), \(agreement.status)\(ends)"))
        } else {
            facts.append(("Agreement", "none in force on that day"))
        }
        let failed =
            review.failedRequests > 0 ? ", \(review.failedRequests) of them refused or unanswered" : ""
        facts.append(("Requests", "\(review.requests)\(failed)"))
        facts.append(
            (
                "Session",
                "\(Markup.moment(review.first, clock)) to \(Markup.moment(review.last, clock))"
            ))
        let lines = facts.map { title, content -> Markup in "<dt>\(title)</dt><dd>\(content)</dd>\n" }
        return "<p class=\"verdict\(style)\">\(review.headline)</p>\n<dl class=\"facts\">\(lines)</dl>"
    }

    /// Parties by category, elements by category, on a label as food has one.
    private func label(_ review: AppReview) -> HTMLDocument.Section {
        let kinds = Dictionary(grouping: review.parties) { $0.category ?? $0.verdict.words }
        let partyLines = kinds.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }.map {
            kind, parties in
            ReviewHTML.line(kind, "\(parties.count)")
        }
        let sent = Dictionary(grouping: review.elements.filter(\.isSent), by: \.category)
        let elementLines = sent.sorted { $0.key.rawValue < $1.key.rawValue }.map {
            category, found -> Markup in
            let standings = ElementFinding.Standing.allCases.filter { standing in
                found.contains { $0.standing == standing }
            }
            let parties = Set(found.map(\.party)).count
            return ReviewHTML.line(
                category.rawValue,
                "\(standings.map(\.rawValue).joined(separator: ", ")): \(ReviewHTML.parties(parties))")
        }
        let elements: Markup =
            !review.hasPersona
            ? "<p>Not searched: no persona was given.</p>"
            : elementLines.isEmpty
                ? "<p>None of the planted values was found.</p>" : "<dl>\(elementLines)</dl>"
        return HTMLDocument.Section(
            "label", "Privacy label",
            """
            <div class="label">
            <h3>\(review.app)</h3>
            <h4>Parties by category: \(review.parties.count)</h4>
            <dl>\(partyLines)</dl>
            <h4>Data elements sent, by category of the Schedule of Data</h4>
            \(elements)
            </div>
            """)
    }

    private static func line(_ title: String, _ words: String) -> Markup {
        "<div><dt>\(title)</dt><dd>\(words)</dd></div>\n"
    }

    private static func parties(_ count: Int) -> String { Quantity.of(count, "party", "parties") }

    // MARK: - Parties

    private func parties(_ review: AppReview) -> HTMLDocument.Section {
        var table = HTMLTable(
            "Parties",
            [
                .init("Party"), .init("On record"), .init("Owner"), .init("First request"),
                .number("Requests"), .number("Sent"), .number("Received"), .init("Cookies set"),
            ] + (review.countrySource == nil ? [] : [.init("Country")]))
        for party in review.parties {
            let category = party.category.map { " (\($0))" } ?? ""
            let failed: Markup =
                party.failed > 0 ? " <span class=\"quiet\">\(party.failed) failed</span>" : .empty
            table.add([
                .name(party.domain), "\(party.verdict.words)", "\(party.owner ?? "unknown")\(category)",
                .moment(party.first, clock), "\(party.requests)\(failed)", "\(Quantity.bytes(party.bytesUp))",
                "\(Quantity.bytes(party.bytesDown))", Markup(party.cookies.map(Markup.name), separator: ", "),
                "\(party.countryWords)",
            ])
        }
        let articles = review.parties.filter(\.verdict.isUncovered).map(article)
        let reasons: Markup? =
            articles.isEmpty ? nil : "<h3>Why they are not covered</h3>\n\(articles)"
        let countries = review.countrySource.map { source -> Markup in "<p>\(source.sentence)</p>\n" }
        return HTMLDocument.Section(
            "parties", "Parties",
            table.isEmpty
                ? "<p>No request left the device.</p>"
                : "<p>The worst answer of the register first.</p>\n\(table.markup)\(countries)\(reasons)")
    }

    private func article(_ party: Party) -> Markup {
        let reasons = party.judgment.reasons.map { "\($0.replacing(" -> ", with: " \u{2192} "))" as Markup }
        let record = party.judgment.record.map { record -> Markup in
            "<dt>Record</dt><dd>\(.name(record.place.description))</dd>"
        }
        return """
            <article>
            <h4>\(.name(party.domain)) <span class="quiet">\(party.verdict.words)</span></h4>
            <dl class="facts"><dt>Hosts</dt><dd>\(Markup(party.hosts.map(Markup.name), separator: ", "))</dd>\(record)\
            </dl>
            \(Markup.list(reasons))
            </article>

            """
    }

    // MARK: - Data elements

    private func elements(_ review: AppReview) -> HTMLDocument.Section {
        guard review.hasPersona else {
            return HTMLDocument.Section(
                "elements", "Data elements",
                "<p>Not searched: no persona was given. <code>hallpass review persona</code> makes one.</p>")
        }
        let sent = review.elements.filter(\.isSent)
        let received = review.elements.filter { !$0.isSent }
        let answers: Markup? =
            received.isEmpty
            ? nil
            : """
            <details><summary>In answers to the app: \(received.count)</summary>
            \(table(received, "Data elements in answers"))</details>
            """
        return HTMLDocument.Section(
            "elements", "Data elements",
            """
            <p>Values of the test student that were found in what the app sent, in whatever form. The values \
            themselves are never shown.</p>
            \(sent.isEmpty ? "<p>None was found.</p>" : table(sent, "Data elements sent"))\(answers)
            """)
    }

    private func table(_ elements: [ElementFinding], _ caption: String) -> Markup {
        var table = HTMLTable(
            caption,
            [
                .init("Element"), .init("Party"), .init("Agreement"), .init("Category"), .init("Where"),
                .init("Form"),
                .number("Requests"),
            ])
        for finding in elements {
            let standing: Markup =
                finding.isWrong ? "<b>\(finding.standing.rawValue)</b>" : "\(finding.standing.rawValue)"
            table.add([
                "\(finding.element.rawValue)", .name(finding.host), standing, "\(finding.category.rawValue)",
                "\(finding.whereabouts)", "\(finding.formWords)", "\(finding.requests)",
            ])
        }
        return table.markup
    }
}

extension ElementFinding {
    /// Sent to somebody without the agreement saying so.
    var isWrong: Bool { isSent && (standing == .undeclared || standing == .noAgreement) }
}
