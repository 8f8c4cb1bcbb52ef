import Bytes

/// A date and a time of day as a log writes them, with the offset from UTC where it is stated.
struct CivilTime: Equatable, Sendable {
    /// Seconds since 1970 as if the clock showed UTC.
    var seconds: Int64
    var nanoseconds: Int64
    /// Seconds east of UTC; nil when the text states none.
    var offset: Int64?
    /// Where the text ends.
    var end: Int

    /// The moment; `clock` says what the text leaves open.
    func moment(_ clock: LogClock) -> LogMoment? {
        let utc = offset.map { seconds - $0 } ?? clock.utc(seconds)
        guard let time = Timestamp(seconds: utc, nanoseconds: nanoseconds) else { return nil }
        let isAssumed = offset == nil && !clock.isZoneStated
        return LogMoment(time: time, assumed: isAssumed ? .zoneAssumed : [], end: end)
    }

    /// `YYYY-MM-DD` with any of `-`, `/`, `:` between, one of `T`, space, `-`, then `hh:mm:ss` with an optional
    /// fraction and an optional offset (`Z`, `+hh:mm`, `+hhmm`, also after one space).
    static func iso(_ line: RawSpan, from start: Int, to end: Int) -> CivilTime? {
        guard start >= 0, end <= line.byteCount, start + 19 <= end, let day = date(line, from: start),
            isOne(of: "T -", line.byte(at: start + 10))
        else { return nil }
        return clock(line, on: day, from: start + 11, to: end)
    }

    /// `02/Mar/2026:08:01:02`, with a fraction and an offset if need be.
    static func commonLog(_ line: RawSpan, from start: Int, to end: Int) -> CivilTime? {
        guard start + 20 <= end, end <= line.byteCount, line.byte(at: start + 2) == UInt8(ascii: "/"),
            line.byte(at: start + 6) == UInt8(ascii: "/"), line.byte(at: start + 11) == UInt8(ascii: ":"),
            let day = number(line, start, 2), let month = ClockText.month(line, at: start + 3),
            let year = number(line, start + 7, 4), let civil = CivilDay(year: year, month: month, day: day)
        else { return nil }
        return clock(line, on: civil, from: start + 12, to: end)
    }

    /// `Mon Mar  2 14:01:02 2026` (C's `ctime`), which fills `start ..< end`.
    static func ctime(_ line: RawSpan, from start: Int, to end: Int) -> CivilTime? {
        guard end - start == 24, let month = ClockText.month(line, at: start + 4),
            let year = number(line, start + 20, 4)
        else { return nil }
        let isPadded = line.byte(at: start + 8) == UInt8(ascii: " ")
        guard let day = isPadded ? number(line, start + 9, 1) : number(line, start + 8, 2),
            let civil = CivilDay(year: year, month: month, day: day)
        else { return nil }
        return clock(line, on: civil, from: start + 11, to: start + 19)
    }

    /// `YYYY-MM-DD` with any of `-`, `/`, `:` between, ten bytes from `start`.
    static func date(_ line: RawSpan, from start: Int) -> CivilDay? {
        guard let mark = line.byte(at: start + 4), isOne(of: "-/:", mark), line.byte(at: start + 7) == mark,
            let year = number(line, start, 4), let month = number(line, start + 5, 2),
            let day = number(line, start + 8, 2)
        else { return nil }
        return CivilDay(year: year, month: month, day: day)
    }

    /// `hh:mm:ss` with an optional fraction and an optional offset.
    static func clock(_ line: RawSpan, on day: CivilDay, from start: Int, to end: Int) -> CivilTime? {
        guard start + 8 <= end, line.byte(at: start + 2) == UInt8(ascii: ":"),
            line.byte(at: start + 5) == UInt8(ascii: ":"), let hour = number(line, start, 2),
            let minute = number(line, start + 3, 2), let second = number(line, start + 6, 2),
            hour < 24, minute < 60, second <= 60
        else { return nil }
        var time = CivilTime(
            seconds: day.daysSince1970 * 86400 + Int64(hour * 3600 + minute * 60 + second), nanoseconds: 0,
            end: start + 8)
        time.readFraction(line, to: end)
        time.readOffset(line, to: end)
        return time
    }

    /// `.` or `,` and digits; more than nine are finer than a nanosecond and are passed over.
    private mutating func readFraction(_ line: RawSpan, to limit: Int) {
        guard end + 1 < limit, isOne(of: ".,", line.byte(at: end)), digit(line, end + 1) != nil else {
            return
        }
        var scale: Int64 = 100_000_000
        var index = end + 1
        while index < limit, let digit = digit(line, index) {
            nanoseconds += digit * scale
            scale /= 10
            index += 1
        }
        end = index
    }

    private mutating func readOffset(_ line: RawSpan, to limit: Int) {
        var index = end
        if index + 1 < limit, line.byte(at: index) == UInt8(ascii: " ") { index += 1 }
        guard let (value, stop) = CivilTime.zone(line, from: index, to: limit) else { return }
        offset = value
        end = stop
    }

    /// An offset that fills `start ..< end`, in seconds east of UTC: `Z`, `UTC`, `GMT`, `+hh:mm`, `+hhmm`. Other
    /// abbreviations mean different zones in different countries and are not believed.
    static func offset(_ line: RawSpan, from start: Int, to end: Int) -> Int64? {
        guard let (value, stop) = zone(line, from: start, to: end), stop == end else { return nil }
        return value
    }

    private static func zone(_ line: RawSpan, from index: Int, to limit: Int) -> (Int64, end: Int)? {
        guard index < limit, let sign = line.byte(at: index) else { return nil }
        if sign == UInt8(ascii: "Z") { return (0, index + 1) }
        if index + 3 <= limit, line.begins(at: index, with: "UTC") || line.begins(at: index, with: "GMT") {
            return (0, index + 3)
        }
        guard isOne(of: "+-", sign), index + 5 <= limit, let hours = number(line, index + 1, 2) else {
            return nil
        }
        let colon = line.byte(at: index + 3) == UInt8(ascii: ":") ? 1 : 0
        guard index + 5 + colon <= limit, let minutes = number(line, index + 3 + colon, 2), hours < 24,
            minutes < 60
        else { return nil }
        let value = Int64(hours * 3600 + minutes * 60)
        return (sign == UInt8(ascii: "-") ? -value : value, index + 5 + colon)
    }

    private func digit(_ line: RawSpan, _ index: Int) -> Int64? {
        guard let byte = line.byte(at: index), byte >= 0x30, byte <= 0x39 else { return nil }
        return Int64(byte - 0x30)
    }

    private func isOne(of marks: String, _ byte: UInt8?) -> Bool {
        CivilTime.isOne(of: marks, byte)
    }
}

extension CivilTime {
    static func number(_ line: RawSpan, _ start: Int, _ count: Int) -> Int? {
        DecimalText.read(line, from: start, to: start + count, maxDigits: 4).map {
            Int(truncatingIfNeeded: $0)
        }
    }

    static func isOne(of marks: String, _ byte: UInt8?) -> Bool {
        guard let byte else { return false }
        return marks.utf8.contains(byte)
    }
}

/// Seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by the number of digits: ten of
/// seconds reach from 2001 to 2286.
enum EpochText {
    /// Digits with an optional fraction behind a dot.
    static func read(_ line: RawSpan, from start: Int, to end: Int) -> Timestamp? {
        guard end > start, end <= line.byteCount else { return nil }
        let dot = line.clamped(from: 0, count: end).firstIndex(of: UInt8(ascii: "."), from: start) ?? end
        let digits = dot - start
        // Nanoseconds have 19 digits, one more than `DecimalText` reads at once.
        let head = min(digits, 10)
        guard let seconds = DecimalText.read(line, from: start, to: start + head) else { return nil }
        guard digits > 10 else {
            guard let nanoseconds = fraction(line, from: dot + 1, to: end) else { return nil }
            return Timestamp(seconds: Int64(truncatingIfNeeded: seconds), nanoseconds: nanoseconds)
        }
        guard digits == 13 || digits == 16 || digits == 19,
            let nanoseconds = fraction(line, from: start + 10, to: dot)
        else { return nil }
        return Timestamp(seconds: Int64(truncatingIfNeeded: seconds), nanoseconds: nanoseconds)
    }

    /// Up to nine digits behind the point, as nanoseconds; 0 when there are none.
    private static func fraction(_ line: RawSpan, from start: Int, to end: Int) -> Int64? {
        guard start < end else { return 0 }
        guard let value = DecimalText.read(line, from: start, to: min(end, start + 9)) else { return nil }
        var scaled = Int64(truncatingIfNeeded: value)
        for _ in 0..<max(0, 9 - (end - start)) { scaled *= 10 }
        return scaled
    }
}
