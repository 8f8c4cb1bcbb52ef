import Bytes
import Captures
import TestSupport
import Testing

@Suite struct PCAPTests {
    static let frame = Forge.ethernet(0x0800, Forge.ipv4(17, Forge.udp(Array("hallpass".utf8))))

    static let variants: [(ByteOrder, PCAPForge.Variant)] = [ByteOrder.little, .big].flatMap { order in
        PCAPForge.Variant.allCases.map { (order, $0) }
    }

    @Test(arguments: PCAPTests.variants)
    func everyMagicIsReadInItsByteOrderAndClock(_ order: ByteOrder, _ variant: PCAPForge.Variant) throws {
        var forge = PCAPForge(order, variant, linkType: 113)
        forge.add(PCAPTests.frame, seconds: 1_700_000_000, fraction: 123_456)
        forge.add([1, 2, 3], seconds: 1_700_000_001, fraction: 7, original: 60)
        let walk = try #require(Walk(forge.bytes))
        let unit: Int64 = variant == .nanoseconds ? 1 : 1000
        let start: Int64 = 1_700_000_000_000_000_000
        #expect(
            walk.frames == [
                Frame(
                    bytes: PCAPTests.frame, original: UInt64(PCAPTests.frame.count),
                    nanoseconds: start + 123_456 * unit, linkType: 113),
                Frame(
                    bytes: [1, 2, 3], original: 60, nanoseconds: start + 1_000_000_000 + 7 * unit,
                    linkType: 113),
            ])
        let header = variant == .modified ? 24 : 16
        #expect(walk.end == .needMore(consumed: forge.bytes.count, wanting: header))
    }

    @Test func aSnapLengthOfZeroCutsNothing() throws {
        var forge = PCAPForge(snapLength: 0)
        forge.add(PCAPTests.frame)
        #expect(try #require(Walk(forge.bytes)).frames.map(\.bytes) == [PCAPTests.frame])
    }

    @Test func anOriginalLengthBelowTheCapturedOneIsNotBelieved() throws {
        var forge = PCAPForge()
        forge.add(PCAPTests.frame, original: 10)
        forge.add([], original: 0)
        let walk = try #require(Walk(forge.bytes))
        #expect(walk.frames.map(\.original) == [UInt64(PCAPTests.frame.count), 0])
        #expect(walk.frames.map(\.bytes) == [PCAPTests.frame, []])
    }

    @Test func anOversizedRecordIsRefusedWithItsOffset() throws {
        var forge = PCAPForge()
        forge.add(PCAPTests.frame)
        forge.add(PCAPTests.frame, captured: CaptureLimits.recordBytes + 1)
        let walk = try #require(Walk(forge.bytes))
        #expect(walk.frames.count == 1)
        let size = UInt64(CaptureLimits.recordBytes + 1)
        #expect(walk.end == .broken(consumed: forge.records[1], .oversizedRecord(size)))
    }

    @Test func theUpperBitsOfTheLinkTypeAreTheChecksumLength() throws {
        let header = try #require(
            PCAPForge(linkType: 0xf400_0001).bytes.withRawSpan { (span: RawSpan) in PCAPHeader(span) })
        #expect(header.linkType.rawValue == 1)
    }

    @Test func moreFramesThanOneBatchAreAllRead() throws {
        var forge = PCAPForge()
        for index in 0..<(FrameBatch.limit * 2 + 3) { forge.add([UInt8(truncatingIfNeeded: index)]) }
        let walk = try #require(Walk(forge.bytes))
        #expect(walk.frames.count == FrameBatch.limit * 2 + 3)
        #expect(walk.frames.last?.bytes == [2])
    }

    @Test(arguments: PCAPTests.variants)
    func aPrefixYieldsTheWholeRecordsBeforeItsEnd(_ order: ByteOrder, _ variant: PCAPForge.Variant) throws {
        var forge = PCAPForge(order, variant)
        for length in [0, 1, 60] { forge.add([UInt8](repeating: 7, count: length)) }
        let ends = forge.records.dropFirst() + [forge.bytes.count]
        everyPrefix(of: forge.bytes) { prefix in
            guard let walk = Walk(prefix) else {
                #expect(prefix.byteCount < PCAPHeader.byteCount)
                return
            }
            // Below four bytes there is no magic, and the walk is that of no container in particular.
            let whole = ends.filter { $0 <= prefix.byteCount }.count
            #expect(walk.frames.count == whole)
            #expect(walk.fault == nil)
        }
    }

    @Test(arguments: PCAPTests.variants)
    func damageNeverTraps(_ order: ByteOrder, _ variant: PCAPForge.Variant) throws {
        var forge = PCAPForge(order, variant)
        for length in [0, 1, 20] { forge.add([UInt8](repeating: 7, count: length)) }
        var walks = 0
        everyDamage(of: forge.bytes) { damaged in
            if let walk = Walk(damaged) {
                walks += 1
                #expect(walk.consumed <= damaged.byteCount)
            }
        }
        #expect(walks > forge.bytes.count)
    }

    @Test func onlyAPCAPMagicMakesAHeader() {
        for bytes in [[], [0xd4], hex("0a0d0d0a") ++ [UInt8](repeating: 0, count: 40), noise(64, seed: 1)] {
            #expect(bytes.withRawSpan { (span: RawSpan) in PCAPHeader(span) } == nil)
            #expect(!bytes.withRawSpan { (span: RawSpan) in PCAPHeader.hasMagic(span) })
        }
    }
}
