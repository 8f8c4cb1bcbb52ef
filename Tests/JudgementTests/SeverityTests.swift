import Contacts
import Register
import Testing

@testable import Judgement

@Suite struct SeverityTests {
    @Test func theTableHasPointsForEveryUncoveredVerdict() {
        let uncovered = Verdict.allCases.filter(\.isUncovered).map(\.rawValue)
        #expect(SeverityWeights().verdicts.keys.sorted() == uncovered.sorted())
    }

    @Test func aRegistersTableDecidesAndKeepsOtherDefaults() throws {
        let table = """

            severity:
              verdicts: {no_agreement: 1}
              categories: {advertising: -3}
              student: 0
              days: {points: 2, from: 1}
              high_from: 9
            """
        let register = try Register.parse(yaml: Cases.yaml + table)
        let judge = Judge(register: register, roster: try Cases.judge().roster)
        let facts = Facts(contacts: [try Cases.contact("adtrack.example")])
        let finding = try #require(Assessment(facts, judge: judge).findings.first)
        #expect(finding.reasons.map(\.points) == [1, -3, 0, 2])
        #expect(finding.severity == .low)
        #expect(register.severity.elementary == 2)
        #expect(register.severity.highFrom == 9)
    }

    @Test func outOfSchoolHoursAddsPointsWhereHoursAreKnown() throws {
        let table = "\nseverity: {out_of_hours: {points: 2, hours: \"Mon-Fri 07:00-16:00\"}}\n"
        let register = try Register.parse(yaml: Cases.yaml + table)
        let contacts = [
            try Cases.contact("adtrack.example", at: "2026-11-24T20:59Z"),
            try Cases.contact("adtrack.example", at: "2026-11-24T21:00Z"),
            try Cases.contact("adtrack.example", at: "2026-11-28T15:00Z"),
        ]
        func reasons(_ judge: Judge) throws -> [Reason] {
            try #require(Assessment(Facts(contacts: contacts), judge: judge).findings.first).reasons
        }
        let roster = try Cases.judge().roster
        let stated = try reasons(Judge(register: register, roster: roster))
        #expect(stated.contains(Reason("2 of 3 contacts out of school hours", 2)))
        #expect(!(try reasons(Cases.judge())).contains { $0.text.contains("school hours") })
        // A calendar knows better than the table, where it knows anything.
        let holiday = Judge(register: register, roster: roster) { school, time in
            school == "high" && time.weekday == 1 ? false : nil
        }
        #expect(try reasons(holiday).contains(Reason("3 of 3 contacts out of school hours", 2)))
    }

    @Test(arguments: [
        ("context: {window: 9}", "a window has 1 to 8 minutes"),
        ("context: {support: 0}", "support is at least 1"),
        ("context: {windw: 3}", "did you mean \"window\"?"),
        ("severity: {out_of_hours: {hours: always}}", "are not hours"),
        ("severity: {student: many}", "points are a whole number from -100 to 100"),
        ("severity: {verdicts: {violation: 1}}", "unknown key \"violation\""),
        ("severity: {pupil: 1}", "unknown key \"pupil\""),
        ("severity: {medium_from: 8}", "high_from (7) must be above medium_from (8)"),
        ("severity: {days: {from: 0}}", "from must be at least 1"),
    ]) func mistakesAreNamed(yaml: String, message: String) {
        #expect {
            try Register.parse(yaml: yaml)
        } throws: { ($0 as? RegisterError)?.description.contains(message) == true }
    }
}
