import Bytes
import Foundation
import Testing

@Suite struct FileNameTests {
    @Test func foreignBytesAreShownAndUnderstood() {
        #expect(FileName.shown(Array("a\u{e4}.pcap".utf8)) == "a\u{e4}.pcap")
        #expect(FileName.shown([0x61, 0xff, 0x2e]) == "a\\xff.")
        #expect(FileName.raw("a\\xff.") == [0x61, 0xff, 0x2e])
        #expect(FileName.raw("plain.pcap") == nil)
        #expect(FileName.raw("a\\x41") == nil, "an ASCII byte is never shown like that")
        #expect(FileName.raw("a\\x") == nil && FileName.raw("a\\xf") == nil && FileName.raw("\\xzz") == nil)
        for bytes in [[0xc3, 0x28], [0xe4, 0x5c, 0x78, 0x66, 0x66], [0xff]] as [[UInt8]] {
            let shown = FileName.shown(bytes)
            #expect(shown.utf8.allSatisfy { $0 < 0x80 })
        }
    }

    @Test func aWalkPassesOverHiddenFilesAndLinks() throws {
        let base = FileManager.default.temporaryDirectory.appendingPathComponent("walk-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: base) }
        let manager = FileManager.default
        try manager.createDirectory(
            at: base.appendingPathComponent("b/.git"), withIntermediateDirectories: true)
        for name in ["z.pcap", "b/a.pcap", "b/.hidden.pcap", "b/.git/x.pcap"] {
            try Data([1]).write(to: base.appendingPathComponent(name))
        }
        try manager.createSymbolicLink(at: base.appendingPathComponent("loop"), withDestinationURL: base)
        let found = DirectoryWalk.files(base.path)
        #expect(found.files == [base.path + "/b/a.pcap", base.path + "/z.pcap"])
        #expect(found.unreadable == [])
        #expect(DirectoryWalk.isDirectory(base.path) && !DirectoryWalk.isDirectory(base.path + "/z.pcap"))
        #expect(DirectoryWalk.files(base.path + "/nowhere").unreadable == [base.path + "/nowhere"])
    }
}
