import Bytes
import Contacts
import Register
import Testing

@testable import Judgement

@Suite struct AssessmentTests {
    private func assess(_ contacts: [Contact], lookups: [Lookup] = []) throws -> Assessment {
        Assessment(Facts(contacts: contacts, lookups: lookups), judge: try Cases.judge())
    }

    @Test func contactsAreGroupedByVerdictAndRegistrableDomain() throws {
        let assessment = try assess([
            Cases.contact("a.adtrack.example", at: "2026-11-24T14:00Z"),
            Cases.contact("b.adtrack.example", at: "2026-11-24T13:00Z", from: "10.20.0.6"),
            Cases.contact("b.adtrack.example", at: "2026-11-24T15:00Z", from: "10.30.0.6"),
            Cases.contact(nil, to: "192.0.2.99"),
            Cases.contact("quizly.example"),
        ])
        #expect(assessment.findings.map(\.domain) == ["adtrack.example", "192.0.2.99"])
        let finding = try #require(assessment.findings.first)
        #expect(finding.severity == .high)
        #expect(finding.names == ["a.adtrack.example", "b.adtrack.example"])
        #expect(finding.tally.roles == [.student: 2, .staff: 1])
        #expect(finding.tally.devices == 3)
        #expect(finding.tally.flows == 3)
        #expect(finding.tally.bytesUp == 3000)
        #expect(finding.tally.first?.description == "2026-11-24T13:00:00.000000Z")
        #expect(finding.points == finding.reasons.reduce(0) { $0 + $1.points })
        #expect(assessment.covered.map(\.owner) == ["New Holdings"])
        #expect(assessment.totals.all.contacts == 5)
    }

    @Test func aFindingsIdDependsOnVerdictAndDomainAlone() throws {
        let today = try assess([Cases.contact("adtrack.example")]).findings.map(\.id)
        let other = try assess([
            Cases.contact("x.adtrack.example", at: "2026-11-25T14:00Z", from: "10.20.3.3")
        ])
        #expect(today == other.findings.map(\.id))
        #expect(today.first?.count == 12)
    }

    @Test func staffAndGuestsAloneMakeNoFindingButAreCounted() throws {
        let assessment = try assess([
            Cases.contact("adtrack.example", from: "10.30.0.1"),
            Cases.contact("adtrack.example", from: "10.40.0.1"),
        ])
        #expect(assessment.findings.isEmpty)
        #expect(assessment.totals.withoutStudents.contacts == 2)
        #expect(assessment.totals.withoutStudents.devices == 2)
    }

    @Test func anUnknownDeviceMakesAFindingOfLowerWeight() throws {
        let student = try assess([Cases.contact("randomgame.example")]).findings
        let unknown = try assess([Cases.contact("randomgame.example", from: "10.99.0.1")]).findings
        #expect(unknown.count == 1)
        #expect((unknown.first?.points ?? 99) < (student.first?.points ?? 0))
    }

    @Test func blockedAndAttemptedContactsAreNoDataFlows() throws {
        var blocked = try Cases.contact("adtrack.example")
        blocked.action = .blocked
        var attempted = try Cases.contact("quizly.example")
        attempted.action = .attempted
        let assessment = try assess([blocked, attempted])
        #expect(assessment.findings.isEmpty)
        #expect(assessment.covered.isEmpty)
        #expect(assessment.notDataFlows.map(\.domain) == ["adtrack.example", "quizly.example"])
        #expect(assessment.notDataFlows.map(\.verdict) == [.noAgreement, .covered])
        #expect(assessment.totals.blocked == 1)
        #expect(assessment.totals.attempted == 1)
        #expect(assessment.totals.all.contacts == 0)
    }

    @Test func lookupsThatLedToNoContactAreListedAndLocalNamesHidden() throws {
        let when = try Cases.moment("2026-11-24T14:00Z")
        let client = try #require(IPAddress("10.20.0.5"))
        let resolver = try #require(IPAddress("10.10.0.2"))
        func lookup(_ name: String, contacted: Bool = false) -> Lookup {
            Lookup(
                client: client, resolver: resolver, name: name, outcome: .answered, first: when, last: when,
                count: 2,
                contacted: contacted)
        }
        let assessment = try assess(
            [],
            lookups: [
                lookup("adtrack.example"), lookup("quizly.example", contacted: true),
                lookup("janes-ipad.local"),
                lookup("5.0.20.10.in-addr.arpa"),
            ])
        #expect(assessment.lookups.map(\.name) == ["adtrack.example", "local"])
        #expect(assessment.lookups.map(\.verdict) == [.noAgreement, .local])
        #expect(assessment.lookups.map(\.count) == [2, 4])
    }

    @Test func theSameContactsInAnyOrderGiveTheSameAssessment() throws {
        let contacts = try (0..<60).map { index in
            try Cases.contact(
                ["adtrack.example", "x.readalong.example", "quizly.example", nil, "randomgame.example"][
                    index % 5],
                at: "2026-11-\(10 + index % 10)T14:00Z", from: "10.20.\(7 + index % 4).\(index)")
        }
        let forward = try assess(contacts)
        #expect(try assess(contacts.reversed()) == forward)
        #expect(try assess(Array(contacts[30...] + contacts[..<30])) == forward)
    }

    @Test func elementaryGradesAndCarriersWeighDifferently() throws {
        let high = try assess([Cases.contact("adtrack.example")]).findings.first
        let primary = try assess([Cases.contact("adtrack.example", from: "10.20.9.1")]).findings.first
        let carrier = try assess([Cases.contact("fastedge.example")]).findings.first
        #expect((primary?.points ?? 0) == (high?.points ?? 0) + 2)
        #expect(carrier?.severity == .low)
    }

    @Test func anAmbiguousContactStandsUnderTheNameThatDecided() throws {
        var contact = try Cases.contact(nil)
        contact.ambiguity = .shared
        contact.evidence = .dnsAnswer
        contact.candidates = ["app.quizly.example", "px.adtrack.example"]
        let finding = try #require(try assess([contact]).findings.first)
        #expect(finding.domain == "adtrack.example")
        #expect(finding.names == ["px.adtrack.example"])
        #expect(finding.ambiguity == .shared)
        #expect(finding.reasons.contains { $0.points < 0 })
    }

    @Test func anAddressInPlaceOfANameNamesNobody() throws {
        let finding = try #require(try assess([Cases.contact("192.0.2.7")]).findings.first)
        #expect(finding.verdict == .unnamed)
        #expect(finding.domain == "192.0.2.7")
        #expect(finding.names.isEmpty)
        #expect(
            try assess([Cases.contact("10.10.0.2", to: "10.10.0.2")]).covered.map(\.domains) == [["local"]])
    }

    @Test func countersThatDoNotFitStayAtTheLimit() throws {
        var huge = try Cases.contact("adtrack.example")
        huge.bytesUp = .max
        #expect(try assess([huge, huge]).findings.first?.tally.bytesUp == .max)
    }
}
