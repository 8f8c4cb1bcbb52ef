import Bytes
import Captures
import Crypto
import Foundation
import Reports
import TestSupport
import Testing

@testable import Evidence

@Suite struct ZipTests {
    private let bundle = BundleFiles(["b.txt": Array("two".utf8), "a.txt": Array("one".utf8), "empty": []])

    @Test func readsWhatItWrote() throws {
        let zip = Zip.archive(bundle)
        #expect(try Zip.read(zip, of: "x.zip") == bundle)
        // The first member is the first by name, stored, with the format's first moment.
        #expect(Array(zip.prefix(4)) == [0x50, 0x4b, 3, 4])
        #expect(Array(zip[10..<14]) == [0, 0, 0x21, 0])
        // CRC-32 of "one", by Python's zlib.
        #expect(Array(zip[14..<18]) == [0xf1, 0x86, 0x6c, 0x7a])
        // The check value of CRC-32 in catalogues of checksums.
        #expect(Array("123456789".utf8).withRawSpan { $0.checksum() } == 0xcbf4_3926)
    }

    @Test func aChangedByteIsRefusedOrIsOneOfAFile() throws {
        let zip = Zip.archive(bundle)
        for index in zip.indices {
            var changed = zip
            changed[index] ^= 1
            guard let read = try? Zip.read(changed, of: "x.zip") else { continue }
            #expect(read != bundle, "byte \(index) was changed unnoticed")
            #expect(read.names == bundle.names, "byte \(index)")
        }
        for count in zip.indices {
            #expect(throws: EvidenceFault.self) { try Zip.read(Array(zip[..<count]), of: "x") }
        }
    }
}

@Suite struct CustodyTests {
    @Test func aChangedByteBreaksTheChain() {
        var custody = Custody()
        custody.add("began", [("tool", .string("hallpass"))])
        custody.add("read an input", [("name", .string("a.pcap"))])
        custody.add("wrote the files", [])
        #expect(Custody.fault(in: custody.text) == nil)
        let bytes = Array(custody.text.utf8)
        for index in bytes.indices {
            var changed = bytes
            changed[index] ^= 1
            #expect(Custody.fault(in: String(decoding: changed, as: UTF8.self)) != nil, "byte \(index)")
        }
        let lines = custody.text.split(separator: "\n").map { "\($0)\n" }
        #expect(Custody.fault(in: lines[0] + lines[2]) != nil)
        #expect(Custody.fault(in: lines[1] + lines[0] + lines[2]) != nil)
        #expect(Custody.fault(in: lines[1] + lines[2]) != nil)
        #expect(Custody.fault(in: "") != nil)
        // The rule as docs/EVIDENCE.md states it, without this program's help.
        let body = lines[0].components(separatedBy: ",\"hash\":")[0]
        let hash = SHA256.hash(data: Data(body.utf8)).map { String(format: "%02x", $0) }.joined()
        #expect(lines[0].hasSuffix("\"hash\":\"\(hash)\"}\n"))
        #expect(lines[1].contains("\"previous\":\"\(hash)\""))
    }
}

@Suite struct CommitmentTests {
    private static func hidden(_ count: Int) -> Commitments {
        Commitments(
            (0..<count).map { index in
                HiddenField(
                    fact: index + 1, field: "school", value: "school \(index)",
                    salt: Array(repeating: UInt8(index), count: 32))
            })
    }

    /// RFC 6962, section 2.1.3, draws the tree of seven leaves; the root is put together here by hand.
    @Test func theTreeIsThatOfTheStandard() {
        func hash(_ bytes: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: bytes)) }
        let leaves = (0..<7).map { hash([0, UInt8($0)]) }
        func node(_ a: [UInt8], _ b: [UInt8]) -> [UInt8] { hash([1] + a + b) }
        let (g, h, i) = (node(leaves[0], leaves[1]), node(leaves[2], leaves[3]), node(leaves[4], leaves[5]))
        let (k, l) = (node(g, h), node(i, leaves[6]))
        #expect(Merkle.leaf([3]) == leaves[3])
        #expect(Merkle.root(leaves[...]) == node(k, l))
        // "The audit path for d3 is [c, g, l]"; for d6 it is [i, k].
        #expect(Merkle.path(3, leaves[...]) == [leaves[2], g, l])
        #expect(Merkle.path(6, leaves[...]) == [i, k])
        #expect(Merkle.root(of: leaves[3], at: 3, count: 7, [leaves[2], g, l]) == node(k, l))
        #expect(Merkle.root(of: leaves[3], at: 2, count: 7, [leaves[2], g, l]) != node(k, l))
        #expect(Merkle.root(of: leaves[3], at: 3, count: 7, [g, l]) == nil)
        #expect(Merkle.root(of: leaves[3], at: 7, count: 7, []) == nil)
        #expect(Merkle.root([]) == hash([]))
    }

    @Test func anOpeningProvesItsFieldAndNoOther() throws {
        for count in [1, 2, 3, 5, 8, 13] {
            let hidden = Self.hidden(count)
            let root = hidden.root.map { String(format: "%02x", $0) }.joined()
            let again = try Commitments(openings: hidden.openings)
            #expect(again.fields == hidden.fields)
            #expect(Commitments.hashes(of: hidden.table)?.count == count)
            for index in 0..<count {
                let opening = try Opening(reading: Array(hidden.opening(index, manifest: [1]).text.utf8))
                #expect(opening.proves(root: root, count: count))
                #expect(!opening.proves(root: root, count: count + 1))
                var lie = opening
                lie.field.value = "school 99"
                #expect(!lie.proves(root: root, count: count))
                lie = opening
                lie.field.fact += 1
                #expect(!lie.proves(root: root, count: count))
                lie = opening
                lie.field.field = "grades"
                #expect(!lie.proves(root: root, count: count))
            }
        }
    }

    @Test func damagedOpeningsAreRefusedOrProveNothing() {
        let hidden = Self.hidden(4)
        let root = hidden.root.map { String(format: "%02x", $0) }.joined()
        let bytes = Array(hidden.opening(2, manifest: [1]).text.utf8)
        for index in bytes.indices {
            for bit in [UInt8(1), 0x80] {
                var changed = bytes
                changed[index] ^= bit
                guard let read = try? Opening(reading: changed), read.proves(root: root, count: 4) else {
                    continue
                }
                // White space, or the name of the bundle, which the proof does not speak of.
                #expect(read.field == hidden.fields[2], "byte \(index)")
            }
            _ = try? Opening(reading: Array(bytes[..<index]))
        }
    }
}

@Suite struct TimestampTests {
    /// RFC 3161, section 2.4.1, by hand; the digest is that of "abc" in FIPS 180.
    static let request = hex(
        "30 39 020101 30 31 300d 0609 608648016503040201 0500 0420"
            + "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad 0101ff")

    /// A response put together by hand: granted, SignedData with a TSTInfo over "abc" at 2026-11-24 12:00:00.
    static func response(status: UInt8 = 0) -> [UInt8] {
        func tlv(_ tag: UInt8, _ body: [UInt8]) -> [UInt8] {
            body.count < 128
                ? [tag, UInt8(body.count)] + body
                : [tag, 0x82, UInt8(body.count >> 8), UInt8(body.count & 0xff)] + body
        }
        let imprint = Array(request[5..<56])
        let info = tlv(
            0x30,
            [2, 1, 1] + hex("0603 2a0304") + imprint + [2, 1, 7] + tlv(0x18, Array("20261124120000Z".utf8)))
        let encapsulated = tlv(0x30, hex("060b 2a864886f70d0109100104") + tlv(0xa0, tlv(0x04, info)))
        let signed = tlv(0x30, [2, 1, 3] + tlv(0x31, hex("300d0609608648016503040201 0500")) + encapsulated)
        let content = tlv(0x30, hex("0609 2a864886f70d010702") + tlv(0xa0, signed))
        return tlv(0x30, tlv(0x30, [2, 1, status]) + content)
    }

    @Test func requestIsThatOfTheStandard() {
        #expect(TimestampRequest.request(for: Array("abc".utf8)) == Self.request)
    }

    @Test func responseTellsImprintAndTime() throws {
        let read = try TimestampResponse(reading: Self.response())
        #expect(read.imprint == Array(SHA256.hash(data: Array("abc".utf8))))
        #expect(read.time == "20261124120000Z")
        #expect(throws: EvidenceFault.self) { try TimestampResponse(reading: Self.response(status: 2)) }
    }

    @Test func damagedResponsesDoNotTrap() {
        let bytes = Self.response()
        for index in bytes.indices {
            #expect(throws: EvidenceFault.self) { try TimestampResponse(reading: Array(bytes[..<index])) }
            for value in [UInt8(0), 0x7f, 0x80, 0x84, 0xff] {
                var changed = bytes
                changed[index] = value
                _ = try? TimestampResponse(reading: changed)
            }
        }
        for seed in 0..<200 { _ = try? TimestampResponse(reading: noise(64, seed: UInt64(seed))) }
    }
}

@Suite struct ProseTests {
    @Test func namesFromTheNetworkAreNoMarkup() {
        var prose = Prose(title: "A *title*")
        prose.say("[x](javascript:1) <script> a_b")
        prose.table("t", ["h|1"], [["c|\u{202e}d"]])
        #expect(prose.markdown.contains("# A \\*title\\*\n"))
        #expect(prose.markdown.contains("\\[x\\](javascript:1) \\<script\\> a\\_b"))
        #expect(prose.markdown.contains("| c\\|\\\\u{202e}d |"))
        let html = prose.html(owner: "o", subtitle: "s", colophon: "c")
        #expect(!html.contains("<script"))
        #expect(!html.contains("\u{202e}"))
    }
}
