import Foundation
import Testing

/// `--log-map` and `logs suggest`, as a user runs them.
@Suite struct LogMapTests {
    private static let export = """
        When,User,Source IP,URL,Verdict
        2026-03-02 08:01:02,s1042,10.20.30.40,https://quiz.example.org/start?grade=4,Allowed
        2026-03-02 08:01:04,s1043,10.20.30.41,ads.tracker.example/pixel,Blocked

        """

    private func write(_ texts: [String: String]) throws -> URL {
        let folder = try Tool.temporaryFolder()
        for (name, text) in texts { try Data(text.utf8).write(to: folder.appendingPathComponent(name)) }
        return folder
    }

    @Test func aProposalReadsTheExportItWasMadeFrom() throws {
        let folder = try write(["export.csv": LogMapTests.export])
        defer { try? FileManager.default.removeItem(at: folder) }
        let export = folder.appendingPathComponent("export.csv").path
        // Without a mapping it is no log.
        #expect(try Tool.run(["contacts", export]).code == 65)
        let proposal = try Tool.run(["logs", "suggest", export, "--name", "school-filter"])
        #expect(proposal.code == 0, "\(proposal.errors)")
        let map = folder.appendingPathComponent("filter.yaml")
        try Data(proposal.output.utf8).write(to: map)
        let result = try Tool.run(
            ["contacts", export, "--log-map", map.path, "--log-zone", "America/Chicago", "--format", "csv"])
        #expect(result.code == 0, "\(result.errors)")
        let rows = result.output.split(separator: "\n").dropFirst()
        #expect(rows.count == 2)
        #expect(rows.first?.contains("quiz.example.org") == true)
        #expect(rows.first?.contains("2026-03-02T14:01:02") == true)
        #expect(rows.allSatisfy { $0.contains("school-filter") })
        #expect(rows.last?.contains("blocked") == true)
        #expect(!result.output.contains("grade"), "a URL's query is never stored")
    }

    @Test func namesFileLineAndColumnOfWhatIsWrong() throws {
        let folder = try write([
            "export.csv": LogMapTests.export,
            "bad.yaml":
                "name: My Filter\ntime: {column: When, format: 'yyyy-MM-dd Q'}\nclient: Source IP\nurll: URL\n",
        ])
        defer { try? FileManager.default.removeItem(at: folder) }
        let map = folder.appendingPathComponent("bad.yaml").path
        let result = try Tool.run(
            ["contacts", folder.appendingPathComponent("export.csv").path, "--log-map", map])
        #expect(result.code == 65)
        #expect(result.errors.contains("\(map):4:1: unknown key \"urll\""), "\(result.errors)")
        #expect(result.errors.contains("did you mean \"url\"?"))
        #expect(result.errors.contains("\(map):1:7: a name is a word of small letters"))
        #expect(result.errors.contains("\(map):2:"))
        #expect(result.errors.contains("does not say which rows were let through"))
        #expect(result.errors.contains("does not say where to"))
        let missing = try Tool.run(["contacts", "x.csv", "--log-map", "nowhere.yaml"])
        #expect(missing.code == 66)
    }

    @Test func saysWhenNoInputHasTheColumns() throws {
        let folder = try write(["export.csv": LogMapTests.export])
        defer { try? FileManager.default.removeItem(at: folder) }
        let result = try Tool.run([
            "contacts", "logs/dnsmasq", "--log-map", "docs/mappings/untangle-http-events.yaml",
        ])
        #expect(result.errors.contains("untangle-http: no input has its columns"), "\(result.errors)")
        let nothing = try Tool.run(["logs", "suggest", folder.appendingPathComponent("gone.csv").path])
        #expect(nothing.code == 66)
    }

    /// The committed mapping of Untangle's web events, with an export as its source writes it: names of columns first,
    /// commas taken out of values, nothing quoted, an apostrophe before a value that a spreadsheet would calculate.
    @Test func readsUntanglesWebEvents() throws {
        let folder = try write([
            "All Web Events.csv": """
            time_stamp,c_client_addr,username,hostname,host,uri,s_server_addr,s_server_port,c2s_content_length,s2c_content_length,web_filter_blocked,web_filter_flagged
            2026-03-02 08:01:02.114,10.20.30.40,s1042,CB-LIB-07,quiz.example.org,/start?q="a,198.51.100.20,443,562,14132,false,false
            2026-03-02 08:01:04.0,10.20.30.41,,CB-LIB-08,ads.tracker.example,/,203.0.113.77,443,0,0,true,true
            2026-03-02 08:01:05.5,2001:db8:20::41,'=x,,app.example,/,2001:db8:99::20,80,10,,,

            """
        ])
        defer { try? FileManager.default.removeItem(at: folder) }
        let result = try Tool.run([
            "contacts", folder.path, "--log-map", "docs/mappings/untangle-http-events.yaml", "--log-zone",
            "America/Chicago", "--format", "jsonl",
        ])
        #expect(result.code == 0, "\(result.errors)")
        let rows = result.output.split(separator: "\n").map(String.init)
        try #require(rows.count == 3)
        for (name, action, bytes) in [
            ("quiz.example.org", "allowed", 14132), ("ads.tracker.example", "blocked", 0),
            ("app.example", "attempted", 0),
        ] {
            let row = try #require(rows.first { $0.contains("\"\(name)\"") })
            #expect(row.contains("\"\(action)\""))
            #expect(row.contains("\"bytes_down\":\(bytes)"))
            #expect(row.contains("untangle-http"))
        }
    }
}
