import Foundation

/// The built program, run as a user runs it.
enum Tool {
    struct Result {
        let code: Int32
        let output: String
        let errors: String
    }

    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Beside the test runner: the build directory of this very run.
    static let binary = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        .appendingPathComponent("hallpass")

    static func run(_ arguments: [String], input: Data? = nil) throws -> Result {
        let process = Process()
        process.executableURL = binary
        process.arguments = arguments
        process.currentDirectoryURL = root
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        // Files instead of pipes: no output is too large for them.
        let output = folder.appendingPathComponent("output")
        let errors = folder.appendingPathComponent("errors")
        let stdin = folder.appendingPathComponent("input")
        for (url, data) in [(output, Data()), (errors, Data()), (stdin, input ?? Data())] {
            try data.write(to: url)
        }
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: errors)
        process.standardInput = try FileHandle(forReadingFrom: stdin)
        try process.run()
        process.waitUntilExit()
        return Result(
            code: process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus,
            output: try String(contentsOf: output, encoding: .utf8),
            errors: try String(contentsOf: errors, encoding: .utf8))
    }

    static func temporaryFolder() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "hallpass-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    static func bytes(_ path: String) throws -> Data {
        try Data(contentsOf: root.appendingPathComponent(path))
    }

    /// Writes `data` into a fresh folder under `name`; the caller removes the folder.
    static func file(_ name: String, _ data: Data) throws -> URL {
        let url = try temporaryFolder().appendingPathComponent(name)
        try data.write(to: url)
        return url
    }
}

/// A committed capture with its expectations.
struct Case: CustomStringConvertible {
    let capture: String
    let names: String
    let conversations: String

    var description: String { capture }

    /// Every capture under `captures/` that has expectations beside it.
    static let all: [Case] = {
        let base = Tool.root.appendingPathComponent("captures")
        let files = FileManager.default.enumerator(atPath: base.path)?.compactMap { $0 as? String } ?? []
        let present = Set(files)
        return files.sorted().compactMap { file in
            if present.contains(file + ".names.tsv") {
                return Case(
                    capture: "captures/\(file)", names: "captures/\(file).names.tsv",
                    conversations: "captures/\(file).conversations.tsv")
            }
            guard file.hasSuffix("/capture.pcap") else { return nil }
            let folder = file.dropLast("capture.pcap".count)
            return Case(
                capture: "captures/\(file)", names: "captures/\(folder)names.tsv",
                conversations: "captures/\(folder)conversations.tsv")
        }
    }()
}
