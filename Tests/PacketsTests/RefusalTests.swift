import Bytes
import Packets
import TestSupport
import Testing

@Suite struct RefusalTests {
    static let protected = GoldenFrame.wlan(0x08, 0x41, [UInt8](repeating: 9, count: 40))
    static let data = GoldenFrame.wlan(0x08, 0x01, Forge.snap(0x0800, GoldenFrame.ip4))

    /// The frame's name, its link type, its bytes and the reason that is counted.
    static let unused: [(String, UInt32, [UInt8], UnusedReason)] = [
        ("ARP", 1, Forge.ethernet(0x0806, [UInt8](repeating: 0, count: 28)), .arp),
        ("RARP", 1, Forge.ethernet(0x8035, [UInt8](repeating: 0, count: 28)), .arp),
        (
            "spanning tree", 1, Forge.ethernet(38, [0x42, 0x42, 3] + [UInt8](repeating: 0, count: 35)),
            .spanningTree
        ),
        ("LLDP", 1, Forge.ethernet(0x88cc, [2, 7]), .lldp), ("EAPOL", 1, Forge.ethernet(0x888e, [2]), .eapol),
        ("PPPoE discovery", 1, Forge.ethernet(0x8863, [0x11, 9, 0, 0, 0, 0]), .linkControl),
        ("PPP LCP", 9, [0xff, 0x03, 0xc0, 0x21, 1, 1, 0, 4], .linkControl),
        (
            "SNAP of a vendor", 1, Forge.ethernet(30, Forge.snap(0x2000, [1], organisation: [0, 0, 0x0c])),
            .linkControl
        ),
        (
            "netlink", 113,
            Forge.be16(0) ++ Forge.be16(824) ++ Forge.be16(0) ++ [UInt8](repeating: 0, count: 10),
            .linkControl
        ),
        ("unknown EtherType", 1, Forge.ethernet(0x1234, [1, 2]), .unknownEtherType),
        ("unknown address family", 0, Forge.le32(99) ++ GoldenFrame.ip4, .unknownEtherType),
        ("unknown link type", 147, GoldenFrame.ip4, .unknownLinkType),
        ("undescribed interface", .max, GoldenFrame.ip4, .unknownLinkType),
        ("beacon", 105, GoldenFrame.wlan(0x80, 0, [1, 2, 3]), .wlanManagement),
        ("null function", 105, GoldenFrame.wlan(0x48, 1, []), .wlanManagement),
        ("encrypted", 105, protected, .wlanEncrypted),
        ("encrypted, radiotap", 127, GoldenFrame.radiotap(protected, flags: 0), .wlanEncrypted),
        ("bad checksum", 127, GoldenFrame.radiotap(data, flags: 0x50), .wlanBadChecksum),
        (
            "more fragments", 105, GoldenFrame.wlan(0x08, 0x05, Forge.snap(0x0800, GoldenFrame.ip4)),
            .wlanFragment
        ),
        ("radiotap of a later version", 127, [1, 0, 8, 0, 0, 0, 0, 0] ++ data, .malformedLink),
        ("PPI in PPI", 192, [0, 0, 8, 0] ++ Forge.le32(192) ++ data, .malformedLink),
        ("PPPoE of another version", 1, Forge.ethernet(0x8864, [0x21, 0, 0, 0, 0, 0]), .malformedLink),
        (
            "IPv4 of version 5", 1, Forge.ethernet(0x0800, [0x55] ++ Array(GoldenFrame.ip4.dropFirst())),
            .malformedIP
        ),
        (
            "IPv4 with a short header", 1,
            Forge.ethernet(0x0800, [0x44] ++ Array(GoldenFrame.ip4.dropFirst())),
            .malformedIP
        ),
        (
            "IPv4 shorter than its header", 1, Forge.ethernet(0x0800, Forge.ipv4(17, []) { $0.length = 19 }),
            .malformedIP
        ),
        (
            "IPv6 of version 4", 1, Forge.ethernet(0x86dd, [0x40] ++ Array(GoldenFrame.ip6.dropFirst())),
            .malformedIP
        ),
        ("raw IP of no version", 101, [0x00] ++ Array(GoldenFrame.ip4.dropFirst()), .malformedIP),
        ("empty", 1, [], .truncatedLink),
        ("half an Ethernet header", 1, [1, 2, 3, 4, 5, 6, 7], .truncatedLink),
        ("half an IP header", 1, Forge.ethernet(0x0800, Array(GoldenFrame.ip4.prefix(19))), .truncatedIP),
        ("half an IPv6 header", 1, Forge.ethernet(0x86dd, Array(GoldenFrame.ip6.prefix(39))), .truncatedIP),
        (
            "VLAN tags without end", 1,
            Forge.ethernet(0x8100, (0..<60).flatMap { _ in Forge.tag(1, 0x8100, []) }), .tooManyLayers
        ),
    ]

    @Test(arguments: RefusalTests.unused)
    func whatIsNotIPIsCountedUnderItsReason(
        _ name: String, _ linkType: UInt32, _ frame: [UInt8], _ reason: UnusedReason
    ) {
        #expect(Decoded(frame, linkType).reason == reason, "\(name)")
    }

    @Test func tunnelsAreOpenedToALimitAndStayWhatTheyAreBehindIt() {
        var bytes = GoldenFrame.ip4
        for _ in 0..<20 { bytes = Forge.ipv4(4, bytes) }
        let decoded = Decoded(Forge.ethernet(0x0800, bytes))
        #expect(decoded.reason == nil)
        #expect(decoded.packet.tunnelDepth == PacketDecoder.ipLayerLimit - 1)
        #expect(decoded.packet.transport == IPProtocol.ipInIP)
    }

    @Test func extensionHeadersWithoutEndLeaveThePacketCounted() {
        var bytes = GoldenFrame.datagram
        for index in 0..<40 { bytes = Forge.extension6(index == 0 ? 17 : 60, bytes) }
        let decoded = Decoded(Forge.ethernet(0x86dd, Forge.ipv6(60, bytes)))
        #expect(decoded.reason == nil)
        #expect(!decoded.packet.hasTransportHeader)
    }

    /// A port alone proves nothing: what does not fit stays an ordinary datagram.
    @Test(arguments: [4789, 8472, 6081, 2152, 3544, 1701])
    func aTunnelPortWithoutATunnelIsAnOrdinaryDatagram(_ port: Int) {
        for seed in 1...50 as ClosedRange<UInt64> {
            let text = Array("GET / HTTP/1.1 \(seed) and so on, some text".utf8)
            let decoded = Decoded(Forge.ethernet(0x0800, Forge.ipv4(17, Forge.udp(40000, port, text))))
            #expect(decoded.packet.tunnelDepth == 0)
            #expect(decoded.packet.destinationPort == UInt16(port))
            #expect(decoded.payload == text)
        }
    }

    @Test func encryptedPayloadIsKeptUnderItsNumber() {
        let decoded = Decoded(Forge.ethernet(0x0800, Forge.ipv4(50, [UInt8](repeating: 1, count: 40))))
        #expect(decoded.reason == nil)
        #expect(decoded.packet.transport == IPProtocol.esp)
        #expect(decoded.packet.sourcePort == 0)
    }

    @Test(arguments: GoldenFrame.all)
    func aPrefixNeverYieldsMoreThanItHolds(_ golden: GoldenFrame) {
        let whole = golden.bytes.count
        everyPrefix(of: golden.bytes) { prefix in
            let decoded = Decoded(prefix, golden.linkType, original: whole)
            #expect(
                decoded.packet.payloadStart + decoded.payload.count <= prefix.byteCount
                    || decoded.reason != nil)
        }
    }

    @Test(arguments: GoldenFrame.all)
    func changedBytesNeverTrap(_ golden: GoldenFrame) {
        var answers = 0
        oneFlipPerByte(of: golden.bytes) { damaged in
            var packet = Packet()
            let size = UInt64(damaged.byteCount)
            let reason = PacketDecoder.decode(
                damaged, linkType: golden.linkType, originalLength: size, into: &packet)
            answers += 1
            guard reason == nil else { return }
            #expect(packet.payloadStart + packet.payloadCaptured <= damaged.byteCount)
        }
        #expect(answers == 3 * golden.bytes.count)
    }

    @Test func hostileLengthsNeverTrap() {
        for golden in GoldenFrame.all {
            hostileLengths(of: golden.bytes) { damaged in
                var packet = Packet()
                _ = PacketDecoder.decode(
                    damaged, linkType: golden.linkType, originalLength: .max, into: &packet)
            }
        }
    }
}
