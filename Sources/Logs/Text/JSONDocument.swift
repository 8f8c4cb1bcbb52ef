package import Bytes
import CSimdjson

/// A key of a JSON object, ready to be compared.
package struct JSONKey: ExpressibleByStringLiteral, Sendable {
    fileprivate let words: (UInt64, UInt64, UInt64, UInt64)
    fileprivate let count: Int

    /// At most 32 bytes: longer keys match nothing.
    package init(stringLiteral text: String) {
        // Without an array in between: keys are also made where lines are read.
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        var place: UInt64 = 0
        for byte in text.utf8 {
            let bits = UInt64(byte) &<< (place &* 8 & 63)
            switch place / 8 {
            case 0: words.0 |= bits
            case 1: words.1 |= bits
            case 2: words.2 |= bits
            case 3: words.3 |= bits
            default: break
            }
            place &+= 1
        }
        self.words = words
        count = place <= 32 ? Int(truncatingIfNeeded: place) : -1
    }

    func isSame(as other: JSONKey) -> Bool { words == other.words && count == other.count }
}

/// One parsed line of JSON: values in document order, and their texts. Parsed by simdjson, read with bounds checks.
package struct JSONDocument: ~Escapable {
    /// Keys and strings, unescaped: what ranges of texts point into.
    package let texts: RawSpan
    private let values: RawSpan

    /// The document's outermost value.
    package static let root = 0
    /// Bytes of one value in memory.
    private static let stride = 32

    package enum Kind: UInt64, Sendable {
        case null, no, yes, signed, unsigned, double, string, object, array
    }

    @_lifetime(copy values, copy texts)
    private init(values: RawSpan, texts: RawSpan) {
        self.values = values
        self.texts = texts
    }

    /// Runs `body` on the document that `line` is; nil when it is none, or one deeper than 32 levels or of more than
    /// 65,536 values.
    package static func with<R>(_ line: RawSpan, _ body: (borrowing JSONDocument) -> R) -> R? {
        unsafe with(line, parser: hallpass_json_parse, body)
    }

    /// The same for a whole entry of a HAR: up to 512 levels and 2,097,152 values.
    package static func withEntry<R>(_ entry: RawSpan, _ body: (borrowing JSONDocument) -> R) -> R? {
        unsafe with(entry, parser: hallpass_json_parse_entry, body)
    }

    private typealias Parser = (UnsafePointer<CChar>?, Int, UnsafeMutablePointer<hallpass_json_document>?) ->
        Int32

    private static func with<R>(
        _ text: RawSpan, parser: Parser, _ body: (borrowing JSONDocument) -> R
    ) -> R? {
        var document = unsafe hallpass_json_document()
        let status = unsafe text.withUnsafeBytes { bytes in
            unsafe parser(bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count, &document)
        }
        guard status == 0, text.byteCount > 0 else { return nil }
        // The memory is this thread's until its next call, and the document cannot escape `body`, which parses nothing.
        let values = unsafe UnsafeRawBufferPointer(
            start: document.values, count: document.count * JSONDocument.stride)
        let texts = unsafe UnsafeRawBufferPointer(start: document.texts, count: document.text_bytes)
        return unsafe body(JSONDocument(values: values.bytes, texts: texts.bytes))
    }

    package func kind(_ index: Int) -> Kind {
        Kind(rawValue: values.word(at: offset(index), count: 4)) ?? .null
    }

    /// Behind the value and all within it: the next member's index, or the enclosing value's end.
    package func end(_ index: Int) -> Int {
        Int(truncatingIfNeeded: values.word(at: offset(index) &+ 4, count: 4))
    }

    /// The first member of the object at `index` with this key.
    package func member(_ index: Int, _ key: JSONKey) -> Int? {
        guard kind(index) == .object else { return nil }
        let stop = end(index)
        var child = index + 1
        while child < stop {
            if matches(child, key) { return child }
            child = max(end(child), child + 1)
        }
        return nil
    }

    /// Members of an object or array, as indices.
    package func members(_ index: Int) -> [Int] {
        guard kind(index) == .object || kind(index) == .array else { return [] }
        var children: [Int] = []
        var child = index + 1
        while child < end(index) {
            children.append(child)
            child = max(end(child), child + 1)
        }
        return children
    }

    /// A member's key as text: of those that are longer than a `JSONKey`.
    package func key(_ index: Int) -> String {
        let place = offset(index)
        let start = Int(truncatingIfNeeded: values.word(at: place &+ 8, count: 4))
        let count = Int(truncatingIfNeeded: values.word(at: place &+ 12, count: 4))
        return String(decoding: texts.clamped(from: start, count: count).copied(), as: UTF8.self)
    }

    private func matches(_ index: Int, _ key: JSONKey) -> Bool {
        let place = offset(index)
        guard Int(truncatingIfNeeded: values.word(at: place &+ 12, count: 4)) == key.count else {
            return false
        }
        let start = Int(truncatingIfNeeded: values.word(at: place &+ 8, count: 4))
        return texts.word(at: start, count: min(8, key.count)) == key.words.0
            && texts.word(at: start &+ 8, count: key.count &- 8) == key.words.1
            && texts.word(at: start &+ 16, count: key.count &- 16) == key.words.2
            && texts.word(at: start &+ 24, count: key.count &- 24) == key.words.3
    }

    /// A string's place in `texts`; nil for anything else.
    package func text(_ index: Int?) -> FieldRange? {
        guard let index, kind(index) == .string else { return nil }
        let start = Int(truncatingIfNeeded: values.word(at: offset(index) &+ 16))
        let count = Int(truncatingIfNeeded: values.word(at: offset(index) &+ 24, count: 4))
        return FieldRange(start: start, end: start &+ count)
    }

    /// A string's text; nil for anything else.
    package func string(_ index: Int?) -> String? {
        text(index).map { String(ascii: texts.clamped(from: $0.start, count: $0.count)) }
    }

    /// A number without sign or fraction, also one in a string, as some exporters write them.
    package func unsigned(_ index: Int?) -> UInt64? {
        guard let index else { return nil }
        let bits = values.word(at: offset(index) &+ 16)
        switch kind(index) {
        case .unsigned: return bits
        case .signed: return bits >> 63 == 0 ? bits : nil
        case .string: return text(index).flatMap { DecimalText.read(texts, from: $0.start, to: $0.end) }
        default: return nil
        }
    }

    package func double(_ index: Int?) -> Double? {
        guard let index else { return nil }
        let bits = values.word(at: offset(index) &+ 16)
        switch kind(index) {
        case .unsigned: return Double(bits)
        case .signed: return Double(Int64(bitPattern: bits))
        case .double: return Double(bitPattern: bits)
        default: return nil
        }
    }

    package func bool(_ index: Int?) -> Bool? {
        guard let index else { return nil }
        return kind(index) == .yes ? true : kind(index) == .no ? false : nil
    }

    func address(_ index: Int?) -> IPAddress? {
        guard let field = text(index) else { return nil }
        if let quick = IPAddress.quickIPv4(texts, from: field.start, to: field.end) { return quick }
        return IPAddress(ascii: texts.clamped(from: field.start, count: field.count))?.unmapped
    }

    func port(_ index: Int?) -> UInt16? { unsigned(index).flatMap { UInt16(exactly: $0) } }

    private func offset(_ index: Int) -> Int { max(index, 0) &* JSONDocument.stride }
}
