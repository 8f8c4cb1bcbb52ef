import Bytes
import Contacts
import Foundation
import Judgement
import Ledger
import Register
import Roster
import Testing

/// A small district with a register, a roster and two days of contacts.
enum Nights {
    static let key: [UInt8] = Array(repeating: 7, count: 32)
    static var gate: IdentityGate { IdentityGate(key: key) }

    static let yaml = """
        district: {name: Lakeside, timezone: America/New_York, domains: [lakeside.k12.example]}
        vendors:
          - id: quizly
            name: Quizly, Inc.
            products: [{id: school, name: Quizly for Schools, domains: [quizly.example]}]
            agreements: [{id: Q-1, status: signed, effective: 2025-07-03, ends: 2028-07-02}]
        third_parties:
          - {owner: Example Ads, category: advertising, domains: [ads.example], source: hand}
        """

    /// The same with an agreement for one of the parties that had none.
    static let laterYAML =
        yaml.replacingOccurrences(
            of: "third_parties:",
            with: """
                  - id: game
                    name: Game Co
                    products: [{id: game, name: Game, domains: [game.example]}]
                    agreements: [{id: G-1, status: signed, effective: 2025-01-01, ends: 2029-01-01}]
                third_parties:
                """)

    static let rosterYAML = """
        schools: [{id: high, name: High School, grades: "9-12"}]
        networks:
          - {prefix: 10.20.0.0/16, role: student, school: high}
          - {prefix: 10.30.0.0/16, role: staff}
        """

    /// The same with a listed device, which makes the roster tell devices apart.
    static let deviceYAML =
        rosterYAML
        + "\ndevices: [{id: cart-1, addresses: [10.20.0.9], role: student, grades: \"K-5\"}]\n"

    /// 2026-11-23T14:00:00Z, an hour of a school day.
    static let start: Int64 = 1_795_442_400

    static func judge(_ yaml: String = yaml, roster: String = rosterYAML) throws -> Judge {
        Judge(register: try Register.parse(yaml: yaml), roster: try Roster.parse(yaml: roster))
    }

    static func contact(
        _ client: String, _ name: String?, _ server: String, second: Int64, bytes: UInt64 = 1000
    ) throws -> Contact {
        let first = try #require(Timestamp(seconds: start + second))
        var contact = Contact(
            client: try #require(IPAddress(client) as IPAddress?),
            servers: [try #require(IPAddress(server) as IPAddress?)], port: 443,
            transport: "tcp", first: first)
        contact.name = name
        contact.evidence = name == nil ? .none : .tlsSNI
        contact.service = "tls"
        contact.hour = first.hour
        contact.last = try #require(Timestamp(seconds: start + second + 9))
        (contact.flows, contact.packetsUp, contact.packetsDown) = (2, 10, 20)
        (contact.bytesUp, contact.bytesDown) = (bytes, bytes * 3)
        return contact
    }

    static func lookup(_ client: String, _ name: String, second: Int64) throws -> Lookup {
        let time = try #require(Timestamp(seconds: start + second))
        return Lookup(
            client: try #require(IPAddress(client) as IPAddress?), resolver: IPAddress("10.10.0.53"),
            name: name,
            outcome: .answered, first: time, last: time, count: 3, contacted: false)
    }

    /// Day 0 and day 1: covered, unapproved, nameless, inside, multicast, two clients and a listed one.
    static func facts(day: Int64) throws -> Facts {
        let offset = day * 86400
        var facts = Facts()
        facts.contacts = [
            try contact("10.20.0.5", "game.example", "203.0.113.7", second: offset + 60),
            try contact("10.20.0.5", "www.quizly.example", "203.0.113.8", second: offset + 61),
            try contact("10.20.0.5", nil, "203.0.113.9", second: offset + 3700),
            try contact("10.20.0.5", "anna-laptop.local", "10.20.0.77", second: offset + 62),
            try contact(
                "10.20.0.9", "pixel.ads.example", "203.0.113.10", second: offset + 100, bytes: 90_000),
            try contact("10.30.0.2", "game.example", "203.0.113.7", second: offset + 200),
            try contact("10.30.0.2", nil, "224.0.0.251", second: offset + 201),
        ].sorted(by: ContactOrder.precedes)
        facts.lookups = [
            try lookup("10.20.0.5", "later.example", second: offset + 5),
            try lookup("10.20.0.5", "ben-phone.local", second: offset + 6),
        ]
        var input = InputReport(path: "day\(day).pcap", kind: "pcap")
        (input.bytes, input.records, input.first, input.last) = (
            900, 12, facts.contacts.first?.first, facts.contacts.last?.last
        )
        facts.inputs = [input]
        facts.coverage.packetsRead = 12
        facts.coverage.packetsUsed = 11
        facts.coverage.unusedPackets = [Coverage.Unused(reason: "not_ip", count: 1, bytes: 60)]
        return facts
    }

    static func file(day: Int64) -> ReadFile {
        ReadFile(
            path: "day\(day).pcap", bytes: 900, modified: day, sha256: "raw-\(day)", content: "content-\(day)"
        )
    }

    static func night(_ facts: Facts, _ files: [ReadFile], _ judge: Judge) -> Night {
        Night(
            facts: facts, files: files, judge: judge, assessment: Assessment(facts, judge: judge), gate: gate,
            version: "test", at: "2026-11-24T02:00:00Z", by: "tester")
    }

    static func folder() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "ledger-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    /// A fresh ledger with both days, each a night of its own.
    static func ledger(in folder: URL, roster: String = rosterYAML) throws -> Ledger {
        let ledger = try Ledger(folder.appendingPathComponent("ledger.sqlite").path, creates: true)
        let judge = try judge(roster: roster)
        for day: Int64 in 0...1 {
            _ = try ledger.record(night(try facts(day: day), [file(day: day)], judge))
        }
        return ledger
    }
}
