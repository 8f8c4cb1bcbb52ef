import Bytes
import Crypto
import CryptoExtras

/// Makes Initial packets as a client or server would, for tests: written from RFC 9001 apart from the
/// decoder.
struct QUICSealer {
    var version: UInt32 = 1
    var salt = QUICSealer.salt1
    var labels = "quic "
    /// Bits 4 and 5 of the first byte.
    var type: UInt8 = 0
    var keyID: [UInt8]
    var destinationID: [UInt8]
    var side = "client in"

    static let salt1: [UInt8] = [
        0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34, 0xb3, 0x4d, 0x17, 0x9a, 0xe6, 0xa4, 0xc8, 0x0c, 0xad, 0xcc,
        0xbb,
        0x7f, 0x0a,
    ]

    init(id: [UInt8]) {
        keyID = id
        destinationID = id
    }

    func seal(_ frames: [UInt8], number: UInt8 = 0, token: [UInt8] = []) throws -> [UInt8] {
        let payload = frames + [UInt8](repeating: 0, count: max(0, 64 - frames.count))
        let initial = HKDF<SHA256>.extract(inputKeyMaterial: SymmetricKey(data: keyID), salt: salt)
        let secret = expand(SymmetricKey(data: initial), side, 32)
        var header: [UInt8] = [0xc0 | type << 4] + bigEndian(Int(version), 4)
        header += counted(1, destinationID) + counted(1, [1, 2, 3, 4])
        header += [UInt8(truncatingIfNeeded: token.count)] + token
        header += bigEndian(0x4000 | (payload.count + 17), 2) + [number]
        var nonce = Array(
            HMAC<SHA256>.authenticationCode(for: info(labels + "iv", 12) + [1], using: secret).prefix(12))
        nonce[11] ^= number
        let box = try AES.GCM.seal(
            payload, using: expand(secret, labels + "key", 16), nonce: AES.GCM.Nonce(data: nonce),
            authenticating: header)
        let sealed = [UInt8](box.ciphertext) + [UInt8](box.tag)
        let mask = [UInt8](
            try AES._CTR.encrypt(
                [UInt8](repeating: 0, count: 16), using: expand(secret, labels + "hp", 16),
                nonce: AES._CTR.Nonce(nonceBytes: sealed[3..<19])))
        header[0] ^= mask[0] & 15
        header[header.count - 1] ^= mask[1]
        return header + sealed
    }

    private func expand(_ secret: SymmetricKey, _ label: String, _ count: Int) -> SymmetricKey {
        HKDF<SHA256>.expand(pseudoRandomKey: secret, info: info(label, count), outputByteCount: count)
    }

    private func info(_ label: String, _ count: Int) -> [UInt8] {
        bigEndian(count, 2) + counted(1, ("tls13 " + label).bytes) + [0]
    }

    /// A CRYPTO frame.
    static func crypto(_ data: some Collection<UInt8>, at offset: Int) -> [UInt8] {
        [6] + bigEndian(0x4000 | offset, 2) + bigEndian(0x4000 | data.count, 2) + Array(data)
    }
}
