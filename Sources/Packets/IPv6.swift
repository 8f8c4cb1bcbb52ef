import Bytes

/// IPv6 headers and extension headers (RFC 8200 §3 and §4).
enum IPv6 {
    /// Extension headers in one packet, at most: RFC 8200 §4.1 recommends each once; 16 leaves room for odd ones.
    static let extensionLimit = 16

    static func decode(_ reader: inout ByteReader, into packet: inout Packet) -> PacketDecoder.Layer {
        guard packet.ipLayers < PacketDecoder.ipLayerLimit else { return .unused(.tooManyLayers) }
        let start = reader.offset
        guard let first = try? reader.u32(), let payload = try? reader.u16(), let next = try? reader.u8(),
            let hops = try? reader.u8(), let sourceHigh = try? reader.u64(),
            let sourceLow = try? reader.u64(),
            let destinationHigh = try? reader.u64(), let destinationLow = try? reader.u64()
        else { return .unused(.truncatedIP) }
        guard first >> 28 == 6 else { return .unused(.malformedIP) }
        // Zero: a jumbogram (RFC 2675) or segmentation offload; the length is then the frame's.
        let bytes = payload == 0 && next != 59 ? reader.remaining &+ packet.uncapturedBytes : Int(payload)

        packet.beginIPLayer()
        packet.source = IPAddress(ipv6High: sourceHigh, low: sourceLow)
        packet.destination = IPAddress(ipv6High: destinationHigh, low: destinationLow)
        packet.transport = next
        packet.layer3Start = start
        packet.hopLimit = hops
        packet.layer3Bytes = UInt32(clamping: bytes &+ 40)
        packet.setPayload(reader, bytes: bytes)
        reader = ByteReader(reader.bytes.clamped(from: 0, count: start &+ 40 &+ bytes), at: reader.offset)
        return extensions(next, &reader, bytesAnnounced: bytes, into: &packet)
    }

    private static func extensions(
        _ first: UInt8, _ reader: inout ByteReader, bytesAnnounced: Int, into packet: inout Packet
    ) -> PacketDecoder.Layer {
        var next = first
        let start = reader.offset
        for _ in 0..<extensionLimit {
            var units = 0
            switch next {
            case 0, 43, 60, 135, 139, 140:  // hop-by-hop, routing, destination, mobility, HIP, shim6
                guard let following = try? reader.u8(), let length = try? reader.u8() else {
                    return .finished
                }
                next = following
                units = Int(length) &* 8 &+ 6
            case 44:
                guard let following = try? reader.u8(), (try? reader.skip(1)) != nil,
                    let place = try? reader.u16(), let identity = try? reader.u32()
                else { return .finished }
                packet.transport = following
                packet.setPayload(reader, bytes: bytesAnnounced &- (reader.offset &- start))
                // An atomic fragment (RFC 6946) is a whole packet.
                if place & 0xfff9 == 0 { return .ipPayload(following) }
                packet.fragment = FragmentInfo(
                    identification: identity, offset: Int(place & 0xfff8), moreFragments: place & 1 == 1)
                return .finished
            default:
                packet.transport = next
                packet.setPayload(reader, bytes: bytesAnnounced &- (reader.offset &- start))
                return .ipPayload(next)
            }
            packet.transport = next
            guard (try? reader.skip(units)) != nil else { return .finished }
        }
        return .unused(.tooManyLayers)
    }
}
