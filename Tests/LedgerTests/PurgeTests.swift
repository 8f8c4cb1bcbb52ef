import Bytes
import Contacts
import Foundation
import Judgement
import Ledger
import Register
import Roster
import Testing

/// Retention: what goes, what stays, and that old pseudonyms can no longer be made.
@Suite struct PurgeTests {
    private func withLedger(_ body: (Ledger) throws -> Void) throws {
        let folder = try Nights.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(try Nights.ledger(in: folder))
    }

    private func purge(_ ledger: Ledger, _ change: (inout Retention) -> Void) throws -> Purged {
        var retention = Retention()
        change(&retention)
        // Day 0 is 2026-11-23, day 1 the 24th: a day's retention keeps the 24th.
        let today = try #require(CivilDay("2026-11-25"))
        return try ledger.purge(retention, today: today, at: "now", by: "tester")
    }

    @Test func contactsOfOlderDaysGoAndTheOthersAreJudgedAsBefore() throws {
        try withLedger { ledger in
            let purged = try purge(ledger) { $0.contacts = 1 }
            #expect(purged.contacts == 7)
            #expect(purged.lookups == 0 && purged.identities == 0 && purged.findings == 0)
            let judge = try Nights.judge()
            let expected = Assessment(try Nights.facts(day: 1), judge: judge)
            let kept = try History(ledger).assess(judge)
            #expect(kept.findings == expected.findings)
            #expect(kept.totals == expected.totals)
            #expect(try ledger.purgeRecords().map(\.rows) == [7])
            #expect(try ledger.purgeRecords().map(\.before) == ["2026-11-24"])
            let again = try purge(ledger) { $0.contacts = 1 }
            #expect(again.isNothing)
        }
    }

    @Test func lookupsAndFindingsHaveDaysOfTheirOwn() throws {
        try withLedger { ledger in
            let lookups = try purge(ledger) { $0.lookups = 1 }
            #expect(lookups.lookups == 2)
            let recent = try purge(ledger) { $0.findings = 1 }
            #expect(recent.findings == 0)
            let all = try purge(ledger) { $0.findings = 0 }
            #expect(all.findings == 3)
            #expect(try ledger.findings().isEmpty)
        }
    }

    @Test func whoseOldContactsWereIsForgottenAndTheContactsStay() throws {
        try withLedger { ledger in
            let judge = try Nights.judge()
            let before = try History(ledger).assess(judge)
            // Three clients on day 0; each becomes a device and a client that nobody knows.
            let purged = try purge(ledger) { $0.identities = 1 }
            #expect(purged.identities == 6)
            let after = try History(ledger).assess(judge)
            #expect(after.totals.all.contacts == before.totals.all.contacts)
            #expect(after.totals.all.bytesUp == before.totals.all.bytesUp)
            // Nobody can tell any more that the devices of both days are the same.
            #expect(after.totals.all.devices == 2 * before.totals.all.devices)
            #expect(after.lookups.map(\.name) == before.lookups.map(\.name))
            let again = try purge(ledger) { $0.identities = 1 }
            #expect(again.identities == 0)
            #expect(try ledger.integrityProblem() == nil)
        }
    }
}
