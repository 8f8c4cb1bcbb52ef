import Bytes
import Contacts
import Foundation
import Judgement
import Ledger
import Register
import Roster
import Testing

/// What the ledger says of its history is what a fresh run over the same inputs says.
@Suite struct HistoryTests {
    /// Both days in one run, from the facts themselves.
    private func fresh(_ judge: Judge) throws -> Assessment {
        var facts = try Nights.facts(day: 0)
        let next = try Nights.facts(day: 1)
        facts.contacts = (facts.contacts + next.contacts).sorted(by: ContactOrder.precedes)
        // The tables of a run over both days hold one row for client, resolver and name.
        for index in facts.lookups.indices {
            facts.lookups[index].last = next.lookups[index].last
            facts.lookups[index].count += next.lookups[index].count
        }
        return Assessment(facts, judge: judge)
    }

    private func expectEqual(_ a: Assessment, _ b: Assessment) {
        #expect(a.findings == b.findings)
        #expect(a.covered == b.covered)
        #expect(a.totals == b.totals)
        #expect(a.notDataFlows == b.notDataFlows)
        #expect(a.lookups == b.lookups)
        #expect(a.blindSpots.all.total == b.blindSpots.all.total)
        #expect(a.blindSpots.students.total == b.blindSpots.students.total)
        for kind in BlindSpots.Kind.allCases {
            #expect(a.blindSpots.students.clientCount(kind) == b.blindSpots.students.clientCount(kind))
        }
    }

    @Test(arguments: [Nights.rosterYAML, Nights.deviceYAML])
    func theHistoryEqualsAFreshRun(roster: String) throws {
        let folder = try Nights.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let ledger = try Nights.ledger(in: folder, roster: roster)
        let judge = try Nights.judge(roster: roster)
        let expected = try fresh(judge)
        #expect(Set(expected.findings.map(\.domain)) == ["game.example", "ads.example", "203.0.113.9"])
        expectEqual(try History(ledger).assess(judge), expected)
    }

    @Test func underANewRegisterItEqualsAFreshRunWithThatRegister() throws {
        let folder = try Nights.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let ledger = try Nights.ledger(in: folder)
        let later = try Nights.judge(Nights.laterYAML)
        let expected = try fresh(later)
        #expect(!expected.findings.contains { $0.domain == "game.example" })
        expectEqual(try History(ledger).assess(later), expected)
    }

    @Test func theNumberOfJobsChangesNothing() throws {
        let folder = try Nights.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let ledger = try Nights.ledger(in: folder)
        let judge = try Nights.judge()
        let one = try History(ledger).assess(judge)
        let many = try History(ledger).assess(judge, jobs: 3) { count, body in
            DispatchQueue.concurrentPerform(iterations: count, execute: body)
        }
        #expect(one == many)
    }

    @Test func aPeriodHoldsWhatBeganInIt() throws {
        let folder = try Nights.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let ledger = try Nights.ledger(in: folder)
        let judge = try Nights.judge()
        let secondDay = Period(
            from: try #require(Timestamp(seconds: Nights.start + 86400)),
            to: try #require(Timestamp(seconds: Nights.start + 2 * 86400)))
        let expected = Assessment(try Nights.facts(day: 1), judge: judge)
        expectEqual(try History(ledger, secondDay).assess(judge), expected)
        let before = Period(from: Timestamp(nanoseconds: 0), to: Timestamp(nanoseconds: 1))
        #expect(try History(ledger, before).assess(judge).totals.all.contacts == 0)
    }

    @Test func aNameThatIsContactedOnTheNextDayIsNoLookup() throws {
        let folder = try Nights.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let ledger = try Nights.ledger(in: folder)
        let judge = try Nights.judge()
        #expect(try History(ledger).assess(judge).lookups.contains { $0.name == "later.example" })
        var facts = Facts()
        facts.contacts = [
            try Nights.contact("10.20.0.5", "later.example", "203.0.113.20", second: 2 * 86400)
        ]
        _ = try ledger.record(Nights.night(facts, [Nights.file(day: 2)], judge))
        #expect(try !History(ledger).assess(judge).lookups.contains { $0.name == "later.example" })
    }

    @Test func noIdentityStandsInTheFile() throws {
        let folder = try Nights.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let ledger = try Nights.ledger(in: folder, roster: Nights.deviceYAML)
        try ledger.settle()
        let bytes = try Data(contentsOf: URL(fileURLWithPath: ledger.path))
        for identity in [
            "10.20.0.5", "10.20.0.9", "10.20.0.77", "10.30.0.2", "anna-laptop", "ben-phone", "cart-1",
            "10.10.0.53",
        ] {
            #expect(bytes.range(of: Data(identity.utf8)) == nil, "\(identity)")
        }
        // What is no identity does.
        #expect(bytes.range(of: Data("game.example".utf8)) != nil)
    }
}
