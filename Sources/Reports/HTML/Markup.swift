package import Bytes

/// HTML or SVG text that is safe to put into a page.
///
/// Escaping is by construction: the literal parts of an interpolated literal are markup, and whatever is
/// interpolated as a `String` is text, escaped, also within a quoted attribute. Literals close every element
/// (`<br/>`), so that a page is well-formed XML too, which the tests check.
package struct Markup: Equatable, Sendable, ExpressibleByStringInterpolation {
    package let html: String

    package static let empty = Markup("")

    package init(stringLiteral literal: String) { html = literal }

    package init(stringInterpolation: Interpolation) { html = stringInterpolation.html }

    /// Text, with everything escaped that would act on the page or on the order of characters.
    package init(text: String) { html = Markup.escaped(text) }

    /// The parts one after the other.
    package init(_ parts: [Markup], separator: Markup = .empty) {
        html = parts.map(\.html).joined(separator: separator.html)
    }

    package var isEmpty: Bool { html.isEmpty }

    package static func + (a: Markup, b: Markup) -> Markup { Markup([a, b]) }

    package struct Interpolation: StringInterpolationProtocol {
        fileprivate(set) var html = ""

        package init(literalCapacity: Int, interpolationCount: Int) {
            html.reserveCapacity(literalCapacity + interpolationCount * 16)
        }

        package mutating func appendLiteral(_ literal: String) { html += literal }

        package mutating func appendInterpolation(_ text: String) { html += Markup.escaped(text) }

        package mutating func appendInterpolation(_ number: some BinaryInteger) { html += String(number) }

        package mutating func appendInterpolation(_ day: CivilDay) { html += day.description }

        package mutating func appendInterpolation(_ markup: Markup) { html += markup.html }

        package mutating func appendInterpolation(_ list: [Markup]) {
            for markup in list { html += markup.html }
        }

        /// Nothing when there is nothing.
        package mutating func appendInterpolation(_ markup: Markup?) { html += markup?.html ?? "" }
    }

    private static func escaped(_ text: String) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "\"": out += "&quot;"
            case "'": out += "&#39;"
            default:
                // As everywhere else in reports: what acts instead of showing itself is written out.
                if needsEscape(scalar) {
                    out += "\\u{\(String(scalar.value, radix: 16))}"
                } else {
                    out.unicodeScalars.append(scalar)
                }
            }
        }
        return out
    }
}

extension Markup {
    /// A name from the network or a path: it may wrap after each point or slash, and its letters do not turn the
    /// order of what stands beside it, whichever way they run.
    package static func name(_ text: String) -> Markup {
        var parts: [Markup] = []
        var piece = ""
        for character in text {
            piece.append(character)
            if character == "." || character == "/" || character == ":" {
                parts.append("\(piece)<wbr/>")
                piece = ""
            }
        }
        parts.append("\(piece)")
        return "<bdi class=\"name\">\(parts)</bdi>"
    }

    /// The elements of a list.
    package static func list(_ items: [Markup]) -> Markup {
        items.isEmpty ? .empty : "<ul>\(items.map { item -> Markup in "<li>\(item)</li>" })</ul>"
    }
}
