import Bytes

/// Times of ISO 8601 as exporters of HARs write them: with and without a fraction, `Z`, `+01:00` or `+0100`.
enum HARTime {
    /// Nil when it is no time, or states no offset: a guess of the zone could be hours off.
    static func read(_ text: RawSpan) -> Timestamp? {
        guard let year = number(text, 0, 4), text.byte(at: 4) == UInt8(ascii: "-"),
            let month = number(text, 5, 2), text.byte(at: 7) == UInt8(ascii: "-"),
            let day = number(text, 8, 2),
            text.byte(at: 10) == UInt8(ascii: "T") || text.byte(at: 10) == UInt8(ascii: " "),
            let hour = number(text, 11, 2), text.byte(at: 13) == UInt8(ascii: ":"),
            let minute = number(text, 14, 2), text.byte(at: 16) == UInt8(ascii: ":"),
            let second = number(text, 17, 2), hour < 24, minute < 60, second <= 60,
            let civil = CivilDay(year: year, month: month, day: day)
        else { return nil }
        var index = 19
        let nanoseconds = fraction(text, &index)
        guard let offset = offset(text, at: index) else { return nil }
        let clock = Int64(hour * 3600 + minute * 60 + second)
        return Timestamp(seconds: civil.daysSince1970 * 86400 + clock - offset, nanoseconds: nanoseconds)
    }

    /// Digits beyond the ninth are finer than a nanosecond.
    private static func fraction(_ text: RawSpan, _ index: inout Int) -> Int64 {
        guard text.byte(at: index) == UInt8(ascii: ".") || text.byte(at: index) == UInt8(ascii: ",") else {
            return 0
        }
        index += 1
        var value: Int64 = 0
        var scale: Int64 = 100_000_000
        while let byte = text.byte(at: index), (48...57).contains(byte) {
            value += Int64(byte - 48) * scale
            scale /= 10
            index += 1
        }
        return value
    }

    /// Seconds east of UTC; the offset must end the text.
    private static func offset(_ text: RawSpan, at index: Int) -> Int64? {
        let sign = text.byte(at: index)
        if sign == UInt8(ascii: "Z") { return index + 1 == text.byteCount ? 0 : nil }
        let hasColon = text.byte(at: index + 3) == UInt8(ascii: ":")
        guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"), let hours = number(text, index + 1, 2),
            let minutes = number(text, index + (hasColon ? 4 : 3), 2), hours < 24, minutes < 60,
            index + (hasColon ? 6 : 5) == text.byteCount
        else { return nil }
        let seconds = Int64(hours * 3600 + minutes * 60)
        return sign == UInt8(ascii: "-") ? -seconds : seconds
    }

    private static func number(_ text: RawSpan, _ start: Int, _ count: Int) -> Int? {
        var value = 0
        for index in start..<(start + count) {
            guard let byte = text.byte(at: index), (48...57).contains(byte) else { return nil }
            value = value * 10 + Int(byte - 48)
        }
        return value
    }
}
