package import Bytes

/// A DHCPv6 message (RFC 8415 §8), as far as it says who holds which address for how long.
package struct DHCPv6Message: Equatable, Sendable {
    package struct Address: Equatable, Sendable {
        package let address: IPAddress
        /// Valid lifetime in seconds; `UInt32.max` is for ever, 0 ends the lease.
        package let validSeconds: UInt32
    }

    /// RFC 8415 §7.3: 7 reply, 8 release, 9 decline, ...
    package let type: UInt8
    /// The hardware address in the client's DUID; nil for one that holds none.
    package let mac: MACAddress?
    /// The client's name for itself, option 39 (RFC 4704).
    package let hostName: String?
    package let addresses: [Address]

    package static let reply: UInt8 = 7
    package static let release: UInt8 = 8
    package static let decline: UInt8 = 9

    /// Relays between client and server, at most (RFC 8415 §7.6, HOP_COUNT_LIMIT).
    private static let relayLimit = 8
    /// Options in one message, at most: a real one has about ten.
    private static let optionLimit = 128
    /// Addresses of one client in one message, at most: a real one has one or two.
    private static let addressLimit = 64

    /// `bytes` is a UDP payload. What relays packed is unpacked.
    package static func parse(_ bytes: RawSpan) throws(DecodeFault) -> DHCPv6Message {
        var message = bytes
        var relayed: MACAddress?
        for _ in 0...relayLimit {
            guard let type = message.byte(at: 0) else { throw .truncated }
            // 12 and 13: relay-forward and relay-reply, with hop count and two addresses (RFC 8415 §9).
            guard type == 12 || type == 13 else { return try plain(message, relayed: relayed) }
            var envelope = Envelope()
            try envelope.read(message.clamped(from: 34, count: message.byteCount))
            guard let range = envelope.inner else { throw .malformed }
            relayed = envelope.mac ?? relayed
            message = message.clamped(from: 34 &+ range.lowerBound, count: range.count)
        }
        throw .malformed
    }

    private static func plain(_ bytes: RawSpan, relayed: MACAddress?) throws(DecodeFault) -> DHCPv6Message {
        var reader = ByteReader(bytes)
        let type = try reader.u8()
        guard (1...11).contains(type) else { throw .unknown }
        try reader.skip(3)
        var found = Found()
        try found.read(reader.takeRest())
        return DHCPv6Message(
            type: type, mac: relayed ?? found.mac, hostName: found.hostName, addresses: found.addresses)
    }

    /// Calls `body` with code and place of each option in `bytes`.
    private static func forEachOption(
        _ bytes: RawSpan, _ body: (UInt16, Range<Int>) throws(DecodeFault) -> Void
    ) throws(DecodeFault) {
        var reader = ByteReader(bytes)
        for _ in 0..<optionLimit {
            if reader.isAtEnd { return }
            let code = try reader.u16()
            let length = Int(try reader.u16())
            let start = reader.offset
            try reader.skip(length)
            try body(code, start..<(start &+ length))
        }
    }

    /// What a relay wraps: the inner message (option 9) and the client's link-layer address (option 79, RFC 6939).
    private struct Envelope {
        var inner: Range<Int>?
        var mac: MACAddress?

        mutating func read(_ bytes: RawSpan) throws(DecodeFault) {
            var inner: Range<Int>?
            var mac: MACAddress?
            try forEachOption(bytes) { (code: UInt16, place: Range<Int>) throws(DecodeFault) in
                if code == 9 { inner = place }
                if code == 79 {
                    var reader = ByteReader(bytes.clamped(from: place.lowerBound, count: place.count))
                    if try reader.u16() == 1, place.count == 8 { mac = try reader.macAddress() }
                }
            }
            (self.inner, self.mac) = (inner, mac)
        }
    }

    /// The options of a client's message that are read.
    private struct Found {
        var mac: MACAddress?
        var hostName: String?
        var addresses: [Address] = []

        mutating func read(_ bytes: RawSpan) throws(DecodeFault) {
            var found = self
            try forEachOption(bytes) { (code: UInt16, place: Range<Int>) throws(DecodeFault) in
                let value = bytes.clamped(from: place.lowerBound, count: place.count)
                switch code {
                case 1: found.mac = DUID.hardwareAddress(value)
                // IA_NA has 12 bytes before its options, IA_TA 4 (RFC 8415 §21.4, §21.5).
                case 3: try found.association(value.clamped(from: 12, count: place.count))
                case 4: try found.association(value.clamped(from: 4, count: place.count))
                case 39:
                    // One byte of flags, then labels (RFC 4704 §4).
                    let name = value.clamped(from: 1, count: place.count).copied()
                    found.hostName = DHCPText.labels(name[...])
                default: return
                }
            }
            self = found
        }

        private mutating func association(_ bytes: RawSpan) throws(DecodeFault) {
            var addresses = self.addresses
            try forEachOption(bytes) { (code: UInt16, place: Range<Int>) throws(DecodeFault) in
                // IAADDR: address, preferred and valid lifetime (RFC 8415 §21.6).
                guard code == 5, addresses.count < addressLimit else { return }
                var reader = ByteReader(bytes.clamped(from: place.lowerBound, count: place.count))
                let address = IPAddress(ipv6High: try reader.u64(), low: try reader.u64())
                try reader.skip(4)
                addresses.append(Address(address: address, validSeconds: try reader.u32()))
            }
            self.addresses = addresses
        }
    }
}

/// DHCP unique identifiers (RFC 8415 §11).
package enum DUID {
    /// The hardware address in a DUID-LLT (type 1) or DUID-LL (type 3) of Ethernet; nil for other types.
    ///
    /// A DUID stands for the whole machine: the address is that of one of its interfaces.
    package static func hardwareAddress(_ bytes: RawSpan) -> MACAddress? {
        var reader = ByteReader(bytes)
        guard let type = try? reader.u16(), let hardware = try? reader.u16(), hardware == 1 else {
            return nil
        }
        if type == 1 { guard (try? reader.skip(4)) != nil else { return nil } }
        guard type == 1 || type == 3, reader.remaining == 6 else { return nil }
        return try? reader.macAddress()
    }
}
