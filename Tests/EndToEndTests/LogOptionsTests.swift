import Foundation
import Testing

/// `--log-zone` and `--logs-until`, and text that is not UTF-8 lines, as a user gives them.
@Suite struct LogOptionsTests {
    private static let dnsmasq =
        "Dec 31 23:59:59 dnsmasq[812]: query[A] quiz.example.org from 10.20.30.40\n"
        + "Dec 31 23:59:59 dnsmasq[812]: reply quiz.example.org is 198.51.100.20\n"
        + "Jan  1 00:00:01 dnsmasq[812]: query[A] app.example from 10.20.30.40\n"
        + "Jan  1 00:00:01 dnsmasq[812]: reply app.example is 198.51.100.21\n"

    private func coverage(_ arguments: [String], _ bytes: Data, name: String = "query.log") throws
        -> Tool.Result
    {
        let file = try Tool.file(name, bytes)
        defer { try? FileManager.default.removeItem(at: file.deletingLastPathComponent()) }
        return try Tool.run(["analyze", file.path, "--format", "json"] + arguments)
    }

    @Test func theZoneAndTheYearComeFromTheUser() throws {
        let bytes = Data(LogOptionsTests.dnsmasq.utf8)
        let stated = try coverage(["--log-zone", "America/Chicago", "--logs-until", "2026-01-02"], bytes)
        #expect(stated.output.contains("2026-01-01T05:59:59"), "\(stated.errors)")
        #expect(stated.output.contains("2026-01-01T06:00:01"))
        #expect(stated.errors.contains("log_lines_without_year 4"))
        #expect(!stated.errors.contains("log_lines_without_time_zone_read_as_utc"))
        let assumed = try coverage(["--logs-until", "2026-01-02"], bytes)
        #expect(assumed.output.contains("2025-12-31T23:59:59"))
        #expect(assumed.errors.contains("log_lines_without_time_zone_read_as_utc 4"))
        // A day earlier, the first of January is that of the year before.
        let earlier = try coverage(["--logs-until", "2025-12-30", "--log-zone", "UTC"], bytes)
        #expect(earlier.output.contains("2024-12-31T23:59:59"))
        #expect(earlier.output.contains("2025-01-01T00:00:01"))
    }

    @Test func refusesWhatIsNoZoneAndNoDate() throws {
        for (arguments, text) in [
            (["--log-zone", "Chicago"], "no time zone such as America/Chicago"),
            (["--logs-until", "2026-02-30"], "no date such as 2026-03-02"),
        ] {
            let result = try Tool.run(["contacts", "logs/dnsmasq"] + arguments)
            #expect(result.code == 64)
            #expect(result.errors.contains(text))
        }
    }

    private func contacts(_ bytes: Data) throws -> String {
        let file = try Tool.file("access.log", bytes)
        defer { try? FileManager.default.removeItem(at: file.deletingLastPathComponent()) }
        let result = try Tool.run(["contacts", file.path, "--format", "csv", "--quiet"])
        #expect(result.code == 0, "\(result.errors)")
        return result.output
    }

    /// The same lines as UTF-8, as UTF-16 with and without a byte order mark, and in Docker's JSON.
    @Test func givesTheSameHoweverTheTextIsWritten() throws {
        let lines = [
            "1772460062.114    231 10.20.30.40 TCP_MISS/200 8412 GET http://lessons.example.org/ - HIER_DIRECT/198.51.100.20 -",
            "1772460084.009      0 10.20.30.41 TCP_DENIED/403 3977 CONNECT ads.example:443 - HIER_NONE/- text/html",
        ]
        let text = lines.map { $0 + "\r\n" }.joined()
        let plain = try contacts(Data(text.utf8))
        #expect(plain.contains("lessons.example.org"))
        for encoding in [String.Encoding.utf16LittleEndian, .utf16BigEndian] {
            let wide = try #require(text.data(using: encoding))
            #expect(try contacts(wide) == plain)
            let mark = encoding == .utf16BigEndian ? Data([0xfe, 0xff]) : Data([0xff, 0xfe])
            #expect(try contacts(mark + wide) == plain)
        }
        let docker = lines.map {
            "{\"log\":\"\($0)\\n\",\"stream\":\"stdout\",\"time\":\"2026-03-02T14:01:02Z\"}\n"
        }
        #expect(try contacts(Data(docker.joined().utf8)) == plain)
    }

    /// RFC 6587 §3.4.1: messages one behind the other, each with its length in front.
    @Test func readsSyslogFramedByLengths() throws {
        let messages = [
            "<134>1 2026-03-02T14:01:02Z px squid 811 - - 1772460062.114 231 10.20.30.40 TCP_MISS/200 8412 GET "
                + "http://lessons.example.org/ - HIER_DIRECT/198.51.100.20 -",
            "<134>1 2026-03-02T14:01:24Z px squid 811 - - 1772460084.009 0 10.20.30.41 TCP_DENIED/403 3977 CONNECT "
                + "ads.example:443 - HIER_NONE/- text/html",
        ]
        let output = try contacts(Data(messages.map { "\($0.utf8.count) \($0)" }.joined().utf8))
        #expect(output.contains("lessons.example.org"))
        #expect(output.contains("ads.example"))
        #expect(output.split(separator: "\n").count == 3)
    }
}
