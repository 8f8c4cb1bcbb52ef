import Foundation
import Testing

/// The main job on the committed captures, log, register and roster.
@Suite struct AnalyzeTests {
    struct Finding {
        let verdict: String
        let severity: String
        let reasons: String
    }

    private func report() throws -> [String: Any] {
        let result = try Tool.run(["analyze", "captures/", "--register", "allowlists/", "--format", "json"])
        #expect(result.code == 0, "\(result.errors)")
        return try #require(
            try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    }

    private func findings(_ report: [String: Any]) throws -> [String: [Finding]] {
        let rows = try #require(report["findings"] as? [[String: Any]])
        var found: [String: [Finding]] = [:]
        for row in rows {
            let texts = (row["reasons"] as? [[String: Any]] ?? []).compactMap { $0["text"] as? String }
            let finding = Finding(
                verdict: row["verdict"] as? String ?? "", severity: row["severity"] as? String ?? "",
                reasons: texts.joined(separator: "\n"))
            found[row["domain"] as? String ?? "", default: []].append(finding)
        }
        return found
    }

    @Test func trackerAndExpiredAgreementAreFlaggedWithTheirReasons() throws {
        let found = try findings(try report())
        let tracker = try #require(found["adtrack.example"]?.first)
        #expect(tracker.verdict == "no_agreement")
        #expect(tracker.severity == "high")
        #expect(tracker.reasons.contains("advertising"))
        let expired = try #require(found["readalong.example"]?.first)
        #expect(expired.verdict == "expired")
        #expect(expired.reasons.contains("2026-06-30"))
        #expect(found["203.0.113.99"]?.first?.verdict == "unnamed")
        #expect(found["mathpath.example"]?.first?.verdict == "pending")
        #expect(found["randomgame.example"]?.first?.verdict == "unknown_owner")
    }

    @Test func theCNAMEChainToAnotherPartyIsFollowed() throws {
        let quizly = try #require(try findings(try report())["quizly.example"])
        #expect(
            quizly.contains {
                $0.verdict == "no_agreement" && $0.reasons.contains("quizly.collect.metrica.example")
            })
        #expect(
            quizly.contains { $0.verdict == "out_of_scope" && $0.reasons.contains("shop.quizly.example") })
    }

    /// Device by device only for who gives a key, and never an address.
    @Test func blindSpotsOfEachDeviceStandUnderPseudonyms() throws {
        let key = try Tool.file("key", Data("a key of sixteen bytes and more".utf8))
        let arguments = [
            "analyze", "captures/school-morning", "--register", "allowlists/", "--format", "json",
        ]
        let plain = try Tool.run(arguments)
        #expect(!plain.output.contains("\"clients\""))
        let result = try Tool.run(arguments + ["--pseudonym-key", key.path])
        #expect(result.code == 0, "\(result.errors)")
        let report = try #require(
            try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
        let spots = try #require(report["blind_spots"] as? [String: Any])
        let clients = try #require(spots["clients"] as? [[String: Any]])
        #expect(!clients.isEmpty)
        for client in clients {
            #expect((client["client"] as? String)?.hasPrefix("device-") == true)
            #expect(client["flows"] != nil && client["kinds"] != nil)
        }
        let refused = try Tool.run(["analyze", "captures/school-morning", "--pseudonym-key", key.path])
        #expect(refused.code == 64)
    }

    @Test func theApprovedVendorIsCovered() throws {
        let covered = try #require(try report()["covered"] as? [[String: Any]])
        let quizly = covered.first { $0["verdict"] as? String == "covered" }
        #expect((quizly?["owner"] as? String)?.contains("Quizly") == true)
    }

    @Test func everyPacketAndLineIsAccountedFor() throws {
        let coverage = try #require(try report()["coverage"] as? [String: Any])
        for (read, used, unused) in [
            ("packets_read", "packets_used", "packets_unused"), ("lines_read", "lines_used", "lines_unused"),
        ] {
            let rest = (coverage[unused] as? [[String: Any]] ?? []).reduce(0) { sum, row in
                sum + (row["packets"] as? Int ?? row["lines"] as? Int ?? row["count"] as? Int ?? 0)
            }
            let total = try #require(coverage[read] as? Int)
            #expect(total > 0)
            #expect(total == (coverage[used] as? Int ?? -1) + rest, "\(coverage)")
        }
    }

    @Test func theTableFitsEightyColumns() throws {
        let result = try Tool.run(["analyze", "captures/", "--register", "allowlists/"])
        #expect(result.code == 0)
        for line in result.output.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
        #expect(!result.output.contains("\u{1b}"))
    }

    @Test func failOnSetsTheExitCode() throws {
        let arguments = ["analyze", BadInputTests.morning, "--register", "allowlists/", "--fail-on"]
        #expect(try Tool.run(arguments + ["high"]).code == 1)
        let quiet = [
            "analyze", "captures/big-endian/capture.pcap", "--register", "allowlists/", "--fail-on", "high",
        ]
        #expect(try Tool.run(quiet).code <= 1)
        #expect(try Tool.run(arguments + ["huge"]).code == 64)
    }

    @Test func theSameInputGivesTheSameBytes() throws {
        let arguments = ["analyze", "captures/", "--register", "allowlists/", "--format", "json"]
        #expect(try Tool.run(arguments).output == Tool.run(arguments).output)
    }

    @Test(arguments: [
        ("app.quizly.example", "covered"), ("shop.quizly.example", "out_of_scope"),
        ("adtrack.example", "no_agreement"),
        ("update.osmaker.example", "platform"), ("nobody.example", "unknown_owner"),
        ("readalong.example", "expired"),
    ])
    func lookupExplainsAName(_ name: String, verdict: String) throws {
        let result = try Tool.run([
            "lookup", name, "--register", "allowlists/", "--on", "2026-11-24", "--role", "student",
            "--format", "json",
        ])
        let answer = try #require(
            try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
        #expect(result.code == 0)
        #expect(answer["verdict"] as? String == verdict)
    }
}
