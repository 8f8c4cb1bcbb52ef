import Bytes

/// The messages of a conversation's first packets, written from the specifications.
enum Messages {
    static func big(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    /// `bytes` behind their count in `width` bytes.
    static func counted(_ width: Int, _ bytes: [UInt8]) -> [UInt8] { big(bytes.count, width) + bytes }

    // MARK: TLS

    /// A ClientHello (RFC 8446 §4.1.2) with the key share X25519MLKEM768 of 1216 bytes, as browsers send it; the
    /// server's name comes first, so that it is within a capture of 256 bytes per packet.
    static func clientHello(_ name: String, alpn: String, isQUIC: Bool, _ random: inout SplitMix64) -> [UInt8]
    {
        let suites: [UInt8] = [0x13, 1, 0x13, 2, 0x13, 3, 0xc0, 0x2b, 0xc0, 0x2f, 0xc0, 0x2c, 0xc0, 0x30]
        let shares =
            [0x11, 0xec] + counted(2, random.bytes(1216)) + [0, 0x1d] + counted(2, random.bytes(32))
        var extensions = part(0, counted(2, [0] + counted(2, Array(name.utf8))))
        extensions += part(10, counted(2, [0x11, 0xec, 0, 0x1d, 0, 0x17]))
        extensions += part(13, counted(2, [4, 3, 8, 4, 4, 1, 5, 3, 8, 5, 5, 1]))
        extensions += part(16, counted(2, counted(1, Array(alpn.utf8))))
        extensions += part(43, counted(1, [3, 4]))
        extensions += part(45, counted(1, [1]))
        extensions += part(51, counted(2, shares))
        // Over TCP a session ticket (RFC 5077 §3.2), so that the hello never fits one segment.
        if !isQUIC { extensions += part(35, random.bytes(208)) }
        // QUIC's transport parameters (RFC 9000 §18): the first data limit and the client's empty connection id.
        if isQUIC { extensions += part(57, [4, 4, 0x80, 0x10, 0, 0, 15, 0]) }
        let session = counted(1, isQUIC ? [] : random.bytes(32))
        let body =
            [3, 3] + random.bytes(32) + session + counted(2, suites) + [1, 0] + counted(2, extensions)
        return [1] + counted(3, body)
    }

    /// The answer to it: X25519MLKEM768's share of a server has 1120 bytes.
    static func serverHello(isQUIC: Bool, _ random: inout SplitMix64) -> [UInt8] {
        let extensions =
            part(43, [3, 4]) + part(51, [0x11, 0xec] + counted(2, random.bytes(1120)))
        let session = counted(1, isQUIC ? [] : random.bytes(32))
        let body = [3, 3] + random.bytes(32) + session + [0x13, 1, 0] + counted(2, extensions)
        return [2] + counted(3, body)
    }

    private static func part(_ type: Int, _ content: [UInt8]) -> [UInt8] {
        big(type, 2) + counted(2, content)
    }

    /// A record of the handshake (22), the cipher change (20) or data (23).
    static func record(_ type: UInt8, _ content: [UInt8]) -> [UInt8] { [type, 3, 3] + counted(2, content) }

    // MARK: DNS

    private static func labels(_ name: String) -> [UInt8] {
        name.split(separator: ".").flatMap { counted(1, Array($0.utf8)) } + [0]
    }

    /// A question for an address (RFC 1035 §4.1); its number is set later.
    static func question(_ name: String, ipv6: Bool) -> [UInt8] {
        [0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0] + labels(name) + [0, ipv6 ? 28 : 1, 0, 1]
    }

    /// The answer: CNAME records one by one, then the address.
    static func answer(_ name: String, chain: [String], _ address: IPAddress) -> [UInt8] {
        let type: UInt8 = address.isIPv4 ? 1 : 28
        var message: [UInt8] = [0, 0, 0x81, 0x80, 0, 1] + big(chain.count + 1, 2) + [0, 0, 0, 0]
        message += labels(name) + [0, type, 0, 1]
        // A pointer to the name in the question, then to the target of the record before (RFC 1035 §4.1.4).
        var owner = 0xc00c
        for target in chain {
            message += big(owner, 2) + [0, 5, 0, 1, 0, 0, 1, 44]
            owner = 0xc000 | (message.count + 2)
            message += counted(2, labels(target))
        }
        message += big(owner, 2) + [0, type, 0, 1, 0, 0, 1, 44]
        let bits = address.isIPv4 ? [address.low << 32] : [address.high, address.low]
        let bytes = bits.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * $0)) } }
        return message + counted(2, Array(bytes.prefix(address.isIPv4 ? 4 : 16)))
    }

    // MARK: HTTP/1

    static func request(_ name: String) -> [UInt8] {
        Array(
            """
            GET /lesson/page HTTP/1.1\r\nHost: \(name)\r\nUser-Agent: SchoolBrowser/1.0\r\nAccept: */*\r\n\
            Accept-Language: en-US\r\n\r\n
            """.utf8)
    }

    /// The head of a response; its length field has ten digits, which are set to the body's.
    static func response(length: Int) -> [UInt8] {
        let digits = String(length)
        let padded = String(repeating: "0", count: max(0, 10 - digits.utf8.count)) + digits
        return Array(
            "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: \(padded)\r\n\r\n"
                .utf8)
    }
}
