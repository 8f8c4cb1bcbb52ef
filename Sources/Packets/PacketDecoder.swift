import Bytes

/// Frame bytes to header values: one loop over layers, no recursion, no allocation, nothing that traps.
///
/// Each layer is one function in a file of its own that consumes its header and names the next layer. The
/// innermost IP packet wins; each IP layer overwrites what the outer one wrote.
package enum PacketDecoder {
    /// IP layers in one frame, at most: real mirrors nest two or three tunnels; a crafted frame could go on for ever.
    package static let ipLayerLimit = 8
    /// Headers of any kind in one frame, at most, for the same reason (VLAN and MPLS stacks).
    static let layerLimit = 48

    /// What comes next in the frame.
    enum Layer: Equatable {
        case link(UInt32)
        case ethernet
        case etherType(UInt16)
        case linkControl
        case pppProtocol
        case pppMaybeFramed
        case mpls
        case ipAny
        case ipv4
        case ipv6
        case ipPayload(UInt8)
        case gre
        case vxlan
        case geneve
        case gtpu
        case l2tp
        /// IPv6 at this offset of the frame.
        case embeddedIPv6(Int)
        case wlan
        /// The packet is decoded as far as it goes.
        case finished
        case unused(UnusedReason)
    }

    /// Decodes `frame`; nil when an IP packet was found, else why not.
    ///
    /// - Parameters:
    ///   - linkType: the tcpdump group's link-layer header type.
    ///   - originalLength: bytes that the frame had on the wire.
    package static func decode(
        _ frame: RawSpan, linkType: UInt32, originalLength: UInt64, into packet: inout Packet
    ) -> UnusedReason? {
        reset(&packet, frame, originalLength)
        if linkType == 1, CommonFrame.decode(frame, into: &packet) { return nil }
        return decodeByLayer(frame, linkType: linkType, originalLength: originalLength, into: &packet)
    }

    /// The same, layer by layer.
    package static func decodeByLayer(
        _ frame: RawSpan, linkType: UInt32, originalLength: UInt64, into packet: inout Packet
    ) -> UnusedReason? {
        reset(&packet, frame, originalLength)
        return run(.link(linkType), ByteReader(frame), into: &packet)
    }

    @inline(__always)
    private static func reset(_ packet: inout Packet, _ frame: RawSpan, _ originalLength: UInt64) {
        packet.sourceMAC = nil
        packet.destinationMAC = nil
        packet.vlan = 0
        packet.tunnelDepth = 0
        packet.ipLayers = 0
        packet.fragment = nil
        packet.nextSubframe = nil
        packet.arpStart = nil
        let captured = UInt64(frame.byteCount)
        packet.uncapturedBytes = originalLength > captured ? Int(clamping: originalLength - captured) : 0
    }

    /// Decodes a further packet of an A-MSDU frame, at the offset that `nextSubframe` gave.
    package static func decodeSubframe(_ frame: RawSpan, at offset: Int, into packet: inout Packet)
        -> UnusedReason?
    {
        packet.nextSubframe = nil
        packet.tunnelDepth = 0
        packet.ipLayers = 0
        packet.fragment = nil
        var reader = ByteReader(frame, at: offset)
        return run(IEEE80211.subframe(&reader, into: &packet), reader, into: &packet)
    }

    /// Decodes the payload of a reassembled datagram, whose IP header `packet` still holds.
    package static func decodeReassembled(_ payload: RawSpan, into packet: inout Packet) -> UnusedReason? {
        packet.fragment = nil
        packet.uncapturedBytes = 0
        packet.setPayload(ByteReader(payload), bytes: payload.byteCount)
        return run(.ipPayload(packet.transport), ByteReader(payload), into: &packet)
    }

    private static func run(_ first: Layer, _ start: ByteReader, into packet: inout Packet) -> UnusedReason? {
        var reader = start
        var layer = first
        for _ in 0..<layerLimit {
            switch layer {
            case .link(let type): layer = link(type, &reader, into: &packet)
            case .ethernet: layer = Ethernet.decode(&reader, into: &packet)
            case .etherType(let type): layer = Ethernet.payload(type, &reader, into: &packet)
            case .linkControl: layer = LinkControl.decode(&reader)
            case .pppProtocol: layer = PPP.protocolField(&reader)
            case .pppMaybeFramed: layer = PPP.maybeFramed(&reader)
            case .mpls: layer = MPLS.decode(&reader)
            case .ipAny: layer = ipAny(reader)
            case .ipv4: layer = IPv4.decode(&reader, into: &packet)
            case .ipv6: layer = IPv6.decode(&reader, into: &packet)
            case .ipPayload(let number): layer = IPPayload.decode(number, &reader, into: &packet)
            case .gre: layer = GRE.decode(&reader)
            case .vxlan: layer = VXLAN.decode(&reader)
            case .geneve: layer = GENEVE.decode(&reader)
            case .gtpu: layer = GTPU.decode(&reader)
            case .l2tp: layer = L2TP.decode(&reader)
            case .embeddedIPv6(let offset):
                reader = ByteReader(reader.bytes, at: offset)
                layer = .ipv6
            case .wlan: layer = IEEE80211.decode(&reader, into: &packet)
            case .finished: return nil
            // What a tunnel carries could not be read: the packet stays what it is on the outside.
            case .unused(let reason): return packet.ipLayers > 0 ? nil : reason
            }
        }
        return packet.ipLayers > 0 ? nil : .tooManyLayers
    }

    /// By the version nibble, where a link carries bare IP.
    static func ipAny(_ reader: ByteReader) -> Layer {
        guard let first = reader.peek() else { return .unused(.truncatedIP) }
        switch first >> 4 {
        case 4: return .ipv4
        case 6: return .ipv6
        default: return .unused(.malformedIP)
        }
    }

    /// The tcpdump group's registry of link-layer header types, as far as they carry IP.
    private static func link(_ type: UInt32, _ reader: inout ByteReader, into packet: inout Packet) -> Layer {
        switch type {
        case 1: return .ethernet
        case 0: return Loopback.decode(&reader, isNetworkOrder: false)
        case 108: return Loopback.decode(&reader, isNetworkOrder: true)
        case 12, 14, 101: return .ipAny
        case 228: return .ipv4
        case 229: return .ipv6
        case 9, 50: return .pppMaybeFramed
        case 51: return PPPoE.session(&reader)
        case 104: return PPP.ciscoHDLC(&reader)
        case 113: return LinuxCooked.version1(&reader, into: &packet)
        case 276: return LinuxCooked.version2(&reader, into: &packet)
        case 105: return .wlan
        case 127: return Radiotap.decode(&reader)
        case 119, 163: return Radiotap.prismOrAVS(&reader)
        case 192: return Radiotap.perPacketInformation(&reader)
        case 149, 258: return PacketTap.decode(&reader)
        case 239: return NFLOG.decode(&reader, into: &packet)
        case 242: return IPoIB.decode(&reader)
        default: return .unused(.unknownLinkType)
        }
    }
}
