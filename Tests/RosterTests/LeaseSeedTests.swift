import Bytes
import Foundation
import FuzzBodies
import TestSupport
import Testing

/// The inputs of the fuzzer of leases: the fixtures of all formats, and whatever once crashed.
@Suite struct LeaseSeedTests {
    private static func inputs() throws -> [FuzzSeed] {
        let folder = LeaseFormatTests.folder
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        return try names.map {
            FuzzSeed(name: $0, bytes: Array(try Data(contentsOf: folder.appendingPathComponent($0))))
        }
    }

    @Test func fixturesAndWhatOnceCrashedAreReadToTheirEnd() throws {
        let inputs = try LeaseSeedTests.inputs().map(\.bytes) + FuzzFolder("LeaseFuzzer").inputs()
        #expect(inputs.count >= 14)
        for input in inputs { input.withRawSpan(FuzzBodies.leases) }
    }

    @Test func noiseIsReadToItsEnd() throws {
        for input in FuzzFolder.damaged(try LeaseSeedTests.inputs()) {
            input.withRawSpan(FuzzBodies.leases)
        }
    }
}
