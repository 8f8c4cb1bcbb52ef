import Bytes
import Contacts
import Foundation
import GRDB
import Judgement
import Ledger
import Register
import Roster
import Testing

/// The file: who may read it, what is refused, and that imports happen once and as a whole.
@Suite struct LedgerFileTests {
    private func inFolder(_ body: (URL) throws -> Void) throws {
        let folder = try Nights.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder)
    }

    private func fault(_ path: String, creates: Bool = false) -> LedgerFault? {
        do {
            _ = try Ledger(path, creates: creates)
            return nil
        } catch {
            return error
        }
    }

    @Test func onlyItsOwnerCanReadIt() throws {
        try inFolder { folder in
            let ledger = try Nights.ledger(in: folder)
            for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
                let path = folder.appendingPathComponent(name).path
                let mode =
                    try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber
                #expect(mode?.intValue == 0o600, "\(name)")
            }
            #expect(try ledger.integrityProblem() == nil)
        }
    }

    @Test func aMissingLedgerIsNotMadeByReading() throws {
        try inFolder { folder in
            let path = folder.appendingPathComponent("none.sqlite").path
            #expect(fault(path)?.kind == .missing)
            #expect(!FileManager.default.fileExists(atPath: path))
        }
    }

    @Test func aLedgerOfANewerVersionIsRefused() throws {
        try inFolder { folder in
            let path = try Nights.ledger(in: folder).path
            try DatabaseQueue(path: path).write { database in
                try database.execute(sql: "INSERT INTO grdb_migrations (identifier) VALUES ('999')")
            }
            let fault = fault(path)
            #expect(fault?.kind == .newer)
            #expect(fault?.description.contains("newer version") == true)
        }
    }

    @Test func filesOfOthersAreRefusedAndLeftAsTheyAre() throws {
        try inFolder { folder in
            let text = folder.appendingPathComponent("notes.txt")
            try Data(
                "no database at all, but long enough to have a header of one hundred bytes in it, or a few more"
                    .utf8
            ).write(to: text)
            #expect(fault(text.path)?.kind == .damaged)
            let other = folder.appendingPathComponent("other.sqlite")
            try DatabaseQueue(path: other.path).write { try $0.execute(sql: "CREATE TABLE theirs (a)") }
            #expect(fault(other.path)?.kind == .damaged)
            #expect(try DatabaseQueue(path: other.path).read { try $0.tableExists("theirs") })
        }
    }

    @Test func aCutOrFlippedFileNeverTraps() throws {
        try inFolder { folder in
            let ledger = try Nights.ledger(in: folder)
            try ledger.settle()
            let judge = try Nights.judge()
            let whole = try Data(contentsOf: URL(fileURLWithPath: ledger.path))
            for step in 0..<40 {
                var bytes = whole
                if step.isMultiple(of: 2) {
                    bytes = whole.prefix(whole.count * step / 40)
                } else {
                    // Scattered over the file, always the same places.
                    for index in 0..<64 { bytes[(index * 7919 + step * 104_729) % bytes.count] ^= 0x15 }
                }
                let path = folder.appendingPathComponent("damaged-\(step).sqlite").path
                try bytes.write(to: URL(fileURLWithPath: path))
                do { _ = try History(Ledger(path, creates: false)).assess(judge) } catch { continue }
            }
        }
    }

    @Test func aNightThatFailsLeavesNothing() throws {
        try inFolder { folder in
            let ledger = try Nights.ledger(in: folder)
            let before = try ledger.contactCount()
            let judge = try Nights.judge()
            // The same content twice: the second file is refused by the table, after much was written already.
            let night = Nights.night(
                try Nights.facts(day: 2), [Nights.file(day: 2), Nights.file(day: 0)], judge)
            #expect(throws: LedgerFault.self) { try ledger.record(night) }
            #expect(try ledger.contactCount() == before)
            #expect(try ledger.known([Nights.file(day: 2)]).isEmpty)
            #expect(try ledger.known([Nights.file(day: 0)]) == ["day0.pcap"])
        }
    }

    @Test func aGateThatIdentifiesIsRefused() throws {
        try inFolder { folder in
            let ledger = try Ledger(folder.appendingPathComponent("l.sqlite").path, creates: true)
            let judge = try Nights.judge()
            var night = Nights.night(try Nights.facts(day: 0), [Nights.file(day: 0)], judge)
            night.gate = .identified
            #expect(throws: LedgerFault.self) { try ledger.record(night) }
        }
    }
}
