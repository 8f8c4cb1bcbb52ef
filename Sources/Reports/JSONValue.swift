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
        var out = ""
        write(to: &out, indent: nil)
        return out
    }

    /// Indented by two spaces, with a line end at the end.
    package var pretty: String {
        var out = ""
        write(to: &out, indent: 0)
        return out + "\n"
    }

    private func write(to out: inout String, indent: Int?) {
        switch self {
        case .null: out += "null"
        case .bool(let value): out += value ? "true" : "false"
        case .integer(let value): out += String(value)
        case .unsigned(let value): out += String(value)
        case .thousandths(let value): out += JSONValue.decimal(value)
        case .string(let text): JSONValue.write(text, to: &out)
        case .array(let values):
            write(values.map { (nil, $0) }, "[", "]", to: &out, indent)
        case .object(let members):
            write(members.map { ($0.key, $0.value) }, "{", "}", to: &out, indent)
        }
    }

    private func write(
        _ items: [(key: String?, value: JSONValue)], _ open: String, _ close: String, to out: inout String,
        _ indent: Int?
    ) {
        out += open
        for (index, item) in items.enumerated() {
            if index > 0 { out += "," }
            if let indent { out += "\n" + String(repeating: "  ", count: indent + 1) }
            if let key = item.key {
                JSONValue.write(key, to: &out)
                out += indent == nil ? ":" : ": "
            }
            item.value.write(to: &out, indent: indent.map { $0 + 1 })
        }
        if let indent, !items.isEmpty { out += "\n" + String(repeating: "  ", count: indent) }
        out += close
    }

    /// Quotes a text. Control and format characters (bidirectional overrides among them) are escaped, so
    /// that a name from the network cannot rearrange what a terminal shows of the file.
    private static func write(_ text: String, to out: inout String) {
        out += "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            case "\r": out += "\\r"
            case "\t": out += "\\t"
            default:
                if needsEscape(scalar) {
                    for unit in String(scalar).utf16 { out += "\\u" + hex4(unit) }
                } else {
                    out.unicodeScalars.append(scalar)
                }
            }
        }
        out += "\""
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
