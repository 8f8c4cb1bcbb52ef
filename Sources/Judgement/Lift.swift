/// How often something was seen against how often chance alone would have brought it, with an interval.
package struct Lift: Equatable, Sendable {
    /// Seen divided by expected.
    package var value: Double
    package var low: Double
    package var high: Double

    /// Nil when nothing is expected: then nothing can be said.
    ///
    /// The interval is Byar's approximation of the exact limits of a Poisson count (Breslow & Day, Statistical
    /// Methods in Cancer Research II, §2.3), at 99.9 %: among two thousand pairs that have nothing to do with
    /// each other, one is taken for more than chance.
    init?(seen: Int, expected: Expectation) {
        let expected = expected.value
        guard expected > 0, seen >= 0 else { return nil }
        let count = Double(seen)
        value = count / expected
        low = seen == 0 ? 0 : Lift.limit(count, -Lift.quantile) / expected
        high = Lift.limit(count + 1, Lift.quantile) / expected
    }

    /// Of the standard normal distribution, for 99.9 % between both sides.
    private static let quantile = 3.290_526_731

    private static func limit(_ count: Double, _ quantile: Double) -> Double {
        let root = 1 - 1 / (9 * count) + quantile / (3 * count.squareRoot())
        return max(0, count * root * root * root)
    }
}

/// A sum of expected counts. Kept in fixed point, so that the order in which devices are added up does not
/// change the last digit.
struct Expectation: Equatable, Sendable {
    private var units: UInt64 = 0

    private static let scale = 1_048_576.0

    /// If `events` of `minutes` fell at random, so many would fall on `wanted` of them.
    mutating func add(events: Int, wanted: Int, of minutes: Int) {
        guard minutes > 0, events > 0, wanted > 0 else { return }
        let share = Double(events) * Double(wanted) / Double(minutes)
        units = saturating(units, UInt64(min(share * Expectation.scale, 1e15).rounded()))
    }

    mutating func add(_ other: Expectation) { units = saturating(units, other.units) }

    var value: Double { Double(units) / Expectation.scale }
}
