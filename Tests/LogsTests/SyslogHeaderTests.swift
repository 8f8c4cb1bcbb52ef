import Bytes
import Testing

@testable import Logs

@Suite struct SyslogHeaderTests {
    struct Peeled: Equatable {
        var message: String
        var host: String?
        var tag: String?
        var time: String?
    }

    static func peel(_ text: String) -> Peeled? {
        Array(text.utf8).withRawSpan { line -> Peeled? in
            guard let header = SyslogHeader(line, clock: LogSettings.test.clock) else { return nil }
            func text(_ field: FieldRange) -> String {
                String(ascii: line.clamped(from: field.start, count: field.count))
            }
            return Peeled(
                message: text(header.message), host: header.host.map(text), tag: header.tag.map(text),
                time: header.moment?.time.description)
        }
    }

    @Test(arguments: [
        ("<30>Mar  2 08:01:02 ns1 named[611]: a b", "a b", "ns1", "named", "2026-03-02T14:01:02.000000Z"),
        ("Mar  2 08:01:02 dnsmasq[1]: x", "x", nil, "dnsmasq", "2026-03-02T14:01:02.000000Z"),
        ("<30>Mar  2 2026 08:01:02 fw %ASA: x", "%ASA: x", "fw", nil, "2026-03-02T14:01:02.000000Z"),
        // The year before, since the log ends in March 2026.
        ("Dec 31 23:59:59 ns1 named: x", "x", "ns1", "named", "2026-01-01T05:59:59.000000Z"),
        // Summer time began on 2026-03-08 at 02:00.
        ("Mar  8 03:30:00 ns1 named: x", "x", "ns1", "named", "2026-03-08T08:30:00.000000Z"),
        (
            "2026-03-02T08:01:02.5-06:00 fw/10.0.0.1 a: x", "x", "fw/10.0.0.1", "a",
            "2026-03-02T14:01:02.500000Z"
        ),
        (
            "<30>1 2026-03-02T08:01:02-06:00 fw unbound 4711 - [m s=\"]\\\"\"][n] [4711:1] info: x",
            "[4711:1] info: x", "fw", "unbound", "2026-03-02T14:01:02.000000Z"
        ),
        ("<30>1 - - - - - - x", "x", nil, nil, nil),
        ("<189>date=2026-03-02 x", "date=2026-03-02 x", nil, nil, nil),
        (
            "2026-03-02 08:01:02\tLocal0.Info\t10.0.0.1\tsome message", "some message", "10.0.0.1", nil,
            "2026-03-02T14:01:02.000000Z"
        ),
        (
            "Mar  2 08:01:03 10.0.0.1 <30>Mar  2 08:01:02 ns1 named[611]: a#015#012", "a", "ns1", "named",
            "2026-03-02T14:01:02.000000Z"
        ),
    ]) func peels(line: String, message: String, host: String?, tag: String?, time: String?) {
        #expect(SyslogHeaderTests.peel(line) == Peeled(message: message, host: host, tag: tag, time: time))
    }

    @Test(arguments: [
        "", "<", "<192>x", "<30>", "plain words", "2026-03-02 08:01:02 10.20.30.40 quiz.example.org x=1: no",
        "1772460062.114 231 10.20.30.40 TCP_MISS/200 1 GET http://a/ - HIER_NONE/- -",
        "Mar 32 08:01:02 a b: c",
        "<30>1 2026-03-02T08:01:02-06:00 fw app - - [unclosed \"",
    ]) func leavesOtherLinesAlone(line: String) {
        let peeled = SyslogHeaderTests.peel(line)
        #expect(peeled == nil || peeled?.tag == nil)
    }

    @Test func everyPrefixIsSafe() {
        let line = Array(
            "12 <30>1 2026-03-02T08:01:02-06:00 fw unbound 47 - [m s=\"a\"] Mar  2 08:01:02 a b[1]: c#0".utf8)
        for count in 0...line.count {
            _ = SyslogHeaderTests.peel(String(decoding: line[..<count], as: UTF8.self))
        }
        for index in line.indices {
            for value: UInt8 in [0, 32, 34, 58, 60, 62, 91, 92, 93, 255] {
                var changed = line
                changed[index] = value
                changed.withRawSpan { _ = SyslogHeader($0, clock: LogClock()) }
            }
        }
    }
}

@Suite struct LogClockTests {
    @Test(arguments: [
        // Wall clock (as if UTC), moment in UTC: by the rules of America/Chicago.
        (1_772_438_462, 1_772_460_062),  // 2026-03-02 08:01:02, CST
        (1_772_937_000, 1_772_958_600),  // 2026-03-08 02:30, skipped: read as CST
        (1_772_940_600, 1_772_958_600),  // 2026-03-08 03:30, CDT
        (1_762_045_800, 1_762_063_800),  // 2025-11-02 01:10, twice: the first, CDT
        (1_762_052_400, 1_762_074_000),  // 2025-11-02 03:00, CST
    ]) func readsLocalTime(wall: Int64, utc: Int64) {
        #expect(LogSettings.test.clock.utc(wall) == utc)
    }

    @Test func takesTheLatestYearThatFits() {
        var clock = LogClock(latest: Timestamp(seconds: 1_772_460_062))
        #expect(clock.year(month: 3, day: 2, second: 0) == 2026)
        #expect(clock.year(month: 3, day: 3, second: 0) == 2026)
        #expect(clock.year(month: 3, day: 5, second: 0) == 2025)
        #expect(clock.year(month: 2, day: 29, second: 0) == 2024)
        #expect(clock.year(month: 2, day: 30, second: 0) == nil)
        clock.latest = nil
        #expect(clock.year(month: 3, day: 2, second: 0) == nil)
    }
}
