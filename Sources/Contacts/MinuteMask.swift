package import Bytes

/// Minutes of one clock hour as the low 60 bits of an integer; bit 0 is the hour's first minute.
///
/// A contact keeps them so that what happened close together can be told after contacts are added up per hour.
package enum MinuteMask {
    /// The minute of a moment.
    package static func bit(_ moment: Timestamp) -> UInt64 {
        1 << UInt64(truncatingIfNeeded: minutes(moment) - moment.hour * 60)
    }

    /// The minutes from `first` to `last`, both included, that lie in `hour` (UTC hours since 1970).
    package static func range(_ first: Timestamp, _ last: Timestamp, hour: Int64) -> UInt64 {
        let from = min(max(minutes(first) - hour * 60, 0), 59)
        let to = min(max(minutes(last) - hour * 60, from), 59)
        let upTo = (1 as UInt64) << UInt64(truncatingIfNeeded: to + 1) - 1
        return upTo & ~((1 as UInt64) << UInt64(truncatingIfNeeded: from) - 1)
    }

    /// Whole minutes since 1970, rounded down.
    private static func minutes(_ moment: Timestamp) -> Int64 {
        let seconds = moment.seconds
        return seconds >= 0 ? seconds / 60 : (seconds + 1) / 60 - 1
    }
}
