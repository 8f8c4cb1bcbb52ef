import Bytes
import Names
import Testing

@testable import Logs

@Suite struct LogDNSTableTests {
    private let client = IPAddress(ipv4: 0x0a14_1e28)
    private let server = IPAddress(ipv4: 0xc633_6414)

    private func moment(_ seconds: Int64) -> Timestamp { Timestamp(nanoseconds: seconds * 1_000_000_000) }

    private func row(
        _ name: String = "quiz.example.org", at seconds: Int64 = 0, stage: LogDNSRow.Stage = .answer,
        ttl: UInt32 = 0, more: [LogDNSAnswer] = []
    ) -> LogDNSRow {
        let address = LogDNSAnswer(
            name: more.isEmpty ? name : "edge.example", type: .a, value: .address(server), ttl: ttl)
        return LogDNSRow(
            time: moment(seconds), client: client, name: name, type: .a, stage: stage, code: .noError,
            answers: more + [address])
    }

    private func table(_ rows: [LogDNSRow]) -> LogDNSTable {
        LogDNSTable(rows: rows)
    }

    @Test func windowsThatTouchAreJoinedInAnyOrder() {
        let pieces = [(0, 10), (20, 30), (40, 50), (8, 21), (60, 61), (50, 60)]
        let whole = AnswerWindows(from: moment(0), to: moment(30))
        for _ in 0..<20 {
            var order = pieces.shuffled().map {
                AnswerWindows(from: moment(Int64($0.0)), to: moment(Int64($0.1)))
            }
            var sum = order.removeFirst()
            for next in order { sum.merge(next) }
            #expect(sum.spans == [moment(0)...moment(30), moment(40)...moment(61)])
        }
        #expect(whole.contains(moment(30)))
        #expect(!whole.contains(moment(31)))
        #expect(whole.covers(moment(0)...moment(30)))
        #expect(!whole.covers(moment(0)...moment(31)))
        #expect(whole.overlaps(moment(30)...moment(99)))
        #expect(!whole.overlaps(moment(31)...moment(99)))
    }

    @Test func anAnswerCountsForAnHourOrItsTTL() {
        let lines = FixtureTests.lookups(table([row(at: 0), row(at: 10_000, ttl: 7200)]))
        #expect(
            lines.filter { $0.hasPrefix("told") } == [
                "told 10.20.30.40 198.51.100.20 quiz.example.org chain= "
                    + "1970-01-01T00:00:00.000000Z..1970-01-01T01:00:00.000000Z,"
                    + "1970-01-01T02:46:40.000000Z..1970-01-01T04:46:40.000000Z"
            ])
    }

    @Test func questionsAndAnswersOfOneLookupCountOnce() {
        let asked = LogDNSRow(time: moment(0), client: client, name: "a.example", stage: .question)
        var answered = asked
        answered.stage = .answer
        answered.code = .nameError
        var more = answered
        more.stage = .continuation
        let lines = FixtureTests.lookups(
            table([asked, answered, asked, answered, asked, more, more, more, more]))
        #expect(
            lines == [
                "lookup 10.20.30.40 - a.example nxdomain 1970-01-01T00:00:00.000000Z 1970-01-01T00:00:00.000000Z n=3"
            ])
    }

    @Test func aResolverThatOnlyAnswersNameIsTheQuestionsToo() {
        let asked = LogDNSRow(time: moment(0), client: client, name: "a.example", stage: .question)
        var answered = asked
        answered.stage = .answer
        answered.resolver = IPAddress(ipv4: 0x0a14_0035)
        var other = answered
        other.resolver = IPAddress(ipv4: 0x0a14_0036)
        func counts(_ rows: [LogDNSRow]) -> [String] {
            FixtureTests.lookups(table(rows)).filter { $0.hasPrefix("lookup") }.map {
                $0.split(separator: " ")[2] + " " + ($0.split(separator: " ").last ?? "")
            }
        }
        #expect(counts([asked, asked, answered]) == ["10.20.0.53 n=2"])
        #expect(counts([asked, asked, answered, other]) == ["10.20.0.53 n=1", "10.20.0.54 n=1"])
        #expect(
            counts([asked, asked, asked, answered, other]) == ["- n=1", "10.20.0.53 n=1", "10.20.0.54 n=1"])
    }

    @Test func chainsFollowTheirOwners() {
        let alias = LogDNSAnswer(
            name: "quiz.example.org", type: .cname, value: .alias("edge.example"), ttl: 5)
        let stray = LogDNSAnswer(name: "other.example", type: .cname, value: .alias("evil.example"), ttl: 5)
        let lines = FixtureTests.lookups(table([row(more: [stray, alias])]))
        #expect(lines.contains { $0.contains(" quiz.example.org chain=edge.example ") })
    }

    @Test func outcomesFollowTheAnswer() {
        var row = row()
        #expect(row.outcome == .answered)
        row.answers = [LogDNSAnswer(name: row.name, type: .a, value: .address(.zero))]
        #expect(row.outcome == .blocked)
        row.answers = [LogDNSAnswer(name: row.name, type: .a, value: .address(IPAddress(ipv4: 0)))]
        #expect(row.outcome == .blocked)
        row.answers = []
        #expect(row.outcome == .noData)
        row.answers = nil
        #expect(row.outcome == .noError)
        row.code = .refused
        #expect(row.outcome == .failed)
        row.code = .nameError
        #expect(row.outcome == .nxdomain)
        row.isBlocked = true
        #expect(row.outcome == .blocked)
        row.isBlocked = false
        row.code = nil
        #expect(row.outcome == .unanswered)
    }

    @Test func mergingGivesWhatReadingInOneGoGives() {
        let rows = (0..<300).map { number -> LogDNSRow in
            var row = row(
                "n\(number % 7).example", at: Int64(number * 613 % 20_000), ttl: UInt32(number % 3) * 4000)
            row.stage = number % 2 == 0 ? .question : .answer
            if number % 5 == 0 { row.resolver = IPAddress(ipv4: UInt32(number % 3)) }
            return row
        }
        let whole = FixtureTests.lookups(table(rows))
        var parts = [table(Array(rows[..<90])), table(Array(rows[90..<91])), table(Array(rows[91...]))]
        for _ in 0..<3 {
            var sum = LogDNSTable()
            for part in parts { sum.merge(part) }
            #expect(FixtureTests.lookups(sum) == whole)
            parts.append(parts.removeFirst())
        }
        #expect(whole.count > 14)
    }
}
