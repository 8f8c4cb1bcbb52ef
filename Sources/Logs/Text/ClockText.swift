import Bytes

/// Dates and times as logs write them.
enum ClockText {
    /// Bytes of `02/Mar/2026:08:01:02 -0600`.
    static let commonLogLength = 26

    /// The time of the Common Log Format, which states its offset from UTC, at `start`.
    static func commonLog(_ line: RawSpan, at start: Int) -> Timestamp? {
        let end = start + commonLogLength
        guard end <= line.byteCount, marks(line, start, "/", at: 2, 6), marks(line, start, ":", at: 11, 14),
            marks(line, start, ":", at: 17), marks(line, start, " ", at: 20),
            let day = number(line, start, 2), let month = month(line, at: start + 3),
            let year = number(line, start + 7, 4), let hour = number(line, start + 12, 2),
            let minute = number(line, start + 15, 2), let second = number(line, start + 18, 2),
            let offsetHours = number(line, start + 22, 2), let offsetMinutes = number(line, start + 24, 2),
            let civil = CivilDay(year: year, month: month, day: day),
            hour < 24, minute < 60, second <= 60, offsetHours < 24, offsetMinutes < 60
        else { return nil }
        let offset = Int64(offsetHours * 3600 + offsetMinutes * 60)
        let clock = civil.daysSince1970 * 86400 + Int64(hour * 3600 + minute * 60 + second)
        switch line.byte(at: start + 21) {
        case UInt8(ascii: "+"): return Timestamp(seconds: clock - offset)
        case UInt8(ascii: "-"): return Timestamp(seconds: clock + offset)
        default: return nil
        }
    }

    /// 1 for `Jan` to 12 for `Dec`.
    static func month(_ line: RawSpan, at start: Int) -> Int? {
        switch line.word(at: start, count: 3) {
        case 0x6e614a: 1
        case 0x626546: 2
        case 0x72614d: 3
        case 0x727041: 4
        case 0x79614d: 5
        case 0x6e754a: 6
        case 0x6c754a: 7
        case 0x677541: 8
        case 0x706553: 9
        case 0x74634f: 10
        case 0x766f4e: 11
        case 0x636544: 12
        default: nil
        }
    }

    /// `2026-03-02T08:01:02`, with a space for the `T` if need be, a fraction after `.` or `,`, and `Z` or an offset
    /// (`-06:00`, `-0600`); without one the clock's zone counts (ISO 8601 and RFC 3339 as logs write them).
    static func iso(_ line: RawSpan, at start: Int, clock: LogClock) -> LogMoment? {
        guard marks(line, start, "-", at: 4, 7), let year = number(line, start, 4),
            let month = number(line, start + 5, 2), let day = number(line, start + 8, 2),
            let civil = CivilDay(year: year, month: month, day: day),
            line.byte(at: start + 10) == UInt8(ascii: "T") || line.byte(at: start + 10) == UInt8(ascii: " "),
            let second = timeOfDay(line, at: start + 11)
        else { return nil }
        var index = start + 19
        let nanoseconds = fraction(line, &index)
        let wall = civil.daysSince1970 * 86400 + second
        if let offset = offset(line, &index) {
            return Timestamp(seconds: wall - offset, nanoseconds: nanoseconds).map {
                LogMoment(time: $0, assumed: [], end: index)
            }
        }
        return moment(wall, nanoseconds, clock, assumed: [], end: index)
    }

    /// `Mar  2 08:01:02` of RFC 3164 and `ctime`, with a fraction if need be; also with the year that some devices
    /// write (`Mar  2 2026 08:01:02`).
    static func monthDay(_ line: RawSpan, at start: Int, clock: LogClock) -> LogMoment? {
        guard let month = month(line, at: start), line.byte(at: start + 3) == UInt8(ascii: " ") else {
            return nil
        }
        let tens = line.byte(at: start + 4)
        guard let ones = number(line, start + 5, 1),
            tens == UInt8(ascii: " ") || number(line, start + 4, 1) != nil,
            line.byte(at: start + 6) == UInt8(ascii: " ")
        else { return nil }
        let day = ones + (number(line, start + 4, 1) ?? 0) * 10
        var index = start + 7
        var year: Int?
        if line.byte(at: index + 4) == UInt8(ascii: " "), let stated = number(line, index, 4) {
            year = stated
            index += 5
        }
        guard let second = timeOfDay(line, at: index) else { return nil }
        index += 8
        let nanoseconds = fraction(line, &index)
        let isInferred = year == nil
        guard let year = year ?? clock.year(month: month, day: day, second: second),
            let civil = CivilDay(year: year, month: month, day: day)
        else { return nil }
        return moment(
            civil.daysSince1970 * 86400 + second, nanoseconds, clock,
            assumed: isInferred ? .yearInferred : [],
            end: index)
    }

    /// A local time with what was assumed for it.
    private static func moment(
        _ wall: Int64, _ nanoseconds: Int64, _ clock: LogClock, assumed: LogFlags, end: Int
    ) -> LogMoment? {
        guard let time = Timestamp(seconds: clock.utc(wall), nanoseconds: nanoseconds) else { return nil }
        return LogMoment(
            time: time, assumed: clock.isZoneStated ? assumed : assumed.union(.zoneAssumed), end: end)
    }

    /// Seconds since midnight of `hh:mm:ss` at `start`; a leap second counts as the next minute's first.
    static func timeOfDay(_ line: RawSpan, at start: Int) -> Int64? {
        guard marks(line, start, ":", at: 2, 5), let hour = number(line, start, 2),
            let minute = number(line, start + 3, 2), let second = number(line, start + 6, 2), hour < 24,
            minute < 60, second <= 60
        else { return nil }
        return Int64(hour * 3600 + minute * 60 + second)
    }

    /// Nanoseconds of a fraction at `index`, which moves behind it; digits beyond the ninth are dropped.
    static func fraction(_ line: RawSpan, _ index: inout Int) -> Int64 {
        let mark = line.byte(at: index)
        guard mark == UInt8(ascii: ".") || mark == UInt8(ascii: ","), number(line, index + 1, 1) != nil else {
            return 0
        }
        index += 1
        var value: Int64 = 0
        var scale: Int64 = 100_000_000
        while let digit = number(line, index, 1) {
            value += Int64(digit) * scale
            scale /= 10
            index += 1
        }
        return value
    }

    /// Seconds east of UTC of `Z`, `+hh:mm` or `+hhmm` at `index`, which moves behind it.
    static func offset(_ line: RawSpan, _ index: inout Int) -> Int64? {
        let sign = line.byte(at: index)
        if sign == UInt8(ascii: "Z") || sign == UInt8(ascii: "z") {
            index += 1
            return 0
        }
        guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"), let hours = number(line, index + 1, 2),
            hours < 24
        else { return nil }
        let hasColon = line.byte(at: index + 3) == UInt8(ascii: ":")
        guard let minutes = number(line, index + (hasColon ? 4 : 3), 2), minutes < 60 else { return nil }
        index += hasColon ? 6 : 5
        let offset = Int64(hours * 3600 + minutes * 60)
        return sign == UInt8(ascii: "-") ? -offset : offset
    }

    private static func number(_ line: RawSpan, _ start: Int, _ count: Int) -> Int? {
        DecimalText.read(line, from: start, to: start + count, maxDigits: 4).map {
            Int(truncatingIfNeeded: $0)
        }
    }

    private static func marks(_ line: RawSpan, _ start: Int, _ mark: Unicode.Scalar, at places: Int...)
        -> Bool
    {
        places.allSatisfy { line.byte(at: start + $0) == UInt8(ascii: mark) }
    }
}
