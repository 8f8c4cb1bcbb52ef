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

    @Test(arguments: [
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
