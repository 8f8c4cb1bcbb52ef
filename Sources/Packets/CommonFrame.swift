import Bytes

/// Ethernet, then IPv4 or IPv6 without options, then TCP or UDP that is no tunnel: nearly every frame of a school
/// network, decoded in one go. What it finds is exactly what the layers one by one find, in a third of the time
/// (a test compares both); whatever is unusual is left to them.
enum CommonFrame {
    /// Whether `frame` was one; if not, `packet` may be half filled.
    static func decode(_ frame: RawSpan, into packet: inout Packet) -> Bool {
        guard frame.byteCount >= 54 else { return false }
        var reader = ByteReader(frame)
        do throws(DecodeFault) {
            let high = try reader.u32()
            let middle = try reader.u32()
            let low = try reader.u32()
            packet.destinationMAC = MACAddress(bits: UInt64(high) << 16 | UInt64(middle >> 16))
            packet.sourceMAC = MACAddress(bits: UInt64(middle & 0xffff) << 32 | UInt64(low))
            switch try reader.u16() {
            case 0x0800: return try ipv4(&reader, into: &packet)
            case 0x86dd: return try ipv6(&reader, into: &packet)
            default: return false
            }
        } catch {
            return false
        }
    }

    @inline(__always)
    private static func ipv4(
        _ reader: inout ByteReader, into packet: inout Packet
    ) throws(DecodeFault) -> Bool {
        let start = reader.offset
        let first = try reader.u16()
        let total = Int(try reader.u16())
        _ = try reader.u16()
        let fragment = try reader.u16()
        let hops = try reader.u8()
        let transport = try reader.u8()
        try reader.skip(2)
        let source = try reader.u32()
        let destination = try reader.u32()
        // Version 4, five words of header, a length, and no fragment.
        guard first >> 8 == 0x45, total >= 20, fragment & 0x3fff == 0 else { return false }
        packet.beginIPLayer()
        packet.source = IPAddress(ipv4: source)
        packet.destination = IPAddress(ipv4: destination)
        packet.transport = transport
        packet.layer3Start = start
        packet.hopLimit = hops
        packet.layer3Bytes = UInt32(truncatingIfNeeded: total)
        return try payload(&reader, announced: total &- 20, into: &packet)
    }

    @inline(__always)
    private static func ipv6(
        _ reader: inout ByteReader, into packet: inout Packet
    ) throws(DecodeFault) -> Bool {
        let start = reader.offset
        let first = try reader.u32()
        let bytes = Int(try reader.u16())
        let next = try reader.u8()
        let hops = try reader.u8()
        let sourceHigh = try reader.u64()
        let sourceLow = try reader.u64()
        let destinationHigh = try reader.u64()
        let destinationLow = try reader.u64()
        guard first >> 28 == 6, bytes > 0 else { return false }
        packet.beginIPLayer()
        packet.source = IPAddress(ipv6High: sourceHigh, low: sourceLow)
        packet.destination = IPAddress(ipv6High: destinationHigh, low: destinationLow)
        packet.transport = next
        packet.layer3Start = start
        packet.hopLimit = hops
        packet.layer3Bytes = UInt32(truncatingIfNeeded: bytes &+ 40)
        return try payload(&reader, announced: bytes, into: &packet)
    }

    /// What the IP packet carries in its `announced` bytes; what lies behind them is padding of the link.
    @inline(__always)
    private static func payload(
        _ reader: inout ByteReader, announced: Int, into packet: inout Packet
    ) throws(DecodeFault) -> Bool {
        let start = reader.offset
        let captured = min(announced, reader.remaining)
        guard captured >= 20 else { return false }
        switch packet.transport {
        case IPProtocol.tcp:
            packet.sourcePort = try reader.u16()
            packet.destinationPort = try reader.u16()
            packet.tcpSequence = try reader.u32()
            packet.tcpAcknowledgment = try reader.u32()
            let offsetAndFlags = try reader.u16()
            packet.tcpFlags = TCPFlags(rawValue: UInt8(truncatingIfNeeded: offsetAndFlags))
            let header = Int(offsetAndFlags >> 12) &* 4
            guard header >= 20, header <= captured else { return false }
            packet.payloadStart = start &+ header
            packet.payloadLength = announced &- header
            packet.payloadCaptured = captured &- header
        case IPProtocol.udp:
            let source = try reader.u16()
            let destination = try reader.u16()
            let length = Int(try reader.u16())
            guard !UDPTunnel.isPort(source), !UDPTunnel.isPort(destination) else { return false }
            packet.sourcePort = source
            packet.destinationPort = destination
            let bytes = length >= 8 && length <= announced ? length : announced
            packet.payloadStart = start &+ 8
            packet.payloadLength = bytes &- 8
            packet.payloadCaptured = min(bytes, captured) &- 8
        default: return false
        }
        packet.transportStart = start
        packet.hasTransportHeader = true
        return true
    }
}
