import Bytes

/// Linux "cooked" captures of the `any` device: LINKTYPE_LINUX_SLL and LINKTYPE_LINUX_SLL2.
enum LinuxCooked {
    /// Packet type, ARPHRD type, address length, address (8 bytes), protocol.
    static func version1(_ reader: inout ByteReader, into packet: inout Packet) -> PacketDecoder.Layer {
        guard (try? reader.skip(2)) != nil, let hardware = try? reader.u16(), let length = try? reader.u16(),
            let address = try? reader.u64(), let type = try? reader.u16()
        else { return .unused(.truncatedLink) }
        return payload(type, hardware: hardware, addressLength: length, address: address, into: &packet)
    }

    /// Protocol, reserved, interface, ARPHRD type, packet type, address length, address.
    static func version2(_ reader: inout ByteReader, into packet: inout Packet) -> PacketDecoder.Layer {
        guard let type = try? reader.u16(), (try? reader.skip(6)) != nil, let hardware = try? reader.u16(),
            (try? reader.skip(1)) != nil, let length = try? reader.u8(), let address = try? reader.u64()
        else { return .unused(.truncatedLink) }
        return payload(
            type, hardware: hardware, addressLength: UInt16(length), address: address, into: &packet)
    }

    private static func payload(
        _ type: UInt16, hardware: UInt16, addressLength: UInt16, address: UInt64, into packet: inout Packet
    ) -> PacketDecoder.Layer {
        if addressLength == 6 { packet.sourceMAC = MACAddress(bits: address >> 16) }
        switch (hardware, type) {
        // ARPHRD_NETLINK carries kernel messages; ARPHRD_IPGRE tunnels keep the GRE protocol in `type`.
        case (824, _): return .unused(.linkControl)
        // 1: Novell 802.3 without LLC; 4: LLC; 0x0c is CAN.
        case (_, 0x0004): return .linkControl
        case (_, ...1500): return .unused(.linkControl)
        default: return .etherType(type)
        }
    }
}

/// Netfilter log captures: family, version, resource, then TLVs in the capturing machine's byte order, of which
/// NFULA_PAYLOAD (9) holds the IP packet.
enum NFLOG {
    static func decode(_ reader: inout ByteReader, into packet: inout Packet) -> PacketDecoder.Layer {
        guard let family = try? reader.u8(), (try? reader.skip(3)) != nil else {
            return .unused(.truncatedLink)
        }
        // Attributes of one packet: the kernel defines fewer than 32.
        for _ in 0..<64 {
            guard let length = try? reader.u16LE(), let type = try? reader.u16LE(), length >= 4 else {
                return .unused(.truncatedLink)
            }
            if type & 0x7fff == 9 {
                guard let body = try? reader.take(min(Int(length) - 4, reader.remaining)) else {
                    return .unused(.truncatedLink)
                }
                // The reader must keep offsets into the frame, so the payload is where it stands: step back.
                reader = ByteReader(reader.bytes, at: reader.offset &- body.byteCount)
                switch family {
                case 2: return .ipv4
                case 10: return .ipv6
                default: return .unused(.unknownEtherType)
                }
            }
            let padded = (Int(length) - 4 + 3) & ~3
            guard (try? reader.skip(padded)) != nil else { return .unused(.truncatedLink) }
        }
        return .unused(.malformedLink)
    }
}
