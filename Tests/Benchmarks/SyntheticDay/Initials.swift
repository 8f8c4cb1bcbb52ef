import Bytes
import Crypto
import CryptoExtras

/// Datagrams with encrypted Initial packets (RFC 9001 §5) for one name, made once: each connection to the name sends
/// the same ones, as encrypting anew would cost more than all the rest of the generator.
struct Initials {
    /// The client's two datagrams, between which the hello is split.
    let client: [[UInt8]]
    /// The server's answer: its own Initial and the first bytes of a Handshake packet.
    let server: [UInt8]
    /// What the client's later packets are addressed to.
    let serverID: [UInt8]

    /// Smallest payload of a datagram with an Initial (RFC 9000 §14.1) and what browsers use.
    private static let datagramSize = 1250

    init?(_ name: String, _ random: inout SplitMix64) {
        let id = random.bytes(8)
        serverID = random.bytes(8)
        let hello = Messages.clientHello(name, alpn: "h3", isQUIC: true, &random)
        let split = 1100
        let pieces = [
            Initials.crypto(Array(hello[..<split]), at: 0),
            Initials.crypto(Array(hello[split...]), at: split),
        ]
        let keys = Keys(connectionID: id)
        let sealed = pieces.enumerated().map { number, frames in
            Initials.seal(
                frames, size: Initials.datagramSize, to: id, from: [], number: UInt8(number), keys.client)
        }
        let acknowledgement: [UInt8] = [2, 1, 0, 0, 1]
        let reply = acknowledgement + Initials.crypto(Messages.serverHello(isQUIC: true, &random), at: 0)
        // The client's own id is empty, so its packets need none.
        let first = Initials.seal(reply, size: 0, to: [], from: serverID, number: 0, keys.server)
        guard let zero = sealed[0], let one = sealed[1], var answer = first else { return nil }
        client = [zero, one]
        let rest = Initials.datagramSize + 50 - answer.count - 17
        answer += [0xe0] + Messages.big(1, 4) + [0, 8] + serverID
        answer += Messages.big(0x4000 | max(rest, 40), 2) + random.bytes(max(rest, 40))
        server = answer
    }

    /// A CRYPTO frame (RFC 9000 §19.6).
    private static func crypto(_ data: [UInt8], at offset: Int) -> [UInt8] {
        [6] + Messages.big(0x4000 | offset, 2) + Messages.big(0x4000 | data.count, 2) + data
    }

    private struct Keys {
        let client: SymmetricKey
        let server: SymmetricKey

        init(connectionID: [UInt8]) {
            // RFC 9001 §5.2.
            let salt: [UInt8] = [
                0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34, 0xb3, 0x4d, 0x17, 0x9a, 0xe6, 0xa4, 0xc8, 0x0c,
                0xad,
                0xcc, 0xbb, 0x7f, 0x0a,
            ]
            let initial = SymmetricKey(
                data: HKDF<SHA256>.extract(inputKeyMaterial: SymmetricKey(data: connectionID), salt: salt))
            client = SymmetricKey(data: Initials.expand(initial, "client in", 32))
            server = SymmetricKey(data: Initials.expand(initial, "server in", 32))
        }
    }

    /// HKDF-Expand-Label (RFC 8446 §7.1), at most 32 bytes: one round of HMAC (RFC 5869 §2.3).
    private static func expand(_ secret: SymmetricKey, _ label: String, _ count: Int) -> [UInt8] {
        let info = Messages.big(count, 2) + Messages.counted(1, Array("tls13 \(label)".utf8)) + [0, 1]
        return Array(HMAC<SHA256>.authenticationCode(for: info, using: secret).prefix(count))
    }

    /// An Initial packet with a packet number of one byte, padded so that it has `size` bytes in all.
    private static func seal(
        _ frames: [UInt8], size: Int, to id: [UInt8], from source: [UInt8], number: UInt8,
        _ secret: SymmetricKey
    ) -> [UInt8]? {
        var header: [UInt8] = [0xc0] + Messages.big(1, 4) + Messages.counted(1, id)
        header += Messages.counted(1, source) + [0]
        let padding = max(0, size - header.count - 3 - 16 - frames.count)
        let payload = frames + [UInt8](repeating: 0, count: padding)
        header += Messages.big(0x4000 | (payload.count + 17), 2) + [number]
        let key = SymmetricKey(data: expand(secret, "quic key", 16))
        let headerKey = SymmetricKey(data: expand(secret, "quic hp", 16))
        var nonce = expand(secret, "quic iv", 12)
        nonce[11] ^= number
        guard let nonce = try? AES.GCM.Nonce(data: nonce),
            let box = try? AES.GCM.seal(
                payload, using: key, nonce: nonce, authenticating: header)
        else { return nil }
        let sealed = [UInt8](box.ciphertext) + [UInt8](box.tag)
        // AES of the sample (§5.4.3), as counter mode over zeros.
        guard let counter = try? AES._CTR.Nonce(nonceBytes: Array(sealed[3..<19])),
            let cover = try? AES._CTR.encrypt(
                [UInt8](repeating: 0, count: 16), using: headerKey, nonce: counter)
        else { return nil }
        let mask = [UInt8](cover)
        header[0] ^= mask[0] & 15
        header[header.count - 1] ^= mask[1]
        return header + sealed
    }
}
