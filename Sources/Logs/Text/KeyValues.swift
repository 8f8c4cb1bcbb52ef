import Bytes

/// The keys of a `key=value` format that a parser wants, each with a number: its place in the list.
struct KeyList: Sendable {
    /// The longest key that any format read here has.
    static let byteLimit = 32

    private let keys: [[UInt8]]
    private var slots: [Int8]

    /// At most 64 keys, each given as it stands in the log.
    init(_ names: [String]) {
        keys = names.prefix(64).map { Array($0.utf8) }
        slots = Array(repeating: -1, count: 256)
        for (number, key) in keys.enumerated() {
            var slot = Int(key.withRawSpan { KeyList.hash($0, from: 0, count: $0.byteCount) })
            while slots[slot] >= 0 { slot = (slot + 1) & 255 }
            slots[slot] = Int8(truncatingIfNeeded: number)
        }
    }

    var count: Int { keys.count }

    /// The number of the key of `count` bytes at `start`; nil when it is not wanted.
    func number(of line: RawSpan, from start: Int, count: Int) -> Int? {
        guard count > 0, count <= KeyList.byteLimit else { return nil }
        var slot = Int(KeyList.hash(line, from: start, count: count))
        while slots[slot] >= 0 {
            let number = Int(slots[slot])
            let key = keys[number]
            if key.count == count, line.equals(from: start, count: count, key.span.bytesView, from: 0) {
                return number
            }
            slot = (slot + 1) & 255
        }
        return nil
    }

    private static func hash(_ line: RawSpan, from start: Int, count: Int) -> UInt8 {
        let mixed = mix(line.word(at: start, count: min(8, count)), UInt64(truncatingIfNeeded: count))
        return UInt8(truncatingIfNeeded: mixed ^ line.word(at: start + count - 1, count: 1))
    }
}

/// The wanted values of a line of `key=value` pairs. A quoted value is passed over whole, so that text in it which
/// looks like a pair is none; of two values for a key the first counts and the line is marked.
struct KeyValues: Sendable {
    /// How a line separates and quotes.
    struct Style: Sendable {
        var separator = UInt8(ascii: " ")
        var quote = UInt8(ascii: "\"")
        /// Whether a backslash takes the quote behind it its meaning.
        var hasBackslash = true
    }

    private let keys: KeyList
    private let style: Style
    private var values: [CSVCell?]
    /// Whether a wanted key came twice: somebody may have written a pair of their own.
    private(set) var hasRepeat = false
    /// Pairs in the line, wanted or not.
    private(set) var pairs = 0

    init(_ keys: KeyList, style: Style = Style()) {
        self.keys = keys
        self.style = style
        values = Array(repeating: nil, count: keys.count)
    }

    /// The value of the key with this number, without quotes; nil when the line has none or it is empty.
    subscript(_ number: Int) -> CSVCell? {
        guard number >= 0, number < values.count, let value = values[number], !value.isEmpty else {
            return nil
        }
        return value
    }

    /// Reads `start ..< end`; false when a quote is not closed.
    mutating func read(_ line: RawSpan, from start: Int, to end: Int) -> Bool {
        for index in values.indices { values[index] = nil }
        hasRepeat = false
        pairs = 0
        let text = line.clamped(from: 0, count: end)
        var position = start
        while position < end {
            if text.byte(at: position) == style.separator {
                position += 1
                continue
            }
            guard let next = readPair(text, from: position) else { return false }
            position = next
        }
        return true
    }

    /// Reads the pair or the bare word at `start`; returns where the separator behind it stands.
    private mutating func readPair(_ text: RawSpan, from start: Int) -> Int? {
        var index = start
        while let byte = text.byte(at: index), byte != UInt8(ascii: "="), byte != style.separator {
            index += 1
        }
        guard text.byte(at: index) == UInt8(ascii: "=") else { return index }
        let key = index
        guard text.byte(at: key + 1) == style.quote else {
            let end = text.firstIndex(of: style.separator, from: key + 1) ?? text.byteCount
            note(text, keyFrom: start, keyTo: key, CSVCell(start: key + 1, end: end))
            return end
        }
        guard let (quote, hasEscape) = closingQuote(text, from: key + 2) else { return nil }
        note(text, keyFrom: start, keyTo: key, CSVCell(start: key + 2, end: quote, hasEscape: hasEscape))
        return quote + 1
    }

    /// The quote that ends the value: one with a separator or the line's end behind it.
    private func closingQuote(_ text: RawSpan, from start: Int) -> (Int, Bool)? {
        var index = start
        var hasEscape = false
        while let byte = text.byte(at: index) {
            if byte == UInt8(ascii: "\\"), style.hasBackslash {
                hasEscape = true
                index += 2
                continue
            }
            if byte == style.quote {
                let next = text.byte(at: index + 1)
                if next == nil || next == style.separator { return (index, hasEscape) }
            }
            index += 1
        }
        return nil
    }

    private mutating func note(_ text: RawSpan, keyFrom start: Int, keyTo end: Int, _ value: CSVCell) {
        pairs += 1
        guard let number = keys.number(of: text, from: start, count: end - start) else { return }
        if values[number] != nil {
            hasRepeat = true
        } else {
            values[number] = value
        }
    }
}
