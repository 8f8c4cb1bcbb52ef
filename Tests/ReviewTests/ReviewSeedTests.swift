import Bytes
import Foundation
import FuzzBodies
import TestSupport
import Testing

@testable import Review

/// The inputs of the fuzzer of recorded sessions: seeds made here, and whatever once crashed.
@Suite struct ReviewSeedTests {
    private static func seed(_ name: String, _ family: UInt8, _ bytes: [UInt8]) -> FuzzSeed {
        FuzzSeed(name: name, bytes: [family] + bytes)
    }

    private static let seeds: [FuzzSeed] = {
        let entries = [
            Dialects.chrome, Dialects.firefox, Dialects.safari, Dialects.charles, Dialects.mitmproxy,
        ]
        let texts = searchCases.filter {
            $0.name.hasPrefix("base64") || $0.name.contains("JWT") || $0.name.hasPrefix("URL")
        }
        return entries.enumerated().map { number, entry in
            seed("har-\(number)", 0, Array(Recorded.har([entry]).utf8))
        }
            + texts.prefix(12).enumerated().map { number, test in
                seed("text-\(number)", 6, Array(test.text.utf8))
            } + [
                seed("netlog", 1, Array(InputTests.netlog.utf8)),
                seed("mitmproxy", 2, Array(InputTests.flow.utf8)),
                seed(
                    "http", 3,
                    Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n".utf8)),
                seed("gzip", 5, CodingTests.gzip), seed("brotli", 5, CodingTests.brotli),
                seed("zstd", 5, CodingTests.zstd),
            ]
    }()

    @Test func theCommittedSeedsAreThoseMadeHere() throws {
        let seeds = ReviewSeedTests.seeds
        #expect(Set(seeds.map(\.name)).count == seeds.count)
        #expect(try FuzzFolder("ReviewFuzzer").differences(seeds) == [])
    }

    @Test func seedsAndWhatOnceCrashedAreReadToTheirEnd() throws {
        let inputs = try FuzzFolder("ReviewFuzzer").inputs()
        #expect(!inputs.isEmpty)
        for input in inputs { input.withRawSpan(FuzzBodies.review) }
    }

    @Test func noiseIsReadToItsEnd() {
        for input in FuzzFolder.damaged(ReviewSeedTests.seeds) { input.withRawSpan(FuzzBodies.review) }
    }
}
