import Bytes

/// The Common Event Format: `CEF:0|vendor|product|version|signature|name|severity|key=value key=value ...`
/// (ArcSight's CEF implementation standard). Vendors put it behind a syslog header.
struct CEFText {
    /// `vendor` to `severity`, escapes still in.
    private(set) var header: [FieldRange] = []
    /// Where the extension's pairs begin.
    private(set) var extensionStart = 0

    /// Nil unless the line begins with `CEF:` and has all seven bars.
    init?(_ line: RawSpan) {
        guard line.word(at: 0, count: 4) == 0x3a46_4543 else { return nil }
        var start = 4
        var index = 4
        // Version, then the six fields of the header.
        while header.count < 7 {
            guard let byte = line.byte(at: index) else { return nil }
            if byte == UInt8(ascii: "\\") {
                index += 2
                continue
            }
            if byte == UInt8(ascii: "|") {
                header.append(FieldRange(start: start, end: index))
                start = index + 1
            }
            index += 1
        }
        header.removeFirst()
        extensionStart = start
    }

    /// The pairs of the extension: a value runs up to the next ` key=`, since values hold spaces unescaped.
    static func pairs(
        _ line: RawSpan, from start: Int, _ body: (_ key: FieldRange, _ value: FieldRange) -> Void
    ) {
        var key: FieldRange?
        var valueStart = start
        // Where a key may begin: only behind a space, so that `=` in a value makes none.
        var wordStart: Int? = start
        var index = start
        while let byte = line.byte(at: index) {
            if byte == UInt8(ascii: "\\") {
                index += 2
                continue
            }
            if byte == UInt8(ascii: " ") { wordStart = index + 1 }
            if byte == UInt8(ascii: "="), let word = wordStart {
                wordStart = nil
                if index > word, isKey(line, from: word, to: index) {
                    if let key { body(key, trimmed(line, from: valueStart, to: word)) }
                    key = FieldRange(start: word, end: index)
                    valueStart = index + 1
                }
            }
            index += 1
        }
        if let key { body(key, trimmed(line, from: valueStart, to: line.byteCount)) }
    }

    /// Letters, digits, `_` and `.`: what stands before an unescaped `=` and is none of these belongs to a value.
    private static func isKey(_ line: RawSpan, from start: Int, to end: Int) -> Bool {
        for index in start..<end {
            guard let byte = line.byte(at: index) else { return false }
            let isLetter = byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7a
            guard isLetter || byte >= 0x30 && byte <= 0x39 || byte == 0x5f || byte == 0x2e else {
                return false
            }
        }
        return true
    }

    private static func trimmed(_ line: RawSpan, from start: Int, to end: Int) -> FieldRange {
        var end = max(start, end)
        while end > start, line.byte(at: end - 1) == UInt8(ascii: " ") { end -= 1 }
        return FieldRange(start: start, end: end)
    }
}

/// The Log Event Extended Format: `LEEF:1.0|vendor|product|version|event|key=value<TAB>key=value` and `LEEF:2.0` with
/// the delimiter as a sixth field (IBM QRadar's LEEF documentation).
struct LEEFText {
    private(set) var delimiter = UInt8(ascii: "\t")
    private(set) var attributesStart = 0

    init?(_ line: RawSpan) {
        guard line.word(at: 0, count: 5) == 0x3a_4645_454c else { return nil }
        let isSecond = line.byte(at: 5) == UInt8(ascii: "2")
        var bars = 0
        var index = 5
        var fieldStart = 5
        while bars < (isSecond ? 6 : 5) {
            guard let bar = line.firstIndex(of: UInt8(ascii: "|"), from: index) else { return nil }
            fieldStart = index
            index = bar + 1
            bars += 1
        }
        if isSecond {
            guard let mark = LEEFText.delimiter(line, FieldRange(start: fieldStart, end: index - 1)) else {
                return nil
            }
            delimiter = mark
        }
        attributesStart = index
    }

    /// The byte itself or its hexadecimal number (`x5E`, `0x5E`); a tab when the field is empty.
    private static func delimiter(_ line: RawSpan, _ field: FieldRange) -> UInt8? {
        if field.count == 0 { return UInt8(ascii: "\t") }
        if field.count == 1 { return line.byte(at: field.start) }
        var text = String(ascii: line.clamped(from: field.start, count: min(field.count, 6))).lowercased()
        if text.hasPrefix("0") { text.removeFirst() }
        guard text.hasPrefix("x") else { return nil }
        return UInt8(text.dropFirst(), radix: 16)
    }

    /// A value runs up to the delimiter; there is no escape.
    func pairs(_ line: RawSpan, _ body: (_ key: FieldRange, _ value: FieldRange) -> Void) {
        var start = attributesStart
        while start < line.byteCount {
            let end = line.firstIndex(of: delimiter, from: start) ?? line.byteCount
            let pair = line.clamped(from: 0, count: end)
            if let equals = pair.firstIndex(of: UInt8(ascii: "="), from: start), equals > start {
                body(FieldRange(start: start, end: equals), FieldRange(start: equals + 1, end: end))
            }
            start = end + 1
        }
    }
}
