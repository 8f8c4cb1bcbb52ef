import Foundation
import TestSupport
import Testing

/// `hallpass review` as a reviewer runs it: comparing, locking, and input that is not what it should be.
@Suite struct ReviewCommandTests {
    private static func entry(_ second: Int, _ url: String, _ more: String = "") -> String {
        #"{"startedDateTime":"2026-11-24T14:00:0\#(second).000Z","request":{"method":"GET","url":"\#(url)"\#(more)},"#
            + #""response":{"status":200}}"#
    }

    private static func har(_ entries: [String]) -> Data {
        Data((#"{"log":{"version":"1.2","entries":["# + entries.joined(separator: ",") + "]}}").utf8)
    }

    private static let before = [
        entry(1, "https://app.quizly.example/"), entry(2, "https://cdn.tagline.example/t.js"),
    ]

    private func inFolder(_ body: (URL) throws -> Void) throws {
        let folder = try Tool.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try ReviewCommandTests.har(ReviewCommandTests.before).write(
            to: folder.appendingPathComponent("before.har"))
        let after =
            ReviewCommandTests.before + [
                ReviewCommandTests.entry(3, "https://rec.newcomer.example/rec/bundle?x=1")
            ]
        try ReviewCommandTests.har(after).write(to: folder.appendingPathComponent("after.har"))
        try body(folder)
    }

    private func review(_ arguments: [String]) throws -> Tool.Result {
        try Tool.run(["review"] + arguments + ["--app", "Quizly", "--vendor", "quizly", "--quiet"])
    }

    @Test func twoSessionsAreCompared() throws {
        try inFolder { folder in
            let (before, after) = (folder.path + "/before.har", folder.path + "/after.har")
            let new = try review([after, "--compare", before])
            #expect(new.code == 0, "comparing asks, it does not judge: \(new.errors)")
            #expect(new.output.contains("DRIFT: 2"))
            #expect(new.output.contains("new party: newcomer.example"))
            #expect(new.output.contains("new possible identifier: newcomer.example"))
            #expect(!new.output.contains("tagline.example"))
            let same = try review([before, "--compare", before])
            #expect(same.output.contains("DRIFT: none"))
            let other = try review([before, "--compare", after, "--format", "json"])
            let object = try #require(
                try JSONSerialization.jsonObject(with: Data(other.output.utf8)) as? [String: Any])
            let drift = try #require(object["drift"] as? [[String: Any]])
            #expect(
                drift.map { $0["kind"] as? String } == ["party not seen", "possible identifier not seen"])
            #expect(drift.allSatisfy { $0["new"] as? Bool == false })
        }
    }

    @Test func driftFromALockfileEndsWithOne() throws {
        try inFolder { folder in
            let (before, after) = (folder.path + "/before.har", folder.path + "/after.har")
            let lock = folder.path + "/quizly.lock"
            #expect(try review([before, "--write-lock", lock]).code == 0)
            #expect(try review([before, "--baseline", lock]).code == 0)
            let drift = try review([after, "--baseline", lock])
            #expect(drift.code == 1)
            #expect(drift.output.contains("new party: newcomer.example"))
            #expect(try review([after, "--baseline", lock, "--compare", before]).code == 64)
            #expect(try review([after, "--baseline", folder.path + "/none.lock"]).code == 66)
            #expect(try review([after, "--baseline", before]).code == 65)
        }
    }

    @Test func countriesAreOfTheUsersDatabase() throws {
        try inFolder { folder in
            var forge = CountryForge()
            forge.add(ipv4: 0xc000_0200, length: 24, CountryForge.country("CA"))
            let database = folder.path + "/countries.mmdb"
            try Data(forge.bytes()).write(to: URL(fileURLWithPath: database))
            let session = folder.path + "/session.har"
            try ReviewCommandTests.har([ReviewCommandTests.entry(1, "http://192.0.2.9/beacon")]).write(
                to: URL(fileURLWithPath: session))
            let result = try review([session, "--countries", database])
            #expect(result.code == 0 && result.output.contains("country: CA"))
            #expect(try review([session, "--countries", folder.path + "/none.mmdb"]).code == 66)
            let wrong = try review([session, "--countries", session])
            #expect(wrong.code == 65)
            #expect(wrong.errors.contains("is no country database that can be read"))
        }
    }

    /// Brackets without end, and one entry beyond its limit: an answer or a clear error, in little memory.
    @Test func nestedWithoutEnd() throws {
        let deep = Data((#"{"log":{"entries":[{"x":"#).utf8) + Data(repeating: 0x5b, count: 4 << 20)
        let nested = try Tool.run(["review", "-", "--app", "X"], input: deep)
        #expect(nested.code == 65)
        #expect(nested.errors.contains("at byte 532: nested deeper than 512 levels"), "\(nested.errors)")
        var long = Data((#"{"log":{"entries":[{"x":["#).utf8)
        long += Data(String(repeating: "[[[]]], ", count: (66 << 20) / 8).utf8)
        long += Data("[]]},".utf8) + Data(ReviewCommandTests.before[0].utf8) + Data("]}}".utf8)
        let result = try Tool.run(["review", "-", "--app", "X", "--quiet"], input: long)
        #expect(result.code == 2)
        #expect(result.errors.contains("1 of 2 entries cannot be read"), "\(result.errors)")
        #expect(result.output.contains("quizly.example"))
    }
}
