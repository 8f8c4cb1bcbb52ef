import Bytes
import Contacts
import Foundation
import Judgement
import Ledger
import Register
import Roster
import Testing

/// What becomes of findings from night to night.
@Suite struct FindingStateTests {
    private func withLedger(_ body: (Ledger) throws -> Void) throws {
        let folder = try Nights.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(try Ledger(folder.appendingPathComponent("l.sqlite").path, creates: true))
    }

    private func record(_ ledger: Ledger, day: Int64) throws -> [FindingChange] {
        let judge = try Nights.judge()
        return try ledger.record(
            Nights.night(try Nights.facts(day: day), [Nights.file(day: day)], judge)
        ).changes
    }

    private func game(_ ledger: Ledger) throws -> KnownFinding {
        try #require(try ledger.findings().first { $0.domain == "game.example" })
    }

    @Test func theFirstNightIsNewAndTheSecondIsNot() throws {
        try withLedger { ledger in
            #expect(try record(ledger, day: 0).map(\.kind) == [.new, .new, .new])
            #expect(try record(ledger, day: 1).isEmpty)
            let finding = try game(ledger)
            #expect(finding.first == Timestamp(seconds: Nights.start + 60))
            #expect(finding.last == Timestamp(seconds: Nights.start + 86400 + 209))
        }
    }

    @Test func anAcknowledgementEndsOnItsDay() throws {
        try withLedger { ledger in
            _ = try record(ledger, day: 0)
            let id = try game(ledger).id
            let until = CivilDay("2026-11-24")
            _ = try ledger.acknowledge(
                String(id.prefix(6)), by: "it", why: "asked the vendor", until: until, at: "now")
            #expect(try game(ledger).state == .acknowledged)
            // Day 1 is 2026-11-24 itself.
            #expect(try record(ledger, day: 1).isEmpty)
            let due = try record(ledger, day: 2)
            #expect(due.map(\.kind) == [.due])
            #expect(try game(ledger).state == .new)
            #expect(try game(ledger).why == nil)
        }
    }

    @Test func aRegisterThatCoversItResolvesItAndOneThatDoesNotBringsItBack() throws {
        try withLedger { ledger in
            _ = try record(ledger, day: 0)
            let later = try Nights.judge(Nights.laterYAML)
            #expect(try ledger.settledRegister() == nil)
            let resolved = try ledger.settle(
                try History(ledger).assess(later), judge: later, at: "now", by: "it")
            #expect(resolved.map(\.kind) == [.resolved])
            #expect(resolved.map(\.finding.domain) == ["game.example"])
            #expect(try ledger.settledRegister() == later.register.sha256)
            #expect(try record(ledger, day: 1).map(\.kind) == [.back])
        }
    }

    @Test func whatCannotBeAcknowledgedSaysWhy() throws {
        try withLedger { ledger in
            _ = try record(ledger, day: 0)
            #expect(throws: LedgerFault.self) {
                try ledger.acknowledge("zzz", by: "it", why: "x", until: nil, at: "now")
            }
            // All of them begin with nothing.
            #expect(throws: LedgerFault.self) {
                try ledger.acknowledge("", by: "it", why: "x", until: nil, at: "now")
            }
        }
    }
}
