/// Text for a terminal of fixed-width cells.
package enum TerminalText {
    /// The text with everything escaped that would act on the terminal instead of showing itself.
    package static func safe(_ text: String) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            if needsEscape(scalar) {
                out += "\\u{\(String(scalar.value, radix: 16))}"
            } else {
                out.unicodeScalars.append(scalar)
            }
        }
        return out
    }

    /// Cells that the text takes up.
    package static func width(_ text: String) -> Int { text.unicodeScalars.reduce(0) { $0 + width($1) } }

    private static func width(_ scalar: Unicode.Scalar) -> Int {
        if scalar.value < 0x300 { return 1 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark: return 0
        default: break
        }
        // The blocks of East Asian Wide and of emoji (Unicode UAX #11), by range.
        switch scalar.value {
        case 0x1100...0x115f, 0x2e80...0xa4cf, 0xac00...0xd7a3, 0xf900...0xfaff, 0xfe30...0xfe6f,
            0xff00...0xff60,
            0xffe0...0xffe6, 0x1f300...0x1faff, 0x20000...0x3fffd:
            return 2
        default: return 1
        }
    }

    /// The text cut to `limit` cells, an ellipsis marking the cut.
    package static func clipped(_ text: String, _ limit: Int) -> String {
        guard width(text) > limit else { return text }
        var out = ""
        var used = 0
        for character in text {
            let next = width(String(character))
            if used + next > limit - 3 { break }
            out.append(character)
            used += next
        }
        return limit < 3 ? String(repeating: ".", count: max(0, limit)) : out + "..."
    }

    /// The text followed by spaces up to `cells`.
    package static func padded(_ text: String, _ cells: Int) -> String {
        text + String(repeating: " ", count: max(0, cells - width(text)))
    }

    /// Lines of at most `limit` cells, broken between words where there are any and inside them where not.
    package static func wrapped(_ text: String, _ limit: Int) -> [String] {
        let limit = max(8, limit)
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ").map(String.init) {
            for piece in pieces(word, limit) {
                if line.isEmpty {
                    line = piece
                } else if width(line) + 1 + width(piece) <= limit {
                    line += " " + piece
                } else {
                    lines.append(line)
                    line = piece
                }
            }
        }
        if !line.isEmpty { lines.append(line) }
        return lines
    }

    private static func pieces(_ word: String, _ limit: Int) -> [String] {
        if width(word) <= limit { return [word] }
        var pieces: [String] = []
        var piece = ""
        for character in word {
            if width(piece) + width(String(character)) > limit {
                pieces.append(piece)
                piece = ""
            }
            piece.append(character)
        }
        return piece.isEmpty ? pieces : pieces + [piece]
    }
}

/// Quantities for people.
package enum Quantity {
    /// Decimal units: `940 B`, `2.1 kB`, `14 MB`.
    package static func bytes(_ count: UInt64) -> String {
        let units = ["B", "kB", "MB", "GB", "TB", "PB", "EB"]
        var unit = 0
        var divisor: UInt64 = 1
        while unit + 1 < units.count, count / divisor >= 1000 {
            divisor *= 1000
            unit += 1
        }
        if unit == 0 { return "\(count) B" }
        let whole = count / divisor
        if whole >= 10 { return "\(whole) \(units[unit])" }
        return "\(whole).\(count % divisor / (divisor / 10)) \(units[unit])"
    }

    /// A ratio with one digit after the point, such as `7.1`.
    package static func tenths(_ value: Double) -> String {
        let scaled = (min(max(value.isNaN ? 0 : value, 0), 1e15) * 10).rounded()
        let tenths = UInt64(exactly: scaled) ?? 0
        return "\(tenths / 10).\(tenths % 10)"
    }

    package static func of(_ count: some BinaryInteger, _ one: String, _ many: String? = nil) -> String {
        "\(count) \(count == 1 ? one : many ?? one + "s")"
    }
}
