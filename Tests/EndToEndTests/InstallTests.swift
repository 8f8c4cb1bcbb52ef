import Foundation
import Testing

/// `make install`, into a folder of its own.
@Suite struct InstallTests {
    private static let canAnalyze = FileManager.default.isExecutableFile(atPath: "/usr/bin/systemd-analyze")

    private func inRoot(_ body: (String) throws -> Void) throws {
        let folder = try Tool.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let result = try Shell.run("make -s install-files DESTDIR='\(folder.path)' BINARY=\"$HALLPASS\"")
        #expect(result.code == 0, "\(result.output)")
        try body(folder.path)
    }

    @Test func theProgramRunsFromWhereItWasPut() throws {
        try inRoot { root in
            let result = try Shell.run("'\(root)/usr/local/bin/hallpass' --version")
            #expect(result.code == 0)
            #expect(result.output == "0.1.0\n")
            // A configuration that somebody edited stays.
            try Data("HALLPASS_INPUTS=/mine\n".utf8).write(
                to: URL(fileURLWithPath: root + "/etc/hallpass/nightly.conf"))
            let again = try Shell.run(
                "make -s install-files DESTDIR='\(root)' BINARY=\"$HALLPASS\" && cat '\(root)/etc/hallpass/nightly.conf'"
            )
            #expect(again.output.hasSuffix("HALLPASS_INPUTS=/mine\n"))
        }
    }

    @Test func theServiceCallsTheProgramWithOptionsThatItKnows() throws {
        try inRoot { root in
            let unit = try String(
                contentsOfFile: root + "/etc/systemd/system/hallpass.service", encoding: .utf8)
            let command = try #require(unit.split(separator: "\n").first { $0.hasPrefix("ExecStart=") })
            let words = command.dropFirst("ExecStart=".count).split(separator: " ").map(String.init)
            #expect(FileManager.default.fileExists(atPath: root + words[0]))
            let help = try Tool.run(["help", "nightly"]).output
            for option in words where option.hasPrefix("--") { #expect(help.contains(option), "\(option)") }
        }
    }

    @Test(.enabled(if: InstallTests.canAnalyze, "systemd-analyze is not installed"))
    func systemdFindsNothingWrong() throws {
        try inRoot { root in
            // Without a running systemd: the files alone, and how open the service is (0 is closed, 10 is open).
            let units = "\(root)/etc/systemd/system"
            let rated = try Shell.run(
                "systemd-analyze security --offline=yes --threshold=20 --no-pager '\(units)/hallpass.service'"
            )
            #expect(rated.code == 0, "\(rated.output)")
            let calendar = try Shell.run("systemd-analyze calendar '*-*-* 02:30:00'")
            #expect(calendar.code == 0, "\(calendar.output)")
        }
    }
}
