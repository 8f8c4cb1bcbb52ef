import Bytes
import Flows
import TestSupport
import Testing

@Suite struct FragmentTests {
    static let datagram = Forge.udp(Array("twenty-four bytes here..".utf8))
    static let flow4 = "17 192.0.2.1:1111 198.51.100.2:2222"

    /// The fragment that holds `range` of `datagram`.
    static func part(
        _ range: Range<Int>, of datagram: [UInt8] = FragmentTests.datagram, identification: Int = 7,
        source: [UInt8] = Forge.client, transport: UInt8 = 17
    ) -> [UInt8] {
        Forge.ipv4(transport, Array(datagram[range])) {
            $0.identification = identification
            $0.fragmentOffset = range.lowerBound
            $0.moreFragments = range.upperBound < datagram.count
            $0.source = source
        }
    }

    static let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]
    static let ranges = [0..<8, 8..<24, 24..<32]

    @Test(arguments: FragmentTests.orders)
    func fragmentsInAnyOrderBecomeOneDatagramOfWhichEachIsCounted(_ order: [Int]) {
        var four = Conversation()
        var six = Conversation()
        for index in order {
            let range = FragmentTests.ranges[index]
            four.add(FragmentTests.part(range))
            let part = Forge.fragment6(
                17, identification: 7, offset: range.lowerBound, more: index < 2,
                Array(FragmentTests.datagram[range]))
            six.add(Forge.ipv6(44, part))
        }
        let hour = Int64(Conversation.start / 3600)
        let read = four.read()
        #expect(
            read.sums == [FlowSum(ends: FragmentTests.flow4, packets: 3, bytes: 3 * 20 + 32, hours: [hour])])
        #expect(read.packets.used == 3)
        #expect(
            six.read().sums == [
                FlowSum(
                    ends: "17 2001:db8::1:1111 2001:db8::2:2222", packets: 3, bytes: 3 * 48 + 32,
                    hours: [hour])
            ])
    }

    @Test func aRepeatedFragmentIsCountedAndChangesNothing() {
        var conversation = Conversation()
        for range in [0..<8, 0..<8, 8..<24, 24..<32] { conversation.add(FragmentTests.part(range)) }
        let read = conversation.read()
        #expect(read.sums.map(\.ends) == [FragmentTests.flow4])
        #expect(read.sums.map(\.packets) == [4])
    }

    @Test func overlappingFragmentsAreRefusedAndCounted() {
        var conversation = Conversation()
        conversation.add(FragmentTests.part(0..<16))
        conversation.add(FragmentTests.part(8..<24))
        conversation.add(Forge.ipv4(1, [8, 0, 0, 0]))
        let read = conversation.read()
        #expect(read.unused == ["fragment_conflict": 2])
        #expect(read.packets.used == 1)
        #expect(read.isBalanced)
        #expect(read.sums.map(\.packets) == [1])
    }

    @Test func datagramsThatNeverBecomeWholeAreCountedUnderTheirAddresses() {
        var conversation = Conversation()
        conversation.add(FragmentTests.part(0..<8))
        conversation.add(FragmentTests.part(24..<32))
        let read = conversation.read()
        #expect(read.sums.map(\.packets) == [2])
        #expect(read.sums.map(\.bytes) == [56])
        #expect(read.tally.fragmentsIncomplete == 2)
        #expect(read.isBalanced)
    }

    @Test func datagramsOfDifferentIdentificationOrSourceDoNotMix() {
        var conversation = Conversation()
        conversation.add(FragmentTests.part(0..<16, identification: 1))
        conversation.add(FragmentTests.part(16..<32, identification: 2))
        conversation.add(FragmentTests.part(16..<32, identification: 1, source: [192, 0, 2, 9]))
        #expect(conversation.read().tally.fragmentsIncomplete == 3)
    }

    @Test func aDatagramThatWaitedTooLongDoesNotLendItsAddressesToTheNextFragment() {
        var conversation = Conversation()
        conversation.add(FragmentTests.part(0..<8, source: [192, 0, 2, 77]))
        conversation.add(FragmentTests.part(0..<16), at: 61)
        conversation.add(FragmentTests.part(16..<32), at: 61)
        let read = conversation.read()
        #expect(read.sums.map(\.packets) == [1, 2])
        #expect(read.sums.last?.ends == FragmentTests.flow4)
        #expect(read.tally.fragmentsIncomplete == 1)
    }

    @Test func aTunnelInFragmentsIsOpenedAndItsPartsAreCountedUnderTheirReason() {
        let inner = GoldenFrame.ip6
        var conversation = Conversation()
        conversation.add(FragmentTests.part(0..<24, of: inner, transport: 41))
        conversation.add(FragmentTests.part(24..<inner.count, of: inner, transport: 41))
        let read = conversation.read()
        #expect(read.sums.map(\.ends) == ["17 2001:db8::1:1111 2001:db8::2:2222"])
        #expect(read.sums.map(\.packets) == [1])
        #expect(read.unused == ["tunnel_fragment": 1])
        #expect(read.isBalanced)
    }

    /// One 802.11 frame with several packets.
    static func aggregate(_ packets: [[UInt8]]) -> [UInt8] {
        let subframes = packets.enumerated().flatMap { index, packet in
            GoldenFrame.subframe(Forge.snap(0x0800, packet), isLast: index == packets.count - 1)
        }
        return GoldenFrame.wlan(0x88, 0x01, [0x80, 0] ++ subframes)
    }

    @Test func aDatagramReassembledInsideAnAggregateDoesNotLoseThePacketsBehindIt() {
        var conversation = Conversation(linkType: 105)
        conversation.add(
            FragmentTests.aggregate([
                FragmentTests.part(0..<16), FragmentTests.part(16..<32), Forge.ipv4(1, [8, 0, 0, 0]),
            ]))
        let read = conversation.read()
        #expect(read.sums.map(\.packets) == [2, 1])
        #expect(read.tally.fragmentsIncomplete == 0)
        #expect(read.packets.used == 1)
    }

    @Test func aConflictInsideAnAggregateUncountsTheFrameOnce() {
        var conversation = Conversation(linkType: 105)
        conversation.add(FragmentTests.aggregate([FragmentTests.part(0..<16), FragmentTests.part(8..<24)]))
        let read = conversation.read()
        #expect(read.packets.used == 0)
        #expect(read.unused == ["fragment_conflict": 1])
        #expect(read.isBalanced)
    }

    @Test(.timeLimit(.minutes(1)))
    func thousandsOfTinyFragmentsTakeNoLongerThanTheyShould() {
        let datagram = Forge.udp([UInt8](repeating: 7, count: 16_000))
        var conversation = Conversation()
        for start in stride(from: 0, to: datagram.count, by: 8).reversed() {
            conversation.add(FragmentTests.part(start..<min(start + 8, datagram.count), of: datagram))
        }
        let clock = ContinuousClock()
        var engine: FlowEngine?
        let elapsed = clock.measure { engine = conversation.read() }
        #expect(engine?.sums.map(\.ends) == [FragmentTests.flow4])
        #expect(elapsed < .seconds(20))
    }
}
