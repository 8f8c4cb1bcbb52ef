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

    @Test func theRuleCanFail() {
        var facts = Facts()
        facts.coverage.packetsRead = 2
        facts.coverage.packetsUsed = 1
        #expect(CorpusTests.imbalance(facts) != nil)
        facts.coverage.packetsRead = 1
        #expect(CorpusTests.imbalance(facts) != nil)
    }
}
