import Foundation
import Testing

/// Captures in zip archives, packed by Info-ZIP, through the whole program.
@Suite struct ZipTests {
    private static let capture = "captures/containers/morning.pcapng"

    /// A zip archive of the capture made with `options`.
    private func pack(_ options: String, as name: String) throws -> URL {
        let target = try Tool.temporaryFolder().appendingPathComponent(name)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.currentDirectoryURL = Tool.root
        process.arguments = ["-c", "\(options)", "sh", target.path, ZipTests.capture]
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "zip (Debian package zip) is needed")
        return target
    }

    @Test(arguments: [
        "zip -q -j \"$1\" \"$2\"", "zip -q -j -0 \"$1\" \"$2\"", "zip -q - - < \"$2\" | cat > \"$1\"",
    ])
    func aPackedCaptureGivesTheSameNames(_ command: String) throws {
        let archive = try pack(command, as: "day.zip")
        let packed = try Tool.run(["names", archive.path])
        let plain = try Tool.run(["names", ZipTests.capture])
        #expect(packed.code == 0, "\(packed.errors)")
        #expect(packed.output == plain.output)
    }

    /// Of a small archive too, nothing that stands before the cut is lost.
    @Test func aCutArchiveGivesWhatCameBefore() throws {
        let archive = try pack("zip -q -j \"$1\" \"$2\"", as: "day.zip")
        let data = try Data(contentsOf: archive)
        try data.prefix(data.count * 2 / 3).write(to: archive)
        let result = try Tool.run(["names", archive.path])
        #expect(result.code == 2)
        #expect(result.errors.contains("the archive ends in the middle"), "\(result.errors)")
        let whole = Set(try Tool.run(["names", ZipTests.capture]).output.split(separator: "\n"))
        #expect(result.output.split(separator: "\n").count > whole.count / 4)
    }
}
