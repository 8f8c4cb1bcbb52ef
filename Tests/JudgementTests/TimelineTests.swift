import Bytes
import Testing

@testable import Contacts
@testable import Judgement

@Suite struct TimelineTests {
    private func line(_ pieces: (Int64, UInt64)...) -> Timeline {
        Timeline(pieces.map { Timeline.Hour(hour: $0.0, minutes: $0.1) })
    }

    @Test func piecesInAnyOrderAreOneSet() {
        let timeline = line((5, 0b1), (3, 0b10), (5, 0b100), (4, 0))
        #expect(timeline.hours.map(\.hour) == [3, 5])
        #expect(timeline.count == 3)
        #expect(timeline.contains(0b101, in: 5))
        #expect(!timeline.contains(0b111, in: 5))
        #expect(!timeline.contains(1, in: 4))
        #expect(timeline.contains(0, in: 4))
        #expect(timeline.shared(with: line((5, 0b110), (6, 1))) == 1)
    }

    @Test func spreadingReachesOverTheHour() {
        #expect(line((10, 1 << 59)).spread(before: 0, after: 2) == line((10, 1 << 59), (11, 0b11)))
        #expect(line((10, 1)).spread(before: 2, after: 0) == line((9, 0b11 << 58), (10, 1)))
        #expect(line((10, 0b1000)).spread(before: 1, after: 2) == line((10, 0b111100)))
        #expect(line((0, 1 << 59)).spread(before: 0, after: 8).count == 9)
        #expect(line((-1, 1 << 59)).spread(before: 0, after: 1) == line((-1, 1 << 59), (0, 1)))
    }

    @Test func masksOfMomentsAndRanges() throws {
        let first = try Cases.moment("2026-11-24T14:05Z")
        let last = try Cases.moment("2026-11-24T14:07Z")
        #expect(MinuteMask.bit(first) == 1 << 5)
        #expect(MinuteMask.range(first, last, hour: first.hour) == 0b111 << 5)
        // What lies outside the hour is cut off at its ends.
        #expect(MinuteMask.range(first, last, hour: first.hour + 1) == 1)
        #expect(
            MinuteMask.range(first, try Cases.moment("2026-11-24T16:00Z"), hour: first.hour) == ~0 << 5
                & (1 << 60 - 1))
        #expect(MinuteMask.bit(.init(nanoseconds: -1)) == 1 << 59)
    }

    /// Byar's limits for a count of 10 at 99.9 %, reckoned by hand from the formula:
    /// 10 (1 - 1/90 - 3.2905/(3 sqrt 10))^3 = 2.647, 11 (1 - 1/99 + 3.2905/(3 sqrt 11))^3 = 25.335.
    @Test func byarsInterval() throws {
        var expected = Expectation()
        expected.add(events: 10, wanted: 20, of: 100)
        #expect(expected.value == 2)
        let lift = try #require(Lift(seen: 10, expected: expected))
        #expect(lift.value == 5)
        #expect(abs(lift.low - 2.647 / 2) < 0.001)
        #expect(abs(lift.high - 25.335 / 2) < 0.001)
        #expect(try #require(Lift(seen: 0, expected: expected)).low == 0)
        #expect(Lift(seen: 0, expected: Expectation()) == nil)
    }
}
