package import Foundation

/// An input that a fuzzer starts from.
package struct FuzzSeed {
    package let name: String
    package let bytes: [UInt8]

    package init(name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
    }
}

/// One fuzzer's folder: `Seeds`, which the project makes, and `Crashes`, which once ended a run.
package struct FuzzFolder {
    private let base: URL

    /// Seeds are written anew instead of being compared: `HALLPASS_WRITE_SEEDS=1 swift test --filter Seed`.
    private static let isWriting = ProcessInfo.processInfo.environment["HALLPASS_WRITE_SEEDS"] == "1"

    package init(_ fuzzer: String) {
        base = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fuzzers").appendingPathComponent(fuzzer)
    }

    private func files(_ folder: String) throws -> [URL] {
        try FileManager.default.contentsOfDirectory(
            at: base.appendingPathComponent(folder), includingPropertiesForKeys: nil
        )
        .filter { !$0.lastPathComponent.hasPrefix(".") }
        .sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    }

    /// All committed inputs.
    package func inputs() throws -> [[UInt8]] {
        try (files("Seeds") + files("Crashes")).map { Array(try Data(contentsOf: $0)) }
    }

    /// Names of seeds whose file is another one or missing.
    package func differences(_ seeds: [FuzzSeed]) throws -> [String] {
        try seeds.compactMap { seed in
            let file = base.appendingPathComponent("Seeds").appendingPathComponent(seed.name)
            if FuzzFolder.isWriting { try Data(seed.bytes).write(to: file) }
            return (try? Data(contentsOf: file)) == Data(seed.bytes) ? nil : seed.name
        }
    }

    /// Seeds with some bytes changed, the same in every run.
    package static func damaged(_ seeds: [FuzzSeed], rounds: UInt64 = 300) -> [[UInt8]] {
        (1...rounds).map { round in
            var bytes = seeds[Int(round) % seeds.count].bytes
            let random = noise(32, seed: round)
            for index in stride(from: 0, to: 32, by: 4) where !bytes.isEmpty {
                let place = (Int(random[index]) << 8 | Int(random[index + 1])) % bytes.count
                bytes[place] = random[index + 2]
            }
            return bytes
        }
    }
}
