import Bytes
import Register
import Roster
import Testing

@Suite struct SchoolYearTests {
    private static let roster = """
        schools:
          - {id: high, name: High, calendar: {terms: [2025-09-02/2025-12-19, 2026-01-05/2026-06-12, 2026-08-31/2026-12-22, 2027-01-04/2027-06-18], hours: ["Mon-Fri 07:30-15:30"]}}
          - {id: low, name: Low, calendar: {terms: [2026-09-01/2027-06-16], hours: ["Mon-Fri 08:00-14:30"]}}
        """

    /// A winter's break does not begin a year, a summer belongs to the year before it.
    @Test(
        arguments: [
            ("2025-09-01", nil), ("2025-09-02", "2025-09-02"), ("2025-12-31", "2025-09-02"),
            ("2026-06-12", "2025-09-02"), ("2026-08-30", "2025-09-02"), ("2026-08-31", "2026-08-31"),
            ("2026-11-24", "2026-08-31"), ("2027-02-01", "2026-08-31"), ("2027-08-15", "2026-08-31"),
            ("2027-09-15", nil),
        ] as [(String, String?)])
    func termsSayWhenAYearBegan(_ day: String, _ expected: String?) throws {
        let terms = try Roster.parse(yaml: SchoolYearTests.roster).schools.flatMap(\.calendar.terms)
        let start = SchoolCalendar.schoolYear(of: try #require(CivilDay(day)), terms: terms)
        #expect(start?.description == expected)
    }

    @Test func withoutTermsNobodyKnows() throws {
        #expect(SchoolCalendar.schoolYear(of: try #require(CivilDay("2026-11-24")), terms: []) == nil)
    }
}
