import Foundation
import Ledger
import Testing

/// Logs that grow from night to night, and files that change while a run looks at them.
@Suite struct GrowingLogTests {
    private func inPlace(_ body: (NightlyTests.Place) throws -> Void) throws {
        let place = try NightlyTests.Place()
        defer { place.remove() }
        try body(place)
    }

    private static func halves(_ path: String) throws -> (first: Data, whole: Data) {
        let whole = try Tool.bytes(path)
        let end = try #require(whole.prefix(whole.count / 2).lastIndex(of: 10))
        return (whole.prefix(end + 1), whole)
    }

    /// What `report` counts of the ledger's days.
    private func totals(_ place: NightlyTests.Place) throws -> NSDictionary {
        let result = try Tool.run([
            "report", "--ledger", place.ledger, "--register", "allowlists", "--format", "json",
        ])
        let report = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
        return try #require(report?["totals"] as? NSDictionary)
    }

    /// Two nights over a log that is never rotated are one night over the whole of it.
    @Test func whatWasAppendedIsReadAndNothingTwice() throws {
        let (first, whole) = try GrowingLogTests.halves(NightlyTests.squid)
        var atOnce: NSDictionary?
        try inPlace { place in
            try whole.write(to: URL(fileURLWithPath: place.inbox + "/access.log"))
            #expect(try place.nightly().code == 0)
            atOnce = try totals(place)
        }
        try inPlace { place in
            let log = URL(fileURLWithPath: place.inbox + "/access.log")
            try first.write(to: log)
            #expect(try place.nightly().code == 0)
            #expect(try totals(place) != atOnce)
            try whole.write(to: log)
            let second = try place.nightly()
            #expect(second.code == 0, "\(second.output)")
            #expect(second.output.contains("1 input read"))
            #expect(try totals(place) == atOnce)
            // Rotated and compressed since: it is known.
            #expect(try Shell.run("gzip '\(log.path)'").code == 0)
            #expect(try place.nightly().output.contains("0 inputs read, 1 known already"))
        }
    }

    /// The log was read at night, went on, and was rotated the next day: its beginning is told under the new name.
    @Test func aRotatedLogIsReadFromWhereItWasLeft() throws {
        let (first, whole) = try GrowingLogTests.halves(NightlyTests.squid)
        try inPlace { place in
            try whole.write(to: URL(fileURLWithPath: place.inbox + "/access.log"))
            #expect(try place.nightly().code == 0)
            let atOnce = try totals(place)
            try inPlace { other in
                try first.write(to: URL(fileURLWithPath: other.inbox + "/access.log"))
                #expect(try other.nightly().code == 0)
                try whole.write(to: URL(fileURLWithPath: other.inbox + "/access.log.1"))
                #expect(try Shell.run("rm '\(other.inbox)/access.log'").code == 0)
                #expect(try other.nightly().code == 0)
                #expect(try totals(other) == atOnce)
            }
        }
    }

    /// What cannot be read from the middle is named, and counted once.
    @Test func whatHangsTogetherIsNotReadTwice() throws {
        try inPlace { place in
            let capture = URL(fileURLWithPath: place.inbox + "/morning.pcap")
            let whole = try Tool.bytes(NightlyTests.morning)
            try whole.prefix(60_000).write(to: capture)
            _ = try place.nightly()
            let before = try totals(place)
            try whole.write(to: capture)
            let result = try place.nightly()
            #expect(result.code == 2)
            let told = result.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            #expect(
                told.contains("its first 60000 bytes were read earlier and would count twice"),
                "\(result.output)")
            #expect(try totals(place) == before)
        }
        try inPlace { place in
            let (first, whole) = try GrowingLogTests.halves(NightlyTests.squid)
            let log = URL(fileURLWithPath: place.inbox + "/access.log")
            try first.dropLast(20).write(to: log)
            _ = try place.nightly()
            let before = try totals(place)
            try whole.write(to: log)
            let result = try place.nightly()
            let told = result.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            #expect(result.code == 2 && told.contains("middle of a line"), "\(result.output)")
            #expect(try totals(place) == before)
        }
    }

    /// A writer that never rests: the file waits for another night, whatever else is read, and is read whole then.
    @Test func aFileThatChangesWhileItIsReadWaits() throws {
        try inPlace { place in
            try place.add(NightlyTests.squid, as: "quiet.log")
            let line =
                "1795442400.000 120 10.20.0.5 TCP_TUNNEL/200 5000 CONNECT busy.example:443 - HIER_DIRECT/203.0.113.8 -"
            let busy = place.inbox + "/busy.log"
            let writer = Process()
            writer.executableURL = URL(fileURLWithPath: "/bin/sh")
            writer.arguments = [
                "-c", "for i in $(seq 1500); do echo '\(line)' >> '\(busy)'; sleep 0.02; done",
            ]
            try writer.run()
            // By a signal that nobody can hold back: children inherit which ones are.
            defer { kill(writer.processIdentifier, SIGKILL) }
            while !FileManager.default.fileExists(atPath: busy) { Thread.sleep(forTimeInterval: 0.01) }
            let result = try place.nightly()
            #expect(result.code == 0, "\(result.output) \(result.errors)")
            #expect(result.output.contains("LEFT FOR THE NEXT NIGHT") && result.output.contains("busy.log"))
            #expect(result.output.contains("1 input read"))
            let ledger = try Ledger(place.ledger, creates: false)
            #expect(try ledger.integrityProblem() == nil)
            #expect(try !ledger.findings().contains { $0.domain == "busy.example" })
            kill(writer.processIdentifier, SIGKILL)
            writer.waitUntilExit()
            // Whole lines again, should the last one have been cut.
            try Data((line + "\n").utf8).write(to: URL(fileURLWithPath: busy))
            let quiet = try place.nightly()
            #expect(
                quiet.code == 0 && quiet.output.contains("1 input read, 1 known already"), "\(quiet.output)")
        }
    }

    /// Two runs started together: one works, the other one waits for another time, and the ledger is that of one run.
    @Test func twoRunsAtOnce() throws {
        try inPlace { place in
            try place.add(NightlyTests.squid, as: "access.log")
            try place.add(NightlyTests.morning, as: "morning.pcap")
            let runs = try (0..<3).map { _ in
                let process = Process()
                process.executableURL = Tool.binary
                process.arguments = [
                    "nightly", place.inbox, "--ledger", place.ledger, "--register", "allowlists", "--quiet",
                    "--min-age", "0",
                ]
                process.currentDirectoryURL = Tool.root
                process.standardOutput = FileHandle.nullDevice
                process.standardError = FileHandle.nullDevice
                try process.run()
                return process
            }
            for run in runs { run.waitUntilExit() }
            let codes = runs.map(\.terminationStatus)
            #expect(codes.allSatisfy { $0 == 0 || $0 == 75 } && codes.contains(0), "\(codes)")
            let ledger = try Ledger(place.ledger, creates: false)
            #expect(try ledger.integrityProblem() == nil)
            let contacts = try ledger.contactCount()
            try inPlace { alone in
                try alone.add(NightlyTests.squid, as: "access.log")
                try alone.add(NightlyTests.morning, as: "morning.pcap")
                #expect(try alone.nightly().code == 0)
                #expect(try Ledger(alone.ledger, creates: false).contactCount() == contacts)
            }
        }
    }
}
