import Bytes
import Contacts
import Flows
import Foundation
import Pipeline
import Reports
import SyntheticDay
import Testing

/// The generated school day of `make bench`, small: what was put into it must come out.
@Suite struct SyntheticDayTests {
    /// Few conversations, so that many begin and end within four megabytes; the last minutes before 14:00 UTC, so
    /// that flows go on into the next clock hour.
    private func options() -> DayOptions {
        var options = DayOptions(bytes: 4_000_000, seed: 7)
        options.conversations = 48
        options.start = 1_795_528_740
        return options
    }

    private func write(_ options: DayOptions, _ body: (String, Truth) throws -> Void) throws {
        let folder = try Tool.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("day").path
        var day = try SyntheticDay(path: path, options)
        try body(path, try day.write())
    }

    private func read(
        _ path: String, jobs: Int = 0, chunkBytes: Int = 1 << 20, verifiesChecksums: Bool = true
    ) -> Run {
        var options = RunOptions()
        options.jobs = jobs
        options.chunkBytes = chunkBytes
        options.packets.verifiesChecksums = verifiesChecksums
        return Run([path], options: options)
    }

    private func truth(of contacts: [Contact]) -> Truth {
        var truth = Truth()
        for contact in contacts {
            var sums = Truth.Sums()
            sums.flows = contact.flows
            sums.packetsUp = contact.packetsUp
            sums.packetsDown = contact.packetsDown
            sums.bytesUp = contact.bytesUp
            sums.bytesDown = contact.bytesDown
            let key = Truth.Key(
                client: contact.client?.description ?? "-", name: contact.name, port: contact.port,
                transport: contact.transport)
            truth.add(key, sums)
        }
        return truth
    }

    @Test func whatWasWrittenIsFoundForAnyJobsAndChunks() throws {
        try write(options()) { path, truth in
            var renderings: Set<[UInt8]> = []
            for (jobs, chunkBytes) in [(1, 1 << 20), (1, 64 << 10), (2, 1 << 20), (2, 64 << 10)] {
                let run = read(path, jobs: jobs, chunkBytes: chunkBytes)
                #expect(run.isComplete)
                #expect(run.facts.coverage.packetsUsed == truth.packets)
                #expect(run.facts.coverage.flows == truth.flows)
                #expect(truth.differences(from: self.truth(of: run.facts.contacts)) == [])
                renderings.insert(ContactsRenderer(format: .jsonl).render(run.facts.contacts))
            }
            #expect(renderings.count == 1)
        }
    }

    /// A day of real size: thousands of flows at once, hundreds of chunks. The thread sanitizer takes a tenth of it.
    @Test func twoHundredMegabytesGiveTheSameBytesForAnyJobsAndChunks() throws {
        let isSanitized = ProcessInfo.processInfo.environment["HALLPASS_SANITIZED"] == "1"
        let day = DayOptions(bytes: isSanitized ? 20_000_000 : 200_000_000, seed: 11)
        try write(day) { path, truth in
            let whole = read(path, jobs: 1, chunkBytes: .max, verifiesChecksums: false)
            #expect(whole.isComplete)
            #expect(truth.differences(from: self.truth(of: whole.facts.contacts)) == [])
            let expected = ContactsRenderer(format: .jsonl).render(whole.facts.contacts)
            for jobs in [1, 2, 3, 8] {
                for chunkBytes in [64 << 10, 1 << 20, 7 << 20, .max] where (jobs, chunkBytes) != (1, .max) {
                    let run = read(path, jobs: jobs, chunkBytes: chunkBytes, verifiesChecksums: false)
                    let rendered = ContactsRenderer(format: .jsonl).render(run.facts.contacts)
                    #expect(rendered == expected, "\(jobs) jobs, chunks of \(chunkBytes)")
                    #expect(run.facts.lookups == whole.facts.lookups)
                    #expect(run.facts.coverage == whole.facts.coverage)
                }
            }
        }
    }

    @Test func theDayHoldsWhatItIsMeantTo() throws {
        try write(options()) { path, truth in
            let facts = read(path).facts
            let named = facts.contacts.filter { $0.service != "dns" }
            for (evidence, least) in [(NameEvidence.tlsSNI, 50), (.quicSNI, 15), (.httpHost, 5)] {
                #expect(named.count { $0.evidence == evidence } >= least, "\(evidence)")
            }
            #expect(named.contains { $0.cnameChain.count == 2 })
            #expect(named.contains { $0.client?.isIPv4 == false })
            #expect(Set(facts.contacts.map(\.hour)).count == 2)
            let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? UInt64
            #expect((600...1000).contains((size ?? 0) / truth.packets))
        }
    }

    /// Whose hellos are cut, so that names come from the DNS; and another container.
    @Test(arguments: [CaptureForm.pcap, .pcapng])
    func containerAndSnapLengthDoNotChangeTheSums(_ form: CaptureForm) throws {
        var whole = options()
        whole.bytes = 1_000_000
        var cut = whole
        cut.form = form
        cut.snapLength = 256
        try write(whole) { _, expected in
            try write(cut) { path, truth in
                #expect(truth == expected)
                #expect(truth.differences(from: self.truth(of: Run([path]).facts.contacts)) == [])
                let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? UInt64
                #expect((size ?? .max) < whole.bytes / 2)
            }
        }
    }

    @Test func theSameSeedGivesTheSameBytesAndAnotherOneOthers() throws {
        var small = options()
        small.bytes = 300_000
        var other = small
        other.seed += 1
        var longer = small
        longer.bytes = 600_000
        let bytes = try written(small)
        #expect(bytes.count >= 300_000)
        #expect(try written(small) == bytes)
        #expect(try written(other) != bytes)
        // A shorter day is the beginning of a longer one.
        #expect(try written(longer).starts(with: bytes))
    }

    private func written(_ options: DayOptions) throws -> Data {
        var bytes = Data()
        try write(options) { path, _ in bytes = try Data(contentsOf: URL(fileURLWithPath: path)) }
        return bytes
    }

    @Test func theTruthIsWrittenAndReadAgain() throws {
        var options = options()
        options.bytes = 100_000
        try write(options) { _, truth in
            #expect(Truth(text: truth.text) == truth)
            #expect(Truth(text: "client\tname\n") == nil)
            var less = Truth()
            for (key, sums) in truth.rows.sorted(by: { $0.key < $1.key }).dropFirst() { less.add(key, sums) }
            #expect(truth.differences(from: less).count == 1)
        }
    }
}
