import Bytes
import TestSupport
import Testing

@testable import Packets

/// What the decoder said of a frame.
struct Decoded {
    var packet = Packet()
    var reason: UnusedReason?
    var payload: [UInt8] = []

    init(_ frame: RawSpan, _ linkType: UInt32, original: Int? = nil) {
        reason = PacketDecoder.decode(
            frame, linkType: linkType, originalLength: UInt64(original ?? frame.byteCount), into: &packet)
        payload = frame.clamped(from: packet.payloadStart, count: packet.payloadCaptured).copied()
    }

    init(_ frame: [UInt8], _ linkType: UInt32 = 1, original: Int? = nil) {
        self = frame.withRawSpan { Decoded($0, linkType, original: original) }
    }
}

@Suite struct GoldenTests {
    @Test(arguments: GoldenFrame.all)
    func theInnermostDatagramIsFound(_ golden: GoldenFrame) {
        let decoded = Decoded(golden.bytes, golden.linkType)
        let packet = decoded.packet
        #expect(decoded.reason == nil)
        let ends = golden.isIPv6 ? ("2001:db8::1", "2001:db8::2") : ("192.0.2.1", "198.51.100.2")
        #expect(packet.source.description == ends.0)
        #expect(packet.destination.description == ends.1)
        #expect(packet.transport == IPProtocol.udp)
        #expect(packet.sourcePort == 1111)
        #expect(packet.destinationPort == 2222)
        #expect(packet.hasTransportHeader)
        #expect(packet.fragment == nil)
        #expect(packet.payloadLength == GoldenFrame.payload.count)
        #expect(decoded.payload == GoldenFrame.payload)
        #expect(packet.tunnelDepth == golden.tunnels)
        #expect(packet.vlan == golden.vlan)
        let header = golden.isIPv6 ? 40 : 20
        #expect(Int(packet.layer3Bytes) == header + golden.extensions + GoldenFrame.datagram.count)
    }

    @Test(arguments: [1, 105, 113, 276] as [UInt32])
    func theSendersAddressIsThatOfTheLink(_ linkType: UInt32) {
        let frames = GoldenFrame.all.filter { $0.linkType == linkType }
        #expect(!frames.isEmpty)
        for golden in frames {
            #expect(
                Decoded(golden.bytes, linkType).packet.sourceMAC == MACAddress(bits: 0x0200_0000_000a),
                "\(golden)")
        }
    }

    @Test func aFrameCutBySnapLengthKeepsItsLengths() {
        let frame = Forge.ethernet(0x0800, GoldenFrame.ip4)
        let decoded = Decoded(Array(frame.dropLast(3)), original: frame.count)
        #expect(decoded.reason == nil)
        #expect(decoded.packet.payloadLength == 8)
        #expect(decoded.payload == Array(GoldenFrame.payload.dropLast(3)))
        #expect(Int(decoded.packet.layer3Bytes) == GoldenFrame.ip4.count)
        let zero = Forge.ethernet(0x0800, Forge.ipv4(17, GoldenFrame.datagram) { $0.length = 0 })
        let cut = Decoded(Array(zero.dropLast(3)), original: zero.count)
        #expect(Int(cut.packet.layer3Bytes) == GoldenFrame.ip4.count)
    }

    @Test func tcpNumbersAndFlagsAreRead() {
        let segment = Forge.tcp(
            50000, 443, sequence: 0xffff_fff0, acknowledgment: 77, flags: Forge.syn | Forge.ack,
            options: [2, 4, 5, 0xb4], Array("data".utf8))
        let decoded = Decoded(Forge.ethernet(0x86dd, Forge.ipv6(6, segment)))
        #expect(decoded.packet.sourcePort == 50000)
        #expect(decoded.packet.destinationPort == 443)
        #expect(decoded.packet.tcpSequence == 0xffff_fff0)
        #expect(decoded.packet.tcpAcknowledgment == 77)
        #expect(decoded.packet.tcpFlags == [.syn, .ack])
        #expect(decoded.payload == Array("data".utf8))
    }

    @Test func aTCPHeaderLongerThanThePacketLeavesNoPayload() {
        var segment = Forge.tcp(Array("data".utf8))
        segment[12] = 0xf0
        let decoded = Decoded(Forge.ethernet(0x0800, Forge.ipv4(6, segment)))
        #expect(decoded.reason == nil)
        #expect(decoded.payload == [])
        #expect(decoded.packet.sourcePort == 1111)
    }

    @Test func fragmentsKeepTheirPlace() {
        let v4 = Decoded(
            Forge.ethernet(
                0x0800,
                Forge.ipv4(17, [1, 2, 3, 4, 5, 6, 7, 8]) {
                    $0.identification = 0xbeef
                    $0.fragmentOffset = 1480
                    $0.moreFragments = true
                }))
        #expect(
            v4.packet.fragment == FragmentInfo(identification: 0xbeef, offset: 1480, moreFragments: true))
        #expect(v4.payload == [1, 2, 3, 4, 5, 6, 7, 8])
        #expect(!v4.packet.hasTransportHeader)
        let part = Forge.fragment6(17, identification: 9, offset: 8, more: false, [1, 2])
        let v6 = Decoded(Forge.ethernet(0x86dd, Forge.ipv6(44, part)))
        #expect(v6.packet.fragment == FragmentInfo(identification: 9, offset: 8, moreFragments: false))
        #expect(v6.payload == [1, 2])
        #expect(v6.packet.transport == 17)
    }

    @Test func everyPacketOfAnAggregateIsFound() {
        let frame = GoldenFrame.wlan(
            0x88, 0x01,
            [0x80, 0] + GoldenFrame.subframe(Forge.snap(0x0800, GoldenFrame.ip4))
                + GoldenFrame.subframe(Forge.snap(0x0806, [UInt8](repeating: 0, count: 28)))
                + GoldenFrame.subframe(Forge.snap(0x86dd, GoldenFrame.ip6), isLast: true))
        frame.withRawSpan { (span: RawSpan) in
            var packet = Packet()
            let size = UInt64(span.byteCount)
            #expect(PacketDecoder.decode(span, linkType: 105, originalLength: size, into: &packet) == nil)
            #expect(packet.source.isIPv4)
            let second = packet.nextSubframe ?? 0
            #expect(PacketDecoder.decodeSubframe(span, at: second, into: &packet) == .arp)
            let third = packet.nextSubframe ?? 0
            #expect(PacketDecoder.decodeSubframe(span, at: third, into: &packet) == nil)
            #expect(packet.source.description == "2001:db8::1")
            #expect(packet.nextSubframe == nil)
        }
    }
}
