import Foundation
import Ledger
import Testing

/// What can happen to a ledger while it is written: the process is killed, the disk is full, the disk is read-only.
@Suite(.serialized) struct LedgerHarmTests {
    /// Rounds of the killing test: `make torture` sets 200.
    static let rounds = ProcessInfo.processInfo.environment["HALLPASS_TORTURE"].flatMap { Int($0) } ?? 6

    private func inFolder(_ body: (URL) throws -> Void) throws {
        let folder = try Tool.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder)
    }

    private func arguments(_ ledger: URL) -> [String] {
        [
            "nightly", "captures", "logs", "--ledger", ledger.path, "--register", "allowlists", "--quiet",
            "--min-age", "0",
        ]
    }

    @Test func aKilledRunLeavesTheLedgerAsBeforeOrAfter() throws {
        try inFolder { folder in
            let whole = folder.appendingPathComponent("whole")
            try FileManager.default.createDirectory(at: whole, withIntermediateDirectories: true)
            let undisturbed = whole.appendingPathComponent("ledger.sqlite")
            let began = Date()
            #expect(try Tool.run(arguments(undisturbed)).code == 0)
            let seconds = Date().timeIntervalSince(began)
            let expected = try LedgerContent.dump(undisturbed.path).filter { !$0.hasPrefix("audit") }
            for round in 0..<LedgerHarmTests.rounds {
                let place = folder.appendingPathComponent("round-\(round)")
                try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
                // The same key, or the pseudonyms would differ.
                try FileManager.default.copyItem(
                    at: whole.appendingPathComponent("hallpass.key"),
                    to: place.appendingPathComponent("hallpass.key"))
                let ledger = place.appendingPathComponent("ledger.sqlite")
                let moment = Double.random(in: 0...seconds)
                try kill(arguments(ledger), after: moment)
                if FileManager.default.fileExists(atPath: ledger.path) {
                    let problem = try Ledger(ledger.path, creates: false).integrityProblem()
                    #expect(problem == nil, "killed after \(moment) s")
                }
                let again = try Tool.run(arguments(ledger))
                #expect(again.code == 0, "killed after \(moment) s: \(again.errors)")
                let content = try LedgerContent.dump(ledger.path).filter { !$0.hasPrefix("audit") }
                #expect(content == expected, "killed after \(moment) s")
                try FileManager.default.removeItem(at: place)
            }
        }
    }

    private func kill(_ arguments: [String], after seconds: Double) throws {
        let process = Process()
        process.executableURL = Tool.binary
        process.arguments = arguments
        process.currentDirectoryURL = Tool.root
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        Thread.sleep(forTimeInterval: seconds)
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// A file system of our own, in a name space of its own; needs a kernel that lets users have them.
    static let canMount: Bool = {
        let test = "unshare -rm sh -c 'mount -t tmpfs none /mnt' 2>/dev/null"
        return (try? Shell.run(test).code) == 0
    }()

    private static let nightly =
        "\"$HALLPASS\" nightly %IN --ledger /mnt/ledger.sqlite --register allowlists --quiet --min-age 0"

    private func command(_ inputs: String) -> String {
        LedgerHarmTests.nightly.replacingOccurrences(of: "%IN", with: inputs)
    }

    @Test(
        .enabled(
            if: LedgerHarmTests.canMount, "mounting a tmpfs in a name space of its own is not permitted here")
    )
    func aFullDiskIsAClearErrorAndNothingIsLost() throws {
        let result = try Shell.run(
            """
            unshare -rm sh -c '
            mount -t tmpfs -o size=2m none /mnt || exit 99
            \(command("captures/squid")) >/dev/null; echo "first $?"
            dd if=/dev/zero of=/mnt/fill bs=4k 2>/dev/null
            truncate -s -48k /mnt/fill
            \(command("captures logs")); echo "full $?"
            rm /mnt/fill
            \(command("captures/squid")) | head -2; echo "same $?"
            \(command("captures logs")) >/dev/null; echo "room $?"'
            """)
        #expect(result.output.contains("first 0"), "\(result.output)")
        #expect(result.output.contains("full 70"), "\(result.output)")
        #expect(result.output.contains("the disk is full; the ledger is as it was"), "\(result.output)")
        #expect(result.output.contains("0 inputs read, 2 known already"), "\(result.output)")
        #expect(result.output.contains("room 0"), "\(result.output)")
    }

    @Test(
        .enabled(
            if: LedgerHarmTests.canMount, "mounting a tmpfs in a name space of its own is not permitted here")
    )
    func aReadOnlyDiskIsAClearErrorAndTheLedgerIsUnharmed() throws {
        let result = try Shell.run(
            """
            unshare -rm sh -c '
            mount -t tmpfs none /mnt || exit 99
            \(command("captures/squid")) >/dev/null; echo "first $?"
            mount -o remount,ro /mnt || exit 99
            \(command("captures logs")); echo "read-only $?"
            mount -o remount,rw /mnt
            \(command("captures/squid")) | head -2; echo "again $?"'
            """)
        #expect(result.output.contains("first 0"), "\(result.output)")
        #expect(result.output.contains("read-only 70"), "\(result.output)")
        #expect(result.output.contains("writable"), "\(result.output)")
        #expect(result.output.contains("0 inputs read, 2 known already"), "\(result.output)")
    }
}
