import Bytes
import Contacts
import Register
import Roster
import Testing

@testable import Judgement

/// `examplecloud.example` is declared under agreement Q-1 of Quizly and is otherwise a cloud's.
@Suite struct SubprocessorTests {
    private func contact(
        _ name: String, hour: Int64 = 0, starts: UInt64, active: UInt64? = nil, from: String = "10.20.0.5"
    ) throws -> Contact {
        let base = try Cases.moment("2026-11-24T14:00Z").seconds + hour * 3600
        let minute = Int64((starts == 0 ? active ?? 1 : starts).trailingZeroBitCount)
        var contact = try Cases.contact(name, from: from)
        contact.first = Timestamp(nanoseconds: (base + minute * 60) * 1_000_000_000)
        contact.last = contact.first
        contact.hour = contact.first.hour
        contact.starts = starts
        contact.active = active ?? starts
        return contact
    }

    private func verdicts(_ contacts: [Contact]) throws -> [Verdict: Int] {
        try assess(contacts).totals.byVerdict.mapValues(\.contacts)
    }

    private func assess(_ contacts: [Contact]) throws -> Assessment {
        Assessment(Facts(contacts: contacts), judge: try Cases.judge())
    }

    @Test func nextToTheParentItIsCovered() throws {
        let assessment = try assess([
            try contact("app.quizly.example", starts: 1 << 10),
            try contact("x.examplecloud.example", starts: 1 << 12),
        ])
        #expect(assessment.findings.isEmpty)
        let cloud = try #require(assessment.covered.first { $0.verdict == .coveredSubprocessor })
        #expect(cloud.owner == "Example Cloud")
        #expect(cloud.agreement?.id == "Q-1")
        #expect(cloud.context.map(\.near) == [1])
        #expect(cloud.context.map(\.minutes) == [1])
        #expect(cloud.context.first?.vendor == "Quizly, Inc.")
    }

    @Test(
        arguments: [
            (parent: "app.quizly.example", at: 1 << 9, client: "10.20.0.5", what: "three minutes after"),
            (parent: "app.quizly.example", at: 1 << 12, client: "10.20.0.6", what: "another device's parent"),
            (
                parent: "quizly-home.example", at: 1 << 12, client: "10.20.0.5",
                what: "a product not agreed on"
            ),
            (parent: "shop.quizly.example", at: 1 << 12, client: "10.20.0.5", what: "an excluded host"),
            (parent: "renewed.example", at: 1 << 12, client: "10.20.0.5", what: "another covered vendor"),
        ] as [(parent: String, at: UInt64, client: String, what: String)])
    func elsewhereItIsJudgedOnItsOwn(parent: String, at: UInt64, client: String, what: String) throws {
        let assessment = try assess([
            try contact(parent, starts: at, from: client),
            try contact("x.examplecloud.example", starts: 1 << 12),
        ])
        let cloud = try #require(assessment.findings.first { $0.domain == "examplecloud.example" }, "\(what)")
        #expect(cloud.verdict == .noAgreement)
        #expect(cloud.nearMisses == ["would be covered next to traffic of Quizly, Inc."])
        #expect(cloud.context.map(\.near) == [0])
    }

    @Test func allExchangesOfTheHourMustLieNear() throws {
        let parent = try contact("app.quizly.example", starts: 1 << 10)
        #expect(
            try verdicts([parent, try contact("x.examplecloud.example", starts: 1 << 11 | 1 << 40)])[
                .noAgreement] == 1)
        #expect(
            try verdicts([parent, try contact("x.examplecloud.example", starts: 1 << 8 | 1 << 12)])[
                .coveredSubprocessor]
                == 1)
    }

    @Test func aParentThatIsUnderWayCountsThroughout() throws {
        let parent = try contact("app.quizly.example", starts: 1, active: (1 << 41) - 1)
        #expect(
            try verdicts([parent, try contact("x.examplecloud.example", starts: 1 << 40)])[
                .coveredSubprocessor] == 1)
        #expect(
            try verdicts([parent, try contact("x.examplecloud.example", starts: 1 << 43)])[.noAgreement] == 1)
    }

    @Test func nearReachesOverTheHour() throws {
        #expect(
            try verdicts([
                try contact("app.quizly.example", hour: -1, starts: 1 << 59),
                try contact("x.examplecloud.example", starts: 1 << 1),
            ])[.coveredSubprocessor] == 1)
    }

    @Test func whatGoesOnFromAnEarlierHourKeepsItsAnswer() throws {
        let parent = try contact("app.quizly.example", starts: 1 << 10)
        let begun = try contact("x.examplecloud.example", starts: 1 << 10, active: ~0 << 10 & (1 << 60 - 1))
        let goesOn = try contact("x.examplecloud.example", hour: 1, starts: 0, active: 0b111)
        #expect(try verdicts([parent, begun, goesOn])[.coveredSubprocessor] == 2)
        #expect(try verdicts([parent, goesOn])[.noAgreement] == 1)
    }

    @Test func aBlockedParentIsNoTraffic() throws {
        var parent = try contact("app.quizly.example", starts: 1 << 12)
        parent.action = .blocked
        #expect(
            try verdicts([parent, try contact("x.examplecloud.example", starts: 1 << 12)])[.noAgreement] == 1)
    }

    @Test func theStrengthOfTheLinkIsCountedOverAllContacts() throws {
        var contacts = [try contact("app.quizly.example", starts: 0b111)]
        contacts.append(try contact("x.examplecloud.example", starts: 0b11 | 1 << 30))
        contacts.append(try contact("other.example", starts: 0xffff_ffff))
        let cloud = try #require(try assess(contacts).findings.first { $0.domain == "examplecloud.example" })
        let link = try #require(cloud.context.first)
        #expect(link.near == 2)
        #expect(link.minutes == 3)
        #expect(link.devices == 1)
        // Busy in 32 minutes, five of them near: 3 x 5 / 32 expected.
        #expect(abs((link.lift?.value ?? 0) - 2 / (3 * 5 / 32.0)) < 0.001)
    }
}
