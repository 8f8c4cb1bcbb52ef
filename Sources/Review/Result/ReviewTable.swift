import Bytes
import Contacts
import Judgement
import Register
import Reports

/// `review --format table`: the verdict first, then parties, who pulled them in, and what they were sent.
package struct ReviewTable {
    private let lines: TableRenderer
    private let clock: ZoneClock

    /// What a person reads of a list on a terminal.
    private static let contradictionsShown = 8

    /// `width` in terminal cells; `timezone` is the district's.
    package init(width: Int = 80, colour: Bool = false, timezone: String) {
        lines = TableRenderer(width: width, colour: colour)
        clock = ZoneClock(identifier: timezone)
    }

    package func render(_ review: AppReview) -> String {
        if let drift = review.drift {
            return (header(review) + driftLines(drift)).joined(separator: "\n") + "\n"
        }
        var text = header(review)
        text += parties(review)
        text += elements(review)
        text += possible(review)
        text += initiators(review)
        text += declarations(review)
        text += coverage(review)
        return text.joined(separator: "\n") + "\n"
    }

    private func header(_ review: AppReview) -> [String] {
        var text = lines.wrap("Review of \(review.app)", style: .bold)
        text += lines.wrap(review.headline, style: .bold)
        if let vendor = review.vendor {
            let agreement = review.agreement.map { ", agreement \($0.id)" } ?? ", no agreement in force"
            text += lines.wrap("vendor \(vendor)\(agreement)")
        } else {
            text += lines.wrap("no vendor in the register; name one with --vendor ID", style: .warning)
        }
        if let first = review.first, let last = review.last {
            text += lines.wrap(
                "\(lines.moment(first, clock)) to \(lines.moment(last, clock)), as \(review.role.rawValue); "
                    + Quantity.of(review.requests, "request")
                    + (review.failedRequests > 0 ? ", \(review.failedRequests) of them never sent" : ""))
        }
        return text + lines.wrap("register \(review.registerSHA256.prefix(12))")
    }

    private func parties(_ review: AppReview) -> [String] {
        var text = lines.section("PARTIES: \(review.parties.count)")
        for party in review.parties {
            let style: TableRenderer.Style =
                party.verdict >= .expired ? .high : party.verdict.isUncovered ? .medium : .plain
            let title = "\(party.domain): \(party.verdict.words)"
            text += [""] + lines.wrap(title, style: style)
            var owner = party.owner ?? "owner unknown"
            if let category = party.category { owner += " (\(category))" }
            text += lines.indented(owner)
            var sums = "\(Quantity.of(party.requests, "request")), \(Quantity.bytes(party.bytesUp)) up, "
            sums += "\(Quantity.bytes(party.bytesDown)) down"
            if party.failed > 0 { sums += ", \(party.failed) never sent" }
            if let first = party.first { sums += ", first \(lines.moment(first, clock))" }
            text += lines.indented(sums)
            if review.countrySource != nil { text += lines.indented("country: \(party.countryWords)") }
            if party.hosts != [party.domain] {
                text += lines.indented("hosts: " + party.hosts.joined(separator: ", "))
            }
            if !party.cookies.isEmpty {
                text += lines.indented("sets cookies: " + party.cookies.joined(separator: ", "))
            }
            text += party.judgment.reasons.flatMap(lines.indented)
        }
        return text
    }

    private func elements(_ review: AppReview) -> [String] {
        guard review.hasPersona else {
            return lines.section("DATA ELEMENTS: not searched")
                + lines.wrap(
                    "Make a persona with hallpass review persona, sign in with it, and give --persona.")
        }
        let sent = review.elements.filter(\.isSent)
        var text = lines.section(
            "DATA ELEMENTS SENT: \(sent.isEmpty ? "none" : String(Set(sent.map(\.element)).count))")
        text += lines.wrap(
            "Values of the persona that were found in requests; they are never shown.", style: .dim)
        for finding in sent { text += entry(finding) }
        let received = review.elements.filter { !$0.isSent }
        if !received.isEmpty {
            text += lines.section("DATA ELEMENTS IN ANSWERS")
            for finding in received { text += entry(finding) }
        }
        return text
    }

    private func entry(_ finding: ElementFinding) -> [String] {
        let isWrong = finding.isSent && (finding.standing == .undeclared || finding.standing == .noAgreement)
        let head =
            "  \(finding.element.rawValue) \(finding.isSent ? "to" : "from") \(finding.host): "
            + finding.standing.rawValue
        return lines.wrap(head, style: isWrong ? .medium : .plain).map { $0.hasPrefix("  ") ? $0 : "  " + $0 }
            + lines.indented(
                "\(finding.whereabouts), \(finding.formWords), \(Quantity.of(finding.requests, "request"))")
    }

    private func possible(_ review: AppReview) -> [String] {
        guard !review.possible.isEmpty || !review.accesses.isEmpty else { return [] }
        var text = lines.section("POSSIBLE IDENTIFIERS")
        text += lines.wrap("By name and shape only; none of them is certain.", style: .dim)
        for finding in review.possible {
            let field = finding.field.isEmpty ? "" : " \(finding.field)"
            text += lines.entry(
                "\(finding.kind.rawValue) to \(finding.host): \(finding.place.rawValue)\(field)",
                Quantity.of(finding.requests, "request"))
        }
        for access in review.accesses {
            text += lines.entry("the app looked at: \(access.reason)", Quantity.of(access.count, "time"))
        }
        return text
    }

    private func declarations(_ review: AppReview) -> [String] {
        guard let check = review.declarations else { return [] }
        var text = lines.section("DECLARED AND OBSERVED")
        for source in check.sources { text += lines.wrap(source, style: .dim) }
        func word(_ answer: Bool?) -> String { answer.map { $0 ? "yes" : "no" } ?? "not given" }
        for row in check.rows {
            text += lines.hanging(
                "  ", row.domain + (row.isDeclaredNowhere ? ": declared nowhere" : ""),
                style: row.isDeclaredNowhere ? .medium : .plain)
            text += lines.indented(
                "agreement \(word(row.inAgreement)), allowlist \(word(row.inAllowlist)), policy \(word(row.inPolicy))"
            )
        }
        for unseen in check.unseen {
            text += lines.entry(
                "\(unseen.domain): declared and never observed", unseen.declaredBy.joined(separator: ", "))
        }
        return text
    }

    private func driftLines(_ drift: [Drift]) -> [String] {
        let fresh = drift.filter(\.kind.isNew)
        var text = lines.section("DRIFT: \(fresh.isEmpty ? "none" : String(fresh.count))")
        for change in drift {
            text += lines.wrap(
                "\(change.kind.rawValue): \(change.party)", style: change.kind.isNew ? .medium : .dim)
            text += lines.indented(change.text)
        }
        return text
    }

    private func initiators(_ review: AppReview) -> [String] {
        var text = lines.section("WHO PULLED WHOM IN")
        func add(_ node: InitiatorNode, _ depth: Int) {
            let how = depth == 0 ? "" : " (\(node.kind.rawValue))"
            let indent = String(repeating: "  ", count: min(depth, 16))
            text += lines.entry(indent + node.host + how, Quantity.of(node.requests, "request"))
            for child in node.children { add(child, depth + 1) }
        }
        for root in review.initiators { add(root, 0) }
        return text
    }

    private func coverage(_ review: AppReview) -> [String] {
        var text = lines.section("WHAT COULD NOT BE SEEN")
        if let source = review.countrySource { text += lines.wrap(source.sentence) }
        for gap in review.gaps { text += lines.entry(gap.reason, Quantity.of(gap.count, "time")) }
        if review.gaps.isEmpty { text += ["  nothing was left out"] }
        for offset in review.corroboration.offsets where abs(offset.milliseconds) >= 100 {
            text += lines.hanging("  ", offset.words, style: .plain)
        }
        let contradictions = review.corroboration.contradictions
        for contradiction in contradictions.prefix(ReviewTable.contradictionsShown) {
            text += lines.hanging("  ", contradiction.text, style: .plain)
        }
        if contradictions.count > ReviewTable.contradictionsShown {
            text.append(
                "  and \(contradictions.count - ReviewTable.contradictionsShown) more (--format json)")
        }
        for input in review.inputs where !input.complete {
            for problem in input.problems { text += lines.wrap("\(input.path): \(problem)", style: .warning) }
        }
        return text
    }
}

extension Corroboration.ClockOffset {
    /// Such as `the clock of the capture is 2.1 s behind that of the HAR, by 4 hosts`.
    var words: String {
        let hosts = "by \(Quantity.of(hosts, "host"))"
        guard abs(milliseconds) >= 100 else {
            return "the clocks of \(of.words) and \(against.words) agree, \(hosts)"
        }
        let seconds = Quantity.tenths(Double(abs(milliseconds)) / 1000)
        return "the clock of \(of.words) is \(seconds) s \(milliseconds < 0 ? "behind" : "ahead of") "
            + "that of \(against.words), \(hosts)"
    }
}

extension Party {
    /// Such as `DE, US`.
    var countryWords: String { countries.isEmpty ? "unknown" : countries.joined(separator: ", ") }
}

extension CountrySource {
    /// What a reader must know of a country in a table.
    var sentence: String {
        "Countries are where \(words) places the addresses that answered, not where data is kept."
    }
}

extension ElementFinding {
    /// Where it stood, such as `URL, em`.
    package var whereabouts: String { field.isEmpty ? place.rawValue : "\(place.rawValue) \(field)" }

    /// In which form, such as `base64, SHA-256 of digits only`.
    package var formWords: String {
        var words = form.map(\.words)
        if words.isEmpty { words = ["plain text"] }
        let text = words.joined(separator: ", ")
        return note.isEmpty ? text : "\(text) (\(note))"
    }
}
