import Bytes
import Contacts
import Register
import Roster
import Testing

@Suite struct RosterTests {
    private func problems(_ yaml: String) -> String {
        do {
            _ = try Roster.parse(yaml: yaml, file: "roster.yaml")
            return ""
        } catch {
            return error.description
        }
    }

    @Test func theLongestPrefixDecides() throws {
        let roster = try Roster.parse(yaml: Cases.rosterYAML)
        let inner = roster.device(for: try #require(IPAddress("10.20.8.77")))
        #expect(inner.school == "middle")
        #expect(inner.grades == GradeSet("6-8"))
        #expect(inner.rule == .network)
        #expect(roster.device(for: try #require(IPAddress("10.20.1.1"))).school == "high")
        let outside = roster.device(for: try #require(IPAddress("192.0.2.1")))
        #expect(outside.role == .unknown)
        #expect(outside.rule == .none)
    }

    @Test func errorsNameFileAndLineAndWhatToWrite() {
        #expect(
            problems("networks:\n  - {prefix: 10.20.0.1/16, role: student}\n").contains(
                "roster.yaml:2:14: \"10.20.0.1/16\" is not an address block: it has bits set beyond its length of 16"
            ))
        #expect(
            problems("networks:\n  - {prefix: 10.0.0.0/8, role: pupil}\n").contains(
                "\"pupil\" is not known here"))
        #expect(problems("network: []\n").contains("did you mean \"networks\"?"))
        #expect(
            problems("networks:\n  - {prefix: 10.0.0.0/8, role: staff, school: x}\n").contains(
                "unknown school \"x\""))
        let twice =
            "networks:\n  - {prefix: 10.0.0.0/8, role: staff}\n  - {prefix: 10.0.0.0/8, role: guest}\n"
        #expect(problems(twice).contains("described already at roster.yaml:2:5"))
    }

    @Test func pseudonymsDependOnTheKeyAndTheKind() throws {
        let address = try #require(IPAddress("10.20.0.5"))
        let gate = IdentityGate(key: [1, 2, 3])
        #expect(
            gate.pseudonym(forClient: address) == IdentityGate(key: [1, 2, 3]).pseudonym(forClient: address))
        #expect(
            gate.pseudonym(forClient: address) != IdentityGate(key: [1, 2, 4]).pseudonym(forClient: address))
        #expect(!gate.pseudonym(forClient: address).contains("10.20"))
        #expect(
            gate.pseudonym(forUser: "10.20.0.5").suffix(12) != gate.pseudonym(forClient: address).suffix(12))
        #expect(IdentityGate.identified.pseudonym(forClient: address) == "10.20.0.5")
    }

    @Test func filterKeysAreReadStrictly() throws {
        let roster = try Roster.parse(
            yaml: "inspection_issuers: [Lakeside Web Filter]\nsinkholes: [10.10.0.99, \"2001:db8:10::99\"]\n")
        #expect(roster.inspectionIssuers == ["Lakeside Web Filter"])
        #expect(roster.sinkholes == Set(["10.10.0.99", "2001:db8:10::99"].compactMap { IPAddress($0) }))
        var contact = try Cases.contact("a.example")
        contact.issuers = ["Lakeside Schools", "Lakeside Web Filter"]
        #expect(roster.isInspected(contact))
        contact.issuers = ["Lakeside Web"]
        #expect(!roster.isInspected(contact))
        #expect(
            problems("sinkholes: [10.10.0.0/24]\n").contains(
                "roster.yaml:1:13: \"10.10.0.0/24\" is not an address"))
        #expect(
            problems("sinkholes: [10.0.0.9, 10.0.0.9]\n").contains(
                "roster.yaml:1:23: stands in this list already"))
        #expect(problems("inspection_issuers: [\"\"]\n").contains("a text is expected here"))
        #expect(problems("inspection_issuer: [x]\n").contains("did you mean \"inspection_issuers\"?"))
    }
}
