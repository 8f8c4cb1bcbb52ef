import Foundation
import GRDB
import Ledger
import Testing

/// The nightly run as an operator meets it: what it takes, what it leaves, and what stops it.
@Suite struct NightlyTests {
    /// A folder with captures to read, and a place for the ledger.
    struct Place {
        let folder: URL
        var inbox: String { folder.appendingPathComponent("in").path }
        var ledger: String { folder.appendingPathComponent("state/ledger.sqlite").path }

        init() throws {
            folder = try Tool.temporaryFolder()
            for name in ["in", "state"] {
                try FileManager.default.createDirectory(
                    at: folder.appendingPathComponent(name), withIntermediateDirectories: true)
            }
        }

        func add(_ capture: String, as name: String) throws {
            try Tool.bytes(capture).write(to: folder.appendingPathComponent("in/\(name)"))
        }

        func nightly(_ more: [String] = []) throws -> Tool.Result {
            try Tool.run(
                [
                    "nightly", inbox, "--ledger", ledger, "--register", "allowlists", "--quiet", "--min-age",
                    "0",
                ]
                    + more)
        }

        func remove() { try? FileManager.default.removeItem(at: folder) }
    }

    static let morning = "captures/school-morning/capture.pcap"
    static let squid = "captures/squid/access.log"

    private func inPlace(_ body: (Place) throws -> Void) throws {
        let place = try Place()
        defer { place.remove() }
        try place.add(NightlyTests.morning, as: "morning.pcap")
        try body(place)
    }

    private func report(_ result: Tool.Result) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    }

    @Test func aSecondRunChangesNothing() throws {
        try inPlace { place in
            let first = try place.nightly(["--format", "json"])
            #expect(first.code == 0, "\(first.errors)")
            let changes = try report(first)["changes"] as? [String: [[String: Any]]]
            #expect(changes?["new"]?.contains { $0["domain"] as? String == "adtrack.example" } == true)
            let before = try LedgerContent.dump(place.ledger)
            let second = try place.nightly()
            #expect(second.code == 0)
            #expect(second.output.contains("NOTHING NEW"))
            #expect(try LedgerContent.dump(place.ledger) == before)
        }
    }

    @Test func whatWasRenamedOrCompressedSinceIsKnown() throws {
        try inPlace { place in
            #expect(try place.nightly().code == 0)
            let before = try LedgerContent.dump(place.ledger)
            let old = place.inbox + "/morning.pcap"
            #expect(try Shell.run("gzip '\(old)' && cp '\(old).gz' '\(place.inbox)/copy.gz'").code == 0)
            let result = try place.nightly()
            #expect(result.output.contains("2 known already"))
            #expect(try LedgerContent.dump(place.ledger) == before)
        }
    }

    @Test func aFailingInputStopsNoOther() throws {
        try inPlace { place in
            try Data(try Tool.bytes(NightlyTests.morning).prefix(20_000)).write(
                to: place.folder.appendingPathComponent("in/cut.pcap"))
            let result = try place.nightly(["--format", "json"])
            #expect(result.code == 2)
            let inputs = try #require(try report(result)["inputs"] as? [[String: Any]])
            #expect(inputs.count { $0["complete"] as? Bool == true } == 1)
            #expect(inputs.count { $0["complete"] as? Bool == false } == 1)
            #expect(try Ledger(place.ledger, creates: false).contactCount() > 0)
            // It is known now, cut as it is: the next night has nothing to complain of.
            #expect(try place.nightly().code == 0)
        }
    }

    @Test func aFileThatIsOpenForWritingIsLeftForTheNextNight() throws {
        try inPlace { place in
            let path = place.inbox + "/morning.pcap"
            let writer = try FileHandle(forUpdating: URL(fileURLWithPath: path))
            let result = try place.nightly()
            #expect(result.code == 0)
            #expect(result.output.contains("LEFT FOR THE NEXT NIGHT"))
            #expect(result.output.contains("open for writing"))
            try writer.close()
            #expect(try place.nightly().output.contains("1 input read"))
        }
    }

    @Test func aFileThatWasWrittenJustNowIsLeftForTheNextNight() throws {
        try inPlace { place in
            let result = try Tool.run([
                "nightly", place.inbox, "--ledger", place.ledger, "--register", "allowlists", "--quiet",
            ])
            #expect(result.code == 0)
            #expect(result.output.contains("--min-age is 60 s"))
        }
    }

    @Test func oneRunAtATime() throws {
        try inPlace { place in
            #expect(try place.nightly().code == 0)
            let before = try LedgerContent.dump(place.ledger)
            let lock = try FileHandle(forUpdating: URL(fileURLWithPath: place.ledger + ".lock"))
            try lock.write(contentsOf: Data("4711\n".utf8))
            #expect(flock(lock.fileDescriptor, LOCK_EX | LOCK_NB) == 0)
            let held = try place.nightly()
            #expect(held.code == 75)
            #expect(held.errors.contains("process 4711 is at work on this ledger"))
            #expect(try LedgerContent.dump(place.ledger) == before)
            // The holder dies without a word: the file is left over, and locks nothing.
            try lock.close()
            let next = try place.nightly()
            #expect(next.code == 0)
            #expect(next.output.contains("the run of process 4711 was ended before it was done"))
            #expect(try !place.nightly().output.contains("4711"))
        }
    }

    @Test func missingFoldersAndForeignFilesHaveTheirExitCodes() throws {
        try inPlace { place in
            let missing = try Tool.run([
                "nightly", place.inbox + "/none", "--ledger", place.ledger, "--register", "allowlists",
            ])
            #expect(missing.code == 66)
            try Data("no ledger".utf8).write(to: URL(fileURLWithPath: place.ledger + ".txt"))
            let foreign = try Tool.run([
                "nightly", place.inbox, "--ledger", place.ledger + ".txt", "--register", "allowlists",
            ])
            #expect(foreign.code == 65)
            let nowhere = try Tool.run([
                "nightly", place.inbox, "--ledger", "/proc/ledger.sqlite", "--register", "allowlists",
            ])
            #expect(nowhere.code == 70)
            #expect(nowhere.errors.contains("must exist and be writable"))
        }
    }

    @Test func failOnLooksAtWhatIsNew() throws {
        try inPlace { place in
            let first = try place.nightly(["--fail-on", "high"])
            #expect(first.code == 1)
            let second = try place.nightly(["--fail-on", "high"])
            #expect(second.code == 0)
        }
    }

    @Test func metricsAndNoticesHoldCountsAndIdsOnly() throws {
        try inPlace { place in
            let metrics = place.folder.appendingPathComponent("state/hallpass.prom")
            let result = try place.nightly(["--metrics", metrics.path])
            #expect(result.code == 0)
            let text = try String(contentsOf: metrics, encoding: .utf8)
            // The collector is another user, whatever the service's mask for files.
            let mode = try FileManager.default.attributesOfItem(atPath: metrics.path)[.posixPermissions]
            #expect((mode as? NSNumber)?.intValue == 0o644)
            #expect(text.contains("hallpass_last_run_exit_code 0\n"))
            #expect(text.contains("hallpass_findings{state=\"new\",severity=\"high\"} "))
            #expect(!text.contains("example") && !text.contains("10.20."))
            // One HELP and one TYPE for each name, as the format asks for.
            let helps = text.split(separator: "\n").filter { $0.hasPrefix("# HELP") }.map {
                $0.split(separator: " ")[2]
            }
            #expect(Set(helps).count == helps.count)
        }
    }
}

/// What stands in a ledger's tables, the moments at which somebody ran Hallpass aside.
enum LedgerContent {
    static func dump(_ path: String) throws -> [String] {
        var configuration = Configuration()
        configuration.readonly = true
        return try DatabaseQueue(path: path, configuration: configuration).read { database in
            let tables = try String.fetchAll(
                database, sql: "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
            return try tables.flatMap { table -> [String] in
                let columns = try database.columns(in: table).map(\.name).filter {
                    $0 != "at" && $0 != "modified"
                }
                let list = columns.map { "quote(\"\($0)\")" }.joined(separator: " || ' ' || ")
                return try String.fetchAll(database, sql: "SELECT \(list) FROM \"\(table)\" ORDER BY 1").map {
                    "\(table) \($0)"
                }
            }
        }
    }
}

/// A script of the system's shell; `$HALLPASS` is the program.
enum Shell {
    static func run(_ script: String) throws -> Tool.Result {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", script]
        process.currentDirectoryURL = Tool.root
        process.environment = ProcessInfo.processInfo.environment.merging(["HALLPASS": Tool.binary.path]) {
            $1
        }
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return Tool.Result(
            code: process.terminationStatus, output: String(decoding: data, as: UTF8.self), errors: "")
    }
}
