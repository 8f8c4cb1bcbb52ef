import Bytes

/// IPv4 headers (RFC 791 §3.1).
enum IPv4 {
    static func decode(_ reader: inout ByteReader, into packet: inout Packet) -> PacketDecoder.Layer {
        guard packet.ipLayers < PacketDecoder.ipLayerLimit else { return .unused(.tooManyLayers) }
        let start = reader.offset
        guard let first = try? reader.u16(), let total = try? reader.u16(), let identity = try? reader.u16(),
            let fragment = try? reader.u16(), let hops = try? reader.u8(), let transport = try? reader.u8(),
            (try? reader.skip(2)) != nil, let source = try? reader.u32(), let destination = try? reader.u32()
        else { return .unused(.truncatedIP) }
        let headerBytes = Int(first >> 8 & 15) &* 4
        guard first >> 12 == 4, headerBytes >= 20 else { return .unused(.malformedIP) }
        // Zero: a frame captured before segmentation offload cut it; its length is the frame's.
        let length = total == 0 ? reader.remaining &+ 20 &+ packet.uncapturedBytes : Int(total)
        guard length >= headerBytes else { return .unused(.malformedIP) }
        guard (try? reader.skip(headerBytes &- 20)) != nil else { return .unused(.truncatedIP) }

        packet.beginIPLayer()
        packet.source = IPAddress(ipv4: source)
        packet.destination = IPAddress(ipv4: destination)
        packet.transport = transport
        packet.layer3Start = start
        packet.hopLimit = hops
        packet.layer3Bytes = UInt32(clamping: length)
        packet.setPayload(reader, bytes: length &- headerBytes)
        // Bytes behind the IP packet are link padding: the reader ends with the packet.
        reader = ByteReader(reader.bytes.clamped(from: 0, count: start &+ length), at: reader.offset)
        if fragment & 0x3fff != 0 {
            packet.fragment = FragmentInfo(
                identification: UInt32(identity), offset: Int(fragment & 0x1fff) &* 8,
                moreFragments: fragment & 0x2000 != 0)
            return .finished
        }
        return .ipPayload(transport)
    }
}

extension Packet {
    mutating func beginIPLayer() {
        if ipLayers > 0 { tunnelDepth &+= 1 }
        ipLayers &+= 1
        sourcePort = 0
        destinationPort = 0
        hasTransportHeader = false
        tcpFlags = []
        fragment = nil
    }

    /// Marks everything from the reader on as payload, as far as it was captured, of `bytes` announced ones.
    mutating func setPayload(_ reader: ByteReader, bytes: Int) {
        payloadStart = reader.offset
        payloadLength = max(bytes, 0)
        payloadCaptured = min(payloadLength, reader.remaining)
    }
}
