import Bytes

/// A `logformat` of squid.conf, taken apart (`src/format/Token.cc`, documented under `logformat` in `cf.data.pre`):
/// literal text and codes, `%[encoding][-][[0]width[.max]][{argument}]code[{argument}]`.
package struct SquidFormat: Sendable {
    /// How a value is written so that it cannot be taken for what follows.
    enum Encoding: Sendable {
        case raw
        /// Backslash escapes, within double quotes.
        case quoted
        /// Percent escapes of `%`, brackets and what is not printable.
        case brackets
        /// Percent escapes of all that a URL reserves.
        case url
        /// Quotes around values with spaces.
        case shell
    }

    enum Piece: Equatable, Sendable {
        case literal([UInt8])
        case code(String, argument: String?, Encoding)
    }

    /// Why a string is no logformat that can be read; for the user.
    package struct Fault: Error, Equatable, CustomStringConvertible {
        package let description: String
    }

    let pieces: [Piece]

    /// Of nothing: no line fits it.
    static let empty = SquidFormat(pieces: [])

    private init(pieces: [Piece]) { self.pieces = pieces }

    /// Takes the format itself, or a whole `logformat name ...` line of squid.conf. It must at least say when, who
    /// and where to.
    package init(_ text: String) throws(Fault) {
        var reader = Reader(Array(text.utf8))
        pieces = try reader.read()
        var codes: Set<String> = []
        for case .code(let code, _, _) in pieces { codes.insert(code) }
        for case .code(let code, .some, _) in pieces where ["tl", "tg"].contains(code) {
            throw Fault(
                description: "%\(code) with a format of its own is not read; use %ts.%03tu or %\(code) alone")
        }
        for (needed, what) in [
            (["ts", "tl", "tg"], "a time (%ts, %tl or %tg)"), ([">a", ">A"], "the client (%>a or %>A)"),
            (["ru", ">ru", ">rd", "ssl::>sni"], "the URL (%ru)"),
        ] where codes.isDisjoint(with: needed) {
            throw Fault(description: "the format does not state \(what)")
        }
    }

    private struct Reader {
        let text: [UInt8]
        var index = 0
        var pieces: [Piece] = []
        var literal: [UInt8] = []
        /// The quote or bracket that literal text has opened, which decides how a code within it is encoded.
        var context: UInt8?

        init(_ text: [UInt8]) {
            self.text = text
            // `logformat name ` in front is what squid.conf has.
            let words = text.split(separator: 0x20, maxSplits: 2, omittingEmptySubsequences: true)
            if words.count == 3, Array(words[0]) == Array("logformat".utf8) { index = words[2].startIndex }
        }

        mutating func read() throws(Fault) -> [Piece] {
            while index < text.count {
                let byte = text[index]
                index += 1
                if byte != UInt8(ascii: "%") {
                    note(byte)
                } else if index < text.count, text[index] == UInt8(ascii: "%") {
                    index += 1
                    literal.append(byte)
                } else {
                    flush()
                    try readCode()
                }
            }
            flush()
            return try SquidFormat.checked(pieces)
        }

        private mutating func note(_ byte: UInt8) {
            literal.append(byte)
            switch byte {
            case UInt8(ascii: "\""): context = context == byte ? nil : byte
            case UInt8(ascii: "["): if context == nil { context = byte }
            case UInt8(ascii: "]"): if context == UInt8(ascii: "[") { context = nil }
            default: break
            }
        }

        private mutating func flush() {
            if !literal.isEmpty { pieces.append(.literal(literal)) }
            literal = []
        }

        private mutating func readCode() throws(Fault) {
            let encoding = readEncoding()
            while index < text.count,
                text[index] == UInt8(ascii: "-") || isDigit(text[index]) || text[index] == 0x2e
            {
                index += 1
            }
            var argument = try readArgument()
            let start = index
            let allowed = { (byte: UInt8) in
                byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7a || [0x3e, 0x3c, 0x5f, 0x3a].contains(byte)
            }
            while index < text.count, allowed(text[index]) { index += 1 }
            var code = String(decoding: text[start..<index], as: UTF8.self)
            // The longest known code wins: what is left is literal text, as in `%Ss:%Sh`.
            var surplus = 0
            while !code.isEmpty, !SquidFormat.isKnown(code) {
                code.removeLast()
                surplus += 1
            }
            guard !code.isEmpty else {
                let shown = String(decoding: text[start..<min(text.count, start + 12)], as: UTF8.self)
                throw Fault(description: "'%\(shown)' is no code of Squid's logformat")
            }
            index -= surplus
            if argument == nil { argument = try readArgument() }
            pieces.append(.code(code, argument: argument, encoding))
        }

        private mutating func readEncoding() -> Encoding {
            let inherited: Encoding =
                context == UInt8(ascii: "\"") ? .quoted : context == UInt8(ascii: "[") ? .brackets : .raw
            guard index < text.count else { return inherited }
            let encoding: Encoding
            switch text[index] {
            case UInt8(ascii: "\""): encoding = .quoted
            case UInt8(ascii: "["): encoding = .brackets
            case UInt8(ascii: "#"): encoding = .url
            case UInt8(ascii: "/"): encoding = .shell
            case UInt8(ascii: "'"): encoding = .raw
            default: return inherited
            }
            index += 1
            return encoding
        }

        private mutating func readArgument() throws(Fault) -> String? {
            guard index < text.count, text[index] == UInt8(ascii: "{") else { return nil }
            guard let close = text[index...].firstIndex(of: UInt8(ascii: "}")) else {
                throw Fault(description: "a '{' is not closed")
            }
            let argument = String(decoding: text[(index + 1)..<close], as: UTF8.self)
            index = close + 1
            return argument
        }

        private func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
    }

    /// Two values with nothing between them cannot be told apart.
    private static func checked(_ pieces: [Piece]) throws(Fault) -> [Piece] {
        for (first, second) in zip(pieces, pieces.dropFirst()) {
            if case .code(let a, _, _) = first, case .code(let b, _, _) = second {
                throw Fault(description: "nothing stands between %\(a) and %\(b)")
            }
        }
        return pieces
    }

    private static func isKnown(_ code: String) -> Bool {
        if code.hasPrefix("ssl::") || code.hasPrefix("adapt::") || code.hasPrefix("icap::")
            || code.hasPrefix("transport::") || code.hasPrefix("proxy_protocol::")
        {
            return !code.hasSuffix(":")
        }
        return codes.contains(code)
    }

    private static let codes: Set<String> = [
        "sn", "err_code", "err_detail", "note", ">a", ">A", ">p", ">eui", ">la", ">lp", ">qos", ">nfmark",
        "la", "lp",
        "<a", "<A", "<p", "<la", "<lp", "<qos", "<nfmark", "un", "ul", "ue", "us", "ui", "ext_user",
        "credentials", "et",
        "ea", "ts", "tu", "tl", "tg", "tr", "tS", "dt", "rm", "ru", ">ru", "<ru", ">rm", "<rm", ">rs", "<rs",
        ">rd",
        "<rd", ">rP", "<rP", "rp", ">rp", "<rp", "rv", ">rv", "<rv", ">h", ">ha", "<h", "h", "Hs", ">Hs",
        "<Hs", "Ss",
        "Sh", "mt", "st", ">st", "<st", ">sh", "<sh", "sh", "<bs", "<pt", "<tt", "master_xaction",
        "busy_time",
        "request_attempts", "byte",
    ]
}

extension LogFormat {
    /// Squid logs of a format that the user gave.
    package static func squid(_ format: SquidFormat) -> LogFormat {
        LogFormat(kind: SquidCustom.kind) { _ in SquidCustom(format) }
    }
}
