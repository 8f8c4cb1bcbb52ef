import Bytes
import Crypto
import CryptoExtras

/// The keys of Initial packets (RFC 9001 §5.2): anyone who saw the client's first destination connection id
/// can derive them, which is why names can be read at all.
struct QUICKeys: Sendable {
    private let key: SymmetricKey
    private let iv: [UInt8]
    private let headerKey: SymmetricKey

    enum Side {
        case client
        case server
    }

    init(_ version: QUICVersion, connectionID: RawSpan, side: Side) {
        let initial = HKDF<SHA256>.extract(
            inputKeyMaterial: SymmetricKey(data: connectionID.copied()), salt: version.salt)
        let label = side == .client ? "client in" : "server in"
        let secret = SymmetricKey(data: QUICKeys.expand(SymmetricKey(data: initial), label, 32))
        let prefix = version.labelPrefix
        key = SymmetricKey(data: QUICKeys.expand(secret, prefix + "key", 16))
        headerKey = SymmetricKey(data: QUICKeys.expand(secret, prefix + "hp", 16))
        iv = QUICKeys.expand(secret, prefix + "iv", 12)
    }

    /// HKDF-Expand-Label with an empty context (RFC 8446 §7.1), at most 32 bytes: one round of RFC 5869 §2.3.
    private static func expand(_ secret: SymmetricKey, _ label: String, _ count: Int) -> [UInt8] {
        let full = Array("tls13 ".utf8) + Array(label.utf8)
        var info: [UInt8] = [0, UInt8(truncatingIfNeeded: count), UInt8(truncatingIfNeeded: full.count)]
        info += full
        info += [0, 1]
        return Array(HMAC<SHA256>.authenticationCode(for: info, using: secret).prefix(count))
    }

    /// Opens the packet in `packet` (from its first byte to its end), whose packet number begins at `number`
    /// (RFC 9001 §5.3 and §5.4). Nil when the tag says that it is not for these keys.
    func open(_ packet: RawSpan, number: Int) -> [UInt8]? {
        let sample = packet.clamped(from: number + 4, count: 16)
        guard sample.byteCount == 16, let first = packet.byte(at: 0), let mask = mask(sample) else {
            return nil
        }
        let clearFirst = first ^ (mask[0] & 0x0f)
        let numberLength = Int(clearFirst & 3) + 1
        let payload = number + numberLength
        let sealed = packet.byteCount - payload
        guard sealed >= 16 else { return nil }

        var header = packet.clamped(from: 0, count: payload).copied()
        header[0] = clearFirst
        var nonce = iv
        // Initial packet numbers fit in the four bytes shown as long as the handshake has not lasted 2^31
        // packets.
        for index in 0..<numberLength {
            header[number + index] ^= mask[1 + index]
            nonce[iv.count - numberLength + index] ^= header[number + index]
        }
        let text = packet.clamped(from: payload, count: sealed - 16).copied()
        let tag = packet.clamped(from: packet.byteCount - 16, count: 16).copied()
        guard let gcmNonce = try? AES.GCM.Nonce(data: nonce),
            let box = try? AES.GCM.SealedBox(nonce: gcmNonce, ciphertext: text, tag: tag),
            let opened = try? AES.GCM.open(box, using: key, authenticating: header)
        else { return nil }
        return [UInt8](opened)
    }

    /// AES-ECB of the sample (RFC 9001 §5.4.3), made as counter mode over a block of zeros with the sample as
    /// the counter.
    private func mask(_ sample: RawSpan) -> [UInt8]? {
        guard let nonce = try? AES._CTR.Nonce(nonceBytes: sample.copied()),
            let mask = try? AES._CTR.encrypt([UInt8](repeating: 0, count: 16), using: headerKey, nonce: nonce)
        else { return nil }
        let bytes = [UInt8](mask)
        return bytes.count == 16 ? bytes : nil
    }
}
