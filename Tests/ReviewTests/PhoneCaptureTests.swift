import Bytes
import Foundation
import TestSupport
import Testing

@testable import Review

/// Captures of PCAPdroid: the session's packets as that app writes them, with what it puts around them.
@Suite struct PhoneCaptureTests {
    /// The frames of the committed capture (pcap, little endian, microseconds) with their times.
    private static func frames() throws -> [(nanoseconds: UInt64, frame: [UInt8])] {
        let url = RecordedSessionTests.folder.appendingPathComponent("session.pcap")
        let bytes = Array(try Data(contentsOf: url))
        func number(_ place: Int) -> Int { (0..<4).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) } }
        #expect(number(0) == 0xa1b2_c3d4)
        var frames: [(UInt64, [UInt8])] = []
        var place = 24
        while place + 16 <= bytes.count {
            let length = number(place + 8)
            let time = UInt64(number(place)) * 1_000_000_000 + UInt64(number(place + 4)) * 1000
            frames.append((time, Array(bytes[(place + 16)..<(place + 16 + length)])))
            place += 16 + length
        }
        return frames
    }

    private static func parties(_ bytes: [UInt8], _ name: String) throws -> [String] {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "review-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent(name)
        try Data(bytes).write(to: file)
        let session = Session([file.path], search: nil)
        #expect(session.isComplete, "\(session.inputs)")
        var builder = ReviewBuilder(
            session, ReviewQuestion(app: "Quizly", vendor: "quizly"), judge: try Recorded.judge())
        return builder.build().parties.map {
            "\($0.domain) \($0.hosts) \($0.requests) \($0.bytesUp) \($0.bytesDown)"
        }
    }

    private static func plain() throws -> [String] {
        let url = RecordedSessionTests.folder.appendingPathComponent("session.pcap")
        return try parties(Array(try Data(contentsOf: url)), "session.pcap")
    }

    /// Raw IP packets, a comment with the app's number at each, a custom block with the app's name between them.
    @Test func blocksOfAppsBetweenThePackets() throws {
        var forge = PCAPNGForge()
        forge.interface(linkType: 101, resolution: 9)
        for (number, packet) in try PhoneCaptureTests.frames().enumerated() {
            // Custom Block (pcapng §4.8) with a private enterprise number, in the middle of the packets.
            if number % 7 == 3 {
                forge.block(
                    0x0bad, forge.number(62652, 4) ++ [1, 0x8b, 0x27, 0, 0] ++ Array("org.example.app".utf8))
            }
            let ip = Array(packet.frame.dropFirst(14))
            var body = forge.number(0, 4) ++ forge.number(packet.nanoseconds >> 32, 4)
            body += forge.number(packet.nanoseconds, 4)
            body += forge.number(UInt64(ip.count), 4) ++ forge.number(UInt64(ip.count), 4) ++ ip
            body += Array(repeating: 0, count: (4 - ip.count % 4) % 4)
            forge.block(6, body ++ forge.option(1, Array("u-10123".utf8)) ++ forge.option(0, []))
        }
        let plain = try PhoneCaptureTests.plain()
        #expect(plain.count > 3)
        #expect(try PhoneCaptureTests.parties(forge.bytes, "phone.pcapng") == plain)
    }

    /// An invented Ethernet header before each packet, and behind it a trailer: a mark, the app's number and name, a
    /// checksum.
    @Test func aTrailerBehindEachPacket() throws {
        var forge = PCAPForge(.little, .nanoseconds, linkType: 1)
        for packet in try PhoneCaptureTests.frames() {
            let name = Array("org.example.app".utf8)
            var trailer = hex("01072021 0000278b") ++ name
            trailer += Array(repeating: 0, count: 28 - trailer.count) ++ hex("deadbeef")
            forge.add(
                packet.frame ++ trailer, seconds: UInt32(packet.nanoseconds / 1_000_000_000),
                fraction: UInt32(packet.nanoseconds % 1_000_000_000))
        }
        #expect(try PhoneCaptureTests.parties(forge.bytes, "phone.pcap") == PhoneCaptureTests.plain())
    }
}
