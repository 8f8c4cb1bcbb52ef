import Bytes
import Contacts
import Flows
import Foundation
import Judgement
import Register
import Roster
import TestSupport
import Testing

@testable import Reports

/// Facts that touch every section of a report, judged by the example register of the repository.
enum Demo {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static func path(_ relative: String) -> String { root.appendingPathComponent(relative).path }

    static func contact(_ name: String?, _ client: String, minute: Int64 = 0, server: String = "192.0.2.7")
        -> Contact
    {
        let when = Timestamp(nanoseconds: (1_795_528_800 + minute * 60) * 1_000_000_000)
        var contact = Contact(
            client: IPAddress(client), servers: [IPAddress(server)].compactMap { $0 }, port: 443,
            transport: "tcp",
            first: when)
        contact.name = name
        contact.evidence = name == nil ? .none : .tlsSNI
        contact.service = "tls"
        contact.flows = 2
        contact.packetsUp = 10
        contact.packetsDown = 12
        contact.bytesUp = 2100
        contact.bytesDown = 14_700
        return contact
    }

    static func facts() -> Facts {
        var blocked = contact("metrica.example", "10.20.0.5")
        blocked.action = .blocked
        var disguised = contact("stats.quizly.example", "10.20.0.6", minute: 3)
        disguised.cnameChain = ["collect.metrica.example"]
        var facts = Facts()
        facts.contacts = [
            contact("px.adtrack.example", "10.20.0.5"),
            contact("adtrack.example", "2001:db8:20::6", minute: 9),
            contact("app.readalong.example", "10.20.0.5"), contact("mathpath.example", "10.20.0.5"),
            contact("video.quizly.example", "10.20.0.5"), contact("shop.quizly.example", "10.20.0.5"),
            disguised,
            contact("randomgame.example", "10.20.0.5"), contact("oldnews.example", "10.30.0.5"),
            contact(nil, "10.20.0.5", server: "198.51.100.99"),
            contact(nil, "10.20.0.5", server: "10.10.0.2"),
            contact("update.osmaker.example", "10.20.0.5"), contact("www.lakeside.k12.example", "10.20.0.5"),
            contact("a\u{202e}b\u{1b}[31m.example", "10.20.0.5"), blocked,
        ]
        let when = Timestamp(nanoseconds: 1_795_528_800_000_000_000)
        if let client = IPAddress("10.20.0.5"), let resolver = IPAddress("10.10.0.2") {
            facts.lookups = [
                Lookup(
                    client: client, resolver: resolver, name: "metrica.example", outcome: .answered,
                    first: when,
                    last: when, count: 1, contacted: false)
            ]
        }
        var input = InputReport(path: "captures/cut/cut.pcap", kind: "pcap")
        input.complete = false
        input.problems = ["the file ends in the middle of a packet at offset 1234"]
        facts.inputs = [InputReport(path: "captures/a/a.pcap", kind: "pcap"), input]
        facts.coverage.packetsRead = 120
        facts.coverage.packetsUsed = 117
        facts.coverage.unusedPackets = [Contacts.Coverage.Unused(reason: "arp", count: 3, bytes: 180)]
        facts.coverage.notes = [Contacts.Coverage.Note(key: "flows without a beginning", count: 1)]
        facts.coverage.first = when
        facts.coverage.last = when
        return facts
    }

    static func report() throws -> Report {
        Report(
            facts: facts(), register: try Register.load(path("allowlists")),
            roster: try Roster.load(path("allowlists")), tool: "0.1.0")
    }
}

@Suite struct ReportTests {
    @Test func theExampleRegisterJudgesTheCastAsItsFilesSay() throws {
        let findings = try Demo.report().assessment.findings
        let verdicts = Dictionary(grouping: findings, by: \.domain).mapValues { $0.map(\.verdict) }
        #expect(verdicts["adtrack.example"] == [.noAgreement])
        #expect(verdicts["readalong.example"] == [.expired])
        #expect(verdicts["mathpath.example"] == [.pending])
        #expect(verdicts["quizly.example"] == [.noAgreement, .outOfScope])
        #expect(verdicts["randomgame.example"] == [.unknownOwner])
        #expect(verdicts["198.51.100.99"] == [.unnamed])
        #expect(verdicts["oldnews.example"] == nil)
        #expect(findings.first { $0.domain == "adtrack.example" }?.severity == .high)
        #expect(findings.first { $0.domain == "readalong.example" }?.severity == .high)
    }

    @Test(arguments: [40, 60, 80, 132]) func theTableFitsItsWidth(width: Int) throws {
        let table = TableRenderer(width: width).render(try Demo.report())
        for line in table.split(separator: "\n") {
            #expect(TerminalText.width(String(line)) <= width, "\(line)")
        }
    }

    @Test func theTableHasItsSectionsAndNoControlCharacters() throws {
        let table = TableRenderer().render(try Demo.report())
        for title in ["FINDINGS", "COVERED", "NOT DATA FLOWS", "ASKED FOR", "WHAT THE INPUT SHOWED"] {
            #expect(table.contains(title))
        }
        #expect(table.contains("NOT READ TO ITS END: captures/cut/cut.pcap"))
        #expect(table.contains("unused: arp"))
        #expect(!table.unicodeScalars.contains { $0 != "\n" && needsEscape($0) })
        #expect(table.split(separator: "\n").last?.contains("verdict") == true)
    }

    @Test func aLongTailOfLowFindingsIsCountedAndNothingGraverIs() throws {
        var facts = Demo.facts()
        for index in 0..<40 {
            facts.contacts.append(Demo.contact(nil, "10.20.0.5", server: "198.51.100.\(index + 101)"))
        }
        let report = Report(
            facts: facts, register: try Register.load(Demo.path("allowlists")),
            roster: try Roster.load(Demo.path("allowlists")), tool: "0.1.0")
        let findings = report.assessment.findings
        let low = findings.filter { $0.severity == .low }.count
        let lines = TableRenderer().render(report).split(separator: "\n")
        #expect(lines.contains("and \(low - TableRenderer.lowFindingsShown) more low: --format json"))
        for finding in findings where finding.severity != .low {
            let words = finding.verdict.words
            let head = TerminalText.safe("\(finding.domain): \(words)")
            #expect(lines.contains { $0.contains(head) }, "\(finding.domain)")
        }
    }

    @Test func theListShowsWhatWasSignedAndCountsTheRest() throws {
        let register = try Register.load(Demo.path("allowlists"))
        let text = RegisterListRenderer(format: .text).render(register, all: false)
        #expect(text.contains("  agreement  MA-NDPA-2023-0042: signed from 2023-06-30 to 2026-06-30\n"))
        #expect(text.hasSuffix("without an agreement (--all lists them)\n"))
        let all = RegisterListRenderer(format: .json).render(register, all: true)
        let parsed = try JSONSerialization.jsonObject(with: Data(all.utf8)) as? [Any]
        #expect(parsed?.count == register.vendors.count)
    }

    @Test func colourComesOnlyWhenAskedFor() throws {
        let report = try Demo.report()
        #expect(TableRenderer(colour: true).render(report).contains("\u{1b}["))
        #expect(!TableRenderer(colour: false).render(report).contains("\u{1b}["))
    }

    @Test func jsonIsValidAgainstTheCommittedSchema() throws {
        let schema = try SchemaValidator(
            Data(contentsOf: URL(fileURLWithPath: Demo.path("docs/analyze.schema.json"))))
        let json = JSONRenderer().render(try Demo.report())
        #expect(try schema.errors(in: Data(json.utf8)) == [])
        let empty = Report(facts: Facts(), register: .empty, roster: .empty, tool: "0.1.0")
        #expect(try schema.errors(in: Data(JSONRenderer().render(empty).utf8)) == [])
    }

    @Test(arguments: [
        ("\"severity\": \"high\"", "\"severity\": \"grave\"", "not one of the listed values"),
        ("\"schema_version\": 1", "\"schema_version\": \"1\"", "not of type integer"),
        ("\"timezone\"", "\"zone\"", "unexpected zone"),
        ("\"points\": ", "\"x\": ", "unexpected x"),
        ("\"complete\": false", "\"complete\": 0", "not of type boolean"),
        ("\"devices\": 1", "\"devices\": -1", "below 0"),
    ]) func theValidatorFindsWhatIsWrong(original: String, broken: String, expected: String) throws {
        let schema = try SchemaValidator(
            Data(contentsOf: URL(fileURLWithPath: Demo.path("docs/analyze.schema.json"))))
        let json = JSONRenderer().render(try Demo.report()).replacingOccurrences(of: original, with: broken)
        #expect(try schema.errors(in: Data(json.utf8)).contains { $0.contains(expected) })
    }

    @Test func blindSpotsArePerClientOnlyByPseudonym() throws {
        var facts = Demo.facts()
        var tunnel = Demo.contact("vpn.example", "10.20.0.6")
        tunnel.concealment = .vpn
        facts.contacts.append(tunnel)
        let judge = Judge(
            register: try Register.load(Demo.path("allowlists")),
            roster: try Roster.load(Demo.path("allowlists")))
        let report = Report(facts: facts, judge: judge, tool: "1")
        let plain = JSONRenderer().render(report)
        #expect(plain.contains("\"blind_spots\"") && !plain.contains("\"clients\""))
        let gate = IdentityGate(key: [UInt8](repeating: 7, count: 16))
        let listed = JSONRenderer(gate: gate).render(report)
        #expect(listed.contains(gate.pseudonym(forClient: try #require(IPAddress("10.20.0.6")))))
        #expect(!listed.contains("10.20.0.6"))
        let schema = try SchemaValidator(
            Data(contentsOf: URL(fileURLWithPath: Demo.path("docs/analyze.schema.json"))))
        #expect(try schema.errors(in: Data(listed.utf8)) == [])
        let table = TableRenderer(width: 120).render(report)
        #expect(table.contains("student bytes to outside that nothing could name"))
        #expect(table.contains("  VPN"))
    }

    @Test func outputIsTheSameBytesEveryTime() throws {
        let report = try Demo.report()
        let again = try Demo.report()
        #expect(JSONRenderer().render(report) == JSONRenderer().render(again))
        #expect(TableRenderer().render(report) == TableRenderer().render(again))
        #expect(CSVRenderer().render(report) == CSVRenderer().render(again))
    }

    @Test func noClientAddressLeavesInAnyReport() throws {
        let report = try Demo.report()
        for output in [
            JSONRenderer().render(report), TableRenderer(width: 200).render(report),
            CSVRenderer().render(report),
        ] {
            for address in ["10.20.0.5", "10.20.0.6", "2001:db8:20::6", "10.30.0.5", "10.10.0.2"] {
                #expect(!output.contains(address))
            }
        }
    }

    @Test func exitCodesCanBeToldFromTheReport() throws {
        let report = try Demo.report()
        #expect(report.hasFindings(atLeast: .high))
        #expect(report.incompleteInputs.map(\.path) == ["captures/cut/cut.pcap"])
    }
}

@Suite struct RendererTests {
    @Test func aSpreadsheetRunsNothing() {
        #expect(CSVText.field("=1+1") == "'=1+1")
        #expect(CSVText.field("@x") == "'@x")
        #expect(CSVText.field("-x,\"y\"") == "\"'-x,\"\"y\"\"\"")
        #expect(CSVText.field("plain") == "plain")
    }

    @Test func contactsHaveTheirKeysInOrderAndLeaveOutWhatIsUnknown() {
        var contact = Demo.contact("quizly.example", "10.20.0.5")
        let line = ContactsRenderer(format: .jsonl).line(contact)
        #expect(
            line == """
                {"client":"10.20.0.5","servers":["192.0.2.7"],"server_count":1,"name":"quizly.example",\
                "evidence":"tls_sni","ambiguity":"exact","port":443,"transport":"tcp","protocol":"tls",\
                "action":"allowed","first":"2026-11-24T14:00:00.000000Z","last":"2026-11-24T14:00:00.000000Z",\
                "flows":2,"packets_up":10,"packets_down":12,"bytes_up":2100,"bytes_down":14700,"bytes_scope":"l3",\
                "source":"capture"}

                """)
        contact.hour = contact.first.hour
        contact.candidates = ["a", "b"]
        let csv = ContactsRenderer(format: .csv)
        #expect(csv.header.split(separator: ",").count == 31)
        #expect(csv.line(contact).contains(",a;b,,443,tcp,tls,allowed,2026-11-24T14:00:00.000000Z,"))
    }

    @Test func pseudonymsCloseTheRawView() throws {
        let roster = try Roster.parse(yaml: "networks: []\n")
        let renderer = ContactsRenderer(format: .jsonl, gate: IdentityGate(key: [9]), roster: roster)
        let line = renderer.line(Demo.contact(nil, "10.20.0.5", server: "10.20.0.77"))
        #expect(!line.contains("10.20."))
        #expect(line.contains("\"client\":\"device-"))
    }

    @Test func lookupShowsWhyInTextAndJSON() throws {
        let judge = Judge(
            register: try Register.load(Demo.path("allowlists")),
            roster: try Roster.load(Demo.path("allowlists")))
        let day = try #require(CivilDay("2026-11-24"))
        let answer = try judge.lookup(name: "app.readalong.example", on: .day(day), role: .student)
        let text = LookupRenderer(format: .text).render(answer)
        #expect(text.hasPrefix("app.readalong.example: agreement expired (2026-11-24, role student)\n"))
        #expect(
            text.contains("  because    agreement MA-NDPA-2023-0042 with ReadAlong LLC ended on 2026-06-30\n")
        )
        #expect(text.contains("  near miss  was covered by MA-NDPA-2023-0042 until 2026-06-30\n"))
        let json = LookupRenderer(format: .json).render(answer)
        let keys = [
            "name", "on", "school", "role", "grade", "verdict", "owner", "product", "agreement",
            "subprocessor_of",
            "record", "reasons", "near_misses",
        ]
        let positions = keys.compactMap { json.range(of: "\n  \"\($0)\": ")?.lowerBound }
        #expect(positions.count == keys.count)
        #expect(positions == positions.sorted())
    }

    @Test func quantitiesAndWrapping() {
        #expect(Quantity.bytes(999) == "999 B")
        #expect(Quantity.bytes(2100) == "2.1 kB")
        #expect(Quantity.bytes(14_700_000) == "14 MB")
        #expect(Quantity.bytes(.max) == "18 EB")
        #expect(TerminalText.wrapped("aa bb cc dd ee", 8) == ["aa bb cc", "dd ee"])
        #expect(TerminalText.wrapped("abcdefghijkl", 8) == ["abcdefgh", "ijkl"])
        #expect(TerminalText.width("日本") == 4)
        #expect(JSONValue.string("a\u{202e}\u{7}\"").compact == "\"a\\u202e\\u0007\\\"\"")
    }
}
