import Bytes
import Evidence
import Foundation
import Packets
import TestSupport
import Testing

/// Damaged captures give an excerpt or none, and never end the run; tunnels are left away.
@Suite struct ExcerptHostileTests {
    static func make(_ bytes: RawSpan, _ names: [String]) -> Excerpt? {
        Excerpt.make(ExcerptCase.request(["capture"], names), inMemory: bytes)
    }

    static let inputs: [(capture: String, names: [String])] = [
        ("tls12/capture.pcap", ["mathpath.example"]),
        ("quic-http3/capture.pcap", ["video.quizly.example"]),
        ("http-proxy/capture.pcap", ["oldnews.example", "pixel.adtrack.example"]),
        ("dtls/capture.pcap", ["video.quizly.example"]),
        ("ipv6-only/capture.pcap", ["insights.quizly.example"]),
    ]

    /// An excerpt holds every kind of frame and little else: what is damaged is the excerpt of a capture.
    @Test(arguments: inputs.indices) func damageNeverTraps(_ index: Int) throws {
        let (capture, names) = ExcerptHostileTests.inputs[index]
        let whole = ExcerptCase.make([capture], names).pcap
        let intact = whole.withRawSpan { ExcerptHostileTests.make($0, names) }
        #expect(intact?.frames.isEmpty == false)
        var bytes = whole
        // Bytes all over the file, with one of three flips; a prefix now and then.
        for place in stride(from: 24 + index, to: bytes.count, by: 17) {
            bytes[place] ^= [0x01, 0x80, 0xff][place % 3]
            bytes.withRawSpan { _ = ExcerptHostileTests.make($0, names) }
            bytes[place] = whole[place]
            if place % 5 == 0 {
                whole.withRawSpan { _ = ExcerptHostileTests.make($0.clamped(from: 0, count: place), names) }
            }
        }
    }

    /// Lengths of zero, one, and the largest, in every place of a hello's beginning and of a question.
    @Test func hostileLengthsNeverTrap() {
        var forge = PCAPForge()
        let question = hex("1234 0100 0001 0000 0000 0000 03616473076578616d706c6500 0001 0001")
        forge.add(Forge.ethernet(0x0800, Forge.ipv4(17, Forge.udp(5000, 53, question))))
        let client = Forge.ipv4(6, Forge.tcp(40000, 443, sequence: 100, GoldenHello.bytes))
        forge.add(Forge.ethernet(0x0800, client))
        var bytes = forge.bytes
        for place in forge.records[0]..<(forge.records[1] + 200) {
            for value: UInt8 in [0x00, 0x01, 0x7f, 0xff] {
                (bytes[place], bytes[place + 1]) = (value, value)
                bytes.withRawSpan { _ = ExcerptHostileTests.make($0, ["ads.example"]) }
            }
            (bytes[place], bytes[place + 1]) = (forge.bytes[place], forge.bytes[place + 1])
        }
    }

    /// A flow inside VLAN tags and IP in IP comes out as plain Ethernet, without the outer addresses.
    @Test func tunnelsAndTagsAreLeftAway() throws {
        let outer: [UInt8] = [203, 0, 113, 77]
        let inner = Forge.ipv4(6, Forge.tcp(40000, 443, sequence: 100, GoldenHello.bytes))
        let tunnel = Forge.ipv4(4, inner) {
            $0.source = outer
            $0.destination = [203, 0, 113, 78]
        }
        var forge = PCAPForge()
        forge.add(Forge.ethernet(0x8100, Forge.tag(42, 0x0800, tunnel)))
        let excerpt = try #require(forge.bytes.withRawSpan { ExcerptHostileTests.make($0, ["ads.example"]) })
        let frames = ExcerptCase.frames(excerpt.pcap)
        #expect(frames.count == 1)
        let frame = try #require(frames.first)
        var packet = Packet()
        let reason = frame.withRawSpan {
            PacketDecoder.decode($0, linkType: 1, originalLength: UInt64(frame.count), into: &packet)
        }
        #expect(reason == nil)
        #expect(packet.tunnelDepth == 0 && packet.vlan == 0)
        #expect(packet.destination == IPAddress("198.51.100.2"))
        #expect(frame.withRawSpan { Checksum.holds($0, packet) })
        #expect(!frame.contains(outer) && !frame.contains(Forge.client))
        #expect(!frame.contains(Forge.clientMAC) && !frame.contains(Forge.serverMAC))
        #expect(frame.contains(Array("ads.example".utf8)))
    }

    /// EDNS with a client subnet goes, and an address of the district in an answer is replaced.
    @Test func answersKeepWhatWasAsked() throws {
        let name = "03616473076578616d706c6500"
        let subnet = "00 0029 1000 00000000 000b 0008 0007 0001 1800 c00002"
        let question = hex("1234 0100 0001 0000 0000 0001 \(name) 0001 0001 \(subnet)")
        let answers = "c00c 0001 0001 0000003c 0004 c6336402 c00c 0001 0001 0000003c 0004 0a141e28"
        let answer = hex("1234 8180 0001 0002 0000 0001 \(name) 0001 0001 \(answers) \(subnet)")
        var forge = PCAPForge()
        forge.add(Forge.ethernet(0x0800, Forge.ipv4(17, Forge.udp(5000, 53, question))))
        let back = Forge.ipv4(17, Forge.udp(53, 5000, answer)) {
            $0.source = Forge.server
            $0.destination = Forge.client
        }
        forge.add(Forge.ethernet(0x0800, back))
        forge.add(Forge.ethernet(0x0800, Forge.ipv4(6, Forge.tcp(40000, 443, flags: Forge.syn))))
        let excerpt = try #require(forge.bytes.withRawSpan { ExcerptHostileTests.make($0, ["ads.example"]) })
        #expect(excerpt.frames.map(\.carries) == [[.dnsQuestion], [.dnsAnswer], [.syn]])
        let frames = ExcerptCase.frames(excerpt.pcap)
        // Counts: one question, two answers, nothing behind them.
        #expect(frames[0].suffix(29).elementsEqual(hex("1234 0100 0001 0000 0000 0000 \(name) 0001 0001")))
        #expect(frames[1].contains(hex("1234 8180 0001 0002 0000 0000 \(name) 0001 0001")))
        #expect(frames[1].contains(hex("0004 c6336402")))
        #expect(!frames[1].contains(hex("0a141e28")) && !excerpt.pcap.contains(hex("1800 c00002")))
        #expect(excerpt.frames.allSatisfy { $0.sha256.utf8.count == 64 })
    }
}
