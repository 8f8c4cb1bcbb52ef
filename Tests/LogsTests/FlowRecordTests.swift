import Bytes
import Foundation
import Testing

@testable import Logs

/// Flow files and what they are packed with.
@Suite struct FlowRecordTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("logs/nfdump")

    private static func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: folder.appendingPathComponent(name)))
    }

    private static let format = LogFormat(NfdumpFile.self)

    @Test(arguments: ["flows.nfcapd", "flows-lzo.nfcapd", "flows-lz4.nfcapd"])
    func everyRecordIsCounted(name: String) throws {
        let bytes = try FlowRecordTests.bytes(name)
        let kind = bytes.withRawSpan { LogFormat.recognise(head: $0)?.kind }
        #expect(kind == "nfdump")
        let whole = read(bytes, as: FlowRecordTests.format)
        // nfpcapd said: 134 flows. The rest is ICMP.
        #expect(whole.tally.linesRead == 134)
        #expect(whole.tally[.otherTransport].count == 20)
        for step in [1, 7, 997] {
            let again = read(bytes, as: FlowRecordTests.format, step: step)
            #expect(again.contacts.makeRows() == whole.contacts.makeRows())
            #expect(again.tally == whole.tally)
        }
    }

    @Test(arguments: ["flows.nfcapd", "flows-lzo.nfcapd", "flows-lz4.nfcapd"])
    func survivesEveryPrefixAndFlippedBit(name: String) throws {
        let bytes = try FlowRecordTests.bytes(name)
        // The header of the only block says how long it is; behind it stand notes that are not read.
        let length = bytes.withRawSpan { Int($0.word(at: 44, count: 4)) }
        for count in stride(from: 0, to: bytes.count, by: 7) {
            let tally = read(Array(bytes[..<count]), as: FlowRecordTests.format).tally
            #expect(tally[.cutLine].count == (count < 52 + length ? 1 : 0))
            #expect(tally.linesUsed == (count < 52 + length ? 0 : 114))
        }
        for index in stride(from: 0, to: bytes.count, by: 5) {
            var changed = bytes
            changed[index] ^= 1 << UInt8(index % 8)
            let tally = read(changed, as: FlowRecordTests.format).tally
            let others = LogReason.allCases.reduce(UInt64(0)) { $0 + tally[$1].count }
            #expect(tally.linesRead == tally.linesUsed + others)
        }
    }

    @Test func saysWhyAFileIsNotRead() throws {
        var bytes = try FlowRecordTests.bytes("flows.nfcapd")
        // The layout's number; then whether the file is encrypted; then how it is compressed.
        for (layout, reason) in [(UInt8(1), LogReason.layoutOfNfdump16), (3, .layoutUnknown)] {
            bytes[2] = layout
            let tally = read(bytes, as: FlowRecordTests.format).tally
            #expect(tally[reason].count == 1)
            #expect(tally.linesRead == 1)
            #expect(reason.text.contains("nfdump -r FILE -o csv"))
        }
        bytes[2] = 2
        bytes[17] = 1
        #expect(read(bytes, as: FlowRecordTests.format).tally[.fileEncrypted].count == 1)
        bytes[17] = 0
        // The first record says that it is one of nfdump 1.8.
        bytes[52] = 16
        #expect(read(bytes, as: FlowRecordTests.format).tally[.layoutOfNfdump18].count == 1)
        bytes[52] = 11
        bytes[16] = 2
        #expect(read(bytes, as: FlowRecordTests.format).tally[.compressionUnknown].count == 1)
        bytes[16] = 0
        // The first block says that it is four gigabytes long.
        for index in 44..<48 { bytes[index] = 0xff }
        #expect(read(bytes, as: FlowRecordTests.format).tally[.blockInvalid].count == 1)
    }

    /// The same flows as nfdump prints them: the same contacts, but for the fractions of seconds.
    @Test func whatNfdumpPrintsTellsTheSame() throws {
        func facts(_ name: String, _ kind: String) throws -> [String] {
            let bytes = try FlowRecordTests.bytes(name)
            var settings = LogSettings()
            settings.clock = LogClock(periods: [LogClock.Period(start: .min, offset: 0)], latest: nil)
            let format = try #require(bytes.withRawSpan { LogFormat.recognise(head: $0, settings: settings) })
            #expect(format.kind == kind)
            return read(bytes, as: format, settings: settings).contacts.makeRows().map {
                "\($0.client?.description ?? "-") \($0.servers) \($0.port) \($0.transport) \($0.action) \($0.records) "
                    + "\($0.bytesUp ?? 0) \($0.bytesDown ?? 0) \($0.bytesAside) \($0.first.hour)"
            }
        }
        let binary = try facts("flows.nfcapd", "nfdump")
        #expect(binary.count > 20)
        #expect(try facts("flows.csv", "nfdump-csv") == binary)
    }

    /// By hand from the formats' descriptions: "abcabcabcabc" as three literals and a match of nine, three back.
    @Test func unpacksByHand() {
        let expected = Array("abcabcabcabcXYZ12".utf8)
        // LZ4: token 3 literals, match 9 - 4 = 5; offset 3; then 5 literals.
        let lz4: [UInt8] = [0x35] + Array("abc".utf8) + [3, 0, 0x50] + Array("XYZ12".utf8)
        #expect(lz4.withRawSpan { LZ4Block.unpack($0, limit: 100) } == expected)
        #expect(lz4.withRawSpan { LZ4Block.unpack($0, limit: 16) } == nil)
        // LZO: first byte 17 + 3 literals; 001LLLLL length 9 = 7 + 2, distance 3 = 2 + 1, no literals behind;
        // a run of 5 = 2 + 3; the far match of distance 0 that ends it.
        let lzo: [UInt8] =
            [20] + Array("abc".utf8) + [0x27, 0x08, 0x00, 0x02] + Array("XYZ12".utf8) + [0x11, 0, 0]
        #expect(lzo.withRawSpan { LZOBlock.unpack($0, limit: 100) } == expected)
        #expect(lzo.withRawSpan { LZOBlock.unpack($0, limit: 16) } == nil)
        for packed in [lz4, lzo] {
            for count in 0..<packed.count {
                let cut = Array(packed[..<count])
                let texts = cut.withRawSpan {
                    [LZ4Block.unpack($0, limit: 100), LZOBlock.unpack($0, limit: 100)]
                }
                #expect(!texts.contains(expected))
            }
        }
    }

    /// Lengths that would need gigabytes, distances before the start.
    @Test func hostileLengths() {
        let long = [UInt8](repeating: 0xff, count: 5000)
        for block in [
            [0xf0] + long, [0x0f, 1, 0] + long, [0x10, 0x41, 9, 0], [0x20, 0, 0] + long, [0x0f] + long, long,
        ] {
            #expect(block.withRawSpan { LZ4Block.unpack($0, limit: 1000) } == nil)
            #expect(block.withRawSpan { LZOBlock.unpack($0, limit: 1000) } == nil)
        }
    }

    private func row(_ lines: [String]) -> [LogContactRow] {
        read(Array(lines.joined(separator: "\n").utf8) + [10], as: LogFormat(VPCFlowLog.self)).contacts
            .makeRows()
    }

    private static let header =
        "srcaddr dstaddr srcport dstport protocol bytes start end tcp-flags action log-status"

    @Test func aRefusedConnectionIsAnAttempt() {
        let rows = row([
            FlowRecordTests.header,
            "10.20.30.40 198.51.100.20 51334 8443 6 60 1772460062 1772460062 2 ACCEPT OK",
            "198.51.100.20 10.20.30.40 8443 51334 6 40 1772460062 1772460062 4 ACCEPT OK",
        ])
        #expect(rows.count == 1)
        #expect(rows.first?.action == .attempted)
        #expect(rows.first?.bytesAside == 100)
    }

    /// The answer comes first in the file: the order of lines decides nothing.
    @Test func directionsMeetInEitherOrder() {
        let up = "10.20.30.40 198.51.100.20 51334 443 6 60 1772460062 1772460063 0 ACCEPT OK"
        let down = "198.51.100.20 10.20.30.40 443 51334 6 90 1772460062 1772460063 0 ACCEPT OK"
        let rows = row([FlowRecordTests.header, up, down])
        #expect(rows == row([FlowRecordTests.header, down, up]))
        #expect(rows.first?.bytesUp == 60)
        #expect(rows.first?.bytesDown == 90)
        #expect(rows.first?.records == 1)
    }
}
