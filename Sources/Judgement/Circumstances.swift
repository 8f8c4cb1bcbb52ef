package import Bytes
import Foundation
package import Register
import Synchronization

/// When and for whom a name is judged.
package struct Circumstances: Hashable, Sendable {
    /// The civil date in the district's time zone.
    package var day: CivilDay
    /// From Monday = 0, and minutes since midnight; nil asks about the day as a whole.
    package var weekday: Int?
    package var minute: Int?
    /// Nil where a question leaves it open.
    package var role: Role?
    package var school: String?
    package var grades: GradeSet?
    /// A question may leave things open: what it does not state is not held against the answer. A contact's
    /// unknowns are: what the roster does not know cannot be said to be covered.
    package var isQuestion: Bool

    package init(
        day: CivilDay, weekday: Int? = nil, minute: Int? = nil, role: Role? = nil, school: String? = nil,
        grades: GradeSet? = nil, isQuestion: Bool
    ) {
        self.day = day
        self.weekday = weekday
        self.minute = minute
        self.role = role
        self.school = school
        self.grades = grades
        self.isQuestion = isQuestion
    }
}

/// The district's wall clock: turns moments into its civil days, daylight saving included.
package final class ZoneClock: Sendable {
    private let zone: TimeZone
    /// Offsets from UTC in seconds by quarter hours since 1970: zones change their offset on no finer grid.
    private let offsets = Mutex<[Int64: Int64]>([:])

    package init(identifier: String) { zone = TimeZone(identifier: identifier) ?? .gmt }

    /// The civil day, the weekday (Monday = 0) and the minute since midnight at `moment`.
    package func local(_ moment: Timestamp) -> (day: CivilDay, weekday: Int, minute: Int) {
        let local = moment.seconds + offset(moment.seconds)
        let day = floorDivide(local, 86400)
        // 1970-01-01 was a Thursday, which is 3 from Monday.
        let weekday = (day + 3) - floorDivide(day + 3, 7) * 7
        return (CivilDay(daysSince1970: day), Int(weekday), Int((local - day * 86400) / 60))
    }

    /// Noon of a day, by which a question without a time is answered.
    package func noon(of day: CivilDay) -> (day: CivilDay, weekday: Int, minute: Int) {
        let weekday = (day.daysSince1970 + 3) - floorDivide(day.daysSince1970 + 3, 7) * 7
        return (day, Int(weekday), 720)
    }

    private func offset(_ seconds: Int64) -> Int64 {
        let quarter = floorDivide(seconds, 900)
        return offsets.withLock { known in
            if let offset = known[quarter] { return offset }
            let offset = Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(quarter * 900))))
            known[quarter] = offset
            return offset
        }
    }
}

/// Division that rounds down, for moments before 1970.
func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
    value >= 0 ? value / divisor : (value + 1) / divisor - 1
}
