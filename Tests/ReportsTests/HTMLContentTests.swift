import Bytes
import Contacts
import Foundation
import Judgement
import Register
import Roster
import TestSupport
import Testing

@testable import Reports

/// What stands on the pages, by hand from the example register and the facts of `PageDemo`.
@Suite struct HTMLContentTests {
    private func section(_ id: String, _ html: String) throws -> ParsedPage.Element {
        try #require(ParsedPage(html).element(id: id))
    }

    private func row(_ section: ParsedPage.Element, _ head: String) throws -> [String] {
        let rows = section.all.filter { $0.name == "tr" }
        let found = rows.first { row in
            row.children.first.map { $0.name == "th" && $0.plain == head } == true
        }
        return try #require(found, "no row \(head)").children.map(\.plain)
    }

    @Test func theOfficersPageHasItsSectionsInOrder() throws {
        let page = ParsedPage(try PageDemo.html())
        let ids = page.elements("section").compactMap { $0.attributes["id"] }
        #expect(
            ids == [
                "summary", "charts", "findings", "expiring", "covered", "without-data", "coverage", "inputs",
                "reading",
            ])
        #expect(page.elements("h1").first?.text == "Student data report")
        let header = try #require(page.elements("header").first)
        #expect(header.plain.contains("Lakeside Public Schools"))
        #expect(header.plain.contains("24 to 29 November 2026"))
    }

    @Test func theFirstSentenceCountsDestinationsBySeverity() throws {
        let page = try PageDemo.page()
        let findings = page.report.assessment.findings
        let summary = try section("summary", HTMLRenderer().render(page)).plain
        let domains = Set(findings.map(\.domain)).count
        // quizly.example has two findings and counts once, by the graver one.
        let high = Set(findings.filter { $0.severity == .high }.map(\.domain))
        let medium = Set(findings.filter { $0.severity == .medium }.map(\.domain)).subtracting(high)
        #expect(findings.count > domains && !high.isEmpty)
        #expect(summary.contains("with \(domains) destinations that no agreement or other record permits"))
        #expect(summary.contains("\(high.count) of high severity, \(medium.count) of medium"))
        #expect(summary.contains("1 of 2 inputs was not read to the end"))
        let empty = Report(facts: Facts(), register: .empty, roster: .empty, tool: "1")
        let nothing = HTMLRenderer().render(ReportPage(empty, register: .empty))
        #expect(nothing.contains("The inputs show no contacts: nothing can be said."))
    }

    @Test func aFindingHasItsReasonsAndTheRecordThatDecided() throws {
        let html = try PageDemo.html()
        let findings = try section("findings", html)
        let row = try row(findings, "adtrack.example")
        #expect(Array(row[1...3]) == ["high", "No agreement on record", "Example Ads (advertising)"])
        let article = try #require(
            findings.all.first {
                $0.name == "article" && $0.plain.contains("adtrack.example")
            })
        let text = article.plain
        #expect(
            text.contains("adtrack.example belongs to Example Ads (advertising); no agreement is on record"))
        #expect(text.contains("+4 category: advertising"))
        #expect(html.contains("third-parties.<wbr/>yaml:<wbr/>5:<wbr/>15"))
    }

    @Test func inputsHaveTheirHashesAndProblems() throws {
        let inputs = try section("inputs", try PageDemo.html())
        let whole = try row(inputs, "captures/a/a.pcap " + String(repeating: "ab", count: 32))
        #expect(whole[1] == "pcap" && whole[4] == "yes")
        let cut = try row(
            inputs,
            "captures/cut/cut.pcap no file by itself the file ends in the middle of a packet at offset 1234")
        #expect(cut[4] == "no")
    }

    @Test func chartsCountByDaysAndHours() throws {
        let charts = try section("charts", try PageDemo.html())
        // A day later than the demo's facts only adtrack.example and quizly.example are contacted.
        #expect(try row(charts, "2026-11-25").count > 1)
        let tables = charts.all.filter { $0.name == "table" }
        let categories = try #require(tables.first)
        let heads = categories.all.filter { $0.name == "th" && $0.attributes["scope"] == "col" }
            .map(\.plain)
        let place = try #require(heads.firstIndex(of: "advertising"))
        for day in 24...29 { #expect(try row(categories, "2026-11-\(day)")[place] == "1") }
        // 14:00 UTC is 09:00 in New York in November. Tuesday the 24th and so on: one contact each Wednesday to Sunday.
        let hours = try row(try #require(tables.last), "09:00")
        #expect(Array(hours[3...7]) == ["1", "1", "1", "1", "1"])
        #expect(try row(try #require(tables.last), "03:00").dropFirst().allSatisfy { $0 == "0" })
    }

    @Test func familiesSeeNoDestinationAndNoSmallNumber() throws {
        let html = try PageDemo.html(.families)
        for word in ["adtrack", "readalong.example", "randomgame", "captures/", "allowlists", "198.51.100"] {
            #expect(!html.replacingOccurrences(of: "<wbr/>", with: "").contains(word))
        }
        let approved = try section("approved", html)
        #expect(
            try row(approved, "Quizly, Inc.")
                == ["Quizly, Inc.", "Quizly for Schools", "2 July 2028"])
        // adtrack.example is the only one that five devices or more contacted: eight of them.
        let others = try section("others", html)
        #expect(try row(others, "advertising, no agreement") == ["advertising, no agreement", "1"])
        let findings = try PageDemo.page().report.assessment.findings
        let small = Set(findings.map(\.domain)).subtracting(["adtrack.example"]).count
        #expect(try row(others, "used by fewer than 5 devices each, of any kind").last == String(small))
        #expect(others.all.filter { $0.name == "tr" }.count == 3)
    }

    @Test func familiesSeeNoShareOfAHandfulOfDevices() throws {
        let register = try Register.load(Demo.path("allowlists"))
        // Two student devices, one staff device.
        let report = Report(
            facts: Demo.facts(), register: register, roster: try Roster.load(Demo.path("allowlists")),
            tool: "1")
        let html = HTMLRenderer().render(ReportPage(report, register: register, audience: .families))
        let summary = try section("summary", html).plain
        #expect(summary.hasPrefix("Too few student devices were seen to speak of them here."))
        let many = try section("summary", try PageDemo.html(.families)).plain
        #expect(many.contains("% of what student devices exchanged with the outside"))
    }

    @Test func theTeamReadsWhatChanged() throws {
        let baseline = Baseline(
            path: "monday.json",
            findings: [
                Baseline.Past(
                    id: "0", verdict: "no_agreement", domain: "adtrack.example", owner: "Example Ads",
                    first: nil)
            ], otherDomains: ["readalong.example"])
        let html = HTMLRenderer().render(try PageDemo.page(.team, baseline: baseline))
        let page = ParsedPage(html)
        let articles = page.elements("article").map(\.plain)
        #expect(articles.contains { $0.contains("readalong.example") })
        #expect(!articles.contains { $0.contains("adtrack.example") })
        #expect(try row(try section("unchanged", html), "adtrack.example")[1] == "high")
        let news = try section("news", html).plain
        #expect(news.contains("Newly expired: 1") && news.contains("permitted"))
        let first = HTMLRenderer().render(try PageDemo.page(.team))
        #expect(first.contains("No earlier report was given, so that everything here counts as new"))
    }

    @Test func theYearHasEveryVendorWithItsAgreements() throws {
        let html = try PageDemo.html(.year)
        let vendors = try section("vendors", html)
        let quizly = try row(vendors, "Quizly, Inc.")
        #expect(Array(quizly[1...2]) == ["2026-11-24", "2026-11-29"])
        // Under the agreement: 7 contacts of 16,800 bytes, that of the excluded shop is without.
        #expect(Array(quizly[4...5]) == ["117 kB", "16 kB"])
        let old = try row(vendors, "MA-NDPA-2023-0042 MA-NDPA")
        #expect(Array(old[1...4]) == ["ended", "2023-06-30", "2023-06-30", "2026-06-30"])
        #expect(try row(vendors, "MA-NDPA-2026-0207 MA-NDPA")[1] == "pending")
    }

    @Test func whatALedgerKnowsIsShown() throws {
        var page = try PageDemo.page()
        let finding = try #require(page.report.assessment.findings.first)
        page.findingNotes[finding.id] = ReportPage.FindingNote(
            state: .acknowledged, firstSeen: CivilDay("2026-11-02"), by: "J. Doe",
            reason: "asked the <vendor>",
            until: CivilDay("2026-12-31"))
        #expect(
            HTMLRenderer().render(page).contains(
                "Acknowledged by J. Doe until 2026-12-31: asked the &lt;vendor&gt;, first seen on 2026-11-02")
        )
    }

    @Test func agreementsThatEndWithinNinetyDaysAreListed() throws {
        let register = try Register.parse(
            yaml: """
                district: {name: D, timezone: UTC}
                vendors:
                  - id: v
                    name: V
                    products: [{id: p, name: P, domains: [v.example]}]
                    agreements:
                      - {id: A-IN, status: signed, signed_district: 2025-01-01, ends: 2027-02-22}
                      - {id: A-OUT, status: signed, signed_district: 2025-01-01, ends: 2027-02-23}
                      - {id: A-PAST, status: signed, signed_district: 2025-01-01, ends: 2026-11-23}
                      - {id: A-LAST, status: signed, signed_district: 2025-01-01, ends: 2026-11-24}
                """)
        // The demo's facts are of 2026-11-24; 90 days later is 2027-02-22.
        let page = ReportPage(
            Report(facts: Demo.facts(), register: register, roster: .empty, tool: "1"), register: register)
        #expect(page.expiring.map(\.id) == ["A-LAST", "A-IN"])
        let section = try section("expiring", HTMLRenderer().render(page))
        #expect(try row(section, "V")[3...4] == ["2026-11-24", "0"])
    }
}

@Suite struct ActivityTests {
    @Test func bytesAreThoseOfTheBlindSpots() throws {
        let assessment = try PageDemo.page().report.assessment
        let students = assessment.blindSpots.students.total
        #expect(assessment.activity.total.total == students.all.bytes)
        #expect(assessment.activity.total.unseen == students.hidden.bytes)
        #expect(students.hidden.bytes > 0)
        #expect(assessment.activity.days.map(\.day.description) == (24...29).map { "2026-11-\($0)" })
        // Of the last five days: one contact with a tracker, one under an agreement.
        for day in assessment.activity.days.dropFirst() {
            #expect(day.uncovered == 16_800 && day.permitted == 16_800 && day.unseen == 0)
        }
    }

    @Test func itIsTheSameForAnyNumberOfJobs() throws {
        var facts = Demo.facts()
        for client in 1..<60 {
            facts.contacts.append(
                Demo.contact("px.adtrack.example", "10.20.2.\(client)", minute: Int64(client) * 977))
        }
        let judge = Judge(
            register: try Register.load(Demo.path("allowlists")),
            roster: try Roster.load(Demo.path("allowlists")))
        let one = Assessment(facts, judge: judge)
        let many = Assessment(facts, judge: judge, jobs: 7) { count, body in
            for number in (0..<count).reversed() { body(number) }
        }
        #expect(one == many)
        #expect(one.activity.days.count > 20)
    }
}

@Suite struct ChartTests {
    private func day(_ text: String) throws -> CivilDay { try #require(CivilDay(text)) }

    @Test(arguments: [
        ("2026-11-24", "2026-11-24", 1, "2026-11-24", "2026-11-24"),
        ("2026-09-01", "2026-12-01", 92, "2026-09-01", "2026-12-01"),
        // 93 days: weeks, from the Monday before 2026-09-01, which is a Tuesday.
        ("2026-09-01", "2026-12-02", 14, "2026-08-31", "2026-11-30"),
        ("2020-01-01", "2026-11-24", 83, "2020-01", "2026-11"),
        ("1950-06-01", "2026-11-24", 77, "1950", "2026"),
        ("1678-01-01", "2262-01-01", 60, "1670", "2260"),
        ("1969-12-28", "1970-06-01", 24, "1969-12-22", "1970-06-01"),
    ]) func aPeriodIsCutIntoFewSpans(first: String, last: String, count: Int, label: String, end: String)
        throws
    {
        let bins = TimeBins(try day(first)...(try day(last)))
        #expect(bins.count == count)
        #expect(bins.label(0) == label && bins.label(bins.count - 1) == end)
        #expect(bins.place(try day(first)) == 0)
        #expect(bins.place(try day(last)) == count - 1)
        #expect(bins.place(try day("2500-01-01")) == nil)
    }

    @Test func lengthsAreInProportionAndNeverNoughtForSomething() {
        #expect(Drawing.length(50, of: 100, 260) == 130)
        #expect(Drawing.length(0, of: 100, 260) == 0)
        #expect(Drawing.length(1, of: .max, 260) == 15)
        #expect(Drawing.length(.max, of: .max, 260) == 260)
        #expect(Drawing.length(7, of: 3, 260) == 260)
        #expect(Drawing.number(-125) == "-12.5" && Drawing.number(120) == "12")
    }

    @Test func shadesAreInEqualSteps() {
        #expect((0...10).map { HeatMap.level($0, of: 10) } == [0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5])
        #expect(HeatMap.level(.max, of: .max) == 5)
    }

    @Test func arcsLeadFromWhoPulledInToWhom() {
        let nodes = (0..<70).map { ArcDiagram.Node("host\($0).example", .disc, kind: "covered") }
        let diagram = ArcDiagram(
            id: "g", title: "T", summary: "S", nodes: nodes,
            arcs: [
                .init(from: 0, to: 2, words: "script, 3 requests"), .init(from: 1, to: 1, words: "itself"),
                .init(from: 69, to: 0, words: "beyond the drawing"),
                .init(from: -1, to: 99, words: "nowhere"),
            ])
        let html = diagram.chart.markup.html
        let page = ParsedPage(html)
        #expect(page.fault == nil)
        // Rows are 22 apart and begin at 12; the head of the arc is at the third.
        let arcs = page.elements("g").filter { $0.attributes["class"] == "arc" }
        #expect(arcs.count == 1)
        #expect(
            arcs.first?.children.map { $0.attributes["d"] ?? "" }.dropFirst().first
                == "M205 12C256 12 256 56 211 56")
        #expect(arcs.first?.children.last?.attributes["d"] == "M205 56 211 52.5 211 59.5z")
        #expect(page.elements("circle").count == 60)
        #expect(html.contains("and 10 more, in the table"))
        // The table has those that lead somewhere.
        #expect(page.elements("tr").count == 4)
    }

    @Test func sharesAreNotRoundedAway() {
        #expect(PageParts.percent(1, of: 1_000_000) == "under 1 %")
        #expect(PageParts.percent(999_999, of: 1_000_000) == "99 %")
        #expect(PageParts.percent(.max, of: .max) == "100 %")
        #expect(PageParts.percent(0, of: 0) == "0 %")
    }

    @Test func hostileTimesAndCountsDrawToo() throws {
        var facts = Demo.facts()
        for (place, nanoseconds) in [Int64.min, Int64.max, 0].enumerated() {
            var contact = Demo.contact("px.adtrack.example", "10.20.3.\(place + 1)")
            contact.first = Timestamp(nanoseconds: nanoseconds)
            contact.last = Timestamp(nanoseconds: nanoseconds)
            contact.bytesUp = .max
            contact.flows = .max
            facts.contacts.append(contact)
        }
        let register = try Register.load(Demo.path("allowlists"))
        let report = Report(
            facts: facts, register: register, roster: try Roster.load(Demo.path("allowlists")), tool: "1")
        for audience in ReportPage.Audience.allCases {
            let html = HTMLRenderer().render(ReportPage(report, register: register, audience: audience))
            #expect(ParsedPage(html).fault == nil)
        }
    }
}
