import Foundation
import Testing

/// The school day made by hand of `ScenarioTests` (Roster), as files: Kea's leases, Squid's log with users, a roster.
/// Whatever command writes whatever format of it, nobody in it can be recognised.
@Suite struct ScenarioPrivacyTests {
    static let roster = """
        schools:
          - {id: middle, name: Middle School, grades: "6-8"}
        networks:
          - {prefix: 10.20.0.0/16, role: student, school: middle}
          - {prefix: "2001:db8:20::/48", role: student, school: middle}
        home_networks: [10.0.0.0/8, "2001:db8:20::/48"]
        devices:
          - {id: cb-a, macs: ["00:00:5e:00:53:0a"], role: student, school: middle, grades: "6"}
          - {id: cb-b, macs: ["00:00:5e:00:53:0b"], role: student, school: middle}
          - {id: cart-laptop, macs: ["00:00:5e:00:53:11", "00:00:5e:00:53:12"], role: staff, school: middle}
        users:
          - {match: "t*@lakeside.example", role: staff, school: middle}
        leases: {time: 8h}

        """

    /// Address, hardware address, seconds after midnight from and to, host name.
    private static let leases: [(String, String, Int, Int, String)] = [
        ("10.20.4.1", "00:00:5e:00:53:0a", 28800, 32400, "cb-ann-12"),
        ("10.20.4.1", "00:00:5e:00:53:0b", 33000, 36600, "cb-ben-13"),
        ("10.20.4.1", "00:00:5e:00:53:0c", 39600, 43200, "guest-phone"),
        ("10.20.4.2", "00:00:5e:00:53:0a", 46800, 54000, ""),
        ("10.20.4.2", "00:00:5e:00:53:0b", 50400, 57600, ""),
        ("10.20.4.3", "00:00:5e:00:53:11", 28800, 36000, "staff-laptop"),
        ("10.20.4.3", "00:00:5e:00:53:12", 36000, 43200, "staff-laptop"),
    ]
    private static let midnight = 1_772_409_600

    static let secrets = [
        "10.20.4.", "2001:db8:20", "00:00:5e:00:53", "00005e0053", "cb-a", "cb-b", "cart-laptop", "cb-ann",
        "cb-ben",
        "guest-phone", "staff-laptop", "tpark", "s1234", "lakeside.example",
    ]

    /// Leases, log, roster and key in a fresh folder.
    private func files() throws -> URL {
        let folder = try Tool.temporaryFolder()
        var leases =
            "address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context\n"
        for (address, mac, from, to, host) in Self.leases {
            leases += "\(address),\(mac),,\(to - from),\(Self.midnight + to),30,0,0,\(host),0,\n"
        }
        var log = ""
        let visits = [
            (29100, "10.20.4.1", "s1234@lakeside.example", "app.quizly.example"),
            (33600, "10.20.4.1", "-", "adtrack.example"), (40000, "10.20.4.1", "-", "randomgame.example"),
            (51000, "10.20.4.2", "-", "adtrack.example"),
            (30000, "10.20.4.3", "tpark@lakeside.example", "adtrack.example"),
            (37000, "10.20.4.3", "-", "app.readalong.example"),
            (29000, "2001:db8:20::a1", "-", "adtrack.example"),
            (33000, "2001:db8:20::a2", "-", "adtrack.example"),
        ]
        for (second, client, user, host) in visits {
            log +=
                "\(Self.midnight + second).000    120 \(client) TCP_TUNNEL/200 5120 CONNECT \(host):443 \(user) "
            log += "HIER_DIRECT/198.51.100.7 -\n"
        }
        for (name, text) in [
            ("kea-leases4.csv", leases), ("access.log", log), ("roster.yaml", Self.roster),
            ("key", "an invented key of the district"),
        ] {
            try Data(text.utf8).write(to: folder.appendingPathComponent(name))
        }
        return folder
    }

    @Test(arguments: [
        "analyze --format table", "analyze --format json", "analyze --format csv", "analyze --format html",
        "analyze --format html --for team", "analyze --format html --for year",
        "analyze --format html --for families",
        "analyze --format json --pseudonym-key KEY", "devices --format table --pseudonym-key KEY",
        "devices --format json --pseudonym-key KEY", "devices --format csv --pseudonym-key KEY",
        "contacts --format jsonl --pseudonyms --pseudonym-key KEY",
        "contacts --format csv --by-hour --pseudonyms --pseudonym-key KEY",
    ])
    func nobodyCanBeRecognised(_ command: String) throws {
        let folder = try files()
        defer { try? FileManager.default.removeItem(at: folder) }
        func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
        var words = command.split(separator: " ").map { $0 == "KEY" ? path("key") : String($0) }
        words.insert(path("access.log"), at: 1)
        if words[0] != "contacts" {
            words += ["--roster", path("roster.yaml"), "--leases", path("kea-leases4.csv")]
        }
        if words[0] == "analyze" { words += ["--register", "allowlists/"] }
        let result = try Tool.run(words)
        #expect(result.code == 0, "\(result.errors)")
        #expect(!result.output.isEmpty)
        // The file's own path is shown; nobody's identity stands in it.
        let shown = result.output.replacingOccurrences(of: folder.path, with: "")
        for secret in Self.secrets { #expect(!shown.lowercased().contains(secret), "\(secret)") }
        if words[0] != "contacts" { #expect(shown.contains("tudent"), "the attribution is there") }
    }

    /// The same secrets are there when they are asked for: the test above looks for the right words.
    @Test func withAReasonEverybodyIsShown() throws {
        let folder = try files()
        defer { try? FileManager.default.removeItem(at: folder) }
        func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
        let result = try Tool.run([
            "devices", path("access.log"), "--roster", path("roster.yaml"), "--leases",
            path("kea-leases4.csv"),
            "--identify", "a test", "--audit-log", path("audit.log"), "--format", "json",
        ])
        #expect(result.code == 0, "\(result.errors)")
        for secret in ["cb-a", "cb-b", "cart-laptop", "00:00:5e:00:53:0c", "2001:db8:20::a1"] {
            #expect(result.output.contains(secret), "\(secret)")
        }
    }

    @Test(arguments: ["tsv", "jsonl"]) func namesAreClosedByPseudonymsToo(_ format: String) throws {
        let folder = try files()
        defer { try? FileManager.default.removeItem(at: folder) }
        let key = folder.appendingPathComponent("key").path
        let command = ["names", "captures/leases-dnsmasq/capture.pcap", "--format", format]
        let open = try Tool.run(command)
        #expect(open.output.contains("10.20.30.4"))
        let closed = try Tool.run(command + ["--pseudonyms", "--pseudonym-key", key])
        #expect(closed.code == 0, "\(closed.errors)")
        for secret in ["10.20.30.4", "2001:db8:20::16"] { #expect(!closed.output.contains(secret)) }
        #expect(closed.output.contains("portal.lakeside.k12.example"))
        #expect(try Tool.run(command + ["--pseudonyms"]).code == 64)
    }
}
