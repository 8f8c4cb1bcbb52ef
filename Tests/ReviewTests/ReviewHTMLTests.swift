import Bytes
import Judgement
import Register
import TestSupport
import Testing

@testable import Review

/// The review as a page, from the recorded example of `Recorded`.
@Suite struct ReviewHTMLTests {
    private let renderer = ReviewHTML(tool: "1", district: "Lakeside", timezone: "America/New_York")

    private func page(persona: Bool = true) throws -> (page: ParsedPage, html: String) {
        let review = try Recorded.review(Recorded.har(Recorded.session), vendor: "quizly", persona: persona)
            .review
        let html = renderer.render(review)
        return (ParsedPage(html), html)
    }

    private func section(_ id: String, _ page: ParsedPage) throws -> ParsedPage.Element {
        try #require(page.element(id: id))
    }

    private func row(_ section: ParsedPage.Element, _ head: String) throws -> [String] {
        let rows = section.all.filter { $0.name == "tr" }
        return try #require(rows.first { $0.children.first?.plain == head }, "no row \(head)").children.map(
            \.plain)
    }

    @Test func itKeepsTheRulesOfPages() throws {
        #expect(try page().page.faults == [])
        #expect(try page(persona: false).page.faults == [])
        let empty = try Recorded.review(Recorded.har([])).review
        #expect(ParsedPage(renderer.render(empty)).faults == [])
    }

    @Test func theLabelCountsPartiesAndElementsByCategory() throws {
        let label = try section("label", try page().page)
        let lines = label.all.filter { $0.name == "div" }.map(\.plain)
        #expect(lines.contains("advertising 1"))
        #expect(lines.contains("covered 1") && lines.contains("covered as sub-processor 1"))
        #expect(lines.contains("student-contact undeclared, no agreement on record: 2 parties"))
        #expect(lines.contains("student-identifiers no agreement on record: 1 party"))
        #expect(lines.contains("student-name declared: 2 parties"))
        #expect(try section("label", try page(persona: false).page).plain.contains("Not searched"))
    }

    @Test func partiesAndElementsStandInTables() throws {
        let page = try page().page
        let quizly = try row(try section("parties", page), "quizly.example")
        // 14:00 UTC is 09:00 in New York in November.
        #expect(quizly[1] == "covered" && quizly[2] == "Quizly, Inc." && quizly[4] == "2")
        #expect(quizly[3].contains("2026-11-24") && quizly[3].contains("09:00"))
        #expect(quizly.last == "sid")
        let elements = try section("elements", page)
        #expect(
            try row(elements, "e-mail")[1...5]
                == [
                    "collect.tag.example", "no agreement on record", "student-contact", "URL em",
                    "URL-encoded",
                ])
        #expect(elements.all.contains { $0.name == "b" && $0.text == "undeclared" })
    }

    @Test func whoPulledWhomInIsAGraphAndATree() throws {
        let section = try section("initiators", try page().page)
        let heads = section.all.filter { $0.name == "g" }.compactMap { $0.children.first?.text }
        #expect(heads.contains("redirect, 1 request"))
        let tree = try #require(section.all.first { $0.attributes["class"] == "tree" })
        // The tag's script called its collector.
        let tag = try #require(
            tree.all.first { $0.name == "li" && $0.children.first?.text == "cdn.tag.example" })
        let inner = tag.children.first { $0.name == "ul" }
        #expect(inner?.children.first?.children.first?.text == "collect.tag.example")
    }

    @Test func theReviewerSignsWhatIsOpen() throws {
        let items = try section("checklist", try page().page).all.filter { $0.name == "li" }.map(\.plain)
        #expect(items.contains("4 parties without an agreement: each is explained or removed."))
        // The e-mail and the student id to others, and the postal code that the schedule does not name.
        #expect(
            items.contains(
                "3 data elements sent without the agreement saying so: each is explained or stopped."))
        #expect(items.contains("Agreement DPA-1 covers the schools, roles and grades that will use the app."))
        #expect(items.suffix(3) == ["Approved", "Approved on conditions, attached", "Not approved"])
    }

    @Test func possibleDeclaredAndContradictingStandOnThePage() throws {
        var review = try Recorded.review(
            Recorded.har(
                Recorded.session + [
                    Recorded.entry(12, "https://t.ads.example/a?idfa=EA7583CD-A667-48BC-B806-42ECB2B48606")
                ]), vendor: "quizly"
        ).review
        let lists = try DeclaredFile.parse("# source: a page\ntag.example\nnever.example\n", file: "d.txt")
        review.declarations = DeclarationCheck(
            review.parties, lists, vendor: try Recorded.judge().register.vendors.first)
        review.accesses = [AppReview.Gap(reason: "camera", count: 2)]
        let late = ExchangeFact(host: "hidden.example", first: Timestamp(seconds: 100), source: .appReport)
        let known = ExchangeFact(host: "a.example", first: Timestamp(seconds: 10), source: .appReport)
        let first = ExchangeFact(host: "a.example", first: Timestamp(seconds: 13), source: .har)
        review.corroboration = Corroboration([first, known, late])
        let html = renderer.render(review)
        let page = ParsedPage(html)
        #expect(page.faults == [])
        let possible = try row(try section("possible", page), "advertising id")
        #expect(possible == ["advertising id", "t.ads.example", "URL idfa", "1"])
        #expect(try section("possible", page).plain.contains("camera"))
        let declared = try section("declarations", page)
        #expect(try row(declared, "tag.example") == ["tag.example", "no", "yes", "not given", "yes"])
        #expect(try row(declared, "ads.example").last == "nowhere")
        #expect(try row(declared, "never.example") == ["never.example", "allowlist"])
        let recordings = try section("recordings", page)
        #expect(
            recordings.plain.contains(
                "the clock of the app report is 3.0 s behind that of the HAR, by 1 host."))
        #expect(try row(recordings, "hidden.example") == ["hidden.example", "the app report", "the HAR"])
        let items = try section("checklist", page).all.filter { $0.name == "li" }.map(\.plain)
        #expect(items.contains("3 parties declared nowhere: the vendor says what they are for."))
        #expect(items.contains("Each possible identifier was looked into."))
        #expect(items.contains("Hosts that only one of the recordings has were looked into."))
    }

    @Test func driftIsThePageWhenItWasAskedFor() throws {
        var review = try Recorded.review(Recorded.har(Recorded.session), vendor: "quizly").review
        review.drift = [
            Drift(kind: .newParty, party: "rec.example", text: "owner unknown, unknown_owner"),
            Drift(kind: .verdictChanged, party: "quizly.example", text: "covered -> expired"),
            Drift(kind: .partyGone, party: "old.example", text: "owner unknown, unknown_owner"),
        ]
        let page = ParsedPage(renderer.render(review))
        #expect(page.faults == [])
        let drift = try section("drift", page)
        #expect(
            try row(drift, "new party") == ["new party", "rec.example", "owner unknown, unknown_owner"])
        #expect(try row(drift, "verdict changed").last == "covered \u{2192} expired")
        #expect(try row(drift, "party not seen")[1] == "old.example")
        #expect(page.element(id: "parties") == nil)
        let items = try section("checklist", page).all.filter { $0.name == "li" }.map(\.plain)
        #expect(
            items.contains(
                "2 changes since the behaviour that was approved: each is explained, or undone by the vendor."
            ))
        review.drift = []
        #expect(try section("drift", ParsedPage(renderer.render(review))).plain.contains("Nothing is new."))
    }

    @Test func noValueAndNoMarkupOfTheSessionComesThrough() throws {
        let hostile = Recorded.entry(
            1, "https://app.quizly.example/",
            answer: #","headers":[{"name":"Set-Cookie","value":"<script>x</script>=1"}]"#)
        var review = try Recorded.review(Recorded.har([hostile] + Recorded.session), vendor: "quizly").review
        review.app = "<b>App</b>\u{202e}"
        review.gaps.append(AppReview.Gap(reason: "\"><img src=x>", count: 1))
        let html = renderer.render(review)
        #expect(ParsedPage(html).faults == [])
        #expect(html.contains("Review of &lt;b&gt;App&lt;/b&gt;\\u{202e}"))
        for value in ["maressol4821", "S730441856", "Quorndale", "<script", "<img"] {
            #expect(!html.contains(value))
        }
    }

    /// A session may chain as many hosts as it likes: the list is nested so far and no further.
    @Test func aLongChainIsDrawn() {
        var node = InitiatorNode(host: "end.example", kind: .script, requests: 1, first: nil, children: [])
        for number in 0..<500 {
            node = InitiatorNode(
                host: "h\(number).example", kind: .script, requests: 1, first: nil, children: [node])
        }
        let flat = ReviewHTML.flat([node])
        #expect(flat.count == 501 && flat.last?.depth == 500)
    }
}
