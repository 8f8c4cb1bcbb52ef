import Judgement
import Register
import Reports

/// What is possible and not certain, what was declared, what changed, and what the recordings say of each other.
extension ReviewHTML {
    /// Nil when there is nothing of the kind.
    func possible(_ review: AppReview) -> HTMLDocument.Section? {
        guard !review.possible.isEmpty || !review.accesses.isEmpty else { return nil }
        var table = HTMLTable(
            "Possible identifiers",
            [.init("What"), .init("Party"), .init("Where"), .number("Requests")])
        for finding in review.possible {
            let field = finding.field.isEmpty ? "" : " \(finding.field)"
            table.add([
                "\(finding.kind.rawValue)", .name(finding.host), "\(finding.place.rawValue)\(field)",
                "\(finding.requests)",
            ])
        }
        var looks = HTMLTable("What the app looked at", [.init("What"), .number("Times")])
        for access in review.accesses { looks.add(["\(access.reason)", "\(access.count)"]) }
        let identifiers: Markup? = table.isEmpty ? nil : table.markup
        let accesses: Markup? =
            looks.isEmpty
            ? nil
            : "<h3>What the app looked at on the device</h3>\n<p>By the app report.</p>\n\(looks.markup)"
        return HTMLDocument.Section(
            "possible", "Possible identifiers",
            "<p>By name and shape only; none of them is certain.</p>\n\(identifiers)\(accesses)")
    }

    /// Nil when no list was given.
    func declarations(_ review: AppReview) -> HTMLDocument.Section? {
        guard let check = review.declarations else { return nil }
        func word(_ answer: Bool?) -> Markup { answer.map { $0 ? "yes" : "no" } ?? "not given" }
        var table = HTMLTable(
            "Observed parties and who declares them",
            [
                .init("Party"), .init("Agreement"), .init("Allowlist"), .init("Privacy policy"),
                .init("Declared"),
            ])
        for row in check.rows {
            let answer: Markup = row.isDeclaredNowhere ? "<b>nowhere</b>" : "yes"
            table.add([
                .name(row.domain), word(row.inAgreement), word(row.inAllowlist), word(row.inPolicy), answer,
            ])
        }
        var unseen = HTMLTable("Declared and never observed", [.init("Domain"), .init("Declared by")])
        for domain in check.unseen {
            unseen.add([.name(domain.domain), "\(domain.declaredBy.joined(separator: ", "))"])
        }
        let observed: Markup = table.isEmpty ? "<p>No party was observed.</p>" : table.markup
        let never: Markup? =
            unseen.isEmpty ? nil : "<h3>Declared and never observed</h3>\n\(unseen.markup)"
        return HTMLDocument.Section(
            "declarations", "Declared and observed",
            """
            \(Markup.list(check.sources.map { source -> Markup in "\(source)" }))
            \(observed)\(never)
            """)
    }

    /// Nil when there was nothing to compare with.
    func drift(_ review: AppReview) -> HTMLDocument.Section? {
        guard let drift = review.drift else { return nil }
        func table(_ caption: String, _ drift: [Drift]) -> Markup? {
            var table = HTMLTable(caption, [.init("Change"), .init("Party"), .init("What")])
            for change in drift {
                table.add([
                    "\(change.kind.rawValue)", .name(change.party),
                    "\(change.text.replacing(" -> ", with: " \u{2192} "))",
                ])
            }
            return table.isEmpty ? nil : table.markup
        }
        let fresh = table("What is new", drift.filter(\.kind.isNew))
        let gone = table("What was not seen", drift.filter { !$0.kind.isNew })
        let rest: Markup? = gone.map { table -> Markup in
            """
            <h3>Known from before and not seen this time</h3>
            <p>No session visits everything: this changes nothing.</p>
            \(table)
            """
        }
        let news: Markup = fresh ?? "<p>Nothing is new.</p>"
        return HTMLDocument.Section("drift", "What has changed", "\(news)\(rest)")
    }

    /// What several recordings of one session say of each other; nil when there is nothing to say.
    func recordings(_ review: AppReview) -> HTMLDocument.Section? {
        let (offsets, contradictions) = (
            review.corroboration.offsets, review.corroboration.contradictions
        )
        guard !offsets.isEmpty || !contradictions.isEmpty else { return nil }
        let clocks = offsets.map { offset -> Markup in "\(offset.words)." }
        let list: Markup? = clocks.isEmpty ? nil : Markup.list(clocks)
        var table = HTMLTable(
            "Hosts that one recording has and another one has not",
            [.init("Host"), .init("Seen by"), .init("Never seen by")])
        for contradiction in contradictions {
            table.add([
                .name(contradiction.host), "\(contradiction.seenBy.words)", "\(contradiction.missedBy.words)",
            ])
        }
        let hosts: Markup =
            table.isEmpty
            ? "<p>Each recording has the hosts of the others.</p>"
            : """
            <p>A capture sees other programs of the device too, and an app may call what a browser's recording does \
            not hold.</p>
            \(table.markup)
            """
        return HTMLDocument.Section(
            "recordings", "What the recordings say of each other", "\(list)\(hosts)")
    }
}
