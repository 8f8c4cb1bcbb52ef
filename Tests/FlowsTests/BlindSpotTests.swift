import Bytes
import Contacts
import Flows
import TestSupport
import Testing

/// Destinations that hide what lies behind them, from packets to contacts.
@Suite struct BlindSpotTests {
    private func two(_ value: Int) -> [UInt8] { [UInt8(truncatingIfNeeded: value >> 8), UInt8(value & 255)] }
    private func counted(_ width: Int, _ content: [UInt8]) -> [UInt8] {
        (width == 1 ? [] : [UInt8](repeating: 0, count: width - 2) + [UInt8(content.count >> 8)])
            + [UInt8(content.count & 255)] + content
    }

    private func wire(_ name: String) -> [UInt8] {
        name.split(separator: ".").flatMap { counted(1, Array($0.utf8)) } + [0]
    }

    /// An answer to one question with one record of its owner.
    private func answer(_ name: String, _ type: Int, _ data: [UInt8]) -> [UInt8] {
        let question = wire(name) + two(type) + [0, 1]
        return hex("1234 8180 0001 0001 0000 0000") + question + [0xc0, 12] + two(type) + [0, 1]
            + hex("0000012c") + counted(2, data)
    }

    private func contact(_ host: String, more: [UInt8] = [], to server: [UInt8] = [192, 0, 2, 9]) -> Contact?
    {
        var network = Dialogue(udp: 53)
        network.open(tcp: 443, to: server)
        network.client(Hellos.client(host, more: more))
        network.server(Hellos.server())
        return network.contacts().contacts.first
    }

    @Test(arguments: [
        ("dns.google", Concealment.encryptedDNS, "doh"),
        ("abc123.cloudflare-gateway.com", .encryptedDNS, "doh"),
        ("mask.icloud.com", .relay, "tls"), ("mask-h2.icloud.com", .relay, "tls"),
    ])
    func knownNamesAreToldByName(name: String, concealment: Concealment, service: String) throws {
        let found = try #require(contact(name))
        #expect(found.concealment == concealment && found.service == service)
        #expect(found.name == name && found.ambiguity == .concealed)
    }

    @Test(arguments: ["www.icloud.com", "notdns.google", "google", "xmask.icloud.com", "example.com"])
    func namesBesideThemAreNot(name: String) throws {
        let found = try #require(contact(name))
        #expect(found.concealment == nil && found.ambiguity == .exact && found.service == "tls")
    }

    /// RFC 8484 §4.1: by the path, where a name that no list has answers DNS.
    @Test(arguments: [
        ("GET /dns-query?dns=AAABAAAB HTTP/1.1", true), ("POST /dns-query HTTP/1.1", true),
        ("GET /dns-queryable HTTP/1.1", false), ("GET /a/dns-query HTTP/1.1", false),
    ])
    func aResolverIsKnownByItsPath(_ line: String, isResolver: Bool) throws {
        var network = Dialogue(tcp: 8080)
        network.client("\(line)\r\nHost: quiet.example\r\n\r\n")
        network.server("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        let contact = try #require(network.contacts().contacts.first)
        #expect(contact.name == "quiet.example")
        #expect((contact.concealment == .encryptedDNS) == isResolver)
        #expect(contact.service == (isResolver ? "doh" : "http"))
    }

    @Test func aResolversAddressCountsOnlyWithoutAnotherName() throws {
        var network = Dialogue(udp: 53)
        network.open(tcp: 443, to: [8, 8, 8, 8])
        network.client([1, 2, 3, 4])
        #expect(network.contacts().contacts.first?.concealment == .encryptedDNS)
        let named = try #require(contact("other.example", to: [8, 8, 8, 8]))
        #expect(named.concealment == nil && named.name == "other.example")
        var web = Dialogue(udp: 53)
        web.open(tcp: 8080, to: [8, 8, 8, 8])
        web.client([1, 2, 3, 4])
        #expect(web.contacts().contacts.first?.concealment == nil)
    }

    @Test func aTorAuthorityIsToldByAddressAndPort() {
        func concealment(_ port: Int) -> Concealment? {
            var network = Dialogue(udp: 53)
            network.open(tcp: port, to: [131, 188, 40, 189])
            network.client([1, 2, 3, 4])
            return network.contacts().contacts.first?.concealment
        }
        #expect(concealment(443) == .tor)
        #expect(concealment(8443) == nil)
    }

    /// RFC 9462 §4: the client asks for its resolver's other doors; RFC 9461 §5: dohpath is key 7.
    @Test func aDesignatedResolverIsToldByTheAnswer() throws {
        var network = Dialogue(udp: 53)
        let alpn = [0, 1] + counted(2, [2] + Array("h2".utf8))
        let path = [0, 7] + counted(2, Array("/dns-query{?dns}".utf8))
        network.client(hex("1234 0100 0001 0000 0000 0000") + wire("_dns.resolver.arpa") + [0, 64, 0, 1])
        network.server(
            answer("_dns.resolver.arpa", 64, [0, 1] + wire("resolver.school.example") + alpn + path))
        network.open(tcp: 443)
        network.client(Hellos.client("resolver.school.example"))
        network.server(Hellos.server())
        let found = try #require(network.contacts().contacts.first)
        #expect(found.service == "doh" && found.concealment == .encryptedDNS)
        #expect(try #require(contact("resolver.school.example")).concealment == nil)
    }

    // MARK: - Encrypted hellos

    /// encrypted_client_hello of an outer hello (RFC 9849 §5): type 0, KDF, AEAD, config id, key <2>, payload <2>.
    private var ech: [UInt8] {
        [0xfe, 0x0d] + counted(2, [0, 0, 1, 0, 1, 7] + counted(2, [1, 2]) + counted(2, [3, 4, 5, 6]))
    }

    @Test func aKnownCoverIsNeverADestination() throws {
        let found = try #require(contact("cloudflare-ech.com", more: ech))
        #expect(found.concealment == .encryptedHello && found.name == nil && found.ambiguity == .concealed)
    }

    @Test func anOfferIsAFactAndGREASEIsToldByTheDNS() throws {
        let offered = try #require(contact("maybe.example", more: ech))
        #expect(offered.signs == .offersECH && offered.name == "maybe.example" && offered.concealment == nil)
        var network = Dialogue(udp: 53)
        network.client(hex("1234 0100 0001 0000 0000 0000") + wire("plain.example") + [0, 1, 0, 1])
        network.server(answer("plain.example", 1, [192, 0, 2, 9]))
        network.open(tcp: 443)
        network.client(Hellos.client("plain.example", more: ech))
        network.server(Hellos.server())
        #expect(try #require(network.contacts().contacts.first).signs == .pretendsECH)
    }

    // MARK: - Filters

    @Test func aSinkholeIsABlockedLookupAndABlockedContact() throws {
        let sinkhole = try #require(IPAddress("10.10.0.99"))
        var network = Dialogue(udp: 53)
        network.client(hex("1234 0100 0001 0000 0000 0000") + wire("ads.example") + [0, 1, 0, 1])
        network.server(answer("ads.example", 1, [10, 10, 0, 99]))
        network.open(tcp: 443, to: [10, 10, 0, 99])
        network.client(Hellos.client("ads.example"))
        network.server(Hellos.server())
        var same = network
        let known = network.contacts(sinkholes: [sinkhole])
        #expect(known.lookups.map(\.outcome) == [.blocked])
        #expect(known.contacts.map(\.action) == [.blocked])
        let unknown = same.contacts()
        #expect(unknown.lookups.map(\.outcome) == [.answered] && unknown.contacts.map(\.action) == [.allowed])
    }

    // MARK: - OpenVPN over TCP

    private let session: [UInt8] = hex("0102030405060708")

    @Test func plainOpenVPNIsToldOnAnyPort() {
        var network = Dialogue(tcp: 443)
        network.client(two(14) + [0x38] + session + [0, 0, 0, 0, 0])
        let found = network.contacts().contacts.first
        #expect(found?.service == "openvpn" && found?.concealment == .vpn)
        var other = Dialogue(tcp: 443)
        other.client(two(14) + [0x38] + session + [0, 0, 0, 0, 1])
        #expect(other.contacts().contacts.first?.concealment == nil, "packet id 1 is no first packet")
    }

    @Test func openVPNUnderAKeyIsToldByBothSides() {
        let offer = two(54) + [0x38] + session + noise(45, seed: 4)
        let reply = two(54) + [0x40] + session + noise(45, seed: 5)
        var network = Dialogue(tcp: 443)
        network.client(offer)
        network.server(reply)
        #expect(network.contacts().contacts.first?.service == "openvpn")
        var alone = Dialogue(tcp: 443)
        alone.client(offer)
        alone.server([1, 2, 3])
        #expect(alone.contacts().contacts.first?.service == "unknown")
        var port = Dialogue(tcp: 1194)
        port.client(offer)
        #expect(port.contacts().contacts.first?.service == "openvpn")
    }

    // MARK: - Sums

    @Test func sumsCountWhatNobodyCouldName() throws {
        func contact(_ name: String?, _ bytes: UInt64, _ client: String, server: String = "192.0.2.7") throws
            -> Contact
        {
            var contact = Contact(
                client: IPAddress(client), servers: [try #require(IPAddress(server))], port: 443,
                transport: "tcp",
                first: Timestamp(nanoseconds: 0))
            contact.name = name
            contact.flows = 1
            contact.bytesUp = bytes
            return contact
        }
        var tunnel = try contact("vpn.example", 1000, "10.0.0.1")
        tunnel.concealment = .vpn
        var odd = try contact("a.example", 10, "10.0.0.2")
        odd.signs = [.certificateDiffers, .offersECH]
        var blocked = try contact(nil, 5, "10.0.0.2")
        blocked.action = .blocked
        let contacts = [
            tunnel, odd, blocked, try contact(nil, 100, "10.0.0.2"), try contact("b.example", 1, "10.0.0.1"),
            try contact(nil, 7777, "10.0.0.1", server: "10.0.0.9"),
        ]
        let spots = BlindSpots(contacts, homeNetworks: IPPrefix.defaultHomeNetworks)
        #expect(spots.total.all == .init(flows: 4, bytes: 1111))
        #expect(spots.total.hidden == .init(flows: 2, bytes: 1100))
        #expect(spots.total.rows.map(\.kind) == [.certificateDiffers, .offersECH, .unnamed, .vpn])
        #expect(spots.byClient.map { $0.tally.hidden.bytes } == [1000, 100])
        #expect(spots.clientCount(.vpn) == 1)
        var coverage = Coverage()
        coverage.add(spots)
        #expect(
            coverage.notes.first { $0.key == "flows_outside" }
                == .init(key: "flows_outside", count: 4, bytes: 1111))
        #expect(coverage.notes.first { $0.key == "blind_spot_vpn" }?.bytes == 1000)
        #expect(coverage.notes.map(\.key) == coverage.notes.map(\.key).sorted())
    }
}
