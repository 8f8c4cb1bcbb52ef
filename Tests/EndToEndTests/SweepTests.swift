import Contacts
import Foundation
import Pipeline
import Testing

/// Captures that end anywhere: what came before the end is kept, and the end is told.
@Suite struct SweepTests {
    /// Where each record (pcap) or block (pcapng) of a little-endian capture ends, and how many packets came so far.
    struct Ends {
        var packets: [Int: UInt64] = [:]
        var offsets: [Int] = []

        mutating func add(_ offset: Int, packets count: UInt64) {
            offsets.append(offset)
            packets[offset] = count
        }

        /// Packets whose record lies whole before `cut`.
        func packets(before cut: Int) -> UInt64 {
            offsets.last { $0 <= cut }.flatMap { packets[$0] } ?? 0
        }
    }

    static func number(_ data: Data, _ offset: Int) -> Int {
        (0..<4).reduce(0) { $0 | Int(data[offset + $1]) << (8 * $1) }
    }

    static func pcapEnds(_ data: Data) -> Ends {
        var ends = Ends()
        ends.add(24, packets: 0)
        var offset = 24
        while offset + 16 <= data.count {
            offset += 16 + number(data, offset + 8)
            ends.add(offset, packets: UInt64(ends.offsets.count))
        }
        return ends
    }

    static func pcapngEnds(_ data: Data) -> Ends {
        var ends = Ends()
        var offset = 0
        var packets: UInt64 = 0
        while offset + 12 <= data.count {
            if [2, 3, 6].contains(number(data, offset)) { packets += 1 }
            offset += number(data, offset + 4)
            ends.add(offset, packets: packets)
        }
        return ends
    }

    /// Every offset of the first 2 kB, and a thousand anywhere.
    private func cuts(_ count: Int) -> [Int] {
        let seed = UInt64.random(in: 0 ... .max)
        print("truncation sweep: seed \(seed)")
        var state = seed | 1
        let anywhere = (0..<1000).map { _ in
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return Int(state % UInt64(count))
        }
        return Array(0..<min(2048, count)) + anywhere
    }

    @Test(arguments: ["captures/shared-address/capture.pcap", "captures/containers/two-interfaces.pcapng"])
    func aCutCaptureYieldsThePacketsBeforeTheCutOrIsRefused(_ path: String) throws {
        let data = try Tool.bytes(path)
        let isPCAP = path.hasSuffix(".pcap")
        let ends = isPCAP ? SweepTests.pcapEnds(data) : SweepTests.pcapngEnds(data)
        try #require(ends.offsets.last == data.count)
        let folder = try Tool.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("cut")
        let header = isPCAP ? 24 : 4
        for cut in cuts(data.count) {
            try data.prefix(cut).write(to: file)
            let run = Run([file.path])
            let report = try #require(run.facts.inputs.first)
            let isWhole = ends.packets[cut] != nil
            let asExpected =
                cut < header
                ? isRefused(report) && !run.readAnything
                : report.complete == isWhole && report.problems.isEmpty == isWhole
                    && report.records == ends.packets(before: cut) && isBalanced(run.facts)
            #expect(asExpected, "cut at \(cut): \(report)")
        }
    }

    private func isRefused(_ report: InputReport) -> Bool {
        report.kind == "unrecognised" && !report.complete && report.problems.count == 1
    }

    private func isBalanced(_ facts: Facts) -> Bool { CorpusTests.imbalance(facts) == nil }

    @Test func theProgramSaysWhatWasCutAndExitsWithTwo() throws {
        let data = try Tool.bytes("captures/containers/two-interfaces.pcapng")
        let file = try Tool.file("cut.pcapng", data.prefix(data.count - 3))
        defer { try? FileManager.default.removeItem(at: file.deletingLastPathComponent()) }
        let result = try Tool.run(["contacts", file.path])
        #expect(result.code == 2)
        #expect(result.errors.contains("cut in the middle of a packet"))
        #expect(!result.output.isEmpty)
    }
}
