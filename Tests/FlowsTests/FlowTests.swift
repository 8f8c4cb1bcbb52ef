import Bytes
import Flows
import TestSupport
import Testing

@Suite struct FlowTests {
    static let ends = "6 192.0.2.1:50000 198.51.100.2:443"

    @Test func bothDirectionsAreOneFlow() {
        var conversation = Conversation()
        conversation.tcp(Forge.syn)
        conversation.tcp(Forge.syn | Forge.ack, fromServer: true)
        conversation.tcp(Forge.ack, "hello")
        let read = conversation.read()
        #expect(read.sums.map(\.ends) == [FlowTests.ends])
        #expect(read.sums.map(\.packets) == [3])
        #expect(read.sums.map(\.bytes) == [125])
        #expect(read.flows.first?.slices.first?.packetsFromB == 1)
        #expect(read.tally.tcpMidStream == 0)
    }

    @Test func aSYNAfterDataBeginsANewFlow() {
        var conversation = Conversation()
        conversation.tcp(Forge.syn, sequence: 100)
        conversation.tcp(Forge.ack, "data", sequence: 101)
        conversation.tcp(Forge.syn, sequence: 9000)
        conversation.tcp(Forge.ack, "data", sequence: 9001)
        conversation.tcp(Forge.ack, "more", sequence: 9005)
        #expect(conversation.read().sums.map(\.packets) == [2, 3])
    }

    @Test func aRepeatedSYNOfTheSameAttemptGoesOn() {
        var conversation = Conversation()
        conversation.tcp(Forge.syn, sequence: 100)
        conversation.tcp(Forge.syn, sequence: 100, at: 1)
        conversation.tcp(Forge.syn | Forge.ack, fromServer: true, at: 1)
        #expect(conversation.read().sums.map(\.packets) == [3])
        var other = Conversation()
        other.tcp(Forge.syn, sequence: 100)
        other.tcp(Forge.syn, sequence: 101, at: 1)
        #expect(other.read().sums.map(\.packets) == [1, 1])
    }

    @Test func aFlowFirstSeenWithoutItsSYNIsCountedAsSuch() {
        var conversation = Conversation()
        conversation.tcp(Forge.ack, "data")
        conversation.tcp(Forge.syn, sequence: 1)
        let read = conversation.read()
        #expect(read.sums.map(\.packets) == [1, 1])
        #expect(read.tally.tcpMidStream == 1)
    }

    /// Transport, seconds between two packets, and how many flows they are.
    @Test(arguments: [(17, 300, 1), (17, 301, 2), (6, 7440, 1), (6, 7441, 2), (50, 300, 1), (50, 301, 2)])
    func aQuietFlowEndsAfterItsIdleLimit(_ transport: UInt8, _ gap: UInt32, _ flows: Int) {
        let payload = transport == 6 ? Forge.tcp() : Forge.udp([1])
        var conversation = Conversation()
        conversation.add(Forge.ipv4(transport, payload))
        conversation.add(Forge.ipv4(transport, payload), at: gap)
        #expect(conversation.read().sums.count == flows)
    }

    @Test func eachClockHourHasASliceOfItsOwn() {
        let intoHour = Conversation.start % 3600
        let hour = Int64(Conversation.start / 3600)
        var conversation = Conversation()
        for seconds in [0, 1, 3600 - intoHour, 3600 - intoHour + 1, 7200 - intoHour] {
            conversation.tcp(Forge.ack, at: seconds)
        }
        let read = conversation.read()
        #expect(
            read.sums == [
                FlowSum(ends: FlowTests.ends, packets: 5, bytes: 200, hours: [hour, hour + 1, hour + 2])
            ])
        let slices = read.flows.first?.slices ?? []
        #expect(slices.map(\.packetsFromA) == [2, 2, 1])
        #expect(slices.map(\.isStart) == [true, false, false])
    }

    @Test func packetsThatAreNotIPAreCountedAndMakeNoFlow() {
        var conversation = Conversation(linkType: 1)
        conversation.add(Forge.ethernet(0x0806, [0, 1]))
        conversation.add(Forge.ethernet(0x0800, GoldenFrame.ip4))
        let read = conversation.read()
        #expect(read.unused == ["arp": 1])
        #expect(read.packets.used == 1)
        #expect(read.isBalanced)
        #expect(read.sums.count == 1)
    }

    @Test func aClockThatStepsBackIsCounted() {
        var conversation = Conversation()
        for seconds in [10, 5, 6] as [UInt32] { conversation.tcp(Forge.ack, at: seconds) }
        #expect(conversation.read().tally.packetsOutOfOrder == 1)
    }

    @Test func everyGoldenFrameBecomesTheSameFlow() {
        for golden in GoldenFrame.all {
            var conversation = Conversation(linkType: golden.linkType)
            conversation.add(golden.bytes)
            let address = golden.isIPv6 ? ("2001:db8::1", "2001:db8::2") : ("192.0.2.1", "198.51.100.2")
            let read = conversation.read()
            #expect(read.sums.map(\.ends) == ["17 \(address.0):1111 \(address.1):2222"], "\(golden)")
            #expect(read.tally.tunnelledPackets == (golden.tunnels > 0 ? 1 : 0), "\(golden)")
        }
    }

    @Test func moreFlowsThanTheFirstIndexHoldsAreToldApart() {
        var conversation = Conversation()
        for _ in 0..<2 {
            for port in 1...3000 { conversation.add(Forge.ipv4(17, Forge.udp(port, 53000, [0]))) }
        }
        let read = conversation.read()
        #expect(read.sums.count == 3000)
        #expect(read.sums.allSatisfy { $0.packets == 2 })
    }
}
