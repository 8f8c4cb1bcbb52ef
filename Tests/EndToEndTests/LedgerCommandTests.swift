import Foundation
import Ledger
import Testing

/// The commands that ask the ledger, against a fresh run over the same captures and logs.
@Suite struct LedgerCommandTests {
    /// The committed captures and logs in a ledger, made once.
    private static let place: Result<NightlyTests.Place, any Error> = Result {
        let place = try NightlyTests.Place()
        let result = try Tool.run(
            ["nightly"] + inputs + [
                "--ledger", place.ledger, "--register", "allowlists", "--quiet", "--min-age", "0",
            ])
        #expect(result.code == 0, "\(result.errors)")
        return place
    }

    private static let inputs = ["captures/school-morning", "captures/squid", "logs/bind", "captures/tls12"]

    private func ledger() throws -> String { try LedgerCommandTests.place.get().ledger }

    private func json(_ result: Tool.Result) throws -> [String: Any] {
        #expect(result.code == 0, "\(result.errors)")
        return try #require(
            try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    }

    /// The register with the agreement of Mathpath signed and another vendor's gone.
    private func draft() throws -> URL {
        let folder = try Tool.temporaryFolder()
        for name in ["district.yaml", "third-parties.yaml", "vendors.yaml", "roster.yaml"] {
            var text = String(decoding: try Tool.bytes("allowlists/\(name)"), as: UTF8.self)
            text = text.replacingOccurrences(
                of: "status: pending               # sent to the vendor, not signed yet",
                with: "status: signed\n        effective: 2026-08-01\n        ends: 2029-07-31")
            try Data(text.utf8).write(to: folder.appendingPathComponent(name))
        }
        return folder
    }

    private func expectSame(_ a: [String: Any], _ b: [String: Any], _ keys: [String]) throws {
        for key in keys {
            let (first, second) = (try #require(a[key]), try #require(b[key]))
            let one = try JSONSerialization.data(
                withJSONObject: first, options: [.sortedKeys, .prettyPrinted])
            let other = try JSONSerialization.data(
                withJSONObject: second, options: [.sortedKeys, .prettyPrinted])
            #expect(String(decoding: one, as: UTF8.self) == String(decoding: other, as: UTF8.self), "\(key)")
        }
    }

    private static let judged = [
        "register", "roster", "inputs", "coverage", "totals", "findings", "not_data_flows", "covered",
        "lookups",
        "blind_spots",
    ]

    @Test func aReportFromTheLedgerIsThatOfAFreshRun() throws {
        let fresh = try json(
            Tool.run(
                ["analyze"] + LedgerCommandTests.inputs + ["--register", "allowlists", "--format", "json"]))
        let kept = try json(
            Tool.run(["report", "--ledger", ledger(), "--register", "allowlists", "--format", "json"]))
        #expect((fresh["findings"] as? [Any])?.isEmpty == false)
        #expect((fresh["lookups"] as? [Any])?.isEmpty == false)
        try expectSame(fresh, kept, LedgerCommandTests.judged)
    }

    @Test func afterTheRegisterChangedItIsThatOfAFreshRunWithTheNewOne() throws {
        let draft = try draft()
        defer { try? FileManager.default.removeItem(at: draft) }
        let fresh = try json(
            Tool.run(
                ["analyze"] + LedgerCommandTests.inputs + ["--register", draft.path, "--format", "json"]))
        let kept = try json(
            Tool.run(["report", "--ledger", ledger(), "--register", draft.path, "--format", "json"]))
        let domains = (fresh["findings"] as? [[String: Any]] ?? []).compactMap { $0["domain"] as? String }
        #expect(!domains.contains("mathpath.example"))
        try expectSame(fresh, kept, LedgerCommandTests.judged)
    }

    @Test func judgeSaysWhatANewRegisterWouldChange() throws {
        let draft = try draft()
        defer { try? FileManager.default.removeItem(at: draft) }
        let before = try LedgerContent.dump(ledger())
        let result = try Tool.run(["judge", "--ledger", ledger(), "--register", draft.path])
        #expect(result.code == 0, "\(result.errors)")
        #expect(result.output.hasSuffix("\n1 finding closes, 0 open\n"), "\(result.output)")
        #expect(result.output.contains("gone: mathpath.example (Mathpath Learning): is covered now"))
        #expect(try LedgerContent.dump(ledger()) == before)
        let same = try Tool.run(["judge", "--ledger", ledger(), "--register", "allowlists"])
        #expect(same.output.hasSuffix("\n0 findings close, 0 open\n"), "\(same.output)")
        // Mathpath's pending agreement was entered in October 2026.
        let then = try Tool.run([
            "judge", "--ledger", ledger(), "--register", "allowlists", "--as-known-on", "2026-10-01",
        ])
        #expect(then.output.contains("changed: mathpath.example (Mathpath Learning)"), "\(then.output)")
        #expect(then.output.hasSuffix("\n0 findings close, 0 open, 1 changes\n"), "\(then.output)")
    }

    @Test func periodsAreDaysOfTheDistrict() throws {
        let day = ["report", "--ledger", try ledger(), "--register", "allowlists", "--format", "json"]
        let all = try json(Tool.run(day))
        let totals = { (report: [String: Any]) in
            (report["totals"] as? [String: Any])?["contacts"] as? Int ?? -1
        }
        let first = try json(Tool.run(day + ["--to", "2026-11-23"]))
        let rest = try json(Tool.run(day + ["--from", "2026-11-24"]))
        #expect(totals(first) + totals(rest) == totals(all))
        #expect(totals(first) > 0)
        let never = try json(Tool.run(day + ["--from", "2020-01-01", "--to", "2020-12-31"]))
        #expect(totals(never) == 0)
        #expect(try totals(json(Tool.run(day + ["--week"]))) == totals(all))
        #expect(try totals(json(Tool.run(day + ["--month"]))) == totals(all))
        #expect(try totals(json(Tool.run(day + ["--school-year"]))) == totals(all))
        let (two, none) = (
            try Tool.run(day + ["--week", "--month"]), try Tool.run(day + ["--from", "2026-13-01"])
        )
        #expect(two.code == 64 && none.code == 64)
    }

    @Test func everyFormatIsWrittenFromTheLedger() throws {
        for (format, begin) in [("table", "Hallpass"), ("csv", "id,severity,"), ("html", "<!DOCTYPE html>")] {
            let result = try Tool.run([
                "report", "--ledger", ledger(), "--register", "allowlists", "--format", format,
            ])
            #expect(result.code == 0)
            #expect(result.output.lowercased().hasPrefix(begin.lowercased()), "\(result.output.prefix(80))")
        }
        let page = try Tool.run([
            "report", "--ledger", ledger(), "--register", "allowlists", "--format", "html",
        ]).output
        // The hash of an input, from the ledger, as sha256sum prints it; and the finding's state.
        let sum = try Shell.run("sha256sum captures/squid/access.log").output.prefix(64)
        #expect(page.contains(String(sum)))
        #expect(page.contains("first seen on 2026-11-2"))
    }

    @Test func theDifferenceOfADayToItselfIsNothing() throws {
        let same = try Tool.run([
            "diff", "--ledger", ledger(), "--register", "allowlists", "--from", "2026-11-23", "--to",
            "2026-11-23",
        ])
        #expect(same.code == 0)
        #expect(same.output.contains("nothing changed"))
        let empty = try json(
            Tool.run([
                "diff", "--ledger", ledger(), "--register", "allowlists", "--from", "2026-11-23", "--to",
                "2026-11-01/2026-11-02", "--format", "json",
            ]))
        let changes = try #require(empty["changes"] as? [String: Any])
        #expect((changes["gone"] as? [Any])?.isEmpty == false)
        #expect((changes["first_seen"] as? [Any])?.isEmpty == true)
    }

    @Test func sinceLastTellsOnce() throws {
        let place = try NightlyTests.Place()
        defer { place.remove() }
        try place.add(NightlyTests.morning, as: "morning.pcap")
        #expect(try place.nightly().code == 0)
        let command = ["report", "--ledger", place.ledger, "--register", "allowlists", "--since-last"]
        #expect(try Tool.run(command).output.contains("adtrack.example"))
        let again = try Tool.run(command)
        #expect(again.output.isEmpty)
        #expect(again.errors.contains("nothing new to report"))
    }

    @Test func acknowledgedFindingsAreListedWithWhoAndWhy() throws {
        let place = try NightlyTests.Place()
        defer { place.remove() }
        try place.add(NightlyTests.morning, as: "morning.pcap")
        #expect(try place.nightly().code == 0)
        let finding = try #require(
            try Ledger(place.ledger, creates: false).findings().first { $0.domain == "adtrack.example" })
        // A reason that a spreadsheet would run, and one that would turn the terminal's text around.
        let acknowledged = try Tool.run([
            "findings", "acknowledge", String(finding.id.prefix(8)), "--ledger", place.ledger, "--by",
            "=HYPERLINK(\"x\")", "--why", "a\u{202e}b", "--until", "2026-12-31",
        ])
        #expect(acknowledged.code == 0, "\(acknowledged.errors)")
        let table = try Tool.run(["findings", "list", "--ledger", place.ledger, "--state", "acknowledged"])
        #expect(table.output.contains("a\\u{202e}b"))
        #expect(!table.output.unicodeScalars.contains("\u{202e}"))
        let rows = try Tool.run(["findings", "--ledger", place.ledger, "--format", "csv"])
        #expect(rows.output.contains("\"'=HYPERLINK(\"\"x\"\")\""))
        let half = try Tool.run(["findings", "acknowledge", "0", "--ledger", place.ledger, "--by", "a"])
        #expect(half.code == 64)
        let none = try Tool.run([
            "findings", "acknowledge", "zzzz", "--ledger", place.ledger, "--by", "a", "--why", "b",
        ])
        #expect(none.code == 66)
        let report = try Tool.run([
            "report", "--ledger", place.ledger, "--register", "allowlists", "--format", "html",
        ])
        #expect(report.output.contains("Acknowledged by =HYPERLINK(&quot;x&quot;) until 2026-12-31"))
    }

    @Test func purgingLeavesNothingOfWhatItRemoved() throws {
        let place = try NightlyTests.Place()
        defer { place.remove() }
        try place.add(NightlyTests.morning, as: "morning.pcap")
        #expect(try place.nightly().code == 0)
        let roster = place.folder.appendingPathComponent("roster.yaml")
        try Data("retention: {contacts: 30, lookups: 30, findings: 30, identities: 10}\n".utf8).write(
            to: roster)
        func purge(_ day: String) throws -> Tool.Result {
            try Tool.run(["purge", "--ledger", place.ledger, "--roster", roster.path, "--on", day])
        }
        let early = try purge("2026-11-25")
        #expect(early.code == 0)
        #expect(early.errors.contains("removed: contacts 0, lookups 0, identities 0, findings 0"))
        // A name that no register has: the register's own text stays.
        let search = "grep -rl randomgame '\(place.folder.path)/state'"
        let present = try Shell.run(search)
        #expect(present.code == 0)
        let late = try purge("2027-03-01")
        #expect(late.code == 0, "\(late.errors)")
        #expect(!late.errors.contains("contacts 0"))
        let left = try Shell.run(search)
        #expect(left.code == 1, "\(left.output)")
        let ledger = try Ledger(place.ledger, creates: false)
        #expect(try ledger.contactCount() == 0)
        #expect(try ledger.findings().isEmpty)
        #expect(try ledger.integrityProblem() == nil)
        let kinds = try ledger.purgeRecords().map(\.kind)
        #expect(kinds.contains("contacts") && kinds.contains("findings"))
        // The file is still in its folder, and known: it does not come back.
        #expect(try place.nightly().output.contains("0 inputs read, 1 known already"))
    }
}
