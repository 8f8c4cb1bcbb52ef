package import Bytes

/// What a log's clock leaves open: the zone of times without an offset, and the year of stamps without one.
///
/// Both come from outside the lines (options, the file's date), so that a chunk from the middle of a file is read
/// as the whole would be. What was assumed is flagged on the record and told in coverage.
package struct LogClock: Sendable {
    /// From `start` (seconds since 1970, UTC) on, local time is UTC plus `offset` seconds.
    package struct Period: Equatable, Sendable {
        package var start: Int64
        package var offset: Int64

        package init(start: Int64, offset: Int64) {
            self.start = start
            self.offset = offset
        }
    }

    /// In order of `start`; empty means UTC, which nobody stated.
    private let periods: [Period]
    /// No line is later than a day after this: usually when the file was last written.
    package var latest: Timestamp?

    /// `periods` in order, the first of them from long ago; none: UTC is assumed.
    package init(periods: [Period] = [], latest: Timestamp? = nil) {
        self.periods = periods
        self.latest = latest
    }

    /// Whether somebody said in which zone local times are.
    package var isZoneStated: Bool { !periods.isEmpty }

    /// The moment at which local clocks showed `wall` (seconds since 1970 as if the clock were in UTC). Of the hour
    /// that is shown twice when summer time ends it is the first; an hour that is skipped is read with the offset
    /// before the skip, as if the clock had not been put forward yet.
    package func utc(_ wall: Int64) -> Int64 {
        guard let first = periods.first else { return wall }
        // No zone is more than 15 hours away from UTC, so a period that starts later than this cannot hold it.
        var index = periods.partitioningIndex { $0.start > wall &+ 54000 } - 1
        var found: Int64?
        var before = first.offset
        while index >= 0 {
            let moment = wall &- periods[index].offset
            let end = index + 1 < periods.count ? periods[index + 1].start : Int64.max
            if moment >= periods[index].start, moment < end { found = moment }
            if moment >= end {
                before = periods[index].offset
                break
            }
            index -= 1
        }
        return found ?? wall &- before
    }

    /// The latest year in which month, day and second of the day are not more than a day after `latest`. Nil when
    /// nothing says how late the log is, or when no year near has such a day.
    package func year(month: Int, day: Int, second: Int64) -> Int? {
        guard let latest else { return nil }
        let limit = latest.seconds &+ 86400
        let (reference, _, _) = CivilDay(daysSince1970: limit / 86400).components
        // A leap day may lie up to eight years back (1896 to 1904, 2096 to 2104).
        for year in stride(from: reference + 1, through: reference - 8, by: -1) {
            guard let civil = CivilDay(year: year, month: month, day: day) else { continue }
            if utc(civil.daysSince1970 * 86400 + second) <= limit { return year }
        }
        return nil
    }
}

extension Array {
    /// The first index from which `isAfter` holds on; the array is ordered by it.
    func partitioningIndex(_ isAfter: (Element) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = low + (high - low) / 2
            if isAfter(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

/// A moment that a log states, and what had to be assumed for it.
package struct LogMoment: Equatable, Sendable {
    package var time: Timestamp
    /// `.zoneAssumed`, `.yearInferred` or nothing.
    package var assumed: LogFlags
    /// Where the text ended.
    package var end: Int
}
