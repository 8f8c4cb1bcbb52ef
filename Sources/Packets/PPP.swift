import Bytes

/// PPP frames (RFC 1661, RFC 1662), Cisco HDLC (RFC 1547 successor, no RFC).
enum PPP {
    /// With or without the address and control fields (ff 03); Cisco HDLC is captured under the same type.
    static func maybeFramed(_ reader: inout ByteReader) -> PacketDecoder.Layer {
        guard let first = reader.peek() else { return .unused(.truncatedLink) }
        if first == 0xff, reader.peek(1) == 0x03 {
            guard (try? reader.skip(2)) != nil else { return .unused(.truncatedLink) }
            return .pppProtocol
        }
        if first == 0x0f || first == 0x8f { return ciscoHDLC(&reader) }
        return .pppProtocol
    }

    /// The protocol number, in one byte when it is odd (RFC 1661 §2 and §6.5).
    static func protocolField(_ reader: inout ByteReader) -> PacketDecoder.Layer {
        guard let first = try? reader.u8() else { return .unused(.truncatedLink) }
        var number = UInt16(first)
        if first & 1 == 0 {
            guard let second = try? reader.u8() else { return .unused(.truncatedLink) }
            number = number << 8 | UInt16(second)
        }
        switch number {
        case 0x0021: return .ipv4
        case 0x0057: return .ipv6
        case 0x0281, 0x0283: return .mpls
        case 0x0031: return .ethernet
        default: return .unused(.linkControl)
        }
    }

    /// Address, control, then an EtherType.
    static func ciscoHDLC(_ reader: inout ByteReader) -> PacketDecoder.Layer {
        guard let address = try? reader.u8(), (try? reader.u8()) != nil, let type = try? reader.u16() else {
            return .unused(.truncatedLink)
        }
        // PPP in HDLC-like framing under the same link type.
        if address == 0xff { return type == 0x0021 ? .ipv4 : type == 0x0057 ? .ipv6 : .unused(.linkControl) }
        return type == 0x8035 || type == 0x2000 ? .unused(.linkControl) : .etherType(type)
    }
}

/// BSD loopback: a 32-bit address family in the capturing machine's byte order (type 0) or network order (108).
enum Loopback {
    static func decode(_ reader: inout ByteReader, isNetworkOrder: Bool) -> PacketDecoder.Layer {
        guard let raw = try? reader.u32() else { return .unused(.truncatedLink) }
        // The capturing machine may have had either byte order; families are small numbers.
        let family = isNetworkOrder || raw < 0x10000 ? raw : raw.byteSwapped
        switch family {
        case 2: return .ipv4
        case 10, 24, 28, 30: return .ipv6
        default: return .unused(.unknownEtherType)
        }
    }
}

/// Apple's packet tap (PKTAP, also written as USER2): a header with its own length and the inner link type, in the
/// capturing machine's byte order, which is little-endian on all that write it.
enum PacketTap {
    static func decode(_ reader: inout ByteReader) -> PacketDecoder.Layer {
        let start = reader.offset
        guard let length = try? reader.u32LE(), let next = try? reader.u32LE(),
            let inner = try? reader.u32LE()
        else { return .unused(.truncatedLink) }
        guard length >= 12, next == 1, inner != 149, inner != 258 else { return .unused(.malformedLink) }
        guard Int(length) <= reader.bytes.byteCount &- start else { return .unused(.truncatedLink) }
        reader = ByteReader(reader.bytes, at: start &+ Int(length))
        return .link(inner)
    }
}

/// IP over InfiniBand (RFC 4391 §6): a 40-byte GRH stand-in, then EtherType and two reserved bytes.
enum IPoIB {
    static func decode(_ reader: inout ByteReader) -> PacketDecoder.Layer {
        guard (try? reader.skip(40)) != nil, let type = try? reader.u16(), (try? reader.skip(2)) != nil else {
            return .unused(.truncatedLink)
        }
        return .etherType(type)
    }
}
