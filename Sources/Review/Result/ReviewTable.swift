import Bytes
import Contacts
import Judgement
import Register
import Reports

/// `review --format table`: the verdict first, then parties, who pulled them in, and what they were sent.
package struct ReviewTable {
    private let lines: TableRenderer
    private let clock: ZoneClock

    /// `width` in terminal cells; `timezone` is the district's.
    package init(width: Int = 80, colour: Bool = false, timezone: String) {
        lines = TableRenderer(width: width, colour: colour)
        clock = ZoneClock(identifier: timezone)
    }

    package func render(_ review: AppReview) -> String {
        var text = header(review)
        text += parties(review)
        text += elements(review)
        text += initiators(review)
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
        for gap in review.gaps { text += lines.entry(gap.reason, Quantity.of(gap.count, "time")) }
        if review.gaps.isEmpty { text += ["  nothing was left out"] }
        for input in review.inputs where !input.complete {
            for problem in input.problems { text += lines.wrap("\(input.path): \(problem)", style: .warning) }
        }
        return text
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
