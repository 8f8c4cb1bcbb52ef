import Foundation
import TestSupport
import Testing

/// The pages for other readers, made from the ledger: they say what a fresh run over the same files says.
@Suite struct LedgerPageTests {
    private static let inputs = ["captures/school-morning", "captures/squid", "captures/tls12"]

    private func withLedger(_ body: (String) throws -> Void) throws {
        let place = try NightlyTests.Place()
        defer { place.remove() }
        let result = try Tool.run(
            ["nightly"] + LedgerPageTests.inputs + [
                "--ledger", place.ledger, "--register", "allowlists", "--quiet", "--min-age", "0",
            ])
        #expect(result.code == 0, "\(result.errors)")
        try body(place.ledger)
    }

    private func page(_ arguments: [String]) throws -> (page: ParsedPage, html: String) {
        let result = try Tool.run(arguments + ["--register", "allowlists", "--format", "html"])
        #expect(result.code == 0, "\(result.errors)")
        let page = ParsedPage(result.output)
        #expect(page.faults == [])
        return (page, result.output)
    }

    @Test func theYearAndTheFamiliesPageAreThoseOfAFreshRun() throws {
        try withLedger { ledger in
            for (readers, sections) in [
                ("year", ["vendors", "findings", "expiring", "coverage"]),
                ("families", ["approved", "others"]),
            ] {
                let fresh = try page(["analyze"] + LedgerPageTests.inputs + ["--quiet", "--for", readers])
                    .page
                let kept = try page(["report", "--ledger", ledger, "--school-year", "--for", readers]).page
                var compared = 0
                for section in sections {
                    guard let expected = fresh.element(id: section)?.plain else { continue }
                    #expect(kept.element(id: section)?.plain == expected, "\(readers) \(section)")
                    compared += 1
                }
                #expect(compared > 1, "\(readers)")
            }
        }
    }

    @Test func theYearHasEachVendorsFirstAndLastDay() throws {
        try withLedger { ledger in
            let page = try page(["report", "--ledger", ledger, "--for", "year"]).page
            let vendors = try #require(page.element(id: "vendors"))
            let row = try #require(
                vendors.all.first { $0.name == "tr" && $0.children.first?.plain == "Quizly, Inc." })
            #expect(
                row.children[1].plain.hasPrefix("2026-11-2") && row.children[2].plain.hasPrefix("2026-11-2"))
            #expect(vendors.plain.contains("MA-NDPA-2025-0113"))
        }
    }

    @Test func theTeamSeesWhatChangedSinceTheDaysBefore() throws {
        try withLedger { ledger in
            let all = try page(["report", "--ledger", ledger, "--for", "team"]).html
            #expect(all.contains("No earlier report was given"))
            let later = try page(["report", "--ledger", ledger, "--from", "2026-11-24", "--for", "team"]).html
            #expect(later.contains("since the last report"))
        }
    }

    @Test func familiesSeeNoDestination() throws {
        try withLedger { ledger in
            let html = try page(["report", "--ledger", ledger, "--for", "families"]).html
            for name in ["adtrack.example", "mathpath.example", "morning", "capture.pcap", ledger] {
                #expect(!html.contains(name), "\(name)")
            }
        }
    }
}
