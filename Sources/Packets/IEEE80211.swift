import Bytes

/// IEEE 802.11 data frames (§9.2, §9.3.2): unencrypted, QoS, four addresses, A-MSDU.
enum IEEE80211 {
    static func decode(_ reader: inout ByteReader, into packet: inout Packet) -> PacketDecoder.Layer {
        guard let control = try? reader.u16LE(), (try? reader.skip(2)) != nil else {
            return .unused(.truncatedLink)
        }
        let type = control >> 2 & 3
        let subtype = control >> 4 & 15
        // Type 2 is data; subtype bit 2 set means no data (null functions, CF-Ack without data).
        guard control & 3 == 0, type == 2, subtype & 4 == 0 else { return .unused(.wlanManagement) }
        guard let first = address(&reader), let second = address(&reader), let third = address(&reader),
            let sequence = try? reader.u16LE()
        else { return .unused(.truncatedLink) }
        let toDS = control >> 8 & 1 == 1
        let fromDS = control >> 9 & 1 == 1
        var fourth: MACAddress?
        if toDS && fromDS {
            fourth = address(&reader)
            guard fourth != nil else { return .unused(.truncatedLink) }
        }
        packet.destinationMAC = toDS ? third : first
        packet.sourceMAC = toDS && fromDS ? fourth : fromDS ? third : second
        var isAggregate = false
        if subtype & 8 != 0 {
            guard let qos = try? reader.u16LE() else { return .unused(.truncatedLink) }
            isAggregate = qos >> 7 & 1 == 1
            // The order bit announces an HT control field in QoS frames.
            if control >> 15 & 1 == 1 {
                guard (try? reader.skip(4)) != nil else { return .unused(.truncatedLink) }
            }
        }
        guard control >> 14 & 1 == 0 else { return .unused(.wlanEncrypted) }
        guard control >> 10 & 1 == 0, sequence & 15 == 0 else { return .unused(.wlanFragment) }
        return isAggregate ? subframe(&reader, into: &packet) : .linkControl
    }

    /// One A-MSDU subframe (§9.3.2.2.2): destination, source, length, LLC; the next begins at a multiple of four.
    static func subframe(_ reader: inout ByteReader, into packet: inout Packet) -> PacketDecoder.Layer {
        let start = reader.offset
        guard let destination = address(&reader), let source = address(&reader),
            let length = try? reader.u16()
        else { return .unused(.truncatedLink) }
        packet.destinationMAC = destination
        packet.sourceMAC = source
        let size = (14 &+ Int(length) &+ 3) & ~3
        // Fourteen bytes of header and eight of LLC and SNAP: anything shorter is the frame's checksum.
        if reader.bytes.byteCount &- (start &+ size) >= 22 { packet.nextSubframe = start &+ size }
        return .linkControl
    }

    private static func address(_ reader: inout ByteReader) -> MACAddress? {
        guard let high = try? reader.u16(), let low = try? reader.u32() else { return nil }
        return MACAddress(bits: UInt64(high) << 32 | UInt64(low))
    }
}

/// Headers that a monitor-mode driver puts before an 802.11 frame.
enum Radiotap {
    /// Radiotap (radiotap.org): version, length, presence words; only TSFT and Flags are read.
    static func decode(_ reader: inout ByteReader) -> PacketDecoder.Layer {
        let start = reader.offset
        guard let version = try? reader.u8(), (try? reader.skip(1)) != nil, let length = try? reader.u16LE(),
            var present = try? reader.u32LE()
        else { return .unused(.truncatedLink) }
        guard version == 0, length >= 8 else { return .unused(.malformedLink) }
        let hasTSFT = present & 1 == 1
        let hasFlags = present >> 1 & 1 == 1
        // Bit 31 announces a further presence word; drivers with many antennas write a few.
        var words = 1
        while present >> 31 == 1, words < 32 {
            guard let next = try? reader.u32LE() else { return .unused(.truncatedLink) }
            present = next
            words += 1
        }
        var flags: UInt8 = 0
        if hasFlags {
            // TSFT is eight bytes, aligned to eight from the header's start.
            var position = 4 &+ words &* 4
            if hasTSFT { position = ((position &+ 7) & ~7) &+ 8 }
            flags = reader.bytes.byte(at: start &+ position) ?? 0
        }
        guard Int(length) <= reader.bytes.byteCount &- start else { return .unused(.truncatedLink) }
        reader = ByteReader(reader.bytes, at: start &+ Int(length))
        return flags & 0x40 != 0 ? .unused(.wlanBadChecksum) : .wlan
    }

    /// Prism (link type 119) or AVS (163, and 119 by its magic): a header with its own length, then the frame.
    static func prismOrAVS(_ reader: inout ByteReader) -> PacketDecoder.Layer {
        let start = reader.offset
        guard let first = try? reader.u32(), let length = try? reader.u32() else {
            return .unused(.truncatedLink)
        }
        var skip: Int
        if first >> 12 == 0x80211 {
            skip = Int(length)
        } else {
            // Prism: message code 0x44 and the length in the capturing machine's byte order.
            let bytes = first == 0x44 ? length : length.byteSwapped
            skip = Int(bytes)
        }
        if skip < 8 || skip > 4096 { skip = 144 }
        guard skip <= reader.bytes.byteCount &- start else { return .unused(.truncatedLink) }
        reader = ByteReader(reader.bytes, at: start &+ skip)
        return .wlan
    }

    /// Per-Packet Information: version, flags, length, the inner link type.
    static func perPacketInformation(_ reader: inout ByteReader) -> PacketDecoder.Layer {
        let start = reader.offset
        guard (try? reader.skip(2)) != nil, let length = try? reader.u16LE(), let inner = try? reader.u32LE()
        else { return .unused(.truncatedLink) }
        guard length >= 8, Int(length) <= reader.bytes.byteCount &- start else {
            return .unused(.truncatedLink)
        }
        reader = ByteReader(reader.bytes, at: start &+ Int(length))
        // The inner type is one of the registry; itself again would be a loop.
        return inner == 192 ? .unused(.malformedLink) : .link(inner)
    }
}
