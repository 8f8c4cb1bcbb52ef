/// A moment of the input, in nanoseconds since 1970-01-01T00:00:00Z, without leap seconds.
///
/// Covers the years 1678 to 2262. Nothing here asks the machine's clock (invariant 6).
@usableFromInline package struct Timestamp: Hashable, Comparable, Sendable {
    @usableFromInline package let nanoseconds: Int64

    @inlinable package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// Nil when the moment lies outside the years that 64 bits of nanoseconds hold.
    @inlinable package init?(seconds: Int64, nanoseconds: Int64 = 0) {
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, overflow2) = scaled.addingReportingOverflow(nanoseconds)
        if overflow || overflow2 { return nil }
        self.nanoseconds = sum
    }

    @inlinable package static func < (a: Timestamp, b: Timestamp) -> Bool { a.nanoseconds < b.nanoseconds }

    /// Whole seconds since 1970, rounded down.
    @inlinable package var seconds: Int64 { floorDivide(nanoseconds, by: 1_000_000_000) }

    /// Whole UTC clock hours since 1970, rounded down.
    @inlinable package var hour: Int64 { floorDivide(nanoseconds, by: 3_600_000_000_000) }

    @inlinable func floorDivide(_ value: Int64, by divisor: Int64) -> Int64 {
        value >= 0 ? value / divisor : (value + 1) / divisor - 1
    }
}

extension Timestamp: CustomStringConvertible {
    /// RFC 3339 in UTC with microseconds, such as `2026-11-24T14:01:02.000123Z`.
    @usableFromInline package var description: String {
        let seconds = self.seconds
        // The product of the earliest seconds does not fit, the difference does.
        let microseconds = (nanoseconds &- seconds &* 1_000_000_000) / 1000
        let days = floorDivide(seconds, by: 86400)
        let (year, month, day) = CivilDay(daysSince1970: days).components
        let clock = seconds - days * 86400
        // Millions of them are written: digits into one buffer, not a text per number.
        var text: [UInt8] = []
        text.reserveCapacity(27)
        text.append(padded: year, 4)
        text.append(UInt8(ascii: "-"))
        text.append(padded: month, 2)
        text.append(UInt8(ascii: "-"))
        text.append(padded: day, 2)
        text.append(UInt8(ascii: "T"))
        text.append(padded: Int(clock / 3600), 2)
        text.append(UInt8(ascii: ":"))
        text.append(padded: Int(clock / 60 % 60), 2)
        text.append(UInt8(ascii: ":"))
        text.append(padded: Int(clock % 60), 2)
        text.append(UInt8(ascii: "."))
        text.append(padded: Int(microseconds), 6)
        text.append(UInt8(ascii: "Z"))
        return String(decoding: text, as: UTF8.self)
    }
}

/// A date of the proleptic Gregorian calendar, without a time zone.
package struct CivilDay: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let daysSince1970: Int64

    package init(daysSince1970: Int64) { self.daysSince1970 = daysSince1970 }

    /// Nil when the calendar has no such day.
    package init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month), day >= 1 else { return nil }
        let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
        let lengths = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard day <= lengths[month - 1] else { return nil }
        // Days from civil, with the year starting in March so that the leap day is the last one.
        let shifted = Int64(month > 2 ? year : year - 1)
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = Int64((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1)
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        daysSince1970 = era * 146_097 + dayOfEra - 719_468
    }

    /// Parses `YYYY-MM-DD`; nil when malformed or when the calendar has no such day.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].utf8.count == 4, parts[1].utf8.count == 2, parts[2].utf8.count == 2,
            parts.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } }),
            let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2])
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    package static func < (a: CivilDay, b: CivilDay) -> Bool { a.daysSince1970 < b.daysSince1970 }

    /// Year, month (1...12) and day of the month (1...31).
    package var components: (year: Int, month: Int, day: Int) {
        let shifted = daysSince1970 + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (Int(yearOfEra + era * 400 + (month <= 2 ? 1 : 0)), Int(month), Int(day))
    }

    package var description: String {
        let (year, month, day) = components
        var text: [UInt8] = []
        text.append(padded: year, 4)
        text.append(UInt8(ascii: "-"))
        text.append(padded: month, 2)
        text.append(UInt8(ascii: "-"))
        text.append(padded: day, 2)
        return String(decoding: text, as: UTF8.self)
    }
}
