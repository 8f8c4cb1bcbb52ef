import Bytes
import Contacts
import Foundation
import Judgement
import Register
import Roster
import TestSupport
import Testing

@testable import Reports

/// Facts of several days, hours and categories, with everything that a page can hold.
enum PageDemo {
    static func page(_ audience: ReportPage.Audience = .officer, baseline: Baseline? = nil) throws
        -> ReportPage
    {
        var facts = Demo.facts()
        // 24 hours apart: the first day is 2026-11-24, a Tuesday, 09:00 in the district.
        for day in 0..<6 {
            facts.contacts.append(
                Demo.contact("px.adtrack.example", "10.20.1.\(day + 1)", minute: Int64(day) * 1440))
            facts.contacts.append(
                Demo.contact("quizly.example", "10.20.1.9", minute: Int64(day) * 1440 + 120))
        }
        let register = try Register.load(Demo.path("allowlists"))
        let judge = Judge(register: register, roster: try Roster.load(Demo.path("allowlists")))
        let report = Report(facts: facts, judge: judge, tool: "0.1.0", baseline: baseline)
        var page = ReportPage(report, register: register, audience: audience)
        page.inputHashes["captures/a/a.pcap"] = String(repeating: "ab", count: 32)
        return page
    }

    static func html(_ audience: ReportPage.Audience = .officer) throws -> String {
        HTMLRenderer().render(try page(audience))
    }
}

@Suite struct HTMLPageTests {
    @Test(arguments: ReportPage.Audience.allCases)
    func pagesKeepTheRules(audience: ReportPage.Audience) throws {
        let html = try PageDemo.html(audience)
        #expect(html.hasPrefix("<!DOCTYPE html>\n<html lang=\"en\">\n"))
        let page = ParsedPage(html)
        #expect(page.faults == [])
        #expect(!page.elements("table").isEmpty)
        let drawings = page.elements("svg").filter { $0.attributes["aria-hidden"] != "true" }
        #expect(drawings.count == (audience == .families ? 0 : 4))
    }

    @Test(arguments: [
        ("</main>", "<script>1</script></main>", "has a script"),
        ("<b>", "<b onclick=\"x\">", "b has onclick"),
        ("href=\"#findings\"", "href=\"https://a.example\"", "leads to https://a.example"),
        ("<h2 id=\"findings-title\">", "<h4>x</h4><h2>", "no element findings-title"),
        ("<h3", "<h5>x</h5><h3", "h5 follows h2"), ("scope=\"row\"", "", "a row without a head"),
        ("<desc", "<g", "line"), ("<html lang=\"en\">", "<html>", "no language"),
        ("default-src", "x-src", "no policy"), ("id=\"covered\"", "id=\"findings\"", "an id twice"),
        ("data-label=\"Owner\"", "", "a cell not of Owner"), ("role=\"img\"", "", "a drawing without a role"),
        ("@media print", "@import url(x);@media print", "the style has @import"),
    ]) func theRulesFindWhatBreaksThem(part: String, broken: String, fault: String) throws {
        let html = try PageDemo.html()
        #expect(html.contains(part))
        let faults = ParsedPage(html.replacingOccurrences(of: part, with: broken)).faults
        #expect(faults.contains { $0.contains(fault) }, "\(faults)")
    }

    @Test func coloursHaveContrastInBothSchemes() throws {
        let style = ParsedPage(try PageDemo.html()).elements("style").map(\.text).joined()
        let blocks = style.components(separatedBy: ":root{").dropFirst().map { block in
            Dictionary(
                uniqueKeysWithValues: block.prefix { $0 != "}" }.split(separator: ";").compactMap { item in
                    let pair = item.split(separator: ":")
                    return pair.count == 2 && pair[0].hasPrefix("--")
                        ? (String(pair[0].dropFirst(2)), String(pair[1])) : nil
                })
        }
        try #require(blocks.count == 2)
        for colours in blocks {
            for ground in ["page", "surface"] {
                for text in ["ink", "muted", "accent", "high", "medium", "low"] {
                    let ratio = try contrast(colours[text], colours[ground])
                    #expect(ratio >= 4.5, "\(text) on \(ground): \(ratio)")
                }
            }
            for shape in ["permitted", "uncovered", "hidden", "high", "medium", "low"] {
                #expect(try contrast(colours[shape], colours["surface"]) >= 3, "\(shape)")
            }
        }
        // The measure itself, by the example of WCAG: black on white is 21 to 1, equal colours are 1.
        #expect(try contrast("#000000", "#ffffff") == 21)
        #expect(try contrast("#767676", "#ffffff") < 4.55 && contrast("#777777", "#ffffff") < 4.5)
    }

    private func contrast(_ a: String?, _ b: String?) throws -> Double {
        func luminance(_ colour: String?) throws -> Double {
            let number = try #require(colour.flatMap { UInt32($0.dropFirst(), radix: 16) })
            let channels = [number >> 16 & 255, number >> 8 & 255, number & 255].map { value -> Double in
                let share = Double(value) / 255
                return share <= 0.04045 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
            }
            return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]
        }
        let (first, second) = (try luminance(a), try luminance(b))
        return (max(first, second) + 0.05) / (min(first, second) + 0.05)
    }

    @Test func severityIsAWordAndAShape() throws {
        let page = ParsedPage(try PageDemo.html())
        let badges = page.elements("span").filter { $0.attributes["class"]?.hasPrefix("badge") == true }
        #expect(!badges.isEmpty)
        for badge in badges {
            #expect(["high", "medium", "low"].contains(badge.text))
            #expect(badge.children.first?.name == "svg")
        }
        let shapes = Set(
            badges.map { [$0.text] + ($0.children.first?.children.first?.attributes.values.sorted() ?? []) })
        #expect(shapes.count == Set(badges.map(\.text)).count)
    }

    @Test func whatComesFromTheNetworkIsShownAndDoesNothing() throws {
        var facts = Demo.facts()
        facts.contacts.append(
            Demo.contact("<script>alert(1)</script>.\u{202e}evil\u{7}\"'&.example", "10.20.0.5"))
        facts.inputs[0].path = "captures/\"><img src=x onerror=alert(1)>\u{2066}.pcap"
        facts.coverage.notes.append(Contacts.Coverage.Note(key: "<b>&\u{0}", count: 1))
        let register = try Register.load(Demo.path("allowlists"))
        let report = Report(
            facts: facts, register: register, roster: try Roster.load(Demo.path("allowlists")), tool: "<1>")
        for audience in ReportPage.Audience.allCases {
            let html = HTMLRenderer().render(ReportPage(report, register: register, audience: audience))
            #expect(ParsedPage(html).fault == nil)
            #expect(!html.contains("<script") && !html.contains("<img") && !html.contains("<b>&"))
            #expect(!html.unicodeScalars.contains { $0 != "\n" && needsEscape($0) })
        }
        let officer = HTMLRenderer().render(ReportPage(report, register: register))
        #expect(officer.contains("&lt;script&gt;alert(1)&lt;/<wbr/>script&gt;."))
        #expect(officer.contains("\\u{202e}evil\\u{7}&quot;&#39;&amp;."))
    }

    @Test func theSameReportGivesTheSameBytes() throws {
        for audience in ReportPage.Audience.allCases {
            #expect(try PageDemo.html(audience) == PageDemo.html(audience))
        }
    }

    @Test func noClientAddressAndNoDeviceIsNamed() throws {
        for audience in ReportPage.Audience.allCases {
            let html = try PageDemo.html(audience).replacingOccurrences(of: "<wbr/>", with: "")
            for address in ["10.20.0.5", "10.20.1.1", "2001:db8:20::6", "10.30.0.5", "10.10.0.2"] {
                #expect(!html.contains(address))
            }
        }
    }
}
