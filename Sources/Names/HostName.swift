import Bytes

/// A destination's name as it is stated on the wire, made comparable: lower-case ASCII, no port, no trailing
/// dot.
///
/// Accepted is what can be a name in the DNS as hosts use it: labels of letters, digits, hyphens and
/// underscores (RFC 1123 §2.1; underscores occur in practice and in service names), each 1 to 63 bytes, at
/// most 253 bytes in all. Everything else is refused, because a refused name is a stated gap and a garbled
/// one is a wrong name. Hosts in raw UTF-8 are refused too (`nonASCII`): to turn them into A-labels takes
/// the mapping tables of IDNA, and clients have sent A-labels for many years.
package struct HostName: Hashable, Sendable, CustomStringConvertible {
    /// The name, or the canonical address without brackets when `isAddress`.
    package let text: String
    /// The port stated after a colon, if any.
    package let port: UInt16?
    /// The text is an IP address, or a number that only an address parser would take (last label all digits):
    /// a fact about what was said, and never a destination's name.
    package let isAddress: Bool

    package var description: String { text }

    /// RFC 1035 §3.1: 255 octets on the wire, which are 253 characters of text.
    package static let lengthLimit = 253
    /// RFC 1035 §2.3.4.
    package static let labelLimit = 63

    /// Why bytes are not a host name.
    package enum Refusal: Error, Equatable, Sendable {
        case empty
        case tooLong
        /// An empty label, or one of more than 63 bytes.
        case label
        /// A control character, space or punctuation that no host name has.
        case character
        /// Raw UTF-8 or another 8-bit encoding.
        case nonASCII
        /// Not a number up to 65535 after the colon, or a bracket that does not close.
        case port
    }

    /// Accepts `name`, `name.`, `name:port`, `address`, `address:port`, `[address]` and `[address]:port`;
    /// with `wildcard` also a leading label `*`, as certificates have it (RFC 6125 §6.4.3).
    package static func parse(_ bytes: RawSpan, wildcard: Bool = false) throws(Refusal) -> HostName {
        guard let first = bytes.byte(at: 0) else { throw .empty }
        // A name, its trailing dot, a colon and five digits: what is longer is not worth scanning.
        guard bytes.byteCount <= lengthLimit + 7 else { throw .tooLong }
        if first == UInt8(ascii: "[") { return try parseBracketed(bytes) }

        var host = bytes
        var port: UInt16?
        if let colon = bytes.firstIndex(of: UInt8(ascii: ":")) {
            if let address = IPAddress(ascii: bytes) {
                return HostName(text: address.description, port: nil, isAddress: true)
            }
            host = bytes.clamped(from: 0, count: colon)
            port = try parsePort(bytes.clamped(from: colon + 1, count: bytes.byteCount))
        }
        if host.byte(at: host.byteCount - 1) == UInt8(ascii: ".") {
            host = host.clamped(from: 0, count: host.byteCount - 1)
        }
        guard host.byteCount > 0 else { throw .empty }
        guard host.byteCount <= lengthLimit else { throw .tooLong }
        let (text, endsInNumber) = try normalise(host, wildcard: wildcard)
        return HostName(text: text, port: port, isAddress: endsInNumber)
    }

    /// As `parse`, for callers who do not ask for the reason.
    package init?(_ bytes: RawSpan, wildcard: Bool = false) {
        do {
            self = try HostName.parse(bytes, wildcard: wildcard)
        } catch {
            return nil
        }
    }

    private init(text: String, port: UInt16?, isAddress: Bool) {
        self.text = text
        self.port = port
        self.isAddress = isAddress
    }

    private static func parseBracketed(_ bytes: RawSpan) throws(Refusal) -> HostName {
        guard let close = bytes.firstIndex(of: UInt8(ascii: "]")) else { throw .port }
        guard let address = IPAddress(ascii: bytes.clamped(from: 1, count: close - 1)), !address.isIPv4 else {
            throw .character
        }
        var port: UInt16?
        if close + 1 < bytes.byteCount {
            guard bytes.byte(at: close + 1) == UInt8(ascii: ":") else { throw .port }
            port = try parsePort(bytes.clamped(from: close + 2, count: bytes.byteCount))
        }
        return HostName(text: address.description, port: port, isAddress: true)
    }

    /// Empty text is no port: `host:` is valid (RFC 3986 §3.2.3).
    private static func parsePort(_ bytes: RawSpan) throws(Refusal) -> UInt16? {
        if bytes.byteCount == 0 { return nil }
        guard let value = bytes.decimal(), let port = UInt16(exactly: value) else { throw .port }
        return port
    }

    /// Checks characters and labels while lowering the case; at most `lengthLimit` steps.
    private static func normalise(
        _ host: RawSpan, wildcard: Bool
    ) throws(Refusal) -> (text: String, endsInNumber: Bool) {
        var lowered: [UInt8] = []
        lowered.reserveCapacity(host.byteCount)
        var labelLength = 0
        var labelIsNumber = true
        for index in 0..<host.byteCount {
            let byte = asciiLowercase(host.byte(at: index) ?? 0)
            switch byte {
            case UInt8(ascii: "."):
                guard labelLength > 0 else { throw .label }
                labelLength = 0
                labelIsNumber = true
                lowered.append(byte)
                continue
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                break
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                labelIsNumber = false
            case UInt8(ascii: "*"):
                guard wildcard, index == 0, host.byte(at: 1) == UInt8(ascii: ".") else { throw .character }
                labelIsNumber = false
            case 0x80...:
                throw .nonASCII
            default:
                throw .character
            }
            labelLength += 1
            guard labelLength <= labelLimit else { throw .label }
            lowered.append(byte)
        }
        guard labelLength > 0 else { throw .label }
        return (String(decoding: lowered, as: UTF8.self), labelIsNumber)
    }
}
