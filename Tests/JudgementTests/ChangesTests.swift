import Bytes
import Contacts
import Register
import Testing

@testable import Judgement

@Suite struct ChangesTests {
    private func assess(_ contacts: [Contact]) throws -> Assessment {
        Assessment(Facts(contacts: contacts), judge: try Cases.judge())
    }

    private func past(_ assessment: Assessment) -> Baseline {
        Baseline(
            path: "monday.json",
            findings: assessment.findings.map {
                Baseline.Past(
                    id: $0.id, verdict: $0.verdict.rawValue, domain: $0.domain, owner: $0.owner,
                    first: $0.tally.first)
            }, otherDomains: Set(assessment.covered.flatMap(\.domains)))
    }

    private func changes(from before: [Contact], to now: [Contact]) throws -> Changes {
        Changes(
            try assess(now), since: past(try assess(before)), clock: ZoneClock(identifier: "America/New_York")
        )
    }

    @Test func nothingChangedWhenBothAreTheSame() throws {
        let contacts = [try Cases.contact("adtrack.example"), try Cases.contact("quizly.example")]
        let changes = try changes(from: contacts, to: contacts)
        #expect(changes.firstSeen.isEmpty && changes.changed.isEmpty && changes.gone.isEmpty)
        #expect(changes.newlyExpired.isEmpty && changes.signedAfterFirstUse.isEmpty)
    }

    @Test func firstSeenAndGone() throws {
        let changes = try changes(
            from: [try Cases.contact("adtrack.example")], to: [try Cases.contact("randomgame.example")])
        #expect(changes.firstSeen.map(\.domain) == ["randomgame.example"])
        #expect(changes.gone.map(\.domain) == ["adtrack.example"])
        #expect(changes.gone.first?.detail == "was not contacted")
    }

    @Test func newlyExpired() throws {
        let changes = try changes(
            from: [try Cases.contact("readalong.example", at: "2026-06-30T16:00Z")],
            to: [try Cases.contact("readalong.example", at: "2026-07-01T16:00Z")])
        #expect(changes.newlyExpired.map(\.domain) == ["readalong.example"])
        #expect(changes.changed.map(\.before) == ["permitted"])
        #expect(changes.firstSeen.isEmpty)
    }

    @Test func signedAfterFirstUse() throws {
        let changes = try changes(
            from: [try Cases.contact("later.example", at: "2026-11-24T16:00Z")],
            to: [try Cases.contact("later.example", at: "2027-01-02T16:00Z")])
        #expect(
            changes.signedAfterFirstUse.map(\.detail) == ["used on 2026-11-24, agreement L-1 from 2027-01-01"]
        )
        #expect(changes.gone.map(\.now) == ["covered"])
        // In one report, too: the last hour of the year in New York is no longer the old year in UTC.
        let both = try self.changes(
            from: [],
            to: [
                try Cases.contact("later.example", at: "2027-01-01T04:59Z"),
                try Cases.contact("later.example", at: "2027-01-01T05:00Z"),
            ])
        #expect(
            both.signedAfterFirstUse.map(\.detail) == ["used on 2026-12-31, agreement L-1 from 2027-01-01"])
    }
}
