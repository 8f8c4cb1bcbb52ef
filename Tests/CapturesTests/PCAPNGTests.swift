import Bytes
import Captures
import TestSupport
import Testing

@Suite struct PCAPNGTests {
    static let frame = Array("sixteen bytes!!!".utf8)
    static let second: Int64 = 1_000_000_000

    @Test func sectionsOfBothByteOrdersFollowEachOther() throws {
        for orders in [[ByteOrder.little, .big], [.big, .little], [.big, .big]] {
            var forge = PCAPNGForge(orders[0])
            forge.interface(linkType: 1)
            forge.enhanced([1, 2, 3], ticks: 5_000_000)
            forge.section(orders[1])
            forge.interface(linkType: 101)
            forge.enhanced([4, 5], ticks: 6_000_000)
            let walk = try #require(Walk(forge.bytes))
            #expect(
                walk.frames == [
                    Frame(bytes: [1, 2, 3], original: 3, nanoseconds: 5 * PCAPNGTests.second, linkType: 1),
                    Frame(bytes: [4, 5], original: 2, nanoseconds: 6 * PCAPNGTests.second, linkType: 101),
                ])
            #expect(walk.end == .needMore(consumed: forge.bytes.count, wanting: 12))
        }
    }

    @Test func aNewSectionForgetsTheInterfacesOfTheOneBefore() throws {
        var forge = PCAPNGForge()
        forge.interface(linkType: 1)
        forge.section(.little)
        forge.enhanced([1])
        #expect(try #require(Walk(forge.bytes)).frames.map(\.linkType) == [.max])
    }

    @Test func eachInterfaceHasItsOwnLinkTypeAndClock() throws {
        var forge = PCAPNGForge()
        forge.interface(linkType: 1)
        forge.interface(linkType: 127, resolution: 9, offset: 100)
        forge.interface(linkType: 113, resolution: 3)
        forge.enhanced([1], interface: 2, ticks: 2_500)
        forge.enhanced([2], interface: 1, ticks: 7)
        forge.enhanced([3], interface: 0, ticks: 7)
        let walk = try #require(Walk(forge.bytes))
        #expect(walk.frames.map(\.linkType) == [113, 127, 1])
        #expect(
            walk.frames.map(\.nanoseconds) == [2_500_000_000, 100 * PCAPNGTests.second + 7, 7000])
    }

    /// Resolution byte, ticks, nanoseconds.
    @Test(arguments: [
        (0, 3, 3_000_000_000), (6, 1_500_001, 1_500_001_000), (9, 1_500_000_001, 1_500_000_001),
        (12, 1_500_000_001_999, 1_500_000_001), (0x80, 3, 3_000_000_000), (0x81, 3, 1_500_000_000),
        (0x8a, 1024 + 512, 1_500_000_000), (0xa0, 3 << 31, 1_500_000_000),
        (0xbf, 1 << 62, 500_000_000),
    ])
    func theResolutionIsAPowerOfTenOrOfTwo(_ resolution: UInt8, _ ticks: UInt64, _ expected: Int64) throws {
        var forge = PCAPNGForge()
        forge.interface(resolution: resolution)
        forge.enhanced([1], ticks: ticks)
        #expect(try #require(Walk(forge.bytes)).frames.map(\.nanoseconds) == [expected])
    }

    @Test func timesOutsideTheRepresentableYearsAreNoTimes() throws {
        for (resolution, offset, ticks) in [
            (UInt8(0), Int64(0), UInt64.max), (6, .max, 1), (6, .min, 1), (0x80, 0, .max), (127, 0, 1),
            (255, 0, 1),
        ] {
            var forge = PCAPNGForge()
            forge.interface(resolution: resolution, offset: offset)
            forge.enhanced([1], ticks: ticks)
            #expect(try #require(Walk(forge.bytes)).frames.map(\.nanoseconds) == [nil])
        }
    }

    @Test func aNegativeOffsetLeadsBefore1970() throws {
        var forge = PCAPNGForge()
        forge.interface(offset: -10)
        forge.enhanced([1], ticks: 1_500_000)
        #expect(try #require(Walk(forge.bytes)).frames.map(\.nanoseconds) == [-8_500_000_000])
    }

    @Test func theSimplePacketBlockIsCutToTheSnapLengthAndHasNoTime() throws {
        for (snap, bytes, original) in [(UInt32(0), 16, 16), (4, 4, 1000), (64, 16, 16)] {
            var forge = PCAPNGForge()
            forge.interface(linkType: 1, snapLength: snap)
            forge.interface(linkType: 2)
            forge.simple(Array(PCAPNGTests.frame.prefix(bytes)), original: original)
            #expect(
                try #require(Walk(forge.bytes)).frames == [
                    Frame(
                        bytes: Array(PCAPNGTests.frame.prefix(bytes)), original: UInt64(original),
                        nanoseconds: nil, linkType: 1)
                ])
        }
    }

    @Test func theObsoletePacketBlockIsReadLikeTheEnhancedOne() throws {
        for order in [ByteOrder.little, .big] {
            var forge = PCAPNGForge(order)
            forge.interface(linkType: 1)
            forge.interface(linkType: 12)
            forge.obsolete(PCAPNGTests.frame, interface: 1, drops: 3, ticks: 1)
            #expect(
                try #require(Walk(forge.bytes)).frames == [
                    Frame(bytes: PCAPNGTests.frame, original: 16, nanoseconds: 1000, linkType: 12)
                ])
        }
    }

    @Test func otherBlocksAreCountedAndPassedOver() throws {
        var forge = PCAPNGForge()
        forge.interface()
        forge.block(4, [0, 0, 0, 0])
        forge.block(10, Array("TLSK".utf8) ++ [0, 0, 0, 0])
        forge.block(0x0bad, [0, 0, 0, 1])
        forge.block(0x4000_0bad, [0, 0, 0, 1])
        forge.block(0x7777, PCAPNGTests.frame)
        forge.block(0x8000_0001, [])
        forge.enhanced([9])
        let walk = try #require(Walk(forge.bytes))
        #expect(walk.frames.map(\.bytes) == [[9]])
        #expect(walk.tally.nameResolutionBlocks == 1)
        #expect(walk.tally.decryptionSecretsBlocks == 1)
        #expect(walk.tally.customBlocks == 2)
        #expect(walk.tally.unknownBlocks == 2)
    }

    @Test func dropsAreTheLastCountOfEachInterfaceAndSection() throws {
        var forge = PCAPNGForge(.big)
        forge.interface()
        forge.interface()
        forge.statistics(interface: 0, dropped: 3)
        forge.statistics(interface: 0, dropped: 5, droppedBySystem: 2)
        forge.statistics(interface: 1, dropped: 10)
        forge.section(.little)
        forge.interface()
        forge.statistics(interface: 0, dropped: 100)
        #expect(try #require(Walk(forge.bytes)).tally.droppedPackets == 117)
    }

    @Test func aPacketOfAnUndescribedInterfaceKeepsItsBytes() throws {
        var forge = PCAPNGForge()
        forge.interface()
        forge.enhanced([1, 2], interface: 7)
        let walk = try #require(Walk(forge.bytes))
        #expect(walk.frames == [Frame(bytes: [1, 2], original: 2, nanoseconds: nil, linkType: .max)])
    }

    @Test func lengthsThatContradictTheFormatAreRefusedAtTheirBlock() throws {
        let cases: [(UInt32?, UInt32?, CaptureFault)] = [
            (0, nil, .badBlockLength(0)), (8, nil, .badBlockLength(8)), (30, nil, .badBlockLength(30)),
            (28, 32, .badBlockLength(28)),
            (0x7fff_fffc, nil, .oversizedRecord(0x7fff_fffc)),
        ]
        for (length, trailer, fault) in cases {
            var forge = PCAPNGForge()
            forge.interface()
            forge.enhanced([1])
            forge.block(0x7777, PCAPNGTests.frame, length: length, trailer: trailer)
            let walk = try #require(Walk(forge.bytes))
            #expect(walk.end == .broken(consumed: forge.blocks[3], fault))
            #expect(walk.frames.count == 1)
        }
    }

    @Test func aPacketLongerThanItsBlockIsRefused() throws {
        var forge = PCAPNGForge()
        forge.interface()
        forge.enhanced(PCAPNGTests.frame, captured: 17)
        #expect(try #require(Walk(forge.bytes)).fault == .inconsistentRecord)
        var simple = PCAPNGForge()
        simple.interface()
        simple.simple(PCAPNGTests.frame, original: 17)
        #expect(try #require(Walk(simple.bytes)).fault == .inconsistentRecord)
    }

    @Test func aSectionHeaderWithoutItsMagicIsRefused() throws {
        var bytes = PCAPNGForge().bytes
        bytes[8] = 0
        #expect(try #require(Walk(bytes)).end == .broken(consumed: 0, .badSection))
    }

    @Test func aPrefixYieldsTheWholeBlocksBeforeItsEnd() throws {
        for order in [ByteOrder.little, .big] {
            let forge = PCAPNGForge.everything(order)
            let ends = forge.blocks.dropFirst() + [forge.bytes.count]
            let packetEnds = ends.enumerated().filter { (3...5).contains($0.offset) }.map(\.element)
            everyPrefix(of: forge.bytes) { prefix in
                let walk = Walk(prefix)
                #expect(walk?.frames.count == packetEnds.filter { $0 <= prefix.byteCount }.count)
                #expect(walk?.fault == nil)
                #expect(walk?.consumed == ends.last { $0 <= prefix.byteCount } ?? 0)
            }
        }
    }

    @Test func damageNeverTraps() {
        for order in [ByteOrder.little, .big] {
            var walks = 0
            everyDamage(of: PCAPNGForge.everything(order).bytes) { damaged in
                guard let walk = Walk(damaged) else { return }
                walks += 1
                #expect(walk.consumed <= damaged.byteCount)
            }
            #expect(walks > 1000)
        }
    }
}
