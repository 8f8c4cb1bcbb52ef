import Bytes
import Flows
import TestSupport
import Testing

/// Leases, names and hardware addresses as they pass by in a capture.
@Suite struct AddressFactsTests {
    private static let fixed: [UInt8] = [UInt8](repeating: 0, count: 202)

    /// Options follow the fixed part and the magic cookie (RFC 2131 §3).
    private func dhcp(_ operation: UInt8, client: String, given: String, _ options: String) -> [UInt8] {
        let message =
            [operation] ++ hex("010600 1a2b3c4d 00000000 \(client) \(given) 00000000 00000000 00005e00532a")
            ++ AddressFactsTests.fixed ++ hex("63825363 \(options)")
        return Forge.ethernet(0x0800, Forge.ipv4(17, Forge.udp(67, 68, message)))
    }

    private func capture() -> FlowEngine {
        var conversation = Conversation(linkType: 1)
        conversation.add(dhcp(1, client: "00000000", given: "00000000", "350103 0c05 43422d3037 ff"), at: 0)
        conversation.add(
            dhcp(2, client: "00000000", given: "0a141e28", "350105 3304 00000e10 ff"), at: 1)
        conversation.add(
            Forge.ethernet(0x0806, hex("0001 0800 0604 0001 00005e00532a 0a141e28 000000000000 0a140001")),
            at: 2)
        conversation.add(
            Forge.ethernet(0x0806, hex("0001 0800 0604 0001 00005e00532a 0a141e28 000000000000 0a140001")),
            at: 60)
        conversation.add(dhcp(1, client: "0a141e28", given: "00000000", "350107 ff"), at: 120)
        return conversation.read()
    }

    @Test func aLeaseIsSeenFromRequestToRelease() throws {
        let facts = capture().addresses
        #expect(facts.leases.map(\.kind) == [.given, .ended])
        let given = try #require(facts.leases.first)
        #expect(given.address == IPAddress("10.20.30.40"))
        #expect(given.mac == MACAddress("00:00:5e:00:53:2a"))
        #expect(given.seconds == 3600)
        #expect(given.time.seconds == Int64(Conversation.start) + 1)
        #expect(facts.hostNames.map(\.name) == ["CB-07"])
    }

    @Test func hardwareAddressesAreKeptByTheHour() throws {
        let facts = capture().addresses
        #expect(facts.neighbours.count == 1)
        let (neighbour, span) = try #require(facts.neighbours.first)
        #expect(neighbour.address == IPAddress("10.20.30.40"))
        #expect(span.last.seconds - span.first.seconds == 58)
    }

    @Test func arpStaysCountedAsUnused() {
        let engine = capture()
        #expect(engine.unused == ["arp": 2])
        #expect(engine.isBalanced)
    }

    @Test func openingsAreCountedByHopLimit() {
        var conversation = Conversation()
        conversation.tcp(Forge.syn)
        conversation.tcp(Forge.syn | Forge.ack, fromServer: true)
        conversation.tcp(Forge.ack)
        let openings = conversation.read().addresses.openings
        #expect(openings.count == 1)
        #expect(openings.first?.key.hopLimit == 64)
        #expect(openings.first?.value == 1)
    }

    @Test func partsJoinedAreTheWhole() {
        let whole = capture().addresses
        var joined = AddressFacts()
        joined.append(whole)
        #expect(joined == whole)
        joined.append(whole)
        #expect(joined.leases.count == 4)
        #expect(joined.neighbours == whole.neighbours)
    }
}
