import Bytes
import Contacts
import Foundation
import Pipeline
import Register
import Roster
import Testing

/// Attribution on recorded lease exchanges: what the capture alone tells, and what the servers' own files tell.
@Suite struct DevicesTests {
    static let yaml = """
        networks:
          - {prefix: 10.20.0.0/16, role: student}
          - {prefix: "2001:db8:20::/48", role: student}
        home_networks: [10.0.0.0/8, "2001:db8:20::/48"]
        devices:
          - {id: cb-07, macs: ["00:00:5e:00:53:2a"], role: student}
          - {id: cb-08, macs: ["00:00:5e:00:53:2b"], role: staff}
        leases: {time: 1h}
        """

    /// Contacts with the web server, by address and name, and the device that each was.
    private func attribution(_ facts: Facts, leases: [String]) throws -> [String: String] {
        let roster = try Roster.parse(yaml: DevicesTests.yaml)
        let (attributed, reports) = roster.attributing(facts, leases: leases, district: "UTC")
        #expect(reports.allSatisfy { $0.isComplete && $0.linesRejected == 0 })
        var found: [String: String] = [:]
        for contact in facts.contacts where contact.port == 8080 {
            let device = attributed.device(for: contact)
            let client = contact.client?.description ?? "-"
            found["\(client) \(contact.name ?? "-")"] = "\(device.id ?? "nobody") \(device.rule.name)"
        }
        return found
    }

    /// The facts as a sensor far from the devices would have them: no hardware addresses, no leases.
    private func bare(_ facts: Facts) -> Facts {
        var bare = facts
        bare.addresses = Facts().addresses
        for index in bare.contacts.indices { bare.contacts[index].clientMAC = nil }
        return bare
    }

    @Test(arguments: [
        (
            "leases-dnsmasq", "dnsmasq.leases",
            [
                "10.20.30.40 portal.lakeside.k12.example": "cb-07 lease",
                "10.20.30.41 library.lakeside.k12.example": "cb-08 lease",
                "2001:db8:20::167 portal.lakeside.k12.example": "cb-07 lease",
            ]
        ),
        (
            "leases-kea", "kea-leases4.csv",
            [
                "10.20.30.40 portal.lakeside.k12.example": "cb-07 lease",
                "10.20.30.40 library.lakeside.k12.example": "cb-08 lease",
            ]
        ),
    ])
    func captureAndLeaseFileAgree(_ name: String, _ file: String, _ expected: [String: String]) throws {
        let folder = Tool.root.appendingPathComponent("captures/\(name)").path
        let facts = Run(["\(folder)/capture.pcap"]).facts
        #expect(try attribution(facts, leases: []) == expected, "by the capture alone")
        #expect(
            try attribution(bare(facts), leases: ["\(folder)/\(file)"]) == expected, "by the lease file alone"
        )
        #expect(try attribution(facts, leases: ["\(folder)/\(file)"]) == expected, "by both")
        let nobody = try attribution(bare(facts), leases: [])
        #expect(nobody.values.allSatisfy { $0 == "nobody network" }, "by neither")
    }

    // MARK: The command

    /// Roster, key and capture in a fresh folder.
    private func arguments(_ format: String) throws -> (folder: URL, arguments: [String]) {
        let folder = try Tool.temporaryFolder()
        let roster = folder.appendingPathComponent("roster.yaml")
        try Data(DevicesTests.yaml.utf8).write(to: roster)
        try Data("an invented key of the district".utf8).write(to: folder.appendingPathComponent("key"))
        return (
            folder,
            [
                "devices", "captures/leases-kea/capture.pcap", "captures/leases-dnsmasq/capture.pcap",
                "--roster",
                roster.path, "--leases", "captures/leases-kea/kea-leases4.csv", "--format", format,
            ]
        )
    }

    /// What identifies a device or person in these captures, rosters and lease files.
    static let secrets = [
        "10.20.30.4", "2001:db8:20::", "00:00:5e:00:53", "cb-07", "cb-08", "CB-LIB-07", "cb-lib-07",
        "CB-LIB-08",
        "cb-lib-08",
    ]

    @Test(arguments: ["table", "json", "csv"])
    func noIdentityLeaves(_ format: String) throws {
        let (folder, arguments) = try arguments(format)
        defer { try? FileManager.default.removeItem(at: folder) }
        let key = folder.appendingPathComponent("key").path
        let result = try Tool.run(arguments + ["--pseudonym-key", key])
        #expect(result.code == 0, "\(result.errors)")
        for secret in DevicesTests.secrets { #expect(!result.output.contains(secret), "\(secret)") }
        #expect(result.output.contains("student"))
        // The same key gives the same pseudonyms; a recipient has its own.
        #expect(try Tool.run(arguments + ["--pseudonym-key", key]).output == result.output)
        let other = try Tool.run(arguments + ["--pseudonym-key", key, "--recipient", "quizly"])
        #expect(other.code == 0 && other.output != result.output)
    }

    @Test(arguments: ["table", "json", "csv"])
    func identitiesLeaveForAReasonThatIsRecorded(_ format: String) throws {
        let (folder, arguments) = try arguments(format)
        defer { try? FileManager.default.removeItem(at: folder) }
        let log = folder.appendingPathComponent("audit.log").path
        let result = try Tool.run(arguments + ["--identify", "incident 2026-17", "--audit-log", log])
        #expect(result.code == 0, "\(result.errors)")
        #expect(result.output.contains("cb-07") && result.output.contains("cb-08"))
        #expect(try String(contentsOfFile: log, encoding: .utf8).contains("incident 2026-17"))
        #expect(try Tool.run(arguments + ["--identify", " "]).code == 64)
        let nowhere = try Tool.run(arguments + ["--identify", "x", "--audit-log", "/nonexistent/audit.log"])
        #expect(nowhere.code == 70 && nowhere.output.isEmpty)
    }

    @Test(arguments: ["table", "json", "csv"])
    func analysesShowNoIdentity(_ format: String) throws {
        let (folder, arguments) = try arguments("csv")
        defer { try? FileManager.default.removeItem(at: folder) }
        let result = try Tool.run([
            "analyze", "captures/leases-kea/capture.pcap", "captures/leases-dnsmasq/capture.pcap",
            "--register",
            "allowlists/", "--roster", arguments[4], "--leases", "captures/leases-dnsmasq/dnsmasq.leases",
            "--format",
            format,
        ])
        #expect(result.code == 0, "\(result.errors)")
        for secret in DevicesTests.secrets { #expect(!result.output.contains(secret), "\(secret)") }
    }

    @Test func badLeaseFilesAreNamed() throws {
        let (folder, arguments) = try arguments("csv")
        defer { try? FileManager.default.removeItem(at: folder) }
        let key = ["--pseudonym-key", folder.appendingPathComponent("key").path]
        let missing = try Tool.run(arguments + key + ["--leases", "nothing.here"])
        #expect(missing.code == 66 && missing.errors.contains("nothing.here"))
        let other = try Tool.run(arguments + key + ["--leases", "README.md"])
        #expect(other.code == 65 && other.errors.contains("README.md: is no lease file"))
    }

    @Test func pseudonymsHideTheContactsToo() throws {
        let (folder, _) = try arguments("csv")
        defer { try? FileManager.default.removeItem(at: folder) }
        for format in ["jsonl", "csv"] {
            let result = try Tool.run([
                "contacts", "captures/leases-kea/capture.pcap", "--format", format, "--pseudonyms",
                "--pseudonym-key", folder.appendingPathComponent("key").path,
            ])
            #expect(result.code == 0, "\(result.errors)")
            for secret in ["10.20.30.4", "00:00:5e:00:53", "cb-lib"] {
                #expect(!result.output.contains(secret))
            }
        }
    }
}
