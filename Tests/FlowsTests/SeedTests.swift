import Bytes
import FuzzBodies
import TestSupport
import Testing

/// The fuzzers' inputs: seeds that the forge makes, and whatever once crashed.
///
/// `HALLPASS_WRITE_SEEDS=1 swift test --filter SeedTests` writes the seeds anew.
@Suite struct SeedTests {
    typealias Seed = FuzzSeed

    static func run(_ fuzzer: String, _ input: [UInt8]) {
        input.withRawSpan { (span: RawSpan) in
            switch fuzzer {
            case "PCAPFuzzer": FuzzBodies.pcap(span)
            case "PCAPNGFuzzer": FuzzBodies.pcapng(span)
            case "SnoopFuzzer": FuzzBodies.snoop(span)
            case "ERFFuzzer": FuzzBodies.erf(span)
            case "PacketFuzzer": FuzzBodies.packet(span)
            default: FuzzBodies.flows(span)
            }
        }
    }

    static let names = [
        "PCAPFuzzer", "PCAPNGFuzzer", "SnoopFuzzer", "ERFFuzzer", "PacketFuzzer", "FlowFuzzer",
    ]

    static func seeds(_ fuzzer: String) -> [Seed] {
        switch fuzzer {
        case "PCAPFuzzer": pcaps
        case "PCAPNGFuzzer":
            [ByteOrder.little, .big].map {
                Seed(name: "everything-\($0).pcapng", bytes: PCAPNGForge.everything($0).bytes)
            }
        case "SnoopFuzzer": [Seed(name: "two.snoop", bytes: snoop)]
        case "ERFFuzzer": [Seed(name: "two.erf", bytes: erf)]
        case "PacketFuzzer":
            GoldenFrame.all.map { golden in
                Seed(name: file(golden), bytes: Forge.be32(golden.linkType) ++ [0, 0, 0] ++ golden.bytes)
            }
        default: flows
        }
    }

    /// Two records: original, captured and record length, drops, seconds, microseconds (RFC 1761 §3).
    private static var snoop: [UInt8] {
        let frame = Forge.ethernet(0x0800, GoldenFrame.ip4)
        let size = UInt32(frame.count)
        let numbers: [UInt32] = [size, size, size + 24, 0, 1_700_000_000, 5]
        let record = numbers.flatMap { Forge.be32($0) } ++ frame
        return Array("snoop\0\0\0".utf8) ++ Forge.be32(2) ++ Forge.be32(4) ++ record ++ record
    }

    /// Two Ethernet records: time, type, flags, record length, losses, wire length, two bytes of padding.
    private static var erf: [UInt8] {
        let frame = Forge.ethernet(0x0800, GoldenFrame.ip4)
        let size = UInt8(frame.count)
        let record: [UInt8] = [0, 0, 0, 0, 1, 0, 0, 0, 2, 4, 0, size + 18, 0, 0, 0, size, 0, 0] ++ frame
        return record ++ record
    }

    private static func file(_ golden: GoldenFrame) -> String {
        let name = golden.name.lowercased().map { $0.isLetter || $0.isNumber ? $0 : "-" }
        return "\(golden.linkType)-" + String(name)
    }

    private static var pcaps: [Seed] {
        [ByteOrder.little, .big].flatMap { order in
            PCAPForge.Variant.allCases.map { variant in
                var forge = PCAPForge(order, variant)
                forge.add(Forge.ethernet(0x0800, GoldenFrame.ip4), original: 100)
                forge.add([1])
                return Seed(name: "\(order)-\(variant).pcap", bytes: forge.bytes)
            }
        }
    }

    private static var flows: [Seed] {
        var fragments = Conversation()
        for range in FragmentTests.ranges.reversed() { fragments.add(FragmentTests.part(range)) }
        fragments.add(FragmentTests.part(0..<8), at: 61)
        fragments.add(FragmentTests.part(0..<16, identification: 9), at: 200)
        var streams = Conversation()
        streams.tcp(Forge.syn, sequence: 10)
        streams.tcp(Forge.syn | Forge.ack, fromServer: true)
        streams.tcp(Forge.ack, "Host: a.example\r\n\r\n", sequence: 27)
        streams.tcp(Forge.ack, "GET / HTTP/1.1\r\n", sequence: 11)
        streams.tcp(Forge.ack, "HTTP/1.1 200 OK\r\n\r\n", sequence: 2, fromServer: true)
        streams.tcp(Forge.fin | Forge.ack, sequence: 46, at: 4000)
        var aggregate = Conversation(linkType: 105)
        aggregate.add(
            FragmentTests.aggregate([
                FragmentTests.part(0..<16), FragmentTests.part(16..<32), GoldenFrame.ip4,
            ]))
        var several = PCAPNGForge()
        several.interface(linkType: 1)
        several.interface(linkType: 127, resolution: 9)
        for golden in GoldenFrame.all where golden.linkType == 1 { several.enhanced(golden.bytes) }
        for golden in GoldenFrame.all where golden.linkType == 127 {
            several.enhanced(golden.bytes, interface: 1)
        }
        return [
            Seed(name: "fragments.pcap", bytes: fragments.forge.bytes),
            Seed(name: "streams.pcap", bytes: streams.forge.bytes),
            Seed(name: "aggregate.pcap", bytes: aggregate.forge.bytes),
            Seed(name: "several.pcapng", bytes: several.bytes),
        ]
    }

    @Test(arguments: SeedTests.names)
    func theCommittedSeedsAreThoseOfTheForge(_ fuzzer: String) throws {
        let seeds = SeedTests.seeds(fuzzer)
        #expect(!seeds.isEmpty)
        #expect(Set(seeds.map(\.name)).count == seeds.count)
        #expect(try FuzzFolder(fuzzer).differences(seeds) == [])
    }

    /// A body ends the process where a rule is broken, so that getting through is the test.
    @Test(arguments: SeedTests.names)
    func seedsAndWhatOnceCrashedAreReadToTheirEnd(_ fuzzer: String) throws {
        let inputs = try FuzzFolder(fuzzer).inputs()
        #expect(!inputs.isEmpty)
        for input in inputs { SeedTests.run(fuzzer, input) }
    }

    @Test(arguments: SeedTests.names)
    func noiseIsReadToItsEnd(_ fuzzer: String) {
        for input in FuzzFolder.damaged(SeedTests.seeds(fuzzer)) { SeedTests.run(fuzzer, input) }
    }
}
