import Bytes
import Contacts
import Flows
import Foundation
import Pipeline
import TestSupport
import Testing

/// Invariant 1: what is found does not depend on the number of threads, nor on where a capture is cut into chunks.
@Suite struct ParallelTests {
    /// What a run found, without the list of files.
    struct Outcome: Equatable {
        let contacts: [Contact]
        let lookups: [Lookup]
        let coverage: Coverage
        let inputs: [InputReport]
        let sightings: [Sighting: UInt64]
        let redone: Int

        init(_ paths: [String], jobs: Int, chunkBytes: Int, deduplicates: Bool = false, filter: String? = nil)
        {
            var options = RunOptions()
            options.jobs = jobs
            options.chunkBytes = chunkBytes
            options.packets.collectsSightings = true
            options.packets.deduplicates = deduplicates
            options.packets.filter = filter
            let run = Run(paths, options: options)
            contacts = run.facts.contacts
            lookups = run.facts.lookups
            coverage = run.facts.coverage
            inputs = run.facts.inputs
            sightings = Dictionary(uniqueKeysWithValues: run.sightings.map { ($0.sighting, $0.count) })
            redone = run.chunksRedone
        }

        static func == (a: Outcome, b: Outcome) -> Bool {
            a.contacts == b.contacts && a.lookups == b.lookups && a.coverage == b.coverage
                && a.inputs == b.inputs && a.sightings == b.sightings
        }
    }

    static let captures: [String] = [
        "school-morning/capture.pcap", "quic-http3/capture.pcap", "dns-tcp/capture.pcap",
        "post-quantum-hello/capture.pcap", "big-endian/capture.pcap", "http-proxy/capture.pcap",
    ].map { Tool.root.appendingPathComponent("captures/" + $0).path }

    @Test(arguments: captures)
    func jobsAndChunksDoNotMatter(_ path: String) {
        let whole = Outcome([path], jobs: 1, chunkBytes: .max)
        #expect(!whole.contacts.isEmpty)
        for jobs in [1, 2, 3, 8] {
            for bytes in [512, 4096, 64 << 10, 1 << 20, 7 << 20] {
                let other = Outcome([path], jobs: jobs, chunkBytes: bytes)
                #expect(other == whole, "\(jobs) jobs, chunks of \(bytes)")
            }
        }
    }

    @Test func everyContainerAndCompressionIsReadAlike() throws {
        let folder = Tool.root.appendingPathComponent("captures/containers")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter {
            !$0.hasSuffix(".md") && !$0.hasSuffix(".tsv")
        }
        try #require(files.count > 4)
        for file in files.sorted() {
            let path = folder.appendingPathComponent(file).path
            let whole = Outcome([path], jobs: 1, chunkBytes: .max)
            for (jobs, bytes) in [(1, 700), (2, 5000), (3, 64 << 10)] {
                #expect(Outcome([path], jobs: jobs, chunkBytes: bytes) == whole, "\(file) \(jobs) \(bytes)")
            }
        }
    }

    @Test func filtersAndDuplicatesWorkInParallel() {
        let paths = [ParallelTests.captures[0], ParallelTests.captures[1]]
        for filter in [nil, "udp or port 443"] {
            for deduplicates in [false, true] {
                let whole = Outcome(
                    paths, jobs: 1, chunkBytes: .max, deduplicates: deduplicates, filter: filter)
                for (jobs, bytes) in [(2, 3000), (8, 64 << 10)] {
                    let other = Outcome(
                        paths, jobs: jobs, chunkBytes: bytes, deduplicates: deduplicates, filter: filter)
                    #expect(other == whole)
                }
            }
        }
    }

    // MARK: Cuts in awkward places

    /// Some 40 packets: a hello over two segments, bulk, fragments, a DNS answer and the flow that it names.
    private func conversation() -> [UInt8] {
        var forge = PCAPForge(linkType: 101)
        let hello = ParallelTests.hello("split.example")
        func send(_ segment: [UInt8]) { forge.add(Forge.ipv4(6, segment)) }
        send(Forge.tcp(50_000, 443, sequence: 0, flags: Forge.syn, []))
        send(Forge.tcp(50_000, 443, sequence: 1, flags: Forge.ack, Array(hello[..<60])))
        send(
            Forge.tcp(
                50_000, 443, sequence: 61, flags: Forge.ack, Array(hello[60...])))
        for index in 0..<30 {
            let size = 40 + index * 7 % 120
            send(
                Forge.tcp(
                    50_001 + index % 3, 80, sequence: 1, flags: Forge.ack,
                    [UInt8](repeating: UInt8(index), count: size)))
        }
        return forge.bytes
    }

    private static func hello(_ host: String) -> [UInt8] {
        func counted(_ width: Int, _ content: [UInt8]) -> [UInt8] {
            (0..<width).reversed().map { UInt8(truncatingIfNeeded: content.count >> (8 * $0)) } + content
        }
        let name = counted(2, [0] + counted(2, Array(host.utf8)))
        let body =
            [3, 3] + [UInt8](repeating: 9, count: 32) + [0] + counted(2, [0x13, 1]) + counted(1, [0])
            + counted(2, [0, 0] + counted(2, name))
        return [22, 3, 1] + counted(2, [1] + counted(3, body))
    }

    /// Cuts at every offset fall into record headers, packet headers and the hello, one after the other.
    @Test func aCutMayFallAnywhere() throws {
        let file = try Tool.file("cuts.pcap", Data(conversation()))
        defer { try? FileManager.default.removeItem(at: file) }
        let whole = Outcome([file.path], jobs: 1, chunkBytes: .max)
        #expect(whole.contacts.contains { $0.name == "split.example" })
        let size = conversation().count
        for bytes in stride(from: 30, to: size, by: 1) {
            let other = Outcome([file.path], jobs: 2, chunkBytes: bytes)
            #expect(other == whole, "chunks of \(bytes)")
        }
    }

    /// A capture of a download of a capture: inside of packets stand records that look as real as those outside.
    @Test(arguments: [3000, 4096, 10_000, 30_000])
    func dataThatImitatesRecordsIsFoundOut(_ bytes: Int) throws {
        var inner = PCAPForge(linkType: 101)
        for index in 0..<600 {
            inner.add(Forge.ipv4(17, Forge.udp([UInt8](repeating: UInt8(index & 255), count: 30))))
        }
        var outer = PCAPForge(linkType: 101)
        let content = Array(inner.bytes.dropFirst(24))
        for index in 0..<12 {
            let part = Array(content[(index * 1000)..<(index * 1000 + 20_000)])
            outer.add(
                Forge.ipv4(
                    6, Forge.tcp(50_000, 80, sequence: UInt32(1 + index * 20_000), flags: Forge.ack, part)))
        }
        let file = try Tool.file("imitation.pcap", Data(outer.bytes))
        defer { try? FileManager.default.removeItem(at: file) }
        let whole = Outcome([file.path], jobs: 1, chunkBytes: .max)
        #expect(whole.coverage.packetsRead == 12 && whole.redone == 0)
        let split = Outcome([file.path], jobs: 2, chunkBytes: bytes)
        #expect(split == whole)
        #expect(split.redone > 0)
    }

    @Test func sectionsThatChangeInTheMiddleAreReadByTheirOwnInterfaces() throws {
        var bytes: [UInt8] = []
        for order in [ByteOrder.little, .big, .little, .big, .little] {
            bytes += PCAPNGForge.everything(order).bytes
        }
        let file = try Tool.file("sections.pcapng", Data(bytes))
        defer { try? FileManager.default.removeItem(at: file) }
        let whole = Outcome([file.path], jobs: 1, chunkBytes: .max)
        #expect(whole.coverage.packetsRead > 10)
        for size in stride(from: 64, to: bytes.count, by: 52) {
            #expect(Outcome([file.path], jobs: 2, chunkBytes: size) == whole, "chunks of \(size)")
        }
    }

    @Test(arguments: [1, 2, 8])
    func aCutCaptureSaysTheSameForAnyNumberOfJobs(_ jobs: Int) throws {
        let bytes = conversation()
        for end in [bytes.count - 1, bytes.count - 30, 100, 41] {
            let file = try Tool.file("cut-\(jobs)-\(end).pcap", Data(bytes[..<end]))
            defer { try? FileManager.default.removeItem(at: file) }
            let whole = Outcome([file.path], jobs: 1, chunkBytes: .max)
            #expect(whole.inputs.first?.complete == false)
            for size in [50, 333, 1024] {
                #expect(Outcome([file.path], jobs: jobs, chunkBytes: size) == whole, "\(end) \(size)")
            }
        }
    }
}
