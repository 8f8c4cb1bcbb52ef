import Crypto
import Foundation
import Roster

/// What is wrong with an evidence bundle, a key or an option, in words for the user: file, line and the way out.
package struct EvidenceFault: Error, CustomStringConvertible, Equatable {
    package let description: String

    package init(_ description: String) { self.description = description }
}

/// The key with which a district signs evidence: Ed25519 (RFC 8032), in a file that only its owner can read.
///
/// The file is one line of text: a word that says what it is, a space, and the 32 bytes of the private key (the seed of
/// RFC 8032, section 5.1.5) in base64. Signatures are deterministic: the same bytes and key give the same signature.
package struct SigningKey: Sendable {
    /// The first word of a key's file.
    static let mark = "hallpass-ed25519-private"

    private let key: Curve25519.Signing.PrivateKey

    /// - Parameters:
    ///   - seed: 32 bytes; fails for any other number.
    package init(seed: [UInt8]) throws(EvidenceFault) {
        do {
            key = try Curve25519.Signing.PrivateKey(rawRepresentation: seed)
        } catch {
            throw EvidenceFault("an Ed25519 key has 32 bytes, not \(seed.count)")
        }
    }

    private init(_ key: Curve25519.Signing.PrivateKey) { self.key = key }

    package var publicKey: VerifyingKey { VerifyingKey(key.publicKey) }

    /// The 64 bytes of the signature over `bytes` as they are (no digest in between).
    package func signature(for bytes: [UInt8]) throws(EvidenceFault) -> [UInt8] {
        do {
            return Array(try key.signature(for: Data(bytes)))
        } catch {
            throw EvidenceFault("the key cannot sign: \(error)")
        }
    }

    // MARK: Files

    /// Makes a key of the system's random numbers and writes it to `path` (mode 0600) and its public half to
    /// `path` + `.pub`. Fails, and changes nothing, when one of the files is there already.
    package static func make(at path: String) throws(EvidenceFault) -> SigningKey {
        let made = SigningKey(Curve25519.Signing.PrivateKey())
        for name in [path, path + ".pub"] where FileManager.default.fileExists(atPath: name) {
            throw EvidenceFault("\(name) is there already: keys are never written over; choose another name")
        }
        let secret = "\(mark) \(made.key.rawRepresentation.base64EncodedString())\n"
        do {
            try OwnerOnlyFile.create(path, Data(secret.utf8))
            try Data(made.publicKey.fileText.utf8)
                .write(to: URL(fileURLWithPath: path + ".pub"), options: .withoutOverwriting)
        } catch {
            throw EvidenceFault("cannot write the key \(path): \(error.localizedDescription)")
        }
        return made
    }

    /// A key read, and whether others on the machine can read its file.
    package struct Loaded: Sendable {
        package let key: SigningKey
        package let isExposed: Bool
    }

    package static func load(_ path: String) throws(EvidenceFault) -> Loaded {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw EvidenceFault("\(path): cannot be read; `hallpass keys new \(path)` makes a key")
        }
        let words = String(decoding: data.prefix(256), as: UTF8.self).split(whereSeparator: \.isWhitespace)
        guard words.count == 2, words[0] == mark, let seed = Data(base64Encoded: String(words[1])) else {
            throw EvidenceFault("\(path) is no signing key; `hallpass keys new FILE` makes one")
        }
        return Loaded(key: try SigningKey(seed: Array(seed)), isExposed: OwnerOnlyFile.isExposed(path))
    }
}

/// The public half of a key: checks signatures, and is given to whoever is to check them.
///
/// Its text is that of minisign: base64 of the letters `Ed`, a key number of 8 bytes and the 32 bytes of the key. The
/// number is the beginning of the key's SHA-256, so that nothing in the text can be changed unnoticed.
package struct VerifyingKey: Sendable, Equatable {
    /// The 32 bytes of RFC 8032.
    package let bytes: [UInt8]
    /// 8 bytes by which minisign says which key it means.
    package let number: [UInt8]

    fileprivate init(_ key: Curve25519.Signing.PublicKey) {
        self.init(bytes: Array(key.rawRepresentation))
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
        number = Array(SHA256.hash(data: bytes).prefix(8))
    }

    /// From minisign's text, or from the whole public key file (its comment line is passed over).
    package init(text: String) throws(EvidenceFault) {
        let line = text.split(whereSeparator: \.isNewline)
            .first { !$0.hasPrefix("untrusted comment:") && !$0.allSatisfy(\.isWhitespace) }
        let word = String(line ?? "").trimmingCharacters(in: .whitespaces)
        guard let data = Data(base64Encoded: word), data.count == 42, data.starts(with: Array("Ed".utf8))
        else {
            throw EvidenceFault(
                "not a public key: it should be the 56 characters that `hallpass keys new` printed (RW...)")
        }
        let key = VerifyingKey(bytes: Array(data.dropFirst(10)))
        guard key.number == Array(data.dropFirst(2).prefix(8)) else {
            throw EvidenceFault(
                "the public key's number does not belong to the key: mistyped, or not Hallpass's")
        }
        self = key
    }

    /// What `--public-key` and `minisign -P` take.
    package var text: String { Data(Array("Ed".utf8) + number + bytes).base64EncodedString() }

    /// The key number as minisign prints it: hexadecimal, last byte first.
    package var numberText: String {
        number.reversed().map { byte in
            let digits = String(byte, radix: 16, uppercase: true)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }

    /// The public key file, as `minisign -p` reads it.
    package var fileText: String { "untrusted comment: hallpass evidence key \(numberText)\n\(text)\n" }

    package func accepts(_ signature: [UInt8], for bytes: [UInt8]) -> Bool {
        guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: self.bytes) else { return false }
        return key.isValidSignature(Data(signature), for: Data(bytes))
    }
}
