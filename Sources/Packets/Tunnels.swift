import Bytes

/// Generic Routing Encapsulation (RFC 2784, RFC 2890), PPTP's version 1 (RFC 2637), ERSPAN I to III.
enum GRE {
    static func decode(_ reader: inout ByteReader) -> PacketDecoder.Layer {
        guard let flags = try? reader.u16(), let type = try? reader.u16() else { return .finished }
        let version = flags & 7
        guard version <= 1, flags >> 14 & 1 == 0 else { return .finished }
        var optional = 0
        if flags >> 15 & 1 == 1 { optional += 4 }
        if flags >> 13 & 1 == 1 { optional += 4 }
        let hasSequence = flags >> 12 & 1 == 1
        if hasSequence { optional += 4 }
        if version == 1, flags >> 7 & 1 == 1 { optional += 4 }
        guard (try? reader.skip(optional)) != nil else { return .finished }
        switch type {
        case 0x0800: return .ipv4
        case 0x86dd: return .ipv6
        case 0x6558: return .ethernet
        case 0x8847, 0x8848: return .mpls
        case 0x880b: return reader.isAtEnd ? .finished : .pppMaybeFramed
        // ERSPAN I has no sequence number and no header of its own; II has 8 bytes, III 12 and more.
        case 0x88be:
            guard hasSequence else { return .ethernet }
            return (try? reader.skip(8)) != nil ? .ethernet : .finished
        case 0x22eb: return erspan3(&reader)
        default: return .finished
        }
    }

    /// ERSPAN type III (draft-foschiano-erspan): 12 bytes, and 8 more when the O bit is set.
    private static func erspan3(_ reader: inout ByteReader) -> PacketDecoder.Layer {
        guard (try? reader.skip(10)) != nil, let last = try? reader.u16() else { return .finished }
        if last & 1 == 1 {
            guard (try? reader.skip(8)) != nil else { return .finished }
        }
        // The frame type field: 0 Ethernet, 2 IP.
        return last >> 10 & 0x1f == 2 ? .ipAny : .ethernet
    }
}

/// UDP ports that carry other packets. A port alone proves nothing: the inner headers must fit exactly, else
/// the packet stays what it is on the outside.
enum UDPTunnel {
    static func next(_ packet: Packet, _ reader: ByteReader) -> PacketDecoder.Layer {
        guard packet.payloadCaptured >= 8 else { return .finished }
        switch (packet.sourcePort, packet.destinationPort) {
        case (_, 4789), (_, 8472), (_, 4790): return VXLAN.fits(reader) ? .vxlan : .finished
        case (6081, _), (_, 6081): return GENEVE.fits(reader) ? .geneve : .finished
        case (2152, _), (_, 2152): return GTPU.fits(reader, packet.payloadLength) ? .gtpu : .finished
        case (3544, _), (_, 3544): return Teredo.next(reader, packet.payloadLength)
        case (5072, _), (_, 5072): return AYIYA.next(reader, packet.payloadLength)
        case (1701, _), (_, 1701): return L2TP.fits(reader) ? .l2tp : .finished
        default: return .finished
        }
    }

    /// Whether a tunnel may stand on the port, so that `next` has to look.
    static func isPort(_ port: UInt16) -> Bool {
        switch port {
        case 1701, 2152, 3544, 4789, 4790, 5072, 6081, 8472: true
        default: false
        }
    }

    /// Whether an IP packet begins at `reader` whose own length fits `available` bytes.
    static func looksLikeIP(_ start: ByteReader, available: Int) -> Bool {
        var reader = start
        guard let first = try? reader.u32(), let second = try? reader.u16() else { return false }
        switch first >> 28 {
        case 4: return first >> 24 & 15 >= 5 && Int(first & 0xffff) <= available && first & 0xffff >= 20
        case 6: return Int(second) &+ 40 <= available
        default: return false
        }
    }

    /// Whether an Ethernet frame with a type that is worth opening begins at `reader`.
    static func looksLikeEthernet(_ start: ByteReader) -> Bool {
        var reader = start
        guard (try? reader.skip(12)) != nil, let type = try? reader.u16() else { return false }
        switch type {
        case 0x0800: return (reader.peek() ?? 0) >> 4 == 4
        case 0x86dd: return (reader.peek() ?? 0) >> 4 == 6
        case 0x8100, 0x88a8, 0x0806, 0x8847, 0x8848, 0x88cc, 0x8864: return true
        default: return type <= 1500
        }
    }
}

/// VXLAN (RFC 7348 §5): flags with the I bit, 24-bit network id, an Ethernet frame.
enum VXLAN {
    static func fits(_ start: ByteReader) -> Bool {
        var reader = start
        guard let flags = try? reader.u8(), flags & 0x08 != 0, (try? reader.skip(7)) != nil else {
            return false
        }
        return UDPTunnel.looksLikeEthernet(reader)
    }

    static func decode(_ reader: inout ByteReader) -> PacketDecoder.Layer {
        (try? reader.skip(8)) != nil ? .ethernet : .finished
    }
}

/// GENEVE (RFC 8926 §3): version and option length, protocol type, network id, options.
enum GENEVE {
    static func fits(_ start: ByteReader) -> Bool {
        var reader = start
        guard let first = try? reader.u8(), first >> 6 == 0, (try? reader.skip(1)) != nil,
            let type = try? reader.u16(), (try? reader.skip(4 + Int(first & 0x3f) * 4)) != nil
        else { return false }
        switch type {
        case 0x6558: return UDPTunnel.looksLikeEthernet(reader)
        case 0x0800, 0x86dd: return UDPTunnel.looksLikeIP(reader, available: .max)
        default: return false
        }
    }

    static func decode(_ reader: inout ByteReader) -> PacketDecoder.Layer {
        guard let first = try? reader.u8(), (try? reader.skip(1)) != nil, let type = try? reader.u16(),
            (try? reader.skip(4 + Int(first & 0x3f) * 4)) != nil
        else { return .finished }
        return .etherType(type)
    }
}

/// GTP-U (3GPP TS 29.281 §5): version 1, message type 255 (G-PDU), optional fields, extension headers.
enum GTPU {
    static func fits(_ start: ByteReader, _ available: Int) -> Bool {
        var reader = start
        guard decode(&reader) == .ipAny else { return false }
        return UDPTunnel.looksLikeIP(reader, available: available)
    }

    static func decode(_ reader: inout ByteReader) -> PacketDecoder.Layer {
        guard let flags = try? reader.u8(), flags >> 5 == 1, flags >> 4 & 1 == 1, let type = try? reader.u8(),
            type == 255, (try? reader.skip(6)) != nil
        else { return .finished }
        guard flags & 7 != 0 else { return .ipAny }
        guard (try? reader.skip(3)) != nil, var next = try? reader.u8() else { return .finished }
        // Extension headers: the specification defines fewer than ten.
        for _ in 0..<16 where flags & 4 != 0 && next != 0 {
            guard let units = try? reader.u8(), units > 0, (try? reader.skip(Int(units) * 4 - 2)) != nil,
                let following = try? reader.u8()
            else { return .finished }
            next = following
        }
        return .ipAny
    }
}

/// Teredo (RFC 4380 §5.1.1): IPv6 in UDP, after optional authentication and origin indications.
enum Teredo {
    static func next(_ start: ByteReader, _ available: Int) -> PacketDecoder.Layer {
        var reader = start
        if reader.peek() == 0, reader.peek(1) == 1 {
            guard (try? reader.skip(2)) != nil, let id = try? reader.u8(), let value = try? reader.u8(),
                (try? reader.skip(Int(id) + Int(value) + 9)) != nil
            else { return .finished }
        }
        if reader.peek() == 0, reader.peek(1) == 0 {
            guard (try? reader.skip(8)) != nil else { return .finished }
        }
        let left = available &- (reader.offset &- start.offset)
        guard reader.peek().map({ $0 >> 4 }) == 6, UDPTunnel.looksLikeIP(reader, available: left) else {
            return .finished
        }
        return .embeddedIPv6(reader.offset)
    }
}

/// AYIYA (draft-massar-v6ops-ayiya §4): identity and signature lengths, next header, epoch, then IPv6.
enum AYIYA {
    static func next(_ start: ByteReader, _ available: Int) -> PacketDecoder.Layer {
        var reader = start
        guard let identity = try? reader.u8(), let signature = try? reader.u8(), (try? reader.skip(1)) != nil,
            let next = try? reader.u8(), next == IPProtocol.ipv6, identity >> 4 <= 6,
            (try? reader.skip(4 + (1 << Int(identity >> 4)) + Int(signature >> 4) * 4)) != nil,
            reader.peek().map({ $0 >> 4 }) == 6,
            UDPTunnel.looksLikeIP(reader, available: available &- (reader.offset &- start.offset))
        else { return .finished }
        return .embeddedIPv6(reader.offset)
    }
}

/// L2TP version 2 data messages (RFC 2661 §3.1): optional length, sequence numbers and offset, then PPP.
enum L2TP {
    static func fits(_ start: ByteReader) -> Bool {
        var reader = start
        if case .finished = decode(&reader) { return false }
        // Only PPP with address and control, or a protocol that carries IP.
        if reader.peek() == 0xff, reader.peek(1) == 0x03 { return true }
        return reader.peek() == 0x21 || reader.peek() == 0x57
            || (reader.peek() == 0 && (reader.peek(1) == 0x21 || reader.peek(1) == 0x57))
    }

    static func decode(_ reader: inout ByteReader) -> PacketDecoder.Layer {
        guard let flags = try? reader.u16(), flags & 0x000f == 2, flags >> 15 == 0 else { return .finished }
        if flags >> 14 & 1 == 1 {
            guard (try? reader.skip(2)) != nil else { return .finished }
        }
        guard (try? reader.skip(4)) != nil else { return .finished }
        if flags >> 11 & 1 == 1 {
            guard (try? reader.skip(4)) != nil else { return .finished }
        }
        if flags >> 9 & 1 == 1 {
            guard let pad = try? reader.u16(), (try? reader.skip(Int(pad))) != nil else { return .finished }
        }
        return reader.isAtEnd ? .finished : .pppMaybeFramed
    }
}
