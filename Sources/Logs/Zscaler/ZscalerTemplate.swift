import Bytes

/// The feed output format of a Zscaler NSS web feed, as the administrator wrote it (help.zscaler.com, "NSS Feed Output
/// Format: Web Logs"): text with fields in it, `%s{login}`, `%d{reqsize}`, `%02d{hh}`; `\t`, `\n` and `\r` are the
/// control characters.
package struct ZscalerTemplate: Sendable {
    enum Piece: Equatable, Sendable {
        case literal([UInt8])
        /// Nil for a field that is not used here.
        case field(ZscalerFields.Key?)
    }

    /// Why a text is no template that can be read; for the user.
    package struct Fault: Error, Equatable, CustomStringConvertible {
        package let description: String
    }

    let pieces: [Piece]

    /// It must at least say when, who, where to, what was done and how much.
    package init(_ text: String) throws(Fault) {
        var reader = Reader(text: Array(text.utf8))
        pieces = try reader.read()
        var keys: Set<ZscalerFields.Key> = []
        for case .field(.some(let key)) in pieces { keys.insert(key) }
        let parts: Set<ZscalerFields.Key> = [.ss, .mm, .hh, .dd, .yyyy]
        guard !keys.isDisjoint(with: [.time, .epochtime]) || keys.isSuperset(of: parts) else {
            throw Fault(description: "the template does not state the time (%s{time} or %d{epochtime})")
        }
        for (needed, what) in [
            ([ZscalerFields.Key.cltip, .login], "the client (%s{cltip} or %s{login})"),
            ([.host, .ehost, .url, .eurl], "the destination (%s{ehost} or %s{eurl})"),
            ([.action], "the action (%s{action})"),
            ([.reqsize, .respsize], "bytes (%d{reqsize}, %d{respsize})"),
        ] where keys.isDisjoint(with: needed) {
            throw Fault(description: "the template does not state \(what)")
        }
        for (piece, next) in zip(pieces, pieces.dropFirst()) {
            if case .field = piece, case .field = next {
                throw Fault(
                    description: "two fields stand side by side with nothing between to tell them apart")
            }
        }
    }

    private struct Reader {
        let text: [UInt8]
        var index = 0
        var pieces: [Piece] = []
        var literal: [UInt8] = []

        mutating func read() throws(Fault) -> [Piece] {
            while index < text.count {
                let byte = text[index]
                index += 1
                if byte == UInt8(ascii: "\\"), index < text.count {
                    readEscape()
                } else if byte == UInt8(ascii: "%") {
                    try readField()
                } else {
                    literal.append(byte)
                }
            }
            // The line's end is no part of the line.
            while let last = literal.last, last == 0x0a || last == 0x0d { literal.removeLast() }
            flush()
            return pieces
        }

        private mutating func flush() {
            if !literal.isEmpty { pieces.append(.literal(literal)) }
            literal = []
        }

        private mutating func readEscape() {
            let byte = text[index]
            index += 1
            switch byte {
            case UInt8(ascii: "t"): literal.append(0x09)
            case UInt8(ascii: "n"): literal.append(0x0a)
            case UInt8(ascii: "r"): literal.append(0x0d)
            default: literal.append(byte)
            }
        }

        /// Behind the percent sign: width, `s` or `d`, and the name in braces.
        private mutating func readField() throws(Fault) {
            while index < text.count, text[index] >= 0x30, text[index] <= 0x39 { index += 1 }
            let isKind = index < text.count && [UInt8(ascii: "s"), UInt8(ascii: "d")].contains(text[index])
            guard isKind, index + 1 < text.count, text[index + 1] == UInt8(ascii: "{"),
                let close = text[index...].firstIndex(of: UInt8(ascii: "}"))
            else {
                throw Fault(description: "a percent sign without a field such as %s{login}")
            }
            let name = String(decoding: text[(index + 2)..<close], as: UTF8.self)
            index = close + 1
            flush()
            pieces.append(.field(ZscalerFields.Key.allCases.first { "\($0)" == name }))
        }
    }
}

extension LogFormat {
    /// The Zscaler feed that the user described.
    package static func zscaler(_ template: ZscalerTemplate) -> LogFormat {
        LogFormat(kind: ZscalerCustom.kind) { _ in ZscalerCustom(template) }
    }
}

/// A Zscaler web feed of a template that the user gave (`--zscaler-template`).
///
/// A value ends where the text behind its field begins; the feed writes what separates values as `%HH` inside of them.
/// A line in which that text stands once too often is rejected: nobody could tell which value it belongs to.
struct ZscalerCustom: LogLineParser {
    static let kind = "zscaler-custom"
    static let knowsItsEnd = false

    private let template: ZscalerTemplate?
    private var fields = ZscalerFields()

    init(_ template: ZscalerTemplate) { self.template = template }

    /// Without a template nothing is told.
    init(head: RawSpan) { template = nil }

    mutating func use(_ settings: LogSettings) { fields.clock = settings.clock }

    mutating func parse(_ line: RawSpan, into record: inout LogRecord) -> LogReason? {
        guard let template, split(line, template.pieces) else { return .fieldsMissing }
        return fields.fill(&record, line)
    }

    private mutating func split(_ line: RawSpan, _ pieces: [ZscalerTemplate.Piece]) -> Bool {
        fields.clear()
        var position = 0
        for (number, piece) in pieces.enumerated() {
            switch piece {
            case .literal(let text):
                guard line.equals(from: position, count: text.count, text.span.bytesView, from: 0) else {
                    return false
                }
                position += text.count
            case .field(let key):
                guard let end = end(of: key, line, from: position, pieces[(number + 1)...]) else {
                    return false
                }
                if number + 1 == pieces.count, hasStray(line, from: position, pieces) { return false }
                if let key {
                    let cell = CSVCell(start: position, end: end)
                    // Zscaler writes `None`, `NA` and the like where it knows nothing.
                    fields[key] = cell.isEmpty || line.isNothing(cell) ? nil : cell
                }
                position = end
            }
        }
        return position == line.byteCount
    }

    /// Where the value that begins at `start` ends; nil when the text behind it does not come.
    private func end(
        of key: ZscalerFields.Key?, _ line: RawSpan, from start: Int,
        _ pieces: ArraySlice<ZscalerTemplate.Piece>
    ) -> Int? {
        // `Mon Mar  2 14:01:02 2026`, whose spaces may be what separates values.
        if key == .time { return start + 24 <= line.byteCount ? start + 24 : nil }
        if case .literal(let text) = pieces.first { return ZscalerCustom.find(text, in: line, from: start) }
        return line.byteCount
    }

    /// Whether the last value holds the text in front of it: then there are more values than fields.
    private func hasStray(_ line: RawSpan, from start: Int, _ pieces: [ZscalerTemplate.Piece]) -> Bool {
        guard pieces.count > 1, case .literal(let text) = pieces[pieces.count - 2] else { return false }
        return ZscalerCustom.find(text, in: line, from: start) != nil
    }

    private static func find(_ text: [UInt8], in line: RawSpan, from start: Int) -> Int? {
        guard let first = text.first else { return nil }
        var index = start
        while let place = line.firstIndex(of: first, from: index) {
            if line.equals(from: place, count: text.count, text.span.bytesView, from: 0) { return place }
            index = place + 1
        }
        return nil
    }
}
