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
