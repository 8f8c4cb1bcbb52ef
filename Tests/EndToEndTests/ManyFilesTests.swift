import Foundation
import Testing

/// Rings of captures and folders of rotated logs have more files than a process may hold open.
@Suite struct ManyFilesTests {
    private static let capture = "captures/school-morning/capture.pcap"
    private static let openFiles = 48

    /// Runs the program with few descriptors.
    private func run(_ arguments: [String]) throws -> (code: Int32, output: String, errors: String) {
        let folder = try Tool.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.currentDirectoryURL = Tool.root
        let script = "ulimit -n \(Self.openFiles); out=$1; shift; exec \"$@\" > \"$out/out\" 2> \"$out/err\""
        process.arguments = ["-c", script, "sh", folder.path, Tool.binary.path] + arguments
        try process.run()
        process.waitUntilExit()
        func text(_ name: String) throws -> String {
            try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
        }
        #expect(process.terminationReason == .exit)
        return (process.terminationStatus, try text("out"), try text("err"))
    }

    /// The capture with one packet a file; returns the folder and how many files are in it.
    private func pieces() throws -> (folder: URL, count: Int) {
        let data = Array(try Tool.bytes(Self.capture))
        let folder = try Tool.temporaryFolder()
        var offset = 24
        var count = 0
        while offset + 16 <= data.count {
            let size = data[(offset + 8)..<(offset + 12)].reversed().reduce(0) { $0 << 8 | Int($1) }
            let end = offset + 16 + size
            try Data(data[..<24] + data[offset..<end])
                .write(to: folder.appendingPathComponent("piece-\(count).pcap"))
            offset = end
            count += 1
        }
        return (folder, count)
    }

    @Test(arguments: [[], ["--deduplicate"]] as [[String]])
    func aRingOfCapturesIsReadWhole(_ options: [String]) throws {
        let (folder, count) = try pieces()
        defer { try? FileManager.default.removeItem(at: folder) }
        try #require(count > 2 * Self.openFiles)
        let ring = try run(["contacts", folder.path, "--quiet"] + options)
        let whole = try Tool.run(["contacts", Self.capture, "--quiet"] + options)
        #expect(ring.code == 0, "\(ring.errors.suffix(500))")
        #expect(ring.output == whole.output)
    }

    @Test func rotatedLogsAreReadWhole() throws {
        let folder = try Tool.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        for number in 0..<120 {
            let line =
                "1772438400.000    120 10.20.0.\(number) TCP_TUNNEL/200 5120 CONNECT app.quizly.example:443 - "
                + "HIER_DIRECT/198.51.100.7 -\n"
            try Data(line.utf8).write(to: folder.appendingPathComponent("access.log.\(number)"))
        }
        let result = try run(["contacts", folder.path, "--quiet"])
        #expect(result.code == 0, "\(result.errors.suffix(500))")
        #expect(result.output.split(separator: "\n").count == 120)
    }

    @Test func packedCapturesAreReadWhole() throws {
        let folder = try Tool.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let packed = try Tool.bytes("captures/containers/morning.pcap.gz")
        for number in 0..<60 {
            try packed.write(to: folder.appendingPathComponent("morning-\(number).pcap.gz"))
        }
        let result = try run(["contacts", folder.path, "--quiet"])
        #expect(result.code == 0, "\(result.errors.suffix(500))")
        #expect(
            result.output
                == (try Tool.run(["contacts", "captures/containers/morning.pcap.gz", "--quiet"])).output)
    }
}
