package import Bytes

/// A DHCPv4 message (RFC 2131 §2), as far as it says who holds which address for how long.
package struct DHCPv4Message: Equatable, Sendable {
    /// DHCP message type (RFC 2132 §9.6).
    package enum Kind: UInt8, Sendable {
        case discover = 1
        case offer, request, decline, acknowledgment, refusal, release, inform
    }

    package let kind: Kind
    package let isFromServer: Bool
    package let mac: MACAddress
    /// `ciaddr`: the address that the client has already; nil when zero.
    package let clientAddress: IPAddress?
    /// `yiaddr`: the address that the server gives; nil when zero.
    package let givenAddress: IPAddress?
    /// Option 50; in a DECLINE the address that was found in use.
    package var requestedAddress: IPAddress?
    /// Option 51 in seconds; `UInt32.max` is for ever.
    package var leaseSeconds: UInt32?
    /// Option 54.
    package var server: IPAddress?
    /// The client's own name for itself: option 12, else the name of option 81 (RFC 4702).
    package var hostName: String?

    /// The fixed part before the options, and the mark that begins them (RFC 2131 §3).
    private static let fixedBytes = 236
    private static let cookie: UInt32 = 0x6382_5363
    /// Options in one message, at most: 255 codes exist, and long ones come in parts (RFC 3396).
    private static let optionLimit = 512

    /// `bytes` is a UDP payload. Refuses BOOTP without DHCP (`unknown`), hardware other than Ethernet
    /// (`unknown`), and what contradicts itself.
    package static func parse(_ bytes: RawSpan) throws(DecodeFault) -> DHCPv4Message {
        var reader = ByteReader(bytes)
        let operation = try reader.u8()
        let hardware = try reader.u16()
        guard operation == 1 || operation == 2 else { throw .unknown }
        // Type 1 Ethernet or 6 IEEE 802, in both cases six bytes.
        guard hardware == 0x0106 || hardware == 0x0606 else { throw .unknown }
        try reader.skip(9)
        let client = try reader.u32()
        let given = try reader.u32()
        try reader.skip(8)
        let mac = try reader.macAddress()
        var rest = ByteReader(bytes, at: fixedBytes)
        guard try rest.u32() == cookie else { throw .unknown }
        var options = Options()
        try options.read(&rest)
        // Option 52 (RFC 2132 §9.3): `file` or `sname` hold further options.
        if options.overload & 1 != 0 {
            var file = ByteReader(bytes.clamped(from: 108, count: 128))
            try options.read(&file)
        }
        if options.overload & 2 != 0 {
            var name = ByteReader(bytes.clamped(from: 44, count: 64))
            try options.read(&name)
        }
        guard let kind = options.kind.flatMap({ Kind(rawValue: $0) }) else { throw .unknown }
        var message = DHCPv4Message(
            kind: kind, isFromServer: operation == 2, mac: mac, clientAddress: address(client),
            givenAddress: address(given))
        message.requestedAddress = options.requested.flatMap(address)
        message.leaseSeconds = options.lease
        message.server = options.server.flatMap(address)
        message.hostName = DHCPText.hostName(options.host) ?? DHCPText.qualifiedName(options.qualified)
        return message
    }

    private static func address(_ bits: UInt32) -> IPAddress? { bits == 0 ? nil : IPAddress(ipv4: bits) }

    /// The options that are read; parts of one option are joined (RFC 3396 §5).
    private struct Options {
        var kind: UInt8?
        var overload: UInt8 = 0
        var requested: UInt32?
        var lease: UInt32?
        var server: UInt32?
        var host: [UInt8] = []
        var qualified: [UInt8] = []

        mutating func read(_ reader: inout ByteReader) throws(DecodeFault) {
            for _ in 0..<optionLimit {
                // Some senders leave the end mark out where the packet ends.
                guard let code = try? reader.u8(), code != 255 else { return }
                if code == 0 { continue }
                let length = Int(try reader.u8())
                let value = try reader.take(length)
                switch code {
                case 12: value.append(to: &host)
                case 50: requested = try number(value)
                case 51: lease = try number(value)
                case 52: overload |= value.byte(at: 0) ?? 0
                case 53: kind = kind ?? value.byte(at: 0)
                case 54: server = try number(value)
                case 81: value.append(to: &qualified)
                default: continue
                }
            }
        }

        private func number(_ value: RawSpan) throws(DecodeFault) -> UInt32 {
            guard value.byteCount == 4 else { throw .malformed }
            var reader = ByteReader(value)
            return try reader.u32()
        }
    }
}

/// Names as DHCP options carry them: made by clients, so they are taken only where they can be shown safely.
enum DHCPText {
    /// Characters of a name, at most (RFC 1035 §3.1).
    static let nameLimit = 253

    /// Option 12 (RFC 2132 §3.14): a name, sometimes with a terminating NUL; nil when it has control
    /// characters or is not UTF-8.
    static func hostName(_ bytes: [UInt8]) -> String? {
        var text = bytes[...]
        while text.last == 0 { text.removeLast() }
        guard !text.isEmpty, text.count <= nameLimit, !text.contains(where: { $0 < 0x20 || $0 == 0x7f })
        else { return nil }
        return String(validating: text, as: UTF8.self)
    }

    /// Option 81 (RFC 4702 §2): flags, two return codes, then the name as text or in labels.
    static func qualifiedName(_ bytes: [UInt8]) -> String? {
        guard let flags = bytes.first, bytes.count > 3 else { return nil }
        let isEncoded = flags & 4 != 0
        return isEncoded ? labels(bytes[3...]) : hostName(Array(bytes[3...]))
    }

    /// Labels of the DNS's wire format without compression (RFC 1035 §3.1), whether or not a root label ends
    /// them; nil when they are cut or hold other than printable ASCII.
    static func labels(_ bytes: ArraySlice<UInt8>) -> String? {
        var rest = bytes
        var parts: [String] = []
        while let length = rest.popFirst(), length > 0 {
            guard length <= 63, rest.count >= Int(length) else { return nil }
            let label = rest.prefix(Int(length))
            guard label.allSatisfy({ (0x21...0x7e).contains($0) && $0 != 0x2e }) else { return nil }
            parts.append(String(decoding: label, as: UTF8.self))
            rest = rest.dropFirst(Int(length))
        }
        let name = parts.joined(separator: ".")
        return name.isEmpty || name.utf8.count > nameLimit ? nil : name
    }
}
