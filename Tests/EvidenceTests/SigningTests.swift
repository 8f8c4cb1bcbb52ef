import Evidence
import Foundation
import Testing

@Suite struct SigningTests {
    /// RFC 8032, section 7.1, TEST 2: the secret key, the public key, the message 72 and its signature.
    static let seed = bytes("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")

    static func bytes(_ hexadecimal: String) -> [UInt8] {
        let digits = Array(hexadecimal)
        return stride(from: 0, to: digits.count, by: 2).compactMap {
            UInt8(String(digits[$0...$0 + 1]), radix: 16)
        }
    }

    @Test func signsAsTheStandardSays() throws {
        let key = try SigningKey(seed: Self.seed)
        #expect(
            key.publicKey.bytes
                == Self.bytes("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"))
        let signature = try key.signature(for: [0x72])
        #expect(
            signature
                == Self.bytes(
                    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                        + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"))
        #expect(key.publicKey.accepts(signature, for: [0x72]))
        #expect(!key.publicKey.accepts(signature, for: [0x73]))
        #expect(!key.publicKey.accepts([], for: [0x72]))
    }

    @Test func keysGoIntoFilesThatOnlyTheirOwnerReads() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hallpass-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("evidence.key").path
        let made = try SigningKey.make(at: path)
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber
        #expect(mode?.intValue == 0o600)
        let loaded = try SigningKey.load(path)
        #expect(loaded.key.publicKey == made.publicKey)
        #expect(!loaded.isExposed)
        let text = try String(contentsOfFile: path + ".pub", encoding: .utf8)
        #expect(try VerifyingKey(text: text) == made.publicKey)
        #expect(try VerifyingKey(text: made.publicKey.text) == made.publicKey)
        #expect(throws: EvidenceFault.self) { try SigningKey.make(at: path) }
        #expect(try SigningKey.load(path).key.publicKey == made.publicKey)
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        #expect(try SigningKey.load(path).isExposed)
        #expect(throws: EvidenceFault.self) { try SigningKey.load(path + ".pub") }
        #expect(throws: EvidenceFault.self) { try SigningKey.load(path + ".none") }
    }

    @Test func aPublicKeyMistypedInOnePlaceIsRefused() throws {
        let text = Array(try SigningKey(seed: Self.seed).publicKey.text)
        #expect(text.count == 56)
        for index in text.indices {
            var changed = text
            changed[index] = text[index] == "A" ? "B" : "A"
            #expect(throws: EvidenceFault.self) { try VerifyingKey(text: String(changed)) }
        }
    }

    @Test func aMinisignFileChangedInOneByteIsRefused() throws {
        let key = try SigningKey(seed: Self.seed)
        let signed = Array("the manifest".utf8)
        let text = try Minisign.text(for: signed, comment: "what it is", key: key)
        #expect(Minisign.comment(of: text, for: signed, key: key.publicKey) == "what it is")
        #expect(Minisign.comment(of: text, for: signed + [0], key: key.publicKey) == nil)
        let bytes = Array(text.utf8)
        for index in bytes.indices {
            var changed = bytes
            changed[index] ^= 1
            let other = String(decoding: changed, as: UTF8.self)
            #expect(Minisign.comment(of: other, for: signed, key: key.publicKey) == nil, "byte \(index)")
            let cut = String(decoding: bytes[..<index], as: UTF8.self)
            #expect(Minisign.comment(of: cut, for: signed, key: key.publicKey) == nil, "cut at \(index)")
        }
    }
}
