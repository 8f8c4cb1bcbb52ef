package import Bytes

/// The PROXY protocol's header (HAProxy, "The PROXY protocol", versions 1 and 2), by which a load balancer
/// names the client that it speaks for, before anything else on the connection.
package struct ProxyHeader: Equatable, Sendable {
    /// The client it speaks for; nil when it says that it does not know, or speaks for itself.
    package var client: IPAddress?
    package var length: Int

    /// §2.1: a line of version 1 is at most 107 bytes.
    private static let lineLimit = 107

    private static let signature: [UInt8] = [
        0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a,
    ]

    /// Decodes the header at the start of a client's stream; `needMore` only while what is there begins one.
    package static func parse(_ stream: RawSpan) -> Progress<ProxyHeader> {
        if stream.has("PROXY ", at: 0) { return parseLine(stream) }
        for (offset, expected) in signature.enumerated() {
            guard let byte = stream.byte(at: offset) else {
                // CR LF alone may precede an HTTP request too.
                return offset > 4 ? .needMore(until: 16) : .notMine(.unknown)
            }
            guard byte == expected else { return .notMine(.unknown) }
        }
        return parseBinary(stream)
    }

    private static func parseLine(_ stream: RawSpan) -> Progress<ProxyHeader> {
        guard let end = stream.clamped(from: 0, count: lineLimit).firstIndex(of: 0x0a) else {
            return stream.byteCount < lineLimit
                ? .needMore(until: stream.byteCount + 1) : .notMine(.malformed)
        }
        // "PROXY TCP4 source destination port port": the source stands between the second and the third
        // blank.
        var header = ProxyHeader(client: nil, length: end + 1)
        if let second = stream.firstIndex(of: 0x20, from: 6), second < end,
            let third = stream.firstIndex(of: 0x20, from: second + 1), third < end
        {
            header.client = IPAddress(ascii: stream.clamped(from: second + 1, count: third - second - 1))
        }
        return .done(header)
    }

    /// `signature 12 | version and command 1 | family 1 | length 2 | addresses`.
    private static func parseBinary(_ stream: RawSpan) -> Progress<ProxyHeader> {
        var reader = ByteReader(stream, at: signature.count)
        do {
            let command = try reader.u8()
            guard command >> 4 == 2 else { return .notMine(.malformed) }
            let family = try reader.u8()
            let length = Int(try reader.u16())
            guard reader.remaining >= length else { return .needMore(until: 16 + length) }
            var header = ProxyHeader(client: nil, length: 16 + length)
            if command & 15 == 1, family >> 4 == 1, length >= 12 {
                header.client = IPAddress(ipv4: try reader.u32())
            } else if command & 15 == 1, family >> 4 == 2, length >= 36 {
                header.client = IPAddress(ipv6High: try reader.u64(), low: try reader.u64())
            }
            return .done(header)
        } catch {
            return .needMore(until: 16)
        }
    }
}
