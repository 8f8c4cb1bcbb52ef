import Bytes

extension ClockText {
    /// `02-Mar-2026 08:01:01.990`, BIND's `print-time local`: English month names only, since others depend on the
    /// server's locale and cannot be told from each other's.
    static func dayMonth(_ line: RawSpan, at start: Int, clock: LogClock) -> LogMoment? {
        guard line.byte(at: start + 2) == UInt8(ascii: "-"), line.byte(at: start + 6) == UInt8(ascii: "-"),
            line.byte(at: start + 11) == UInt8(ascii: " "),
            let day = DecimalText.read(line, from: start, to: start + 2),
            let month = month(line, at: start + 3),
            let year = DecimalText.read(line, from: start + 7, to: start + 11),
            let civil = CivilDay(
                year: Int(truncatingIfNeeded: year), month: month, day: Int(truncatingIfNeeded: day)),
            let second = timeOfDay(line, at: start + 12)
        else { return nil }
        var index = start + 20
        let nanoseconds = fraction(line, &index)
        let wall = civil.daysSince1970 * 86400 + second
        return Timestamp(seconds: clock.utc(wall), nanoseconds: nanoseconds).map {
            LogMoment(time: $0, assumed: clock.isZoneStated ? [] : .zoneAssumed, end: index)
        }
    }
}
