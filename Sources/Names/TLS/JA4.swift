import Bytes
import Crypto

/// The JA4 fingerprint of a client (FoxIO, "JA4: TLS Client Fingerprinting", BSD 3-clause): what it offers,
/// sorted and hashed, so that the same software gives the same text whatever order it shuffles into.
package enum JA4 {
    package enum Transport: String, Sendable {
        case tcp = "t"
        case quic = "q"
        case dtls = "d"
    }

    /// `transport version SNI ciphers extensions ALPN _ hash of ciphers _ hash of extensions and signature
    /// algorithms`.
    package static func fingerprint(_ hello: ClientHello, transport: Transport) -> String {
        let ciphers = hello.cipherSuites.filter { !TLSValue.isGREASE($0) }
        let extensions = hello.extensions.filter { !TLSValue.isGREASE($0) }
        let names = hello.has(TLSValue.serverName) ? "d" : "i"
        let head =
            transport.rawValue + version(hello) + names + twoDigits(ciphers.count)
            + twoDigits(extensions.count) + protocolName(hello.alpn.first)
        return head + "_" + ciphersHash(ciphers) + "_" + extensionsHash(extensions, hello.signatureAlgorithms)
    }

    private static func version(_ hello: ClientHello) -> String {
        // DTLS counts downwards.
        let isDTLS = hello.framing == .dtls
        return switch isDTLS ? hello.supportedVersions.min() ?? hello.legacyVersion : hello.highestVersion {
        case 0x0304: "13"
        case 0x0303: "12"
        case 0x0302: "11"
        case 0x0301: "10"
        case 0x0300: "s3"
        case 0x0002: "s2"
        case 0xfeff: "d1"
        case 0xfefd: "d2"
        case 0xfefc: "d3"
        default: "00"
        }
    }

    /// Counts beyond 99 are shown as 99.
    private static func twoDigits(_ count: Int) -> String {
        let shown = min(count, 99)
        return shown < 10 ? "0\(shown)" : "\(shown)"
    }

    /// The first and the last character of the first protocol; of its hexadecimal digits when one of them is
    /// not a letter or digit; `00` when there is none.
    private static func protocolName(_ name: [UInt8]?) -> String {
        guard let name, let first = name.first, let last = name.last else { return "00" }
        func isPlain(_ byte: UInt8) -> Bool {
            let lower = asciiLowercase(byte)
            return isASCIIDigit(byte) || lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "z")
        }
        if isPlain(first), isPlain(last) { return String(decoding: [first, last], as: UTF8.self) }
        return String(decoding: [hexDigit(UInt16(first >> 4)), hexDigit(UInt16(last))], as: UTF8.self)
    }

    private static func ciphersHash(_ ciphers: [UInt16]) -> String {
        ciphers.isEmpty ? "000000000000" : hash(list(ciphers.sorted()))
    }

    /// Server name and ALPN say which site, not which software, and are left out; algorithms keep their
    /// order.
    private static func extensionsHash(_ extensions: [UInt16], _ algorithms: [UInt16]) -> String {
        let kept = extensions.filter { $0 != TLSValue.serverName && $0 != TLSValue.alpn }.sorted()
        guard !extensions.isEmpty else { return "000000000000" }
        let signed = algorithms.filter { !TLSValue.isGREASE($0) }
        return hash(signed.isEmpty ? list(kept) : list(kept) + [UInt8(ascii: "_")] + list(signed))
    }

    /// The digit of the last four bits.
    private static func hexDigit(_ value: UInt16) -> UInt8 {
        let low = UInt8(truncatingIfNeeded: value & 15)
        return low < 10 ? UInt8(ascii: "0") &+ low : UInt8(ascii: "a") &+ (low &- 10)
    }

    /// Four hexadecimal digits each, with commas between.
    private static func list(_ values: [UInt16]) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(values.count * 5)
        for value in values {
            if !text.isEmpty { text.append(UInt8(ascii: ",")) }
            text.append(hexDigit(value >> 12))
            text.append(hexDigit(value >> 8))
            text.append(hexDigit(value >> 4))
            text.append(hexDigit(value))
        }
        return text
    }

    /// The first twelve digits of the SHA-256.
    private static func hash(_ text: [UInt8]) -> String {
        var digits: [UInt8] = []
        for byte in SHA256.hash(data: text).prefix(6) {
            digits.append(hexDigit(UInt16(byte >> 4)))
            digits.append(hexDigit(UInt16(byte)))
        }
        return String(decoding: digits, as: UTF8.self)
    }
}
