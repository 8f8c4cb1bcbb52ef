import Bytes

/// IEEE 802.3 frames: two addresses, then an EtherType or a length.
enum Ethernet {
    static func decode(_ reader: inout ByteReader, into packet: inout Packet) -> PacketDecoder.Layer {
        guard let high = try? reader.u32(), let middle = try? reader.u32(), let low = try? reader.u32(),
            let type = try? reader.u16()
        else { return .unused(.truncatedLink) }
        packet.destinationMAC = MACAddress(bits: UInt64(high) << 16 | UInt64(middle >> 16))
        packet.sourceMAC = MACAddress(bits: UInt64(middle & 0xffff) << 32 | UInt64(low))
        return .etherType(type)
    }

    /// What follows an EtherType field. Values up to 1500 are a length, and LLC follows (IEEE 802.3 §3.2.6).
    static func payload(
        _ type: UInt16, _ reader: inout ByteReader, into packet: inout Packet
    ) -> PacketDecoder.Layer {
        switch type {
        case 0x0800: return .ipv4
        case 0x86dd: return .ipv6
        // 802.1Q, 802.1ad, and the older QinQ types.
        case 0x8100, 0x88a8, 0x9100, 0x9200, 0x9300:
            guard let tag = try? reader.u16(), let inner = try? reader.u16() else {
                return .unused(.truncatedLink)
            }
            packet.vlan = tag & 0x0fff
            return .etherType(inner)
        case 0x8847, 0x8848: return .mpls
        case 0x8864: return PPPoE.session(&reader)
        case 0x8863: return .unused(.linkControl)
        case 0x0806:
            packet.arpStart = reader.offset
            return .unused(.arp)
        case 0x8035: return .unused(.arp)
        case 0x88cc: return .unused(.lldp)
        case 0x888e: return .unused(.eapol)
        case 0x6558: return .ethernet
        case ...1500: return .linkControl
        default: return .unused(.unknownEtherType)
        }
    }
}

/// IEEE 802.2 LLC, with the SNAP extension that carries an EtherType (RFC 1042).
enum LinkControl {
    static func decode(_ reader: inout ByteReader) -> PacketDecoder.Layer {
        guard let destination = try? reader.u8(), let source = try? reader.u8(),
            (try? reader.u8()) != nil
        else { return .unused(.truncatedLink) }
        switch (destination, source) {
        case (0xaa, 0xaa):
            guard let organisation = try? reader.u24(), let type = try? reader.u16() else {
                return .unused(.truncatedLink)
            }
            // 0: EtherType as in RFC 1042; 0xf8: IEEE 802.1H bridge tunnel, the same.
            return organisation == 0 || organisation == 0xf8 ? .etherType(type) : .unused(.linkControl)
        case (0x06, 0x06): return .ipv4
        case (0x42, 0x42): return .unused(.spanningTree)
        default: return .unused(.linkControl)
        }
    }
}

/// MPLS label stack entries (RFC 3032 §2.1) down to the bottom of the stack.
enum MPLS {
    static func decode(_ reader: inout ByteReader) -> PacketDecoder.Layer {
        guard let entry = try? reader.u32() else { return .unused(.truncatedLink) }
        guard entry >> 8 & 1 == 1 else { return .mpls }
        guard let next = reader.peek() else { return .unused(.truncatedLink) }
        switch next >> 4 {
        case 4: return .ipv4
        case 6: return .ipv6
        case 0:
            // A pseudowire control word (RFC 4385 §3), then an Ethernet frame (RFC 4448).
            guard (try? reader.skip(4)) != nil else { return .unused(.truncatedLink) }
            return .ethernet
        default: return .ethernet
        }
    }
}

/// PPP over Ethernet session frames (RFC 2516 §4).
enum PPPoE {
    static func session(_ reader: inout ByteReader) -> PacketDecoder.Layer {
        guard let version = try? reader.u8(), let code = try? reader.u8(), (try? reader.skip(4)) != nil else {
            return .unused(.truncatedLink)
        }
        guard version == 0x11 else { return .unused(.malformedLink) }
        return code == 0 ? .pppProtocol : .unused(.linkControl)
    }
}
