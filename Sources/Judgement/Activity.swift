package import Bytes
package import Register

/// When devices that are, or may be, students' were in contact with others: what the charts of a report are drawn
/// from.
package struct Activity: Equatable, Sendable {
    /// Layer-3 bytes of one civil day of the district that went outside or came from there, by what is known of the
    /// other end: together what `BlindSpots` counts of the same devices.
    package struct Day: Equatable, Sendable {
        package var day: CivilDay
        /// To parties that an agreement, an exception, the platform list or the district itself permits.
        package var permitted: UInt64 = 0
        /// To named parties that nothing on record permits.
        package var uncovered: UInt64 = 0
        /// To destinations that are hidden or that nothing names, whatever their verdict.
        package var unseen: UInt64 = 0

        package init(
            day: CivilDay, permitted: UInt64 = 0, uncovered: UInt64 = 0, unseen: UInt64 = 0
        ) {
            self.day = day
            self.permitted = permitted
            self.uncovered = uncovered
            self.unseen = unseen
        }

        package var total: UInt64 { saturating(saturating(permitted, uncovered), unseen) }

        mutating func add(_ bytes: UInt64, _ verdict: Verdict, isHidden: Bool) {
            if isHidden {
                unseen = saturating(unseen, bytes)
            } else if verdict.isUncovered {
                uncovered = saturating(uncovered, bytes)
            } else {
                permitted = saturating(permitted, bytes)
            }
        }

        mutating func merge(_ other: Day) {
            permitted = saturating(permitted, other.permitted)
            uncovered = saturating(uncovered, other.uncovered)
            unseen = saturating(unseen, other.unseen)
        }
    }

    /// Days with any contact, ascending.
    package var days: [Day] = []
    /// Contacts that nothing on record permits, by hour of the district's week: `weekday * 24 + hour`, from
    /// Monday, midnight.
    package var hours = Array(repeating: 0, count: Activity.hoursOfTheWeek)

    package static let hoursOfTheWeek = 7 * 24

    package init() {}

    /// All days together.
    package var total: Day {
        var sum = Day(day: days.first?.day ?? CivilDay(daysSince1970: 0))
        for day in days { sum.merge(day) }
        return sum
    }
}

/// Adds up an `Activity`; several may be merged in any order.
struct ActivityBuilder: Sendable {
    private var places: [CivilDay: Int] = [:]
    private var days: [Activity.Day] = []
    private var hours = Array(repeating: 0, count: Activity.hoursOfTheWeek)

    /// One contact that carried data to a place outside, of a device that is or may be a student's.
    mutating func add(_ bytes: UInt64, on day: CivilDay, _ verdict: Verdict, isHidden: Bool) {
        days[place(of: day)].add(bytes, verdict, isHidden: isHidden)
    }

    /// One contact that nothing on record permits, of such a device.
    mutating func addUncovered(_ local: LocalTime) {
        let hour = local.weekday * 24 + local.minute / 60
        if hours.indices.contains(hour) { hours[hour] += 1 }
    }

    mutating func merge(_ other: ActivityBuilder) {
        for day in other.days { days[place(of: day.day)].merge(day) }
        for hour in hours.indices { hours[hour] += other.hours[hour] }
    }

    func finish() -> Activity {
        var activity = Activity()
        activity.days = days.sorted { $0.day < $1.day }
        activity.hours = hours
        return activity
    }

    private mutating func place(of day: CivilDay) -> Int {
        // Contacts of one device come hour by hour: the day is nearly always the one before.
        if let last = days.last, last.day == day { return days.count - 1 }
        if let known = places[day] { return known }
        places[day] = days.count
        days.append(Activity.Day(day: day))
        return days.count - 1
    }
}
