import Bytes
import Contacts
import Register
import Roster
import Testing

@testable import Judgement

/// Cases written by hand from what the paper of each agreement says: name, moment, device, what was on record, and
/// what must come of it.
@Suite struct CaseTableTests {
    private static let yaml = """
        district: {name: Lakeside, timezone: America/New_York, domains: [l.k12.example, "=portal.edu.example"]}
        vendors:
          - id: edu
            name: Edu
            products:
              - {id: school, name: School, domains: [edu.example, "=login.edu-static.example"],
                 excluded_domains: [shop.edu.example, ads.games.edu.example]}
              - {id: games, name: Games, domains: [games.edu.example]}
            agreements:
              - {id: E-1, status: signed, effective: 2025-08-15, ends: 2026-08-14, products: [school], roles: [student, staff]}
              - {id: E-2, status: signed, effective: 2026-08-15, ends: 2027-08-14, products: [school],
                 roles: [student, staff], recorded: 2026-09-20}
          - id: k5
            name: K5
            products: [{id: k5, name: K5, domains: [k5.example]}]
            agreements: [{id: K-1, status: signed, effective: 2026-01-01, roles: [student], grades: "K-5"}]
          - id: dst
            name: Dst
            products: [{id: dst, name: Dst, domains: [dst.example]}]
            agreements: [{id: D-1, status: signed, effective: 2026-01-01, hours: "Sun 01:00-03:00"}]
          - id: ex1
            name: Ex1
            products: [{id: a, name: A, domains: [within.example]}]
            agreements: [{id: X-1, status: signed, relation: exhibit-e, offer: {from: 2026-01-01, until: 2026-03-31}, signed_district: 2026-02-10}]
          - id: ex2
            name: Ex2
            products: [{id: a, name: A, domains: [lastday.example]}]
            agreements: [{id: X-2, status: signed, relation: exhibit-e, offer: {from: 2026-01-01, until: 2026-03-31}, signed_district: 2026-03-31}]
          - id: ex3
            name: Ex3
            products: [{id: a, name: A, domains: [after.example]}]
            agreements: [{id: X-3, status: signed, relation: exhibit-e, offer: {from: 2026-01-01, until: 2026-03-31}, signed_district: 2026-04-01}]
          - id: ex4
            name: Ex4
            products: [{id: a, name: A, domains: [before.example]}]
            agreements: [{id: X-4, status: signed, relation: exhibit-e, offer: {from: 2026-01-01, until: 2026-03-31}, signed_district: 2025-12-31}]
          - id: ex5
            name: Ex5
            products: [{id: a, name: A, domains: [openoffer.example]}]
            agreements: [{id: X-5, status: signed, relation: exhibit-e, offer: {}, signed_district: 2026-04-01}]
          - id: term
            name: Term
            products: [{id: t, name: T, domains: [term.example]}]
            agreements:
              - {id: T-1, status: signed, effective: 2025-01-01, ends: 2029-12-31, terminated: 2026-03-31,
                 termination_recorded: 2026-05-01}
          - id: term2
            name: Term2
            products: [{id: u, name: U, domains: [term2.example]}]
            agreements: [{id: T-2, status: signed, effective: 2025-01-01, ends: 2026-06-30, terminated: 2027-12-31}]
          - id: neg
            name: Neg
            products:
              - {id: a, name: A, domains: [requested.example]}
              - {id: b, name: B, domains: [withdrawn.example]}
              - {id: c, name: C, domains: [declined.example]}
              - {id: d, name: D, domains: [pending.example]}
              - {id: e, name: E, domains: [silent.example]}
              - {id: f, name: F, domains: [renewing.example]}
            agreements:
              - {id: N-1, status: requested, products: [a]}
              - {id: N-2, status: withdrawn, products: [b]}
              - {id: N-3, status: declined, products: [c]}
              - {id: N-4, status: pending, products: [d]}
              - {id: N-5, status: signed, effective: 2025-01-01, ends: 2025-12-31, products: [f]}
              - {id: N-6, status: pending, products: [f]}
          - id: paper
            name: Paper
            products:
              - {id: a, name: A, domains: [ownpaper.example]}
              - {id: b, name: B, domains: [clickwrap.example]}
              - {id: c, name: C, domains: [nodata.example]}
            agreements:
              - {id: P-1, status: signed, relation: own-paper, effective: 2026-01-01, products: [a]}
              - {id: P-2, status: signed, relation: click-wrap, effective: 2026-01-01, products: [b]}
              - {id: P-3, status: signed, relation: no-data, effective: 2026-01-01, products: [c]}
          - id: one
            name: One
            products: [{id: a, name: A, domains: [shared1.example, shared2.example, "=exact.shared3.example"]}]
            agreements: [{id: O-1, status: signed, effective: 2026-01-01}]
          - id: two
            name: Two
            products: [{id: a, name: A, domains: [shared1.example]}]
            agreements: [{id: W-1, status: signed, effective: 2026-01-01}]
          - id: three
            name: Three
            products: [{id: b, name: B, domains: [shared2.example, shared3.example]}]
            agreements: [{id: W-2, status: signed, effective: 2025-01-01, ends: 2025-12-31}]
          - id: schools
            name: Schools
            products: [{id: a, name: A, domains: [schools.example]}]
            agreements:
              - {id: S-1, status: signed, effective: 2026-01-01, schools: [high], roles: [student]}
              - {id: S-2, status: signed, effective: 2026-01-01, schools: [middle], roles: [staff, student]}
          - id: sig
            name: Sig
            products: [{id: a, name: A, domains: [sig.example]}]
            agreements: [{id: G-1, status: signed, signed_provider: 2026-02-20, signed_district: 2026-02-10}]
          - id: late
            name: Late
            recorded: 2026-06-01
            products: [{id: a, name: A, domains: [late.example]}]
            agreements: [{id: L-1, status: signed, effective: 2026-01-01, recorded: 2026-06-02}]
          - id: os
            name: OS
            products: [{id: a, name: A, domains: [both.example]}, {id: b, name: B, domains: [both2.example]}]
            agreements: [{id: B-1, status: signed, effective: 2026-01-01, products: [a]}]
        third_parties:
          - {owner: Ads, category: advertising, domains: [ads.example]}
          - {owner: Cdn, category: cdn, domains: [cdn.example, cloudfront.net]}
          - {owner: Then, category: analytics, domains: [moved.example], valid_to: 2026-03-31}
          - {owner: Now, category: analytics, domains: [moved.example], valid_from: 2026-04-01}
          - {owner: Gone, category: analytics, domains: [gone.example], valid_to: 2026-03-31}
          - {owner: Entered, category: analytics, domains: [entered.example], recorded: 2026-06-01}
          - {category: tracking, domains: [nobodys.example]}
        platform:
          - {owner: OSMaker, function: os-update, domains: [update.example, both.example, both2.example]}
        exceptions:
          - {domain: pilot.example, reason: pilot, from: 2026-09-01, until: 2026-12-31}
          - {domain: declined.example, reason: board, from: 2026-09-01, until: 2026-10-31}
          - {domain: "=one.ads.example", reason: test, until: 2026-12-31}
          - {domain: known.example, reason: later, until: 2026-12-31, recorded: 2026-11-01}
        """

    private static let devices = [
        "high": "10.20.0.5", "middle": "10.20.8.5", "primary": "10.20.9.5", "noschool": "10.20.10.5",
        "staff": "10.30.0.5", "guest": "10.40.0.5", "unknown": "10.99.0.5",
    ]

    struct Row: Sendable, CustomTestStringConvertible {
        var line: Int
        var cells: [String]
        var testDescription: String { "row \(line): \(cells.joined(separator: " | "))" }
    }

    /// name | moment (UTC) | device | as known on | verdict | deciding record
    static let rows: [Row] = CaseRows.text.split(separator: "\n").enumerated().compactMap { number, line in
        let cells = line.split(separator: "|", omittingEmptySubsequences: false).map {
            String($0.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }
        return cells.count == 6 ? Row(line: number + 1, cells: cells) : nil
    }

    @Test func thereAreAsManyCasesAsLines() {
        #expect(CaseTableTests.rows.count == CaseRows.text.split(separator: "\n").count)
        // With those of `VerdictTests`, more than the 120 that were asked for.
        #expect(CaseTableTests.rows.count >= 100)
    }

    @Test(arguments: CaseTableTests.rows) func verdictAndRecord(_ row: Row) throws {
        let judge = Judge(
            register: try Register.parse(yaml: CaseTableTests.yaml),
            roster: try Roster.parse(yaml: Cases.rosterYAML), asKnownOn: CivilDay(row.cells[3]))
        #expect((CivilDay(row.cells[3]) != nil) == (row.cells[3] != "-"))
        let device = try #require(CaseTableTests.devices[row.cells[2]])
        let judgment = judge.judge(try Cases.contact(row.cells[0], at: row.cells[1], from: device))
        #expect(judgment.verdict.rawValue == row.cells[4], "\(judgment.reasons)")
        #expect(judgment.record.map { "\($0.kind) \($0.id)" } ?? "-" == row.cells[5])
        #expect(!judgment.reasons.isEmpty)
    }
}
