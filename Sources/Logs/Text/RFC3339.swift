import Bytes

/// `2026-03-02T08:01:01.990042-06:00` (RFC 3339 §5.6), the offset included: a time that needs nothing assumed.
enum RFC3339 {
    static func read(_ line: RawSpan, _ field: FieldRange) -> Timestamp? {
        let text = line.clamped(from: field.start, count: field.count)
        guard text.byteCount >= 20, text.byte(at: 4) == UInt8(ascii: "-"),
            text.byte(at: 7) == UInt8(ascii: "-"),
            text.byte(at: 10) == UInt8(ascii: "T"), text.byte(at: 13) == UInt8(ascii: ":"),
            text.byte(at: 16) == UInt8(ascii: ":"), let year = number(text, 0, 4),
            let month = number(text, 5, 2),
            let day = number(text, 8, 2), let hour = number(text, 11, 2), let minute = number(text, 14, 2),
            let second = number(text, 17, 2), let civil = CivilDay(year: year, month: month, day: day),
            hour < 24,
            minute < 60, second <= 60
        else { return nil }
        var index = 19
        let nanoseconds = fraction(text, &index)
        guard let offset = offset(text, at: index) else { return nil }
        let clock = civil.daysSince1970 * 86400 + Int64(hour * 3600 + minute * 60 + second)
        return Timestamp(seconds: clock - offset, nanoseconds: nanoseconds)
    }

    /// Digits beyond the ninth are finer than a nanosecond and are passed over.
    private static func fraction(_ text: RawSpan, _ index: inout Int) -> Int64 {
        guard text.byte(at: index) == UInt8(ascii: ".") else { return 0 }
        index += 1
        var value: Int64 = 0
        var scale: Int64 = 100_000_000
        while let byte = text.byte(at: index), byte >= 0x30, byte <= 0x39 {
            value += Int64(byte - 0x30) * scale
            scale /= 10
            index += 1
        }
        return value
    }

    /// Seconds east of UTC; the offset must end the text.
    private static func offset(_ text: RawSpan, at index: Int) -> Int64? {
        let sign = text.byte(at: index)
        if sign == UInt8(ascii: "Z") { return index + 1 == text.byteCount ? 0 : nil }
        guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"), index + 6 == text.byteCount,
            text.byte(at: index + 3) == UInt8(ascii: ":"), let hours = number(text, index + 1, 2),
            let minutes = number(text, index + 4, 2), hours < 24, minutes < 60
        else { return nil }
        let seconds = Int64(hours * 3600 + minutes * 60)
        return sign == UInt8(ascii: "-") ? -seconds : seconds
    }

    private static func number(_ text: RawSpan, _ start: Int, _ count: Int) -> Int? {
        DecimalText.read(text, from: start, to: start + count, maxDigits: 4).map {
            Int(truncatingIfNeeded: $0)
        }
    }
}
