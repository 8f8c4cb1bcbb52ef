import Bytes
import Contacts
import Flows
import TestSupport
import Testing

/// From packets to contacts, where more than one flow or message has a say.
@Suite struct ContactFactTests {
    private func two(_ value: Int) -> [UInt8] { [UInt8(truncatingIfNeeded: value >> 8), UInt8(value & 255)] }

    private func wire(_ name: String) -> [UInt8] {
        name.split(separator: ".").flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) } + [0]
    }

    /// RFC 1035 §4.2.1 and RFC 7766 §5: an answer that was cut is asked for again over TCP.
    @Test func aTruncatedAnswerIsFollowedOverTCP() throws {
        let question = wire("big.example") + [0, 1, 0, 1]
        let ask = hex("1234 0100 0001 0000 0000 0000") + question
        let cut = hex("1234 8380 0001 0000 0000 0000") + question
        let full =
            hex("1234 8180 0001 0001 0000 0000") + question + hex("c00c 0001 0001 0000012c 0004 c0000209")
        var network = Dialogue(udp: 53)
        network.client(ask)
        network.server(cut)
        network.open(tcp: 53)
        network.client(two(ask.count) + ask)
        network.server(two(full.count) + full)
        network.open(tcp: 9999)
        network.client([1, 2, 3])
        let (contacts, lookups) = network.contacts()
        let contact = try #require(contacts.first)
        #expect(
            contact.name == "big.example" && contact.ambiguity == .inferred && contact.evidence == .dnsAnswer)
        #expect(lookups.map(\.outcome) == [.answered] && lookups.first?.count == 2)
    }

    /// The chain belongs to the name, not to the flow that followed the answer at once: here the second flow comes by
    /// another port, to an address that no answer gave.
    @Test func aChainIsSharedByAllThatAClientDidUnderTheName() {
        let question = wire("stats.site.example") + [0, 1, 0, 1]
        let target = wire("t.tracker.example")
        let records =
            hex("c00c 0005 0001 0000012c") + two(target.count) + target + target
            + hex("0001 0001 0000012c 0004 c0000209")
        var network = Dialogue(udp: 53)
        network.client(hex("1234 0100 0001 0000 0000 0000") + question)
        network.server(hex("1234 8180 0001 0002 0000 0000") + question + records)
        network.open(tcp: 443)
        network.client(Hellos.client("stats.site.example"))
        network.open(tcp: 8443, to: [192, 0, 2, 77])
        network.client(Hellos.client("stats.site.example"))
        let contacts = network.contacts().contacts
        #expect(contacts.map(\.port) == [443, 8443])
        #expect(contacts.allSatisfy { $0.cnameChain == ["t.tracker.example"] })
    }

    /// IEEE 802.1Q: the client's frames say its VLAN, the server's (a router between) another.
    @Test func aClientsTagIsTheContacts() throws {
        var conversation = Conversation(linkType: 1)
        func frame(_ vlan: Int, _ packet: [UInt8]) -> [UInt8] {
            Forge.ethernet(0x8100, Forge.tag(vlan, 0x0800, packet))
        }
        func exchange(_ client: [UInt8], vlan: Int, port: Int) {
            conversation.add(
                frame(vlan, Forge.ipv4(6, Forge.tcp(50000, port, flags: 0x02, [])) { $0.source = client }))
            conversation.add(
                frame(
                    99,
                    Forge.ipv4(6, Forge.tcp(port, 50000, flags: 0x12, [])) {
                        $0.source = Forge.server
                        $0.destination = client
                    }))
        }
        exchange([10, 0, 0, 1], vlan: 20, port: 443)
        // The upper bits are priority, not part of the id.
        exchange([10, 0, 0, 2], vlan: 0xe01e, port: 443)
        // Priority alone is no VLAN.
        exchange([10, 0, 0, 3], vlan: 0xe000, port: 443)
        // In two VLANs in one hour, as one contact: neither.
        exchange([10, 0, 0, 4], vlan: 20, port: 443)
        conversation.add(
            frame(
                21, Forge.ipv4(6, Forge.tcp(50001, 443, flags: 0x02, [])) { $0.source = [10, 0, 0, 4] }))
        conversation.add(
            frame(
                99,
                Forge.ipv4(6, Forge.tcp(443, 50001, flags: 0x12, [])) {
                    $0.source = Forge.server
                    $0.destination = [10, 0, 0, 4]
                }))
        var builder = ContactBuilder()
        _ = builder.take(conversation.read())
        let contacts = builder.takeContacts()
        #expect(contacts.map(\.flows) == [1, 1, 1, 2])
        #expect(contacts.map(\.clientVLAN) == [20, 30, nil, nil])
    }

    /// The PROXY protocol, version 1: the balancer speaks for 10.9.9.9, whose hardware address is not on this link.
    @Test func aProxiedClientIsTheContactsClient() throws {
        var network = Dialogue(tcp: 443)
        network.client(
            Array("PROXY TCP4 10.9.9.9 192.0.2.9 40000 443\r\n".utf8) + Hellos.client("behind.example"))
        network.server(Hellos.server())
        let contact = try #require(network.contacts().contacts.first)
        #expect(contact.client == IPAddress("10.9.9.9") && contact.clientMAC == nil)
        #expect(contact.name == "behind.example")
    }

    @Test func aRefusedDTLSHandshakeIsAnAttempt() throws {
        let name = [0, 0, 0, 16, 0, 14, 0, 0, 11] + Array("dt.example.".utf8)
        let body =
            [0xfe, 0xfd] + noise(32, seed: 1) + [0, 0] + [0, 2, 0xc0, 0x2b, 1, 0] + two(name.count) + name
        let message = [1, 0] + two(body.count) + [0, 0, 0, 0, 0, 0] + two(body.count) + body
        let hello = hex("16 feff 0000 000000000000") + two(message.count) + message
        var accepted = Dialogue(udp: 4433)
        accepted.client(hello)
        var refused = accepted
        refused.server(hex("15 fefd 0000 000000000001 0002 02 28"))
        #expect(accepted.contacts().contacts.first?.action == .allowed)
        let contact = try #require(refused.contacts().contacts.first)
        #expect(contact.action == .attempted && contact.name == "dt.example")
    }

    /// Requests for two hosts alternate on one HTTP/2 connection: one contact each, and no more labels than hosts
    /// need.
    @Test func alternatingAuthoritiesShareTheirLabels() {
        func request(_ host: String) -> [UInt8] {
            let block = [0x01, UInt8(host.utf8.count)] + Array(host.utf8)
            return [0] + two(block.count) + [1, 5, 0, 0, 0, 1] + block
        }
        var network = Dialogue(tcp: 8080)
        network.client(Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8))
        for _ in 0..<10 {
            network.client(request("a.example"))
            network.client(request("b.example"))
        }
        var same = network
        let found = network.contacts().contacts
        #expect(found.map(\.name) == ["a.example", "b.example"])
        // Each request begins an exchange: ten of one, ten of the other.
        #expect(found.map(\.flows) == [10, 10])
        // One for the first name, one each to come back to.
        #expect(same.finish().labels.count == 3)
    }

    /// Two hosts on one connection: each contact has the packets from its request on.
    @Test func requestsShareOutTheBytesOfTheirConnection() throws {
        let first = "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n"
        let second = "GET /longer/path HTTP/1.1\r\nHost: b.example\r\n\r\n"
        let short = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
        let long = "HTTP/1.1 200 OK\r\nContent-Length: 300\r\n\r\n" + String(repeating: "x", count: 300)
        var network = Dialogue(tcp: 80)
        network.client(first)
        network.server(short)
        network.client(second)
        network.server(long)
        network.client("")
        let found = network.contacts().contacts
        #expect(found.map(\.name) == ["a.example", "b.example"])
        // IPv4 and TCP headers of 20 bytes each; SYN and its answer came before any name and go with the first.
        #expect(found.map(\.bytesUp) == [UInt64(80 + first.utf8.count), UInt64(40 + second.utf8.count + 40)])
        #expect(found.map(\.bytesDown) == [UInt64(80 + short.utf8.count), UInt64(40 + long.utf8.count)])
        #expect(found.map(\.flows) == [1, 1])
    }
}
