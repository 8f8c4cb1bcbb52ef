import Bytes
import Contacts
import Evidence
import Flows
import Foundation
import Packets
import Pipeline
import TestSupport
import Testing

/// Nothing in an excerpt tells who the district's people and machines are.
@Suite struct ExcerptPrivacyTests {
    /// Addresses inside the school, and all hardware addresses, as a capture's frames hold them.
    static func identities(_ capture: String) -> (addresses: Set<IPAddress>, hardware: Set<MACAddress>) {
        let inside = ["10.0.0.0/8", "2001:db8:10::/48", "2001:db8:20::/48", "2001:db8:30::/48", "fe80::/10"]
            .compactMap { IPPrefix($0) }
        let run = Run([ExcerptCase.path(capture)])
        var addresses: Set<IPAddress> = []
        var hardware: Set<MACAddress> = []
        for contact in run.facts.contacts {
            for address in [contact.client].compactMap(\.self) + contact.servers
            where inside.contains(where: { $0.contains(address) }) {
                addresses.insert(address)
            }
            if let mac = contact.clientMAC { hardware.insert(mac) }
        }
        return (addresses, hardware)
    }

    /// An address in all the forms in which it may stand in a file.
    static func forms(_ address: IPAddress) -> [[UInt8]] {
        let text = Array(address.description.utf8)
        let bits =
            address.isIPv4 ? Forge.number(address.low, 4) : Forge.number(address.high, 8)
            ++ Forge.number(address.low, 8)
        return [text, bits, bits.reversed()]
    }

    static func forms(_ address: MACAddress) -> [[UInt8]] {
        let text = address.description
        let bits = Forge.number(address.bits, 6)
        return [Array(text.utf8), Array(text.filter { $0 != ":" }.utf8), bits, bits.reversed()]
    }

    @Test(arguments: ExcerptTests.cases) func noAddressOfTheSchoolOccurs(_ given: ExcerptTests.Case) throws {
        let school = ["10.0.0.0/8", "2001:db8:10::/48", "2001:db8:20::/48", "2001:db8:30::/48"]
        let excerpt = ExcerptCase.make([given.capture], given.names) {
            $0.homeNetworks += school.compactMap { IPPrefix($0) }
        }
        let identities = ExcerptPrivacyTests.identities(given.capture)
        #expect(!identities.addresses.isEmpty)
        let text = FramesTable.text(excerpt.frames) + excerpt.notes.joined(separator: "\n")
        let content = excerpt.pcap + Array(text.utf8)
        for address in identities.addresses {
            for form in ExcerptPrivacyTests.forms(address) { #expect(!content.contains(form), "\(address)") }
        }
        for address in identities.hardware {
            for form in ExcerptPrivacyTests.forms(address) { #expect(!content.contains(form), "\(address)") }
        }
        // Last halves of IPv6 addresses made from hardware addresses (RFC 4291 appendix A).
        for address in identities.addresses where !address.isIPv4 && address.low >> 16 != 0 {
            #expect(!content.contains(Forge.number(address.low, 8)))
        }
    }

    /// Words of the recorded programs and of their requests that are no destination's.
    @Test(arguments: ["squid/capture.pcap", "http-proxy/capture.pcap", "vlan-nanoseconds/capture.pcap"])
    func noRequestTellsWhoAsks(_ capture: String) {
        let names = ["pixel.adtrack.example", "oldnews.example"]
        let excerpt = ExcerptCase.make([capture], names)
        #expect(excerpt.frames.contains { $0.carries.contains(.httpRequest) })
        for word in ["curl", "Mozilla", "User-Agent: c", "Basic", "Bearer", "sid=", "quizly.example"] {
            #expect(!excerpt.pcap.contains(Array(word.utf8)), "\(word)")
        }
    }

    @Test func requestsKeepHostAndShapeAlone() throws {
        let request = """
            GET http://jane:pw@ads.example/p/4711/jane.doe?uid=4711&jane=&77=1&flag HTTP/1.1\r
            Host: ads.example\r
            Cookie: sid=4711\r
            X-Device: tablet-4711\r
             folded 4711\r
            Accept: */*\r
            X-Host: jane.example\r
            \r

            """
        let text = try shown(client: [Array(request.utf8)], names: ["ads.example"])
        let expected = """
            GET http://xxxxxxx@ads.example/x/xxxx/xxxxxxxx?uid=xxxx&jane=&xxxx&xxxx HTTP/1.1\r
            Host: ads.example\r
            Cookie: xxxxxxxx\r
            X-Device: xxxxxxxxxxx\r
             xxxxxx xxxx\r
            Accept: */*\r
            X-Host: xxxxxxxxxxxx\r
            \r

            """
        #expect(text.contains(expected.utf8), "\(String(decoding: text, as: UTF8.self))")
    }

    /// The excerpt of one forged TCP flow whose client sends the segments given.
    func shown(client: [[UInt8]], names: [String]) throws -> [UInt8] {
        var forge = PCAPForge()
        forge.add(Forge.ethernet(0x0800, Forge.ipv4(6, Forge.tcp(40000, 80, sequence: 99, flags: Forge.syn))))
        let answer = Forge.tcp(80, 40000, sequence: 499, acknowledgment: 100, flags: Forge.syn | Forge.ack)
        forge.add(
            Forge.ethernet(
                0x0800,
                Forge.ipv4(6, answer) {
                    $0.source = Forge.server
                    $0.destination = Forge.client
                }))
        var sequence: UInt32 = 100
        for segment in client {
            forge.add(
                Forge.ethernet(0x0800, Forge.ipv4(6, Forge.tcp(40000, 80, sequence: sequence, segment))))
            sequence += UInt32(segment.count)
        }
        return try ExcerptCase.withFile(forge.bytes) { path in
            Excerpt.make(ExcerptCase.request([path], names)).pcap
        }
    }

    /// TCP timestamps, cookies of Fast Open and addresses of Multipath TCP.
    @Test func optionsThatFingerprintAreBlanked() throws {
        let options = hex("0204 05b4 080a 1122 3344 5566 7788 2206 c0ff ee01 1e04 0a0b 0303 0701")
        var forge = PCAPForge()
        let syn = Forge.tcp(40000, 9999, sequence: 99, flags: Forge.syn, options: options)
        forge.add(Forge.ethernet(0x0800, Forge.ipv4(6, syn)))
        let hello = GoldenHello.bytes
        forge.add(
            Forge.ethernet(
                0x0800, Forge.ipv4(6, Forge.tcp(40000, 9999, sequence: 100, options: options, hello))))
        let pcap = try ExcerptCase.withFile(forge.bytes) {
            Excerpt.make(ExcerptCase.request([$0], ["ads.example"])).pcap
        }
        let frames = ExcerptCase.frames(pcap)
        #expect(frames.count == 2)
        let kept = hex("0204 05b4") ++ [UInt8](repeating: 1, count: 20) ++ hex("0303 0701")
        for frame in frames { #expect(frame.contains(kept)) }
    }

    /// A hello's session id, ticket, resumption and key shares; name and lengths stay.
    @Test func hellosKeepTheNameAlone() throws {
        let text = try shown(client: [GoldenHello.bytes], names: ["ads.example"])
        #expect(text.contains(Array("ads.example".utf8)))
        for secret in GoldenHello.secrets { #expect(!text.contains(secret)) }
        #expect(text.contains(GoldenHello.blanked))
    }
}

extension [UInt8] {
    func contains(_ part: some Collection<UInt8>) -> Bool {
        let part = Array(part)
        guard let first = part.first, count >= part.count else { return false }
        return (0...(count - part.count)).contains {
            self[$0] == first && self[$0..<($0 + part.count)].elementsEqual(part)
        }
    }
}

/// A ClientHello written by hand from RFC 8446 section 4.1.2, with all that identifies a device.
enum GoldenHello {
    static let secrets = [
        [UInt8](repeating: 0xa1, count: 32), [UInt8](repeating: 0xa2, count: 16),
        [UInt8](repeating: 0xa3, count: 32),
        [UInt8](repeating: 0xa4, count: 24), [UInt8](repeating: 0xa5, count: 32),
        [UInt8](repeating: 0xa6, count: 8),
    ]
    private static let name = Array("ads.example".utf8)

    static let bytes = make(secrets)
    static let blanked = make(secrets.map { [UInt8](repeating: 0, count: $0.count) }, age: 0)

    private static func make(_ parts: [[UInt8]], age: UInt32 = 0x0102_0304) -> [UInt8] {
        var extensions = block(0, Forge.be16(name.count + 3) ++ [0] ++ Forge.be16(name.count) ++ name)
        extensions += block(35, parts[1])
        extensions += block(43, [2, 3, 4])
        extensions += block(51, Forge.be16(36) ++ Forge.be16(29) ++ Forge.be16(32) ++ parts[2])
        extensions += block(0x7777, parts[5])
        let identity = Forge.be16(24) ++ parts[3] ++ Forge.be32(age)
        extensions += block(41, Forge.be16(identity.count) ++ identity ++ Forge.be16(33) ++ [32] ++ parts[4])
        var body = [3, 3] ++ [UInt8](repeating: 0xc1, count: 32)
        body += [32] ++ parts[0] ++ Forge.be16(2) ++ [0x13, 0x01, 1, 0]
        body += Forge.be16(extensions.count) ++ extensions
        let message = [1, 0] ++ Forge.be16(body.count) ++ body
        return [22, 3, 1] ++ Forge.be16(message.count) ++ message
    }

    private static func block(_ type: Int, _ content: [UInt8]) -> [UInt8] {
        Forge.be16(type) ++ Forge.be16(content.count) ++ content
    }
}
