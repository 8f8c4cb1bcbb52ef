import Bytes

/// Pieces of text that lease files share.
enum LeaseText {
    /// Splits at `separator`, at most `limit` parts; the last one holds the rest.
    static func split(_ line: RawSpan, _ separator: UInt8, limit: Int = 64) -> [Range<Int>] {
        var parts: [Range<Int>] = []
        var start = 0
        while parts.count < limit - 1, let end = line.firstIndex(of: separator, from: start) {
            parts.append(start..<end)
            start = end + 1
        }
        parts.append(start..<line.byteCount)
        return parts
    }

    /// Words between blanks.
    static func words(_ line: RawSpan, from start: Int = 0, limit: Int = 32) -> [Range<Int>] {
        var parts: [Range<Int>] = []
        var index = start
        while parts.count < limit {
            while let byte = line.byte(at: index), byte == 0x20 || byte == 0x09 { index += 1 }
            let begin = index
            while let byte = line.byte(at: index), byte != 0x20, byte != 0x09 { index += 1 }
            if index == begin { break }
            parts.append(begin..<index)
        }
        return parts
    }

    /// A decimal number without sign; nil beyond 18 digits or for anything else.
    static func number(_ text: RawSpan) -> Int64? {
        guard text.byteCount > 0, text.byteCount <= 18 else { return nil }
        var value: Int64 = 0
        for index in 0..<text.byteCount {
            guard let byte = text.byte(at: index), byte >= 0x30, byte <= 0x39 else { return nil }
            value = value * 10 + Int64(byte - 0x30)
        }
        return value
    }

    /// Seconds since 1970 of a civil date and a time of day, both in digits at fixed places.
    static func seconds(year: Int64?, month: Int64?, day: Int64?, _ clock: RawSpan) -> Int64? {
        guard let year, let month, let day, let ofDay = clockSeconds(clock),
            let civil = CivilDay(year: Int(year), month: Int(month), day: Int(day))
        else { return nil }
        return civil.daysSince1970 * 86400 + ofDay
    }

    /// `07:43:20`, and whatever fraction follows.
    static func clockSeconds(_ text: RawSpan) -> Int64? {
        guard text.byteCount >= 8, text.byte(at: 2) == 0x3a, text.byte(at: 5) == 0x3a,
            let hour = number(text.clamped(from: 0, count: 2)),
            let minute = number(text.clamped(from: 3, count: 2)),
            let second = number(text.clamped(from: 6, count: 2)), hour < 24, minute < 60, second <= 60
        else { return nil }
        return hour * 3600 + minute * 60 + second
    }

    /// `Jan` ... `Dec` to 1 ... 12.
    static func month(_ text: RawSpan) -> Int64? {
        let names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        return names.firstIndex { text.isASCII($0) }.map { Int64($0 + 1) }
    }

    static func text(_ span: RawSpan) -> String {
        let bytes = span.copied()
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        return String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    }
}

extension RawSpan {
    @_lifetime(copy self)
    func part(_ range: Range<Int>) -> RawSpan { clamped(from: range.lowerBound, count: range.count) }

    /// Whether the bytes are `text`.
    func isASCII(_ text: String) -> Bool { byteCount == text.utf8.count && hasASCII(text, at: 0) }

    /// Whether `text` stands at `offset`.
    func hasASCII(_ text: String, at offset: Int) -> Bool {
        var index = offset
        for byte in text.utf8 {
            guard self.byte(at: index) == byte else { return false }
            index += 1
        }
        return true
    }

    /// Where `text` first occurs at or after `start`.
    func find(_ text: String, from start: Int = 0) -> Int? {
        guard let first = text.utf8.first else { return nil }
        var index = start
        while let found = firstIndex(of: first, from: index) {
            if hasASCII(text, at: found) { return found }
            index = found + 1
        }
        return nil
    }

    /// The bytes without blanks at either end.
    var trimmed: RawSpan {
        @_lifetime(copy self) get {
            var low = 0
            var high = byteCount
            while low < high, let byte = byte(at: low), byte == 0x20 || byte == 0x09 { low += 1 }
            while high > low, let byte = byte(at: high - 1), byte == 0x20 || byte == 0x09 { high -= 1 }
            return clamped(from: low, count: high - low)
        }
    }
}
