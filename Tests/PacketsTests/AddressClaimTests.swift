import Bytes
import Packets
import TestSupport
import Testing

/// ARP and neighbour discovery: who says that an address is its own.
@Suite struct AddressClaimTests {
    /// 10.20.30.40 (00:00:5e:00:53:2a) asks for 10.20.0.1.
    static let request = hex(
        "0001 0800 06 04 0001 00005e00532a 0a141e28 000000000000 0a140001")

    private func arp(_ bytes: [UInt8]) throws -> ARPMessage {
        try bytes.withRawSpan { (span: RawSpan) throws in try ARPMessage.parse(span) }
    }

    @Test func aRequestNamesItsSender() throws {
        let message = try arp(AddressClaimTests.request)
        #expect(message.operation == 1)
        #expect(message.target == IPAddress("10.20.0.1"))
        let claim = try #require(message.claim)
        #expect(claim.address == IPAddress("10.20.30.40"))
        #expect(claim.mac == MACAddress("00:00:5e:00:53:2a"))
    }

    @Test func aProbeClaimsNothing() throws {
        // RFC 5227 §2.1.1: a probe's sender address is zero.
        let probe = hex("0001 0800 06 04 0001 00005e00532a 00000000 000000000000 0a141e28")
        let message = try arp(probe)
        #expect(message.claim == nil)
    }

    @Test func groupAddressesAreNobodys() throws {
        let group = hex("0001 0800 06 04 0002 01005e00532a 0a141e28 000000000000 0a140001")
        let message = try arp(group)
        #expect(message.claim == nil)
    }

    @Test func otherHardwareIsRefused() {
        let infiniband = hex("0020 0800 14 04 0001") ++ [UInt8](repeating: 0, count: 48)
        #expect(throws: DecodeFault.unknown) { try arp(infiniband) }
    }

    @Test func damageIsAnswered() {
        everyDamage(of: AddressClaimTests.request) { span in _ = try? ARPMessage.parse(span) }
        everyPrefix(of: AddressClaimTests.request) { span in
            let isWhole = span.byteCount == AddressClaimTests.request.count
            let message = try? ARPMessage.parse(span)
            #expect((message != nil) == isWhole)
        }
    }

    // MARK: Neighbour discovery

    /// The claim in an Ethernet frame that holds one ICMPv6 message.
    private func claim(
        _ message: [UInt8], from source: String = "20010db8002000000000000000000041", hops: UInt8 = 255
    ) -> (address: IPAddress, mac: MACAddress)? {
        var packet6 = Forge.ipv6(58, message) { $0.source = hex(source) }
        packet6[7] = hops
        let frame = Forge.ethernet(0x86dd, packet6)
        return frame.withRawSpan { (span: RawSpan) in
            var packet = Packet()
            let reason = PacketDecoder.decode(
                span, linkType: 1, originalLength: UInt64(span.byteCount), into: &packet)
            guard reason == nil else { return nil }
            let payload = span.clamped(from: packet.payloadStart, count: packet.payloadCaptured)
            return NeighbourMessage.claim(payload, of: packet)
        }
    }

    private static let target = "20010db8002000000000000000000042"

    @Test func aSolicitationNamesItsSource() throws {
        let message = hex("87 00 0000 00000000 \(AddressClaimTests.target) 01 01 00005e00532b")
        let found = try #require(claim(message))
        #expect(found.address == IPAddress("2001:db8:20::41"))
        #expect(found.mac == MACAddress("00:00:5e:00:53:2b"))
    }

    @Test func duplicateAddressDetectionNamesItsTarget() throws {
        let message = hex("87 00 0000 00000000 \(AddressClaimTests.target) 0e 01 010203040506")
        let found = try #require(claim(message, from: "00000000000000000000000000000000"))
        #expect(found.address == IPAddress("2001:db8:20::42"))
        #expect(found.mac == MACAddress(bits: 0x0200_0000_000a), "the frame's own source")
    }

    @Test func anAdvertisementNamesItsTarget() throws {
        let message = hex("88 00 0000 60000000 \(AddressClaimTests.target) 02 01 00005e00532c")
        let found = try #require(claim(message))
        #expect(found.address == IPAddress("2001:db8:20::42"))
        #expect(found.mac == MACAddress("00:00:5e:00:53:2c"))
        // Without the option the frame's source is taken, but only when the target speaks for itself.
        let bare = hex("88 00 0000 60000000 \(AddressClaimTests.target)")
        #expect(claim(bare) == nil)
        #expect(claim(bare, from: AddressClaimTests.target)?.mac == MACAddress(bits: 0x0200_0000_000a))
    }

    @Test func whatCameThroughARouterIsForged() {
        let message = hex("88 00 0000 60000000 \(AddressClaimTests.target) 02 01 00005e00532c")
        #expect(claim(message, hops: 254) == nil)
    }

    @Test func optionsOfLengthZeroEndTheMessage() {
        let message = hex("87 00 0000 00000000 \(AddressClaimTests.target) 05 00 01 01 00005e00532b")
        #expect(claim(message) == nil)
    }

    @Test func damagedMessagesAreAnswered() {
        let message = hex(
            "87 00 0000 00000000 \(AddressClaimTests.target) 0e 01 010203040506 01 01 00005e00532b")
        everyDamage(of: message) { span in _ = claim(span.copied()) }
    }

    // MARK: Text

    @Test(arguments: [
        ("00:00:5e:00:53:2a", "00:00:5e:00:53:2a"), ("00-00-5E-00-53-2A", "00:00:5e:00:53:2a"),
        ("0000.5e00.532a", "00:00:5e:00:53:2a"), ("00005E00532A", "00:00:5e:00:53:2a"),
        ("0:0:5e:0:53:a", "00:00:5e:00:53:0a"),
    ])
    func hardwareAddressesAreReadInEveryForm(_ text: String, canonical: String) {
        #expect(MACAddress(text)?.description == canonical)
    }

    @Test(arguments: [
        "", "00:00:5e:00:53", "00:00:5e:00:53:2g", "00:00:5e:00:53:2a:01", "000:00:5e:00:53:2a",
        "00:00:5e:00:53:2a:", ":00:00:5e:00:53:2a", "00:00:00:00:00:00", "not a mac at all",
    ])
    func otherTextIsNoHardwareAddress(_ text: String) { #expect(MACAddress(text) == nil) }
}
