import Bytes
import Foundation
import FuzzBodies
import Testing

/// What the fuzzer of logs once found, and every fixture, read as the fuzzer reads it.
@Suite struct LogSeedTests {
    private static func files(_ folder: String) -> [URL] {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let base = root.appendingPathComponent(folder)
        let names = FileManager.default.enumerator(atPath: base.path)?.compactMap { $0 as? String } ?? []
        return names.sorted().map { base.appendingPathComponent($0) }.filter {
            $0.lastPathComponent == "access.log" || folder.hasSuffix("Crashes")
        }
    }

    @Test(arguments: files("LogsTests/Fixtures") + files("Fuzzers/LogFuzzer/Crashes"))
    func survives(file: URL) throws {
        let bytes = [UInt8](try Data(contentsOf: file))
        bytes.withRawSpan(FuzzBodies.log)
    }
}
