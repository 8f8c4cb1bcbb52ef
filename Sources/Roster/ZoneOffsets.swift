package import Bytes
import Foundation

/// A time zone's offsets from UTC: local wall time to moments and back.
package struct ZoneOffsets: Sendable {
    package let identifier: String
    private let zone: TimeZone

    /// Nil when the system knows no zone of that name.
    package init?(_ identifier: String) {
        guard let zone = TimeZone(identifier: identifier) else { return nil }
        self.identifier = identifier
        self.zone = zone
    }

    package static var utc: ZoneOffsets { ZoneOffsets(zone: .gmt) }

    private init(zone: TimeZone) {
        identifier = "UTC"
        self.zone = zone
    }

    /// The moment at which clocks in the zone show `local` (seconds since 1970 as if it were UTC). In the hour that
    /// clocks show twice, the first; of an hour that they skip, as if they had not.
    package func moment(local: Int64) -> Timestamp? {
        // Of two readings the one by the offset of the day before comes first; it holds unless clocks were set
        // since and the new offset holds at its own reading.
        let before = offset(at: local - 86400)
        let guess = local - before
        let actual = offset(at: guess)
        let isNew = actual != before && offset(at: local - actual) == actual
        return Timestamp(seconds: isNew ? local - actual : guess)
    }

    /// Wall time at `moment`, as a civil day, the weekday (Monday = 0) and the minute since midnight.
    package func local(_ moment: Timestamp) -> (day: CivilDay, weekday: Int, minute: Int) {
        let local = moment.seconds + offset(at: moment.seconds)
        let day = local >= 0 ? local / 86400 : (local + 1) / 86400 - 1
        let weekday = ((day + 3) % 7 + 7) % 7
        return (CivilDay(daysSince1970: day), Int(weekday), Int((local - day * 86400) / 60))
    }

    private func offset(at seconds: Int64) -> Int64 {
        Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds))))
    }
}
