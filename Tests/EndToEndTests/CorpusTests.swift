import Contacts
import Foundation
import Pipeline
import Testing

/// Captures that nobody here wrote, and those that are committed: no packet is lost or counted twice.
@Suite struct CorpusTests {
    static let corpus = Tool.root.appendingPathComponent("../shared/corpus/captures").standardizedFileURL

    static let isPresent = FileManager.default.fileExists(atPath: corpus.path)

    static func files(under folder: URL) -> [String] {
        let names = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
        return names.sorted().map { folder.appendingPathComponent($0).path }.filter { path in
            var isFolder: ObjCBool = false
            return unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
                && !isFolder.boolValue
        }
    }

    /// What does not add up; nil when everything does.
    static func imbalance(_ facts: Facts) -> String? {
        let coverage = facts.coverage
        let unused = coverage.unusedPackets.reduce(UInt64(0)) { $0 + $1.count }
        let contacts = facts.contacts.filter { $0.source == "capture" }
        let inContacts = contacts.reduce(UInt64(0)) { $0 + $1.packetsUp + $1.packetsDown }
        // An 802.11 frame may hold several packets: each is in a contact, the frame is one packet read.
        let several = coverage.notes.first { $0.key == "frames_with_several_packets" }?.count ?? 0
        if coverage.packetsRead != coverage.packetsUsed + unused {
            return "read \(coverage.packetsRead), used \(coverage.packetsUsed), unused \(unused)"
        }
        if inContacts < coverage.packetsUsed || inContacts > coverage.packetsUsed + several {
            return "used \(coverage.packetsUsed), in contacts \(inContacts), several \(several)"
        }
        return nil
    }

    @Test(arguments: Case.all)
    func everyPacketOfACommittedCaptureIsInAContact(_ example: Case) {
        let run = Run([Tool.root.appendingPathComponent(example.capture).path])
        #expect(CorpusTests.imbalance(run.facts) == nil)
        #expect(run.facts.coverage.packetsUsed > 0)
        #expect(run.isComplete)
    }

    @Test(.enabled(if: CorpusTests.isPresent, "no corpus of captures beside the checkout"))
    func everyPacketOfTheCorpusIsInAContactOrUnderAReason() {
        var packets: UInt64 = 0
        let files = CorpusTests.files(under: CorpusTests.corpus)
        for file in files {
            let run = Run([file])
            packets += run.facts.coverage.packetsRead
            if let imbalance = CorpusTests.imbalance(run.facts) { Issue.record("\(file): \(imbalance)") }
        }
        print("corpus: \(files.count) files, \(packets) packets")
        #expect(packets > 0)
    }

    /// What capinfos counts: of committed captures as written down, of the corpus by asking it.
    @Test func packetsReadEqualThoseOfCapinfos() throws {
        let table = Tool.root.appendingPathComponent("captures/packets.tsv")
        let lines = try String(contentsOf: table, encoding: .utf8).split(separator: "\n").dropFirst()
        #expect(lines.count == Case.all.count)
        for line in lines {
            let cells = line.split(separator: "\t")
            let run = Run([Tool.root.appendingPathComponent("captures/\(cells[0])").path])
            #expect(String(run.facts.coverage.packetsRead) == cells[1], "\(cells[0])")
        }
    }

    static let capinfos = URL(fileURLWithPath: "/usr/bin/capinfos")
    static let canCompare = isPresent && FileManager.default.isExecutableFile(atPath: capinfos.path)

    /// Captures of the corpus in which Hallpass reads another number of packets than capinfos, and why.
    static let differing: Set<String> = [
        // A block length that is no multiple of four: the format forbids it, Wireshark reads on.
        "rshk+python-pcapng/test_data__test006.ntar",
        // A record that claims more than the file: capinfos counts what stands before one damaged record less.
        "seladb+PcapPlusPlus/Tests__Fuzzers__RegressionTests__regression_samples__crash-exception-cast-constructed-record",
    ]

    @Test(.enabled(if: CorpusTests.canCompare, "no corpus beside the checkout, or no capinfos"))
    func packetsOfTheCorpusEqualThoseOfCapinfos() throws {
        var compared = 0
        for file in CorpusTests.files(under: CorpusTests.corpus) {
            let process = Process()
            process.executableURL = CorpusTests.capinfos
            process.arguments = ["-c", "-M", "-T", "-r", file]
            let pipe = Pipe()
            process.standardOutput = pipe
            process.standardError = FileHandle.nullDevice
            try process.run()
            let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            let cell = output.split(separator: "\n").first?.split(separator: "\t").last
            guard let cell, let count = UInt64(cell.trimmingCharacters(in: .whitespaces)) else { continue }
            compared += 1
            let name = String(file.dropFirst(CorpusTests.corpus.path.count + 1))
            if CorpusTests.differing.contains(where: { name.hasPrefix($0) }) { continue }
            #expect(Run([file]).facts.coverage.packetsRead == count, "\(name)")
        }
        #expect(compared > 300)
    }

    @Test func theRuleCanFail() {
        var facts = Facts()
        facts.coverage.packetsRead = 2
        facts.coverage.packetsUsed = 1
        #expect(CorpusTests.imbalance(facts) != nil)
        facts.coverage.packetsRead = 1
        #expect(CorpusTests.imbalance(facts) != nil)
    }
}
