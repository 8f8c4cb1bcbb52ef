package import Bytes
import Foundation
package import Register
import Roster
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
    /// In whose company a question assumes a sub-processor's host.
    package var company = Company.whoeverDeclaresIt

    package enum Company: Hashable, Sendable {
        case whoeverDeclaresIt
        /// The vendor at that place in the register, whose app the name was seen in.
        case vendor(Int)
        case nobody
    }

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

/// A moment on the district's wall clock.
package struct LocalTime: Hashable, Sendable {
    package var day: CivilDay
    /// From Monday = 0.
    package var weekday: Int
    /// Since midnight.
    package var minute: Int
}

/// The district's wall clock: turns moments into its civil days, daylight saving included.
package final class ZoneClock: Sendable {
    private let zone: TimeZone
    /// Offsets from UTC in seconds by quarter hours since 1970: zones change their offset on no finer grid.
    private let offsets = Mutex<[Int64: Int64]>([:])

    package init(identifier: String) { zone = TimeZone(identifier: identifier) ?? .gmt }

    /// The civil day, the weekday and the minute at `moment`.
    package func local(_ moment: Timestamp) -> LocalTime {
        ZoneClock.local(moment, offset: offset(quarter: floorDivide(moment.seconds, 900)))
    }

    fileprivate static func local(_ moment: Timestamp, offset: Int64) -> LocalTime {
        let local = moment.seconds + offset
        let day = floorDivide(local, 86400)
        // 1970-01-01 was a Thursday, which is 3 from Monday.
        let weekday = (day + 3) - floorDivide(day + 3, 7) * 7
        return LocalTime(
            day: CivilDay(daysSince1970: day), weekday: Int(weekday), minute: Int((local - day * 86400) / 60))
    }

    /// Noon of a day, by which a question without a time is answered.
    package func noon(of day: CivilDay) -> LocalTime {
        let weekday = (day.daysSince1970 + 3) - floorDivide(day.daysSince1970 + 3, 7) * 7
        return LocalTime(day: day, weekday: Int(weekday), minute: 720)
    }

    /// Seconds east of UTC in the quarter of an hour that begins `quarter` quarters after 1970.
    fileprivate func offset(quarter: Int64) -> Int64 {
        offsets.withLock { known in
            if let offset = known[quarter] { return offset }
            let offset = Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(quarter * 900))))
            known[quarter] = offset
            return offset
        }
    }
}

/// A clock for one thread that judges millions of contacts: it remembers the offsets of a day and more without
/// a lock.
struct ZoneCursor: Sendable {
    private let clock: ZoneClock
    private var known: [(quarter: Int64, offset: Int64)]

    init(_ clock: ZoneClock) {
        self.clock = clock
        // 256 quarters are more than two days; two that fall together take turns.
        known = Array(repeating: (.min, 0), count: 256)
    }

    mutating func local(_ moment: Timestamp) -> LocalTime {
        let quarter = floorDivide(moment.seconds, 900)
        let place = Int(quarter & 255)
        if known[place].quarter != quarter { known[place] = (quarter, clock.offset(quarter: quarter)) }
        return ZoneClock.local(moment, offset: known[place].offset)
    }
}

/// Numbers the circumstances that can make a difference: for whom, on which day, within which of the hours that
/// agreements name.
struct CircumstanceTable: Sendable {
    /// Every distinct hour scope of the register.
    var scopes: [HourScope] = []

    private struct Key: Hashable {
        var profile: UInt32
        var day: CivilDay
        var hours: UInt64
    }

    private var profiles: [Device] = []
    private var profileNumbers: [Device: UInt32] = [:]
    private var all: [Circumstances] = []
    private var numbers: [Key: UInt32] = [:]
    private var last: (key: Key, number: UInt32)?

    subscript(number: UInt32) -> Circumstances { all[Int(number)] }

    mutating func profile(of device: Device) -> UInt32 {
        // Only what agreements ask about: thousands of devices share a profile.
        let kind = Device(role: device.role, school: device.school, grades: device.grades, rule: .none)
        if let known = profileNumbers[kind] { return known }
        let number = UInt32(truncatingIfNeeded: profiles.count)
        profiles.append(kind)
        profileNumbers[kind] = number
        return number
    }

    mutating func number(_ profile: UInt32, _ local: LocalTime) -> UInt32 {
        let key = Key(profile: profile, day: local.day, hours: hours(local))
        if let last, last.key == key { return last.number }
        let number = numbers[key] ?? UInt32(truncatingIfNeeded: all.count)
        if Int(number) == all.count {
            let device = profiles[Int(profile)]
            all.append(
                Circumstances(
                    day: local.day, weekday: local.weekday, minute: local.minute, role: device.role,
                    school: device.school, grades: device.grades, isQuestion: false))
            numbers[key] = number
        }
        last = (key, number)
        return number
    }

    /// Which scopes hold the moment, as bits; the minute of the week itself where there are too many scopes.
    private func hours(_ local: LocalTime) -> UInt64 {
        guard scopes.count <= 63 else {
            return 1 << 63 | UInt64(truncatingIfNeeded: local.weekday * 1440 + local.minute)
        }
        var bits: UInt64 = 0
        for (place, scope) in scopes.enumerated()
        where scope.contains(weekday: local.weekday, minute: local.minute) {
            bits |= 1 << UInt64(place)
        }
        return bits
    }
}

/// Division that rounds down, for moments before 1970.
func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
    value >= 0 ? value / divisor : (value + 1) / divisor - 1
}
