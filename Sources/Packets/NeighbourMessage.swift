package import Bytes

/// What an IPv6 neighbour discovery message (RFC 4861 §4) says of the hardware behind an address.
package enum NeighbourMessage {
    private static let routerSolicitation: UInt8 = 133
    private static let solicitation: UInt8 = 135
    private static let advertisement: UInt8 = 136
    /// Options in one message, at most: a node sends one to three; a crafted packet could hold thousands.
    private static let optionLimit = 32

    /// The address that the sender of `packet` claims and its hardware address; nil when it claims none.
    ///
    /// - Parameters:
    ///   - message: the ICMPv6 message, from its type on.
    package static func claim(
        _ message: RawSpan, of packet: Packet
    ) -> (address: IPAddress, mac: MACAddress)? {
        // RFC 4861 §7.1: a hop limit below 255 means that the message came through a router, so it is forged.
        guard packet.hopLimit == 255, let claim = try? parse(message, of: packet) else { return nil }
        guard !claim.address.isIPv4, !claim.address.isMulticastOrBroadcast, claim.mac.isUnicast else {
            return nil
        }
        return claim
    }

    private static func parse(
        _ message: RawSpan, of packet: Packet
    ) throws(DecodeFault) -> (address: IPAddress, mac: MACAddress)? {
        var reader = ByteReader(message)
        let type = try reader.u8()
        let code = try reader.u8()
        guard code == 0 else { return nil }
        try reader.skip(6)
        switch type {
        case routerSolicitation:
            guard !packet.source.isUnspecifiedIPv6 else { return nil }
            return try option(1, &reader).map { (packet.source, $0) }
        case solicitation:
            let target = IPAddress(ipv6High: try reader.u64(), low: try reader.u64())
            // Duplicate address detection (RFC 4862 §5.4) is sent from `::` without the option.
            if packet.source.isUnspecifiedIPv6 { return packet.sourceMAC.map { (target, $0) } }
            return try option(1, &reader).map { (packet.source, $0) }
        case advertisement:
            let target = IPAddress(ipv6High: try reader.u64(), low: try reader.u64())
            if let mac = try option(2, &reader) { return (target, mac) }
            // An answer to a unicast solicitation may leave the option out (RFC 4861 §7.2.4).
            return packet.source == target ? packet.sourceMAC.map { (target, $0) } : nil
        default: return nil
        }
    }

    /// The hardware address in the option of `type`: 1 source, 2 target link-layer address (RFC 4861 §4.6.1).
    private static func option(_ type: UInt8, _ reader: inout ByteReader) throws(DecodeFault) -> MACAddress? {
        for _ in 0..<optionLimit {
            guard !reader.isAtEnd else { return nil }
            let found = try reader.u8()
            let units = try reader.u8()
            // RFC 4861 §4.6: an option of length 0 makes the packet invalid.
            guard units > 0 else { throw .malformed }
            guard found == type, units == 1 else {
                try reader.skip(Int(units) &* 8 &- 2)
                continue
            }
            return try reader.macAddress()
        }
        return nil
    }
}

extension IPAddress {
    /// `::`, which a node without an address sends from.
    var isUnspecifiedIPv6: Bool { !isIPv4 && high == 0 && low == 0 }
}
