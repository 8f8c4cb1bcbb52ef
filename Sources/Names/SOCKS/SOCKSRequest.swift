package import Bytes

/// What a SOCKS client asks a proxy for: SOCKS4 and its extension 4a (Ying-Da Lee's memoranda), SOCKS5 (RFC
/// 1928).
package struct SOCKSRequest: Equatable, Sendable {
    package var version: UInt8
    /// The target as a name: the client leaves the look-up to the proxy.
    package var host: HostName?
    /// A name that is none.
    package var refusal: HostName.Refusal?
    /// The target as an address.
    package var address: IPAddress?
    package var port: UInt16
    /// Bytes of the message.
    package var length: Int

    /// User names are short; this bounds the search for the zero byte behind one.
    private static let textLimit = 255

    /// ```
    /// 4 | command 1 | port 2 | address 4 | user id, 0 | [address is 0.0.0.x: name, 0]
    /// ```
    package static func parse4(_ stream: RawSpan) -> Progress<SOCKSRequest> {
        var reader = ByteReader(stream)
        do {
            guard try reader.u8() == 4, (1...2).contains(try reader.u8()) else { return .notMine(.unknown) }
            let port = try reader.u16()
            let address = try reader.u32()
            guard let userEnd = zero(stream, from: 8) else { return unfinished(stream, from: 8) }
            var request = SOCKSRequest(version: 4, port: port, length: userEnd + 1)
            if address != 0, address >> 8 == 0 {
                guard let end = zero(stream, from: userEnd + 1) else {
                    return unfinished(stream, from: userEnd + 1)
                }
                request.readName(stream.clamped(from: userEnd + 1, count: end - userEnd - 1))
                request.length = end + 1
            } else {
                request.address = IPAddress(ipv4: address)
            }
            return .done(request)
        } catch {
            return .needMore(until: 9)
        }
    }

    /// The offset of the zero byte that ends a text.
    private static func zero(_ stream: RawSpan, from start: Int) -> Int? {
        stream.clamped(from: start, count: textLimit + 1).firstIndex(of: 0).map { start + $0 }
    }

    private static func unfinished(_ stream: RawSpan, from start: Int) -> Progress<SOCKSRequest> {
        stream.byteCount > start + textLimit ? .notMine(.malformed) : .needMore(until: stream.byteCount + 1)
    }

    /// `5 | command 1 | 0 | address type 1 | address | port 2`: type 1 IPv4, 3 a name behind its length, 4
    /// IPv6.
    package static func parse5(_ stream: RawSpan) -> Progress<SOCKSRequest> {
        var reader = ByteReader(stream)
        do {
            guard try reader.u8() == 5, (1...3).contains(try reader.u8()), try reader.u8() == 0 else {
                return .notMine(.unknown)
            }
            var request = SOCKSRequest(version: 5, port: 0, length: 0)
            switch try reader.u8() {
            case 1: request.address = IPAddress(ipv4: try reader.u32())
            case 3: request.readName(try reader.take(Int(try reader.u8())))
            case 4: request.address = IPAddress(ipv6High: try reader.u64(), low: try reader.u64())
            default: return .notMine(.malformed)
            }
            request.port = try reader.u16()
            request.length = reader.offset
            return .done(request)
        } catch {
            return .needMore(until: stream.byteCount + 1)
        }
    }

    private mutating func readName(_ name: RawSpan) {
        do {
            host = try HostName.parse(name)
        } catch {
            refusal = error
        }
    }

    private init(version: UInt8, port: UInt16, length: Int) {
        self.version = version
        self.port = port
        self.length = length
    }

    /// The length of a SOCKS5 greeting (`5 | count 1 | methods`), nil when the stream does not begin with one
    /// that is whole. Only the ten methods that IANA ever assigned, and no more of them, make three bytes
    /// credible.
    package static func greeting5(_ stream: RawSpan) -> Int? {
        guard stream.byte(at: 0) == 5, let count = stream.byte(at: 1), (1...10).contains(count) else {
            return nil
        }
        for index in 0..<Int(count) {
            guard let method = stream.byte(at: 2 + index), method <= 9 else { return nil }
        }
        let length = 2 + Int(count)
        // The client has to wait for the answer; some send their request at once.
        let next = stream.byte(at: length)
        return next == nil || next == 5 || next == 1 ? length : nil
    }

    /// The length of a user name and password message (RFC 1929), nil when it is not whole or none.
    package static func password5(_ stream: RawSpan) -> Int? {
        guard stream.byte(at: 0) == 1, let user = stream.byte(at: 1),
            let word = stream.byte(at: 2 + Int(user))
        else { return nil }
        let length = 3 + Int(user) + Int(word)
        return length <= stream.byteCount ? length : nil
    }

    /// The length of a server's reply in SOCKS5, which has the form of a request, and whether it grants.
    package static func reply5(_ stream: RawSpan) -> (length: Int, granted: Bool)? {
        guard stream.byte(at: 0) == 5, let code = stream.byte(at: 1), let type = stream.byte(at: 3) else {
            return nil
        }
        let address: Int
        switch type {
        case 1: address = 4
        case 3: address = 1 + Int(stream.byte(at: 4) ?? 0)
        case 4: address = 16
        default: return nil
        }
        let length = 4 + address + 2
        return length <= stream.byteCount ? (length, code == 0) : nil
    }
}
