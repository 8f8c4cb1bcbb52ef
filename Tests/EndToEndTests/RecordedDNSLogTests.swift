import Bytes
import Contacts
import Foundation
import Pipeline
import Testing

/// Logs of real resolvers (`logs/README.md`) against what was asked of them.
@Suite struct RecordedDNSLogTests {
    private static let cases = ["bind", "dnsmasq", "dnsmasq-extra", "unbound"]

    private func run(_ paths: [String]) -> Run {
        var options = RunOptions()
        options.logs.until = Timestamp(seconds: 1_795_564_800)  // 2026-11-25, since dnsmasq states no year
        return Run(paths, options: options)
    }

    private func path(_ name: String) -> String {
        Tool.root.appendingPathComponent("logs/\(name)/query.log").path
    }

    @Test(arguments: cases) func lookupsAreThoseThatWereAsked(name: String) throws {
        let table = try String(
            contentsOf: Tool.root.appendingPathComponent("logs/dns-expected.tsv"), encoding: .utf8)
        let expected = table.split(separator: "\n").dropFirst().map { line -> String in
            var fields = line.split(separator: "\t").map(String.init)
            // BIND logs questions and what its policy blocked.
            if name == "bind", fields[2] != "blocked" { fields[2] = "unanswered" }
            return fields.joined(separator: "\t")
        }
        let facts = run([path(name)]).facts
        let found = facts.lookups.map { "\($0.client)\t\($0.name)\t\($0.outcome.rawValue)\t\($0.count)" }
        #expect(found.sorted() == expected.sorted())
        #expect(facts.inputs.map(\.kind) == [name.hasPrefix("dnsmasq") ? "syslog" : name])
        #expect(facts.inputs.map(\.complete) == [true])
        let rejections = facts.inputs.flatMap(\.problems).filter { $0.contains("rejected") }
        #expect(rejections.isEmpty)
    }

    @Test func bindTellsWhichAddressWasAsked() {
        let contacts = run([path("bind")]).facts.contacts
        let kinds = Set(contacts.map { "\($0.service) \($0.port) \($0.source)" })
        #expect(kinds == ["dns 53 bind"])
        #expect(Set(contacts.flatMap(\.servers).map(\.description)) == ["10.10.0.53", "2001:db8:10::53"])
        #expect(contacts.filter { $0.transport == "tcp" }.map(\.flows) == [1])
        let questions = contacts.map(\.flows).reduce(0, +)
        #expect(questions == 9)
    }

    /// A connection log without names gets those that the resolver's log says its clients were told.
    @Test(arguments: ["dnsmasq", "dnsmasq-extra"]) func answersNameTheFlowsOfAConnectionLog(name: String)
        throws
    {
        let folder = try Tool.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("conn.log")
        func line(_ time: Int, _ client: String, _ uid: String) -> String {
            "{\"ts\":\(time).5,\"uid\":\"\(uid)\",\"id.orig_h\":\"\(client)\",\"id.orig_p\":50000,"
                + "\"id.resp_h\":\"198.51.100.20\",\"id.resp_p\":443,\"proto\":\"tcp\",\"duration\":1.0,"
                + "\"orig_bytes\":10,\"resp_bytes\":20,\"conn_state\":\"SF\"}\n"
        }
        // 08:12:50 is after both recordings; 08:00:00 before; 10.30.2.5 never asked.
        let lines =
            line(1_795_507_970, "10.20.4.17", "CA") + line(1_795_507_200, "10.20.4.23", "CB")
            + line(1_795_507_970, "10.30.2.5", "CC")
        try lines.write(to: file, atomically: true, encoding: .utf8)
        let contacts = run([path(name), file.path]).facts.contacts.filter { $0.port == 443 }
        #expect(contacts.map { $0.client?.description } == ["10.20.4.17", "10.20.4.23", "10.30.2.5"])
        #expect(contacts.map(\.name) == ["app.quizly.example", nil, nil])
        #expect(contacts.first?.evidence == .dnsAnswer)
        #expect(contacts.first?.ambiguity == .inferred)
        #expect(contacts.first?.cnameChain == ["edge.cdn.example"])
    }
}
