import Foundation
import Testing

/// Bad input gives a clear message that names the file and the place, and the right exit code.
@Suite struct BadInputTests {
    static let morning = "captures/school-morning/capture.pcap"

    @Test func anEmptyFileIsRefusedByName() throws {
        let file = try Tool.file("empty.pcap", Data())
        let result = try Tool.run(["names", file.path])
        #expect(result.code == 65)
        #expect(result.errors.contains("\(file.path): the file is empty"))
    }

    @Test func aTextFileNamedPcapIsRefusedByName() throws {
        let file = try Tool.file("notes.pcap", Data("These are notes about a capture.\n".utf8))
        let result = try Tool.run(["analyze", file.path])
        #expect(result.code == 65)
        #expect(result.errors.contains("\(file.path): neither a pcap"))
    }

    @Test func aMissingFileHasItsOwnExitCode() throws {
        let result = try Tool.run(["contacts", "/nowhere/at-all.pcap"])
        #expect(result.code == 66)
        #expect(result.errors.contains("/nowhere/at-all.pcap: No such file or directory"))
    }

    /// The byte ff is never part of UTF-8.
    @Test func aNameThatIsNotUTF8IsReadAndCanBeGiven() throws {
        let folder = try Tool.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let plain = folder.appendingPathComponent("plain.pcap")
        try Tool.bytes(BadInputTests.morning).write(to: plain)
        let raw = Array(folder.path.utf8) + Array("/b\u{e4}".utf8) + [0xff] + Array(".pcap".utf8)
        let moved = unsafe rename(plain.path, raw.map { CChar(bitPattern: $0) } + [0])
        #expect(moved == 0)
        let alone = try Tool.run(["names", BadInputTests.morning])
        let walked = try Tool.run(["names", folder.path])
        #expect(walked.code == 0 && walked.output == alone.output)
        let named = try Tool.run(["names", folder.path + "/b\\xc3\\xa4\\xff.pcap"])
        #expect(named.code == 0 && named.output == alone.output)
        let missing = try Tool.run(["names", folder.path + "/b\\xfe.pcap"])
        #expect(missing.code == 66)
    }

    @Test func oneBadInputDoesNotStopTheOthers() throws {
        let file = try Tool.file("empty.pcap", Data())
        let alone = try Tool.run(["names", BadInputTests.morning])
        let both = try Tool.run(["names", file.path, BadInputTests.morning])
        #expect(both.code == 2)
        #expect(both.output == alone.output)
    }

    @Test func aCaptureCutInsideAPacketKeepsItsWholePackets() throws {
        let data = try Tool.bytes(BadInputTests.morning)
        let file = try Tool.file("cut.pcap", data.prefix(data.count - 10))
        let result = try Tool.run(["contacts", file.path])
        #expect(result.code == 2)
        #expect(result.errors.contains("cut in the middle of a packet: the record at offset"))
        #expect(packets(result.output) > 0)
        let whole = try Tool.run(["contacts", BadInputTests.morning])
        #expect(packets(result.output) == packets(whole.output) - 1)
    }

    /// Of gzip and xz every byte before the cut counts; zstd gives whole blocks, and this file has one.
    @Test(arguments: [("gz", true), ("xz", true), ("zst", false)])
    func aCutCompressedCaptureGivesWhatCameBefore(_ ending: String, gives: Bool) throws {
        let data = try Tool.bytes("captures/containers/morning.pcap.\(ending)")
        let file = try Tool.file("cut.pcap.\(ending)", data.prefix(data.count * 2 / 3))
        let result = try Tool.run(["contacts", file.path])
        #expect(result.code == (gives ? 2 : 65))
        #expect(result.errors.contains("the compressed data ends in the middle"))
        #expect((packets(result.output) > 100) == gives)
    }

    @Test func aWrongChecksumOfGzipIsTold() throws {
        var data = try Tool.bytes("captures/containers/morning.pcap.gz")
        data[data.count - 6] ^= 1
        let file = try Tool.file("damaged.pcap.gz", data)
        let result = try Tool.run(["contacts", file.path])
        #expect(result.code == 2)
        #expect(result.errors.contains("the compressed data is damaged"))
    }

    @Test func inputComesFromAPipeToo() throws {
        let piped = try Tool.run(["names", "-"], input: try Tool.bytes(BadInputTests.morning))
        let read = try Tool.run(["names", BadInputTests.morning])
        #expect(piped.code == 0)
        #expect(piped.output == read.output)
    }

    @Test(arguments: [
        ("vendors:\n  - id: a\n    nmae: A\n", "3:5", "name"),
        (
            "exceptions:\n  - {domain: a.example, reason: r, owner: o, until: 2026-02-30}\n", "2:",
            "2026-02-30"
        ),
        (
            "vendors:\n  - id: a\n    name: A\n    products:\n      - {id: p, name: P, domains: [co.uk]}\n",
            "5:", "co.uk"
        ),
    ])
    func aBadRegisterIsRefusedWithFileAndLine(_ text: String, place: String, word: String) throws {
        let file = try Tool.file("register.yaml", Data(text.utf8))
        let result = try Tool.run(["analyze", BadInputTests.morning, "--register", file.path])
        #expect(result.code == 65)
        #expect(result.errors.contains("\(file.path):\(place)"), "\(result.errors)")
        #expect(result.errors.contains(word), "\(result.errors)")
    }

    private func packets(_ jsonl: String) -> Int {
        jsonl.split(separator: "\n").reduce(0) { sum, line in
            let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            return sum + (object?["packets_up"] as? Int ?? 0) + (object?["packets_down"] as? Int ?? 0)
        }
    }
}
