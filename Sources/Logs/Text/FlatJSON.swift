import Bytes

/// The members of one JSON object (RFC 8259 §4) that lies in a line, one after the other, without a tree.
///
/// Values are ranges of the line: strings without their quotes, still escaped; objects and arrays with their
/// brackets, to be read by another reader. Only what separates members is checked; a nested value is passed over by
/// counting brackets outside of strings, so that time is linear and depth costs nothing.
struct FlatJSON: ~Escapable {
    enum Kind: Equatable, Sendable {
        case string
        case number
        case object
        case array
        /// `true`, `false` and `null`.
        case word
    }

    struct Value: Equatable, Sendable {
        var kind: Kind
        var range: FieldRange
    }

    struct Member: Equatable, Sendable {
        /// Still escaped, which a key that a parser looks for never is.
        var key: FieldRange
        var value: Value
    }

    private let line: RawSpan
    private let end: Int
    private(set) var position: Int
    private let isArray: Bool
    private var isFirst = true
    /// Whether the closing bracket was reached: false at the end of what is no JSON or is cut.
    private(set) var isComplete = false

    /// Reads the object or array at `start`; there are no members when there is none.
    @_lifetime(copy line)
    init(_ line: RawSpan, from start: Int, to end: Int) {
        self.line = line
        self.end = min(max(end, 0), line.byteCount)
        position = max(start, 0)
        isArray = line.byte(at: position) == UInt8(ascii: "[")
        position = FlatJSON.skipSpace(line, position, self.end)
        let first = line.byte(at: position)
        if first == UInt8(ascii: "{") || first == UInt8(ascii: "[") {
            position += 1
        } else {
            position = self.end
        }
    }

    /// The next member of an object; nil at its end or where it is no JSON.
    mutating func next() -> Member? {
        guard !isArray, begins(), let key = readString() else { return nil }
        position = FlatJSON.skipSpace(line, position, end)
        guard line.byte(at: position) == UInt8(ascii: ":") else { return nil }
        position += 1
        return readValue().map { Member(key: key, value: $0) }
    }

    /// The next element of an array.
    mutating func nextElement() -> Value? {
        guard isArray, begins() else { return nil }
        return readValue()
    }

    /// Moves to the next member; false at the closing bracket and where nothing sensible follows.
    private mutating func begins() -> Bool {
        guard !isComplete else { return false }
        position = FlatJSON.skipSpace(line, position, end)
        guard position < end, let byte = line.byte(at: position) else { return false }
        if byte == (isArray ? UInt8(ascii: "]") : UInt8(ascii: "}")) {
            position += 1
            isComplete = true
            return false
        }
        defer { isFirst = false }
        if isFirst { return true }
        guard byte == UInt8(ascii: ",") else { return false }
        position = FlatJSON.skipSpace(line, position + 1, end)
        return true
    }

    private mutating func readValue() -> Value? {
        position = FlatJSON.skipSpace(line, position, end)
        guard position < end, let byte = line.byte(at: position) else { return nil }
        switch byte {
        case UInt8(ascii: "\""): return readString().map { Value(kind: .string, range: $0) }
        case UInt8(ascii: "{"): return skipNested().map { Value(kind: .object, range: $0) }
        case UInt8(ascii: "["): return skipNested().map { Value(kind: .array, range: $0) }
        default: break
        }
        let start = position
        while position < end, let byte = line.byte(at: position), FlatJSON.isBare(byte) { position += 1 }
        guard position > start else { return nil }
        let range = FieldRange(start: start, end: position)
        let isWord = ["true", "false", "null"].contains { line.says($0, range) }
        return Value(kind: isWord ? .word : .number, range: range)
    }

    /// Letters, digits and the signs of numbers.
    private static func isBare(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2b, 0x2d, 0x2e: true
        default: false
        }
    }

    /// The string at `position`, without its quotes.
    private mutating func readString() -> FieldRange? {
        guard line.byte(at: position) == UInt8(ascii: "\"") else { return nil }
        let start = position + 1
        var index = start
        while index < end, let byte = line.byte(at: index) {
            if byte == UInt8(ascii: "\"") {
                position = index + 1
                return FieldRange(start: start, end: index)
            }
            index += byte == UInt8(ascii: "\\") ? 2 : 1
        }
        return nil
    }

    private mutating func skipNested() -> FieldRange? {
        let start = position
        var depth = 0
        while position < end, let byte = line.byte(at: position) {
            switch byte {
            case UInt8(ascii: "\""):
                guard readString() != nil else { return nil }
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            default: break
            }
            position += 1
            if depth == 0 { return FieldRange(start: start, end: position) }
        }
        return nil
    }

    private static func skipSpace(_ line: RawSpan, _ start: Int, _ end: Int) -> Int {
        var index = start
        while index < end, let byte = line.byte(at: index), byte == 0x20 || byte >= 9 && byte <= 13 {
            index += 1
        }
        return index
    }
}

extension RawSpan {
    /// The text of a JSON string's range with its escapes undone (RFC 8259 §7); nil when an escape is none, or when
    /// the text is longer than `limit` bytes.
    func jsonText(_ value: FlatJSON.Value?, limit: Int) -> [UInt8]? {
        guard let value, value.kind == .string, value.range.count <= limit else { return nil }
        let raw = clamped(from: value.range.start, count: value.range.count)
        guard raw.firstIndex(of: UInt8(ascii: "\\")) != nil else { return raw.copied() }
        var text: [UInt8] = []
        var index = 0
        while index < raw.byteCount, let byte = raw.byte(at: index) {
            guard byte == UInt8(ascii: "\\") else {
                text.append(byte)
                index += 1
                continue
            }
            guard let (bytes, length) = raw.jsonEscape(at: index + 1) else { return nil }
            text += bytes
            index += 1 + length
        }
        return text
    }

    /// What the escape whose letter stands at `index` means, and its length without the backslash. A lone surrogate
    /// means no character.
    private func jsonEscape(at index: Int) -> (bytes: [UInt8], length: Int)? {
        switch byte(at: index) {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"):
            return (byte(at: index).map { [$0] } ?? [], 1)
        case UInt8(ascii: "b"): return ([8], 1)
        case UInt8(ascii: "f"): return ([12], 1)
        case UInt8(ascii: "n"): return ([10], 1)
        case UInt8(ascii: "r"): return ([13], 1)
        case UInt8(ascii: "t"): return ([9], 1)
        case UInt8(ascii: "u"): break
        default: return nil
        }
        guard let high = hex(at: index + 1) else { return nil }
        if let scalar = Unicode.Scalar(high) { return (Array(String(scalar).utf8), 5) }
        guard byte(at: index + 5) == UInt8(ascii: "\\"), byte(at: index + 6) == UInt8(ascii: "u"),
            let low = hex(at: index + 7), high >= 0xd800, high < 0xdc00, low >= 0xdc00, low < 0xe000,
            let scalar = Unicode.Scalar(0x10000 + (high - 0xd800) << 10 + (low - 0xdc00))
        else { return nil }
        return (Array(String(scalar).utf8), 11)
    }

    private func hex(at start: Int) -> UInt32? {
        var value: UInt32 = 0
        for index in start..<(start + 4) {
            switch byte(at: index) {
            case .some(let digit) where digit >= 0x30 && digit <= 0x39:
                value = value << 4 | UInt32(digit - 0x30)
            case .some(let digit) where digit | 0x20 >= 0x61 && digit | 0x20 <= 0x66:
                value = value << 4 | UInt32((digit | 0x20) - 0x61 + 10)
            default: return nil
            }
        }
        return value
    }
}
