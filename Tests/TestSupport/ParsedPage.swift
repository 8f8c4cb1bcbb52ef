package import Foundation

#if canImport(FoundationXML)
    package import FoundationXML
#endif

/// A page as the tree of its elements: pages are well-formed XML, so that a strict parser reads them.
package final class ParsedPage: NSObject, XMLParserDelegate {
    package final class Element {
        package let name: String
        package let attributes: [String: String]
        package private(set) var children: [Element] = []
        package fileprivate(set) var text = ""
        package fileprivate(set) weak var parent: Element?

        init(_ name: String, _ attributes: [String: String]) {
            self.name = name
            self.attributes = attributes
        }

        fileprivate func add(_ child: Element) {
            child.parent = self
            children.append(child)
        }

        /// With all descendants, in the page's order.
        package var all: [Element] { [self] + children.flatMap(\.all) }

        package var fullText: String { text + children.map(\.fullText).joined(separator: " ") }

        /// The text with single spaces.
        package var plain: String { fullText.split { $0 == " " || $0 == "\n" }.joined(separator: " ") }
    }

    package private(set) var root = Element("", [:])
    private var open: [Element] = []
    /// Where the page is not well-formed; nil when it is.
    package private(set) var fault: String?

    package init(_ html: String) {
        super.init()
        open = [root]
        let parser = XMLParser(data: Data(html.utf8))
        parser.delegate = self
        if !parser.parse() { fault = "line \(parser.lineNumber): \(String(describing: parser.parserError))" }
    }

    package func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        let element = Element(name, attributes)
        if name == "br" { open.last?.text += " " }
        open.last?.add(element)
        open.append(element)
    }

    package func parser(
        _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
    ) { open.removeLast() }

    package func parser(_ parser: XMLParser, foundCharacters text: String) { open.last?.text += text }

    package func elements(_ name: String) -> [Element] { root.all.filter { $0.name == name } }

    package func element(id: String) -> Element? { root.all.first { $0.attributes["id"] == id } }
}

/// The rules that every page keeps, by WCAG 2.2 where they are about accessibility: no checker of others can be had here.
/// Each gives what breaks it.
extension ParsedPage {
    package var faults: [String] {
        (fault.map { [$0] } ?? []) + requests + structure + references + tables + drawings
    }

    /// Nothing in the page runs, or is fetched from anywhere.
    private var requests: [String] {
        var faults: [String] = []
        let policy = elements("meta").first { $0.attributes["http-equiv"] == "Content-Security-Policy" }
        if policy?.attributes["content"] != "default-src 'none'; style-src 'unsafe-inline'" {
            faults.append("no policy")
        }
        let foreign = [
            "script", "iframe", "img", "link", "object", "embed", "base", "form", "video", "audio", "use",
        ]
        for element in root.all {
            if foreign.contains(element.name) { faults.append("has a \(element.name)") }
            for (name, value) in element.attributes {
                if name.hasPrefix("on") || ["src", "style", "srcset", "data", "xlink:href"].contains(name) {
                    faults.append("\(element.name) has \(name)")
                }
                if name == "href", !value.hasPrefix("#") { faults.append("leads to \(value)") }
            }
        }
        let style = elements("style").map(\.text).joined()
        for word in ["url(", "@import", "http:", "https:", "expression("] where style.contains(word) {
            faults.append("the style has \(word)")
        }
        return faults
    }

    /// 2.4.2, 3.1.1: title and language; 1.3.1: one main part, no level of heading left out; 2.4.4: links have words.
    private var structure: [String] {
        var faults: [String] = []
        if elements("html").first?.attributes["lang"] != "en" { faults.append("no language") }
        if elements("title").first?.text.isEmpty != false { faults.append("no title") }
        for name in ["h1", "main", "header", "footer"] where elements(name).count != 1 {
            faults.append("\(elements(name).count) of \(name)")
        }
        let levels = root.all.compactMap { element -> Int? in
            guard element.name.count == 2, element.name.hasPrefix("h") else { return nil }
            return Int(element.name.dropFirst())
        }
        for (before, after) in zip(levels, levels.dropFirst()) where after > before + 1 {
            faults.append("h\(after) follows h\(before)")
        }
        for link in elements("a") + elements("summary") where link.plain.isEmpty {
            faults.append("a link without words")
        }
        return faults
    }

    /// 4.1.1: ids are unique, and whatever refers to one finds it; 1.3.1: parts of the page have names.
    private var references: [String] {
        var faults: [String] = []
        let ids = root.all.compactMap { $0.attributes["id"] }
        if Set(ids).count != ids.count { faults.append("an id twice") }
        for element in root.all {
            let labels = element.attributes["aria-labelledby"]?.split(separator: " ").map(String.init) ?? []
            for id in labels where !ids.contains(id) { faults.append("no element \(id)") }
            if let target = element.attributes["href"], !ids.contains(String(target.dropFirst())) {
                faults.append("no target \(target)")
            }
        }
        for part in elements("section") + elements("nav")
        where part.attributes["aria-labelledby"] == nil && part.attributes["aria-label"] == nil {
            faults.append("a \(part.name) without a name")
        }
        return faults
    }

    /// 1.3.1: tables have captions, heads of columns and rows, and in the narrow form each cell its column's title.
    private var tables: [String] {
        var faults: [String] = []
        for table in elements("table") {
            let name = table.children.first?.plain ?? ""
            if table.children.first?.name != "caption" || name.isEmpty {
                faults.append("a table without a caption")
            }
            if table.attributes["role"] != "table" { faults.append("\(name): no role") }
            let heads = table.all.filter { $0.name == "th" && $0.attributes["scope"] == "col" }
            let rows = table.all.filter { $0.name == "tr" }.dropFirst()
            if heads.isEmpty || rows.isEmpty { faults.append("\(name): empty") }
            for row in rows {
                if row.children.count != heads.count {
                    faults.append("\(name): a row of \(row.children.count)")
                }
                if row.children.first?.attributes["scope"] != "row" {
                    faults.append("\(name): a row without a head")
                }
                for (head, cell) in zip(heads, row.children).dropFirst()
                where cell.attributes["data-label"] != head.plain {
                    faults.append("\(name): a cell not of \(head.plain)")
                }
            }
        }
        return faults
    }

    /// 1.1.1: drawings have a title and a description, and the same numbers as a table beside them.
    private var drawings: [String] {
        var faults: [String] = []
        for drawing in elements("svg") where drawing.attributes["aria-hidden"] != "true" {
            if drawing.attributes["role"] != "img" { faults.append("a drawing without a role") }
            let texts = drawing.children.prefix(2)
            if texts.map(\.name) != ["title", "desc"] || texts.contains(where: \.text.isEmpty) {
                faults.append("a drawing without words")
            }
            let figure = drawing.parent
            if figure?.name != "figure" || figure?.all.contains(where: { $0.name == "table" }) != true {
                faults.append("a drawing without a table")
            }
        }
        return faults
    }
}
