import Bytes

/// A JSON value whose keys keep the order in which they are given, so that output is the same bytes every
/// time.
package enum JSONValue: Equatable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    /// Counters beyond what a signed integer holds.
    case unsigned(UInt64)
    /// A number in thousandths, for ratios: always three digits after the point.
    case thousandths(Int64)
    case string(String)
    case array([JSONValue])
    case object([Member])

    package struct Member: Equatable, Sendable {
        package var key: String
        package var value: JSONValue
    }

    /// An object from pairs; pairs without a value are left out.
    package static func object(_ pairs: [(String, JSONValue?)]) -> JSONValue {
        .object(pairs.compactMap { key, value in value.map { Member(key: key, value: $0) } })
    }

    package static func text(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }

    package static func count(_ count: Int) -> JSONValue { .integer(Int64(count)) }

    /// A ratio, rounded to thousandths; what is too large for them stays at the limit.
    package static func ratio(_ value: Double) -> JSONValue {
        let scaled = (value * 1000).rounded()
        return .thousandths(Int64(exactly: min(max(scaled.isNaN ? 0 : scaled, -9e15), 9e15)) ?? 0)
    }

    private static func decimal(_ thousandths: Int64) -> String {
        let digits = String(thousandths.magnitude)
        let padded = String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
        return (thousandths < 0 ? "-" : "") + padded.dropLast(3) + "." + padded.suffix(3)
    }

    package static func strings(_ texts: some Sequence<String>) -> JSONValue {
        .array(texts.map { .string($0) })
    }
}

extension JSONValue {
    /// On one line, without spaces.
    package var compact: String {
        var out: [UInt8] = []
        write(to: &out, indent: nil)
        return String(decoding: out, as: UTF8.self)
    }

    /// Indented by two spaces, with a line end at the end.
    package var pretty: String {
        var out: [UInt8] = []
        write(to: &out, indent: 0)
        out.append(UInt8(ascii: "\n"))
        return String(decoding: out, as: UTF8.self)
    }

    /// Appends the value: on one line without `indent`, else indented by so many steps.
    func write(to out: inout [UInt8], indent: Int? = nil) {
        switch self {
        case .null: out += "null".utf8
        case .bool(let value): out += (value ? "true" : "false").utf8
        case .integer(let value):
            if value < 0 { out.append(UInt8(ascii: "-")) }
            out.append(decimal: value.magnitude)
        case .unsigned(let value): out.append(decimal: value)
        case .thousandths(let value): out += JSONValue.decimal(value).utf8
        case .string(let text): JSONValue.write(text, to: &out)
        case .array(let values):
            out.append(UInt8(ascii: "["))
            for (position, value) in values.enumerated() {
                JSONValue.separate(position, indent, &out)
                value.write(to: &out, indent: indent.map { $0 + 1 })
            }
            JSONValue.close(values.count, indent, &out, UInt8(ascii: "]"))
        case .object(let members):
            out.append(UInt8(ascii: "{"))
            for (position, member) in members.enumerated() {
                JSONValue.separate(position, indent, &out)
                JSONValue.write(member.key, to: &out)
                out += (indent == nil ? ":" : ": ").utf8
                member.value.write(to: &out, indent: indent.map { $0 + 1 })
            }
            JSONValue.close(members.count, indent, &out, UInt8(ascii: "}"))
        }
    }

    private static func separate(_ position: Int, _ indent: Int?, _ out: inout [UInt8]) {
        if position > 0 { out.append(UInt8(ascii: ",")) }
        if let indent { breakLine(indent + 1, &out) }
    }

    private static func close(_ count: Int, _ indent: Int?, _ out: inout [UInt8], _ bracket: UInt8) {
        if let indent, count > 0 { breakLine(indent, &out) }
        out.append(bracket)
    }

    private static func breakLine(_ indent: Int, _ out: inout [UInt8]) {
        out.append(UInt8(ascii: "\n"))
        out += repeatElement(UInt8(ascii: " "), count: 2 * indent)
    }

    /// Quotes a text. Control and format characters (bidirectional overrides among them) are escaped, so
    /// that a name from the network cannot rearrange what a terminal shows of the file.
    private static func write(_ text: String, to out: inout [UInt8]) {
        out.append(UInt8(ascii: "\""))
        if text.utf8.allSatisfy(isPlain) {
            out += text.utf8
        } else {
            for scalar in text.unicodeScalars { write(scalar, to: &out) }
        }
        out.append(UInt8(ascii: "\""))
    }

    /// Printable ASCII that needs no escape: nearly all there is.
    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte < 0x7f && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    private static func write(_ scalar: Unicode.Scalar, to out: inout [UInt8]) {
        switch scalar {
        case "\"": out += "\\\"".utf8
        case "\\": out += "\\\\".utf8
        case "\n": out += "\\n".utf8
        case "\r": out += "\\r".utf8
        case "\t": out += "\\t".utf8
        default:
            if needsEscape(scalar) {
                for unit in String(scalar).utf16 { out += ("\\u" + hex4(unit)).utf8 }
            } else {
                out += String(scalar).utf8
            }
        }
    }

    private static func hex4(_ unit: UInt16) -> String {
        let digits = String(unit, radix: 16)
        return String(repeating: "0", count: 4 - digits.count) + digits
    }
}

/// Characters that act on a terminal or on the order of text instead of showing themselves.
func needsEscape(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.value < 0x20 { return true }
    if scalar.value < 0x7f { return false }
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned:
        return true
    default: return false
    }
}
