import Bytes
import Contacts
import Foundation
import Logs
import Pipeline
import Testing

/// Log files are cut in pieces that several threads read: what comes out must not show it.
@Suite struct LogPiecesTests {
    private func facts(_ paths: [String], jobs: Int, pieceBytes: Int) throws -> Run {
        var options = RunOptions()
        options.jobs = jobs
        options.chunkBytes = pieceBytes
        options.logs.periods = try #require(LogClock.periods(ofZone: "America/Chicago"))
        let day = try #require(CivilDay("2026-11-30"))
        options.logs.until = Timestamp(seconds: day.daysSince1970 * 86400)
        return Run(paths, options: options)
    }

    private func text(_ run: Run) -> [String] {
        run.facts.contacts.map { "\($0)" } + run.facts.lookups.map { "\($0)" }
            + run.facts.inputs.map { "\($0)" }
            + ["\(run.facts.coverage)"]
    }

    /// The committed logs of real programs and the fixtures of all formats, cut every 64 bytes at most.
    @Test func doNotDependOnWhereAFileIsCut() throws {
        let fixtures = Tool.root.appendingPathComponent("Tests/LogsTests/Fixtures")
        let names = try FileManager.default.contentsOfDirectory(atPath: fixtures.path).sorted()
        let paths =
            names.map { fixtures.appendingPathComponent("\($0)/access.log").path }
            + [Tool.root.appendingPathComponent("logs").path]
        let whole = text(try facts(paths, jobs: 1, pieceBytes: 1 << 20))
        #expect(whole.count > 300)
        for (jobs, bytes) in [(2, 1024), (7, 300), (64, 64)] {
            #expect(text(try facts(paths, jobs: jobs, pieceBytes: bytes)) == whole, "\(jobs) jobs")
        }
    }

    /// One client, one name and one hour in several files and formats: rows of one file are joined with those of the
    /// next before they become contacts.
    @Test func sumsOfSeveralFilesAreJoined() throws {
        let line =
            "1772460062.114 231 10.20.30.40 TCP_MISS/200 8412 GET http://lessons.example.org/ - HIER_DIRECT/198.51.100.20 -\n"
        let folder = try Tool.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        var paths: [String] = []
        for name in ["a.log", "b.log", "c.log"] {
            let url = folder.appendingPathComponent(name)
            // Different contents: the same file twice would be left out.
            try Data((String(repeating: line, count: 8) + "# \(name)\n").utf8).write(to: url)
            paths.append(url.path)
        }
        let run = try facts(paths, jobs: 2, pieceBytes: 64)
        let contact = try #require(run.facts.contacts.first)
        #expect(run.facts.contacts.count == 1)
        #expect(contact.flows == 24)
        #expect(contact.bytesDown == 24 * 8412)
        #expect(contact.source == "squid")
        #expect(run.facts.inputs.map(\.records) == [9, 9, 9])
        #expect(run.facts.inputs.allSatisfy { $0.problems.first?.contains("line 9: ") == true })
    }

    /// A file that is cut in pieces and ends in the middle of a line, and a line longer than a buffer.
    @Test func longAndCutLinesAreCountedOnce() throws {
        let line =
            "1772460062.114 231 10.20.30.40 TCP_MISS/200 8412 GET http://lessons.example.org/ - HIER_DIRECT/198.51.100.20 -\n"
        let long = "1772460062.114 231 10.20.30.40 TCP_MISS/200 1 GET http://lessons.example.org/"
        let text =
            String(repeating: line, count: 50) + long + String(repeating: "x", count: 1_200_000) + "\n"
            + String(repeating: line, count: 50) + line.dropLast(30)
        let file = try Tool.file("access.log", Data(text.utf8))
        defer { try? FileManager.default.removeItem(at: file.deletingLastPathComponent()) }
        for jobs in [1, 2, 5] {
            let run = try facts([file.path], jobs: jobs, pieceBytes: 1000)
            #expect(run.facts.contacts.first?.flows == 100)
            #expect(run.facts.coverage.linesRead == 102)
            #expect(
                Set(run.facts.coverage.unusedLines.map(\.reason)) == [
                    "line longer than 1 MiB", "last line cut",
                ])
        }
    }
}
