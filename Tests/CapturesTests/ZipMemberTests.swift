import Bytes
import Foundation
import TestSupport
import Testing

@testable import Captures

/// Zip archives made by Info-ZIP, whole, cut and damaged.
@Suite struct ZipMemberTests {
    private static let first = Array(String(repeating: "a member of an archive, ", count: 20).utf8)
    private static let second = Array(repeating: Array(0...255 as ClosedRange<UInt8>), count: 3).flatMap(
        \.self)

    private static func archive(_ name: String) throws -> [UInt8] {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Fuzzers/ZipFuzzer/Seeds")
        return Array(try Data(contentsOf: folder.appendingPathComponent(name)))
    }

    /// What a member gives until it ends or breaks; nil when there is none.
    private func read(
        _ bytes: [UInt8], _ index: Int, piece: Int = 7
    ) throws(FileFault) -> (bytes: [UInt8], fault: FileFault?)? {
        guard case .member(let member) = try ZipMember.open(MemorySource(bytes, step: piece), member: index)
        else { return nil }
        var all: [UInt8] = []
        var room = ByteBuffer(capacity: 100)
        do throws(FileFault) {
            while true {
                let got = try member.readNext(into: &room, at: 0, count: 100)
                if got == 0 { return (all, nil) }
                all += room.bytes(got).copied()
            }
        } catch {
            return (all, error)
        }
    }

    @Test(arguments: [("two.zip", 0), ("stored.zip", 0), ("piped.zip", 0)])
    func theFirstMemberIsRead(_ name: String, _ index: Int) throws {
        let found = try #require(try read(try Self.archive(name), index))
        #expect(found.bytes == Self.first)
        #expect(found.fault == nil)
    }

    @Test(arguments: [("two.zip", 1), ("streamed.zip", 0)])
    func soAreTheOthers(_ name: String, _ index: Int) throws {
        let bytes = try Self.archive(name)
        for piece in [1, 3, 1000] {
            let found = try #require(try read(bytes, index, piece: piece))
            #expect(found.bytes == Self.second)
            #expect(found.fault == nil)
        }
        #expect(try read(bytes, index + 1) == nil)
    }

    /// A cut archive gives the beginning of the member that it was cut in, and says that it was cut.
    @Test(arguments: ["two.zip", "stored.zip", "piped.zip", "streamed.zip"])
    func everyPrefixGivesWhatStandsInIt(_ name: String) throws {
        let bytes = try Self.archive(name)
        let whole = name == "streamed.zip" ? Self.second : Self.first
        var given = 0
        for count in bytes.indices {
            let found: (bytes: [UInt8], fault: FileFault?)?
            do { found = try read(Array(bytes.prefix(count)), 0) } catch {
                #expect(error.cause.contains("ends in the middle"))
                continue
            }
            guard let found else {
                #expect(count == 0)
                continue
            }
            #expect(whole.starts(with: found.bytes))
            #expect(found.bytes.count >= given, "more input never gives less")
            given = found.bytes.count
            if found.fault == nil { #expect(found.bytes == whole) }
        }
        #expect(given == whole.count)
    }

    @Test func aStoredMemberLosesNothingBeforeTheCut() throws {
        let bytes = try Self.archive("stored.zip")
        let start = try #require((0..<bytes.count).first { bytes[$0...].starts(with: Self.first.prefix(8)) })
        let found = try #require(try read(Array(bytes.prefix(start + 100)), 0))
        #expect(found.bytes == Array(Self.first.prefix(100)))
        #expect(found.fault?.cause.contains("ends in the middle") == true)
    }

    /// Any changed byte gives the same bytes, other bytes with a fault, or a refusal; never a crash.
    @Test(arguments: ["two.zip", "stored.zip", "piped.zip", "streamed.zip"])
    func aFlippedBitIsNoticed(_ name: String) throws {
        let bytes = try Self.archive(name)
        let whole = name == "streamed.zip" ? Self.second : Self.first
        for position in bytes.indices {
            for bit in [0, 3, 7] as [UInt8] {
                var changed = bytes
                changed[position] ^= 1 << bit
                guard let found = try? read(changed, 0) else { continue }
                #expect(found.bytes == whole || found.fault != nil, "byte \(position) of \(name)")
            }
        }
    }

    @Test func hostileLengthsAreNoticed() throws {
        let bytes = try Self.archive("stored.zip")
        // Packed size, size, lengths of name and extra field (offsets 18, 22, 26 and 28 of the header).
        for offset in [18, 22] {
            var changed = bytes
            for index in 0..<4 { changed[offset + index] = 0xff }
            guard let found = try? read(changed, 0) else { continue }
            #expect(found.fault != nil || found.bytes == Self.first)
        }
        for offset in [26, 28] {
            var changed = bytes
            changed[offset] = 0xff
            changed[offset + 1] = 0xff
            #expect(throws: FileFault.self) { try read(changed, 0) }
        }
    }
}
