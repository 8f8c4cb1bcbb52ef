import Bytes
import Contacts

/// A set of minutes, held as one mask of 60 bits per UTC clock hour in ascending order.
struct Timeline: Equatable, Sendable {
    struct Hour: Equatable, Sendable {
        /// UTC clock hours since 1970.
        var hour: Int64
        /// Bit 0 is the hour's first minute; never 0 within a timeline.
        var minutes: UInt64
    }

    private(set) var hours: [Hour]

    /// The union of `pieces`, which may come in any order.
    init(_ pieces: [Hour]) {
        hours = []
        hours.reserveCapacity(pieces.count)
        for piece in pieces.sorted(by: { $0.hour < $1.hour }) where piece.minutes != 0 {
            if let last = hours.last, last.hour == piece.hour {
                hours[hours.count - 1].minutes |= piece.minutes
            } else {
                hours.append(piece)
            }
        }
    }

    var isEmpty: Bool { hours.isEmpty }

    /// The number of minutes.
    var count: Int { hours.reduce(0) { $0 + $1.minutes.nonzeroBitCount } }

    /// The number of minutes in both.
    func shared(with other: Timeline) -> Int {
        var count = 0
        merge(with: other) { _, mine, theirs in count += (mine & theirs).nonzeroBitCount }
        return count
    }

    /// Whether all `minutes` of an hour are among these.
    func contains(_ minutes: UInt64, in hour: Int64) -> Bool {
        var low = 0
        var high = hours.count
        while low < high {
            let middle = (low + high) / 2
            if hours[middle].hour < hour { low = middle + 1 } else { high = middle }
        }
        let known = low < hours.count && hours[low].hour == hour ? hours[low].minutes : 0
        return minutes & ~known == 0
    }

    /// An hour's minutes and up to `window` minutes after each, at most `spreadLimit`: in that hour and in the next.
    static func after(_ minutes: UInt64, _ window: Int) -> (own: UInt64, next: UInt64) {
        var wide = UInt128(minutes)
        for _ in 0..<min(window, spreadLimit) { wide |= wide << 1 }
        let hour = (1 as UInt128) << 60 - 1
        return (UInt64(wide & hour), UInt64(wide >> 60 & hour))
    }

    /// These minutes, up to `before` minutes before and up to `after` minutes after each; both at most
    /// `spreadLimit`.
    func spread(before: Int, after: Int) -> Timeline {
        var pieces: [Hour] = []
        pieces.reserveCapacity(hours.count * 3)
        for hour in hours {
            // Three hours in one integer, this one in the middle.
            let middle = UInt128(hour.minutes) << 60
            var wide = middle
            for _ in 0..<min(after, Timeline.spreadLimit) { wide |= wide << 1 }
            var early = middle
            for _ in 0..<min(before, Timeline.spreadLimit) { early |= early >> 1 }
            let low = (1 as UInt128) << 60 - 1
            // What runs over the top of the 128 bits lies more than `spreadLimit` away.
            for (offset, bits) in [(-1, early & low), (0, (wide | early) >> 60 & low), (1, wide >> 120)] {
                pieces.append(Hour(hour: hour.hour + Int64(offset), minutes: UInt64(bits)))
            }
        }
        return Timeline(pieces)
    }

    /// The next hour has room for 8 minutes in the integer that `spread` shifts in.
    static let spreadLimit = 8

    /// Walks the hours of this timeline with the other's mask of the same hour, 0 where it has none.
    private func merge(with other: Timeline, _ body: (Int64, UInt64, UInt64) -> Void) {
        var next = 0
        for hour in hours {
            while next < other.hours.count, other.hours[next].hour < hour.hour { next += 1 }
            let isSame = next < other.hours.count && other.hours[next].hour == hour.hour
            body(hour.hour, hour.minutes, isSame ? other.hours[next].minutes : 0)
        }
    }
}
