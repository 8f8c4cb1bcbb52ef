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
        // HKDF-Extract (RFC 5869 §2.2).
        let initial = KeyedHash(key: version.salt).code(for: connectionID.copied())
        let label = side == .client ? Labels.client : Labels.server
        let secret = KeyedHash(key: KeyedHash(key: initial).code(for: label))
        let labels = version.family == .ietf2 ? Labels.version2 : Labels.version1
        key = SymmetricKey(data: secret.code(for: labels.key).prefix(16))
        headerKey = SymmetricKey(data: secret.code(for: labels.headerProtection).prefix(16))
        iv = Array(secret.code(for: labels.iv).prefix(12))
    }

    /// What HKDF-Expand-Label hashes, with an empty context (RFC 8446 §7.1): for at most 32 bytes one round of
    /// RFC 5869 §2.3.
    private struct Labels {
        let key: [UInt8]
        let iv: [UInt8]
        let headerProtection: [UInt8]

        static let client = information("client in", 32)
        static let server = information("server in", 32)
        static let version1 = Labels(prefix: "quic ")
        /// RFC 9369 §3.3.1.
        static let version2 = Labels(prefix: "quicv2 ")

        private init(prefix: String) {
            key = Labels.information(prefix + "key", 16)
            iv = Labels.information(prefix + "iv", 12)
            headerProtection = Labels.information(prefix + "hp", 16)
        }

        private static func information(_ label: String, _ count: UInt8) -> [UInt8] {
            let full = Array("tls13 ".utf8) + Array(label.utf8)
            return [0, count, UInt8(truncatingIfNeeded: full.count)] + full + [0, 1]
        }
    }

    /// Opens the packet in `packet` (from its first byte to its end), whose packet number begins at `number`
    /// (RFC 9001 §5.3 and §5.4). Nil when the tag says that it is not for these keys.
    func open(_ packet: RawSpan, number: Int) -> [UInt8]? { openWhole(packet, number: number)?.payload }

    /// A packet in clear: its header without protection, and what it carries.
    struct Opened {
        var header: [UInt8]
        var payload: [UInt8]
        /// Where the packet number begins in the header.
        let number: Int
        fileprivate let nonce: [UInt8]
    }

    func openWhole(_ packet: RawSpan, number: Int) -> Opened? {
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
        return Opened(header: header, payload: [UInt8](opened), number: number, nonce: nonce)
    }

    /// The packet as it goes over the wire; nil when it is too short for header protection.
    func seal(_ packet: Opened) -> [UInt8]? {
        guard let nonce = try? AES.GCM.Nonce(data: packet.nonce),
            let box = try? AES.GCM.seal(
                packet.payload, using: key, nonce: nonce, authenticating: packet.header)
        else { return nil }
        var bytes = packet.header + [UInt8](box.ciphertext) + [UInt8](box.tag)
        let sample = bytes.withRawSpan { $0.clamped(from: packet.number + 4, count: 16).copied() }
        guard sample.count == 16, let mask = sample.withRawSpan({ mask($0) }) else { return nil }
        bytes[0] ^= mask[0] & 0x0f
        for index in packet.number..<packet.header.count { bytes[index] ^= mask[1 + index - packet.number] }
        return bytes
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

/// HMAC-SHA-256 (RFC 2104) under a key of at most 64 bytes.
///
/// The library's own generic HMAC and HKDF cost four times as much when they are called from another module, and
/// five of these make up most of what a QUIC flow costs.
struct KeyedHash {
    private let inner: [UInt8]
    private let outer: [UInt8]

    init(key: [UInt8]) {
        let padded = key.prefix(64) + repeatElement(0, count: max(0, 64 - key.count))
        inner = padded.map { $0 ^ 0x36 }
        outer = padded.map { $0 ^ 0x5c }
    }

    func code(for message: [UInt8]) -> [UInt8] {
        Array(SHA256.hash(data: outer + Array(SHA256.hash(data: inner + message))))
    }
}
