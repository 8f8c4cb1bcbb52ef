package import Bytes
import Foundation
package import Logs

/// What the user says of logs, beside their lines.
package struct LogOptions: Sendable {
    /// The zone of local times; nil: UTC is assumed, and coverage says so.
    package var periods: [LogClock.Period] = []
    /// The moment at which logs without a year end; nil: when the file was last written.
    package var until: Timestamp?
    /// Formats that the user described.
    package var ownFormats: [LogFormat] = []
    /// Bytes of files that were read on another occasion, by path: a log's lines behind them are read.
    package var startsAt: [String: Int64] = [:]

    package init() {}

    /// The settings for one file, last written at `modified`.
    func settings(modified: Timestamp?) -> LogSettings {
        var settings = LogSettings()
        settings.clock = LogClock(periods: periods, latest: until ?? modified)
        settings.ownFormats = ownFormats
        return settings
    }
}

extension LogClock {
    /// All changes of a zone's offset from 1990 to 2050, which is as far as logs and plans reach. Nil for an unknown
    /// zone; `name` is of the IANA database, such as `America/Chicago`.
    package static func periods(ofZone name: String) -> [Period]? {
        guard let zone = TimeZone(identifier: name) else { return nil }
        var date = Date(timeIntervalSince1970: 631_152_000)
        var periods = [Period(start: .min, offset: Int64(zone.secondsFromGMT(for: date)))]
        while let next = zone.nextDaylightSavingTimeTransition(after: date),
            next.timeIntervalSince1970 < 2_524_608_000
        {
            let seconds = Int64(next.timeIntervalSince1970.rounded())
            periods.append(Period(start: seconds, offset: Int64(zone.secondsFromGMT(for: next))))
            date = next
        }
        return periods
    }
}
