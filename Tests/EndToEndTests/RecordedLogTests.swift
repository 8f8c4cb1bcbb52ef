import Bytes
import Contacts
import Foundation
import Logs
import Pipeline
import Testing

/// Logs that real programs wrote while the little school was at work (`logs/record.sh`). What is expected is what the
/// script let each client do.
@Suite struct RecordedLogTests {
    private static func run(_ paths: [String]) throws -> Run {
        var options = RunOptions()
        // Made in November 2026 by machines whose clocks show UTC.
        options.logs.periods = try #require(LogClock.periods(ofZone: "UTC"))
        let day = try #require(CivilDay("2026-11-30"))
        options.logs.until = Timestamp(seconds: day.daysSince1970 * 86400)
        return Run(paths.map { Tool.root.appendingPathComponent($0).path }, options: options)
    }

    /// `client name-or-server port action`, once each.
    private static func facts(_ path: String) throws -> Set<String> {
        let run = try run([path])
        #expect(run.isComplete)
        return Set(
            run.facts.contacts.map { contact in
                let client = contact.client?.description ?? "-"
                let server = contact.name ?? contact.servers.first?.description ?? "-"
                return "\(client) \(server) \(contact.port) \(contact.action.rawValue)"
            })
    }

    @Test func nginxAsForwardProxy() throws {
        #expect(
            try RecordedLogTests.facts("logs/nginx/access.log") == [
                "10.20.4.17 oldnews.example 80 allowed", "10.20.4.17 quizly.example 80 allowed",
                "10.20.4.23 randomgame.example 80 blocked", "10.20.4.23 typo.example 80 attempted",
                "2001:db8:30::5 portal.lakeside.k12.example 80 allowed",
            ])
    }

    @Test func nginxPassingServerNamesOn() throws {
        #expect(
            try RecordedLogTests.facts("logs/nginx/stream.log") == [
                "10.20.4.17 quizly.example 0 allowed", "10.20.4.17 insights.quizly.example 0 allowed",
                "10.20.4.23 typo.example 0 attempted", "2001:db8:30::5 portal.lakeside.k12.example 0 allowed",
            ])
    }

    @Test func haproxy() throws {
        #expect(
            try RecordedLogTests.facts("logs/haproxy/access.log") == [
                "10.20.4.17 oldnews.example 80 allowed", "10.20.4.17 quizly.example 80 allowed",
                "10.20.4.23 randomgame.example 80 blocked", "10.20.4.23 typo.example 80 attempted",
                "2001:db8:30::5 portal.lakeside.k12.example 80 allowed",
                "10.20.4.17 quizly.example 0 allowed", "10.20.4.17 pixel.adtrack.example 0 blocked",
                "2001:db8:30::5 portal.lakeside.k12.example 0 allowed",
            ])
    }

    /// Tinyproxy 1.11.1 cuts IPv6 addresses of clients short: 2001:db8:30::5 stands in its log as 2001:db8:30::.
    @Test func tinyproxy() throws {
        #expect(
            try RecordedLogTests.facts("logs/tinyproxy/access.log") == [
                "10.20.4.17 quizly.example 443 allowed", "10.20.4.17 oldnews.example 80 allowed",
                "10.20.4.17 pixel.adtrack.example 443 allowed", "10.20.4.23 randomgame.example 80 blocked",
                "10.20.4.23 typo.example 443 attempted", "10.20.4.23 198.51.100.10 8443 blocked",
                "2001:db8:30:: portal.lakeside.k12.example 443 allowed",
            ])
    }

    /// A connection that Squid opened is named by its CONNECT and by the requests inside, and counted by these.
    @Test func squidThatOpensTLS() throws {
        #expect(
            try RecordedLogTests.facts("logs/squid-bump/access.log") == [
                "10.20.4.17 quizly.example 443 allowed", "10.20.4.17 readalong.example 443 allowed",
                "10.20.4.17 pixel.adtrack.example 443 allowed",
                "10.20.4.17 pixel.adtrack.example 443 blocked",
                "10.20.4.23 oldnews.example 80 allowed",
                "2001:db8:30::5 portal.lakeside.k12.example 443 allowed",
            ])
        let run = try RecordedLogTests.run(["logs/squid-bump/access.log"])
        let quizly = run.facts.contacts.filter { $0.name == "quizly.example" }
        #expect(quizly.reduce(0) { $0 + $1.flows } == 2)
        #expect(quizly.reduce(0) { $0 + $1.bytesDown } == 732 + 432)
    }

    /// The same traffic seen twice: what the proxy's log names, the capture in front of the proxy names too.
    @Test(arguments: ["captures/squid", "logs/squid-bump"])
    func logAndCaptureNameTheSame(folder: String) throws {
        func names(_ path: String) throws -> Set<String> {
            Set(
                try RecordedLogTests.run([path]).facts.contacts.compactMap { contact in
                    guard let client = contact.client, let name = contact.name else { return nil }
                    return "\(client) \(name)"
                })
        }
        let logged = try names(folder + "/access.log")
        let captured = try names(folder + "/capture.pcap")
        // What was ended at its server name leaves a line like that of any tunnel's set-up, and no other.
        let ended: Set<String> = folder == "logs/squid-bump" ? ["10.20.4.23 randomgame.example"] : []
        #expect(logged.union(ended) == captured)
        #expect(logged.count >= 5)
    }

    /// nfdump's own flows of a capture, plain and compressed, tell the same bytes per client and service as the
    /// capture does.
    @Test(arguments: ["flows", "flows-lzo", "flows-lz4"])
    func flowsOfNfdumpAddUpToTheCapture(name: String) throws {
        func sums(_ path: String) throws -> [String: [UInt64]] {
            var sums: [String: [UInt64]] = [:]
            for contact in try RecordedLogTests.run([path]).facts.contacts {
                guard contact.transport == "tcp" || contact.transport == "udp", contact.action == .allowed,
                    let client = contact.client
                else { continue }
                // A name may have several servers, so that only client and service are compared.
                let key = "\(client) \(contact.port) \(contact.transport)"
                let sum = sums[key] ?? [0, 0]
                sums[key] = [sum[0] + contact.bytesUp, sum[1] + contact.bytesDown]
            }
            return sums
        }
        var captured = try sums("captures/school-morning/capture.pcap")
        // A question to a time server that never answered: an attempt to the flow log, as UDP in captures is not.
        captured["10.20.4.17 123 udp"] = nil
        #expect(try sums("logs/nfdump/\(name).nfcapd") == captured)
        #expect(captured.count >= 5)
    }
}
