package import Bytes
package import Register

/// When a school teaches: terms, hours of the week, and days off.
package struct SchoolCalendar: Equatable, Sendable {
    /// Days from the first to the last, both included.
    package struct Span: Equatable, Sendable {
        package let first: CivilDay
        package let last: CivilDay

        package func contains(_ day: CivilDay) -> Bool { first <= day && day <= last }
    }

    package var terms: [Span] = []
    package var hours: [HourScope] = []
    package var holidays: [Span] = []
    /// The zone of `hours`; nil for the district's.
    package var timezone: String?

    package init() {}

    /// Whether there is teaching on `day` at `minute` (since midnight, in the school's zone); nil when the calendar
    /// does not say, because it names no terms or no hours, or because the day is in none of its years.
    ///
    /// `weekday` counts from Monday = 0.
    package func isInSession(day: CivilDay, weekday: Int, minute: Int) -> Bool? {
        guard !terms.isEmpty, !hours.isEmpty, let year = years, year.contains(day) else { return nil }
        guard terms.contains(where: { $0.contains(day) }), !holidays.contains(where: { $0.contains(day) })
        else {
            return false
        }
        return hours.contains { $0.contains(weekday: weekday, minute: minute) }
    }

    /// From the first day of the first term to the last day of the last.
    private var years: Span? {
        guard let first = terms.map(\.first).min(), let last = terms.map(\.last).max() else { return nil }
        return Span(first: first, last: last)
    }
}

extension SchoolCalendar {
    /// Days without a term between the terms of one school year at most: shorter than any summer, longer than any other
    /// break.
    private static let longestBreak: Int64 = 42

    /// The first day of the school year to which `day` belongs, by the terms of all schools; a summer belongs to
    /// the year before it. Nil when no term of that year is known.
    package static func schoolYear(of day: CivilDay, terms: [Span]) -> CivilDay? {
        var start: CivilDay?
        var end: Int64?
        for term in terms.sorted(by: { $0.first < $1.first }) where term.first <= day {
            if let known = end, term.first.daysSince1970 - known <= longestBreak + 1 {
                end = max(known, term.last.daysSince1970)
            } else {
                (start, end) = (term.first, term.last.daysSince1970)
            }
        }
        // A calendar that was not carried on says nothing of a later year.
        guard let start, day.daysSince1970 - start.daysSince1970 <= 366 else { return nil }
        return start
    }
}

/// A school of the district.
package struct School: Equatable, Sendable {
    package var id: String
    package var name: String
    package var grades: GradeSet?
    package var calendar: SchoolCalendar
    package var place: Place
}

/// For how many days a later ledger keeps what; nil keeps it for ever.
package struct Retention: Equatable, Sendable {
    /// Facts: who contacted what, by the hour.
    package var contacts: Int?
    package var lookups: Int?
    /// Leases, inventories, users: what ties an address to a person.
    package var identities: Int?
    package var findings: Int?

    package init() {}
}
