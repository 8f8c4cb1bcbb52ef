import Foundation
import Ledger
import Testing

/// Approved apps in the nightly run: what a network sees is held against their lockfiles.
@Suite struct LockfileNightTests {
    private static let register = """
        district: {name: Lakeside, timezone: UTC, domains: [lakeside.k12.example]}
        vendors:
          - id: quizly
            name: Quizly, Inc.
            products: [{id: school, name: Quizly for Schools, domains: [quizly.example]}]
            agreements: [{id: Q-1, status: signed, effective: 2025-07-03, ends: 2028-07-02}]
        third_parties:
          - {owner: Example Replay, category: session-recording, domains: [replay.example], source: hand}
        """

    private static let roster = "networks: [{prefix: 10.20.0.0/16, role: student}]\n"

    /// 2026-11-23T14:00:00Z.
    private static let start = 1_795_442_400

    /// Six devices for 200 minutes: the weather every minute, the app every twentieth, and, when asked for, a recorder of
    /// sessions two seconds after it.
    private static func log(day: Int, recorder: Bool) -> Data {
        var lines: [(Int, String)] = []
        for device in 1...6 {
            for minute in 0..<200 {
                let second = start + day * 86400 + minute * 60 + device
                func add(_ offset: Int, _ host: String, _ server: String) {
                    lines.append(
                        (
                            second + offset,
                            "\(second + offset).000    120 10.20.0.\(device) TCP_TUNNEL/200 5000 CONNECT \(host):443 - HIER_DIRECT/\(server) -\n"
                        ))
                }
                add(0, "weather.example", "203.0.113.20")
                guard minute % 20 == 0 else { continue }
                add(1, "app.quizly.example", "203.0.113.8")
                if recorder { add(3, "eu.replay.example", "203.0.113.9") }
            }
        }
        return Data(lines.sorted { $0 < $1 }.map(\.1).joined().utf8)
    }

    private struct Place {
        let folder: URL

        init() throws {
            folder = try Tool.temporaryFolder()
            for name in ["in", "state", "approved", "register"] {
                try FileManager.default.createDirectory(
                    at: folder.appendingPathComponent(name), withIntermediateDirectories: true)
            }
            try write("register/register.yaml", Data(LockfileNightTests.register.utf8))
            try write("roster.yaml", Data(LockfileNightTests.roster.utf8))
        }

        func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

        func write(_ name: String, _ data: Data) throws {
            try data.write(to: folder.appendingPathComponent(name))
        }

        /// Approves an app that calls `hosts`.
        func approve(_ hosts: [String]) throws {
            let entries = hosts.map {
                #"{"startedDateTime":"2026-11-20T14:00:00Z","request":{"method":"GET","url":"https://\#($0)/"},"response":{"status":200}}"#
            }
            try write(
                "session.har", Data((#"{"log":{"entries":["# + entries.joined(separator: ",") + "]}}").utf8))
            let result = try Tool.run([
                "review", path("session.har"), "--app", "Quizly", "--vendor", "quizly", "--register",
                path("register"), "--quiet", "--write-lock", path("approved/quizly.lock"),
            ])
            #expect(result.code == 0, "\(result.errors)")
        }

        func nightly(_ more: [String] = []) throws -> Tool.Result {
            try Tool.run(
                [
                    "nightly", path("in"), "--ledger", path("state/ledger.sqlite"), "--register",
                    path("register"),
                    "--roster", path("roster.yaml"), "--lockfiles", path("approved"), "--quiet", "--min-age",
                    "0",
                ] + more)
        }
    }

    private func inPlace(_ body: (Place) throws -> Void) throws {
        let place = try Place()
        defer { try? FileManager.default.removeItem(at: place.folder) }
        try body(place)
    }

    @Test func anAppThatDriftsIsOneFinding() throws {
        try inPlace { place in
            try place.approve(["app.quizly.example"])
            try place.write("in/day0.log", LockfileNightTests.log(day: 0, recorder: false))
            let quiet = try place.nightly()
            #expect(quiet.code == 0, "\(quiet.errors)")
            #expect(!quiet.output.contains("LOCKFILES"))
            try place.write("in/day1.log", LockfileNightTests.log(day: 1, recorder: true))
            let drift = try place.nightly()
            #expect(drift.output.contains("Quizly: differs from its lockfile"), "\(drift.output)")
            let told = drift.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            #expect(
                told.contains(
                    "Quizly: since the night of 2026-11-24 with replay.example: Example Replay (session-recording), no "
                        + "agreement on record; right after Quizly for Schools in 60 of 60 minutes, on 6 devices"
                ),
                "\(drift.output)")
            // The weather is there all the time, with the app and without it.
            #expect(!told.contains("with weather.example"))
            // A third night with the same tells of it and finds nothing new; the day of the first one stays.
            try place.write("in/day2.log", LockfileNightTests.log(day: 2, recorder: true))
            let again = try place.nightly()
            #expect(again.output.contains("NOTHING NEW"), "\(again.output)")
            #expect(again.output.contains("since the night of 2026-11-24"))
            let ledger = try Ledger(place.path("state/ledger.sqlite"), creates: false)
            #expect(try ledger.findings().count(where: \.isDrift) == 1)
            #expect(try ledger.findings().first(where: \.isDrift)?.state == .new)
            // Somebody approves what it does now.
            try place.approve(["app.quizly.example", "eu.replay.example"])
            let approved = try place.nightly()
            #expect(approved.output.contains("RESOLVED"), "\(approved.output)")
            #expect(!approved.output.contains("since the night"))
            #expect(try ledger.findings().first(where: \.isDrift)?.state == .resolved)
        }
    }

    /// The register changes: the agreement of the app itself was terminated.
    @Test func anAgreementThatLapsesIsDrift() throws {
        try inPlace { place in
            try place.approve(["app.quizly.example"])
            let lapsed = LockfileNightTests.register.replacingOccurrences(
                of: "2028-07-02", with: "2026-11-23")
            try place.write("register/register.yaml", Data(lapsed.utf8))
            try place.write("in/day1.log", LockfileNightTests.log(day: 1, recorder: false))
            let result = try place.nightly(["--format", "json"])
            let report = try #require(
                try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
            let drifts = try #require(report["drifts"] as? [[String: String]])
            #expect(drifts.map { $0["party"] } == ["quizly.example"])
            #expect(drifts.first?["verdict"] == "expired")
            #expect(drifts.first?["text"]?.hasSuffix("approved as covered") == true, "\(drifts)")
        }
    }

    @Test func wrongFoldersAndFilesHaveTheirExitCodes() throws {
        try inPlace { place in
            try place.write("in/day0.log", LockfileNightTests.log(day: 0, recorder: false))
            #expect(try place.nightly(["--lockfiles", place.path("none")]).code == 66)
            try place.write("approved/broken.lock", Data("app: [".utf8))
            let broken = try place.nightly()
            #expect(broken.code == 65 && broken.errors.contains("broken.lock"))
            try FileManager.default.removeItem(atPath: place.path("approved/broken.lock"))
            try place.approve(["app.quizly.example"])
            try FileManager.default.copyItem(
                atPath: place.path("approved/quizly.lock"), toPath: place.path("approved/zwei.lock"))
            let twice = try place.nightly()
            #expect(twice.code == 65 && twice.errors.contains("is of the app 'Quizly' too"))
        }
    }
}
