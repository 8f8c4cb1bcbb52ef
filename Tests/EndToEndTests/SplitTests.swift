import Foundation
import Testing

/// A capture given in pieces says the same as the whole.
@Suite struct SplitTests {
    static let whole = "captures/school-morning/capture.pcap"

    /// Seven captures that together hold the records of `whole`, named so that their order is not that of time.
    private func pieces() throws -> [String] {
        let data = try Tool.bytes(SplitTests.whole)
        let ends = SweepTests.pcapEnds(data).offsets
        let records = ends.count - 1
        try #require(records >= 70)
        let folder = try Tool.temporaryFolder()
        let order = [3, 0, 6, 2, 5, 1, 4]
        return try order.enumerated().map { place, piece in
            let range = ends[records * piece / 7]..<ends[records * (piece + 1) / 7]
            let file = folder.appendingPathComponent("piece-\(place).pcap")
            try (data.prefix(24) + data[range]).write(to: file)
            return file.path
        }
    }

    private func clean(_ pieces: [String]) {
        guard let first = pieces.first else { return }
        try? FileManager.default.removeItem(at: URL(fileURLWithPath: first).deletingLastPathComponent())
    }

    @Test(arguments: [["names"], ["contacts"], ["contacts", "--by-hour", "--format", "csv"]])
    func sevenPiecesInAnyOrderGiveTheBytesOfTheWhole(_ command: [String]) throws {
        let parts = try pieces()
        defer { clean(parts) }
        let whole = try Tool.run(command + [SplitTests.whole])
        let split = try Tool.run(command + parts)
        #expect(split.code == 0)
        #expect(!whole.output.isEmpty)
        #expect(split.output == whole.output)
        #expect(try Tool.run(command + parts.reversed()).output == whole.output)
    }

    @Test func sevenPiecesGiveTheReportOfTheWholeButForTheListOfInputs() throws {
        let parts = try pieces()
        defer { clean(parts) }
        let whole = try report([SplitTests.whole])
        let split = try report(parts)
        let findings = try #require(whole["findings"] as? [Any])
        #expect(!findings.isEmpty)
        #expect(Set(whole.keys) == Set(split.keys))
        for (key, value) in whole where key != "inputs" {
            let other = try #require(split[key])
            #expect(try text(value) == text(other), "\(key)")
        }
    }

    @Test func aMissingPieceIsNotTheWhole() throws {
        let parts = try pieces()
        defer { clean(parts) }
        let whole = try Tool.run(["contacts", SplitTests.whole])
        #expect(try Tool.run(["contacts"] + parts.dropFirst()).output != whole.output)
    }

    private func report(_ inputs: [String]) throws -> [String: Any] {
        let result = try Tool.run(["analyze"] + inputs + ["--register", "allowlists/", "--format", "json"])
        #expect(result.code == 0, "\(result.errors)")
        return try #require(
            try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    }

    private func text(_ value: Any) throws -> String {
        String(
            decoding: try JSONSerialization.data(withJSONObject: [value], options: .sortedKeys), as: UTF8.self
        )
    }
}
