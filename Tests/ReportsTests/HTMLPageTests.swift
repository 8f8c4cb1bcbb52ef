import Bytes
import Contacts
import Foundation
import Judgement
import Register
import Roster
import Testing

@testable import Reports

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// A page as the tree of its elements: pages are well-formed XML, so that a strict parser reads them.
final class ParsedPage: NSObject, XMLParserDelegate {
    final class Element {
        let name: String
        let attributes: [String: String]
        private(set) var children: [Element] = []
        fileprivate(set) var text = ""
        weak var parent: Element?

        init(_ name: String, _ attributes: [String: String]) {
            self.name = name
            self.attributes = attributes
        }

        fileprivate func add(_ child: Element) {
            child.parent = self
            children.append(child)
        }

        /// With all descendants, in the page's order.
        var all: [Element] { [self] + children.flatMap(\.all) }
        var fullText: String { text + children.map(\.fullText).joined(separator: " ") }
    }

    private(set) var root = Element("", [:])
    private var open: [Element] = []
    private(set) var fault: String?

    init(_ html: String) {
        super.init()
        open = [root]
        let parser = XMLParser(data: Data(html.utf8))
        parser.delegate = self
        if !parser.parse() { fault = "line \(parser.lineNumber): \(String(describing: parser.parserError))" }
    }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        let element = Element(name, attributes)
        if name == "br" { open.last?.text += " " }
        open.last?.add(element)
        open.append(element)
    }

    func parser(
        _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
    ) { open.removeLast() }

    func parser(_ parser: XMLParser, foundCharacters text: String) { open.last?.text += text }

    func elements(_ name: String) -> [Element] { root.all.filter { $0.name == name } }

    func element(id: String) -> Element? { root.all.first { $0.attributes["id"] == id } }
}

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

/// The rules that every page keeps; accessibility by WCAG 2.2, since no checker of others can be had here.
@Suite struct HTMLPageTests {
    @Test(arguments: ReportPage.Audience.allCases)
    func pagesAreWellFormedAndSelfContained(audience: ReportPage.Audience) throws {
        let html = try PageDemo.html(audience)
        let page = ParsedPage(html)
        #expect(page.fault == nil)
        #expect(html.hasPrefix("<!DOCTYPE html>\n<html lang=\"en\">\n"))
        let policy = page.elements("meta").first { $0.attributes["http-equiv"] == "Content-Security-Policy" }
        #expect(policy?.attributes["content"] == "default-src 'none'; style-src 'unsafe-inline'")
        for element in page.root.all {
            #expect(
                !["script", "iframe", "img", "link", "object", "embed", "base", "form"].contains(element.name)
            )
            for (name, value) in element.attributes {
                #expect(!name.hasPrefix("on") && name != "src" && name != "style", "\(element.name) \(name)")
                if name == "href" { #expect(value.hasPrefix("#")) }
            }
        }
        let style = page.elements("style").map(\.text).joined()
        for word in ["url(", "@import", "http:", "https:", "expression("] { #expect(!style.contains(word)) }
    }

    @Test(arguments: ReportPage.Audience.allCases)
    func structureIsThereForThoseWhoDoNotSeeIt(audience: ReportPage.Audience) throws {
        let page = ParsedPage(try PageDemo.html(audience))
        #expect(page.elements("html").first?.attributes["lang"] == "en")
        #expect(page.elements("title").first?.text.isEmpty == false)
        #expect(page.elements("h1").count == 1)
        #expect(page.elements("main").count == 1 && page.elements("header").count == 1)
        // 1.3.1: no level of heading is left out.
        let levels = page.root.all.compactMap { element -> Int? in
            guard element.name.count == 2, element.name.hasPrefix("h") else { return nil }
            return Int(element.name.dropFirst())
        }
        for (before, after) in zip(levels, levels.dropFirst()) { #expect(after <= before + 1, "\(levels)") }
        // 4.1.1: ids are unique, and whatever refers to one finds it.
        let ids = page.root.all.compactMap { $0.attributes["id"] }
        #expect(Set(ids).count == ids.count)
        for element in page.root.all {
            let labels = element.attributes["aria-labelledby"]?.split(separator: " ").map(String.init) ?? []
            for id in labels { #expect(ids.contains(id), "\(id)") }
            if let target = element.attributes["href"] { #expect(ids.contains(String(target.dropFirst()))) }
        }
        for section in page.elements("section") + page.elements("nav") {
            #expect(section.attributes["aria-labelledby"] != nil || section.attributes["aria-label"] != nil)
        }
        for link in page.elements("a") + page.elements("summary") {
            #expect(!link.fullText.trimmingCharacters(in: .whitespacesAndNewlines).isEmpty)
        }
    }

    @Test(arguments: ReportPage.Audience.allCases)
    func tablesHaveCaptionsAndHeads(audience: ReportPage.Audience) throws {
        let page = ParsedPage(try PageDemo.html(audience))
        #expect(!page.elements("table").isEmpty)
        for table in page.elements("table") {
            #expect(table.attributes["role"] == "table")
            #expect(
                table.children.first?.name == "caption" && table.children.first?.fullText.isEmpty == false)
            let heads = table.all.filter { $0.name == "th" && $0.attributes["scope"] == "col" }
            let rows = table.all.filter { $0.name == "tr" }.dropFirst()
            #expect(!heads.isEmpty && !rows.isEmpty, "\(table.fullText.prefix(80))")
            for row in rows {
                #expect(row.children.count == heads.count)
                #expect(row.children.first?.attributes["scope"] == "row")
                for (head, cell) in zip(heads, row.children).dropFirst() {
                    #expect(cell.attributes["data-label"] == head.text)
                }
            }
        }
    }

    @Test(arguments: [ReportPage.Audience.officer, .team, .year])
    func chartsHaveTitlesAndTheirNumbersBeside(audience: ReportPage.Audience) throws {
        let page = ParsedPage(try PageDemo.html(audience))
        let drawings = page.elements("svg").filter { $0.attributes["aria-hidden"] != "true" }
        #expect(drawings.count == 4)
        for drawing in drawings {
            #expect(drawing.attributes["role"] == "img")
            #expect(drawing.children.prefix(2).map(\.name) == ["title", "desc"])
            #expect(drawing.children.prefix(2).allSatisfy { !$0.text.isEmpty })
            #expect(drawing.parent?.name == "figure")
            #expect(drawing.parent?.all.contains { $0.name == "table" } == true)
        }
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
