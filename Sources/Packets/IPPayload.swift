import Bytes

/// What an IP packet carries: TCP and UDP headers, or a tunnel to open.
enum IPPayload {
    static func decode(
        _ number: UInt8, _ reader: inout ByteReader, into packet: inout Packet
    ) -> PacketDecoder.Layer {
        switch number {
        case IPProtocol.tcp: return tcp(&reader, into: &packet)
        case IPProtocol.udp: return udp(&reader, into: &packet)
        case IPProtocol.sctp, 33, 136:
            readPorts(&reader, into: &packet)
            return .finished
        case IPProtocol.ipInIP: return .ipv4
        case IPProtocol.ipv6: return .ipv6
        case IPProtocol.mplsInIP: return .mpls
        case IPProtocol.gre: return .gre
        case 51: return authenticationHeader(&reader, into: &packet)
        default: return .finished
        }
    }

    /// TCP (RFC 9293 §3.1). A cut or contradictory header leaves the packet without ports, but counted.
    private static func tcp(_ reader: inout ByteReader, into packet: inout Packet) -> PacketDecoder.Layer {
        let start = reader.offset
        let announced = packet.payloadLength
        guard let source = try? reader.u16(), let destination = try? reader.u16(),
            let sequence = try? reader.u32(), let acknowledgment = try? reader.u32(),
            let offsetAndFlags = try? reader.u16()
        else { return .finished }
        packet.transportStart = start
        packet.sourcePort = source
        packet.destinationPort = destination
        packet.tcpSequence = sequence
        packet.tcpAcknowledgment = acknowledgment
        packet.tcpFlags = TCPFlags(rawValue: UInt8(truncatingIfNeeded: offsetAndFlags))
        packet.hasTransportHeader = true
        let headerBytes = Int(offsetAndFlags >> 12) &* 4
        guard headerBytes >= 20, headerBytes <= announced else {
            packet.payloadLength = 0
            packet.payloadCaptured = 0
            return .finished
        }
        let payload = ByteReader(reader.bytes, at: start &+ headerBytes)
        packet.setPayload(payload, bytes: announced &- headerBytes)
        return .finished
    }

    /// UDP (RFC 768). The length field is believed only where it fits the IP packet.
    private static func udp(_ reader: inout ByteReader, into packet: inout Packet) -> PacketDecoder.Layer {
        packet.transportStart = reader.offset
        let announced = packet.payloadLength
        guard let source = try? reader.u16(), let destination = try? reader.u16(),
            let length = try? reader.u16(), (try? reader.skip(2)) != nil
        else { return .finished }
        packet.sourcePort = source
        packet.destinationPort = destination
        packet.hasTransportHeader = true
        let bytes = length >= 8 && Int(length) <= announced ? Int(length) : announced
        packet.setPayload(reader, bytes: bytes &- 8)
        return UDPTunnel.next(packet, reader)
    }

    private static func readPorts(_ reader: inout ByteReader, into packet: inout Packet) {
        guard let source = try? reader.u16(), let destination = try? reader.u16() else { return }
        packet.sourcePort = source
        packet.destinationPort = destination
        packet.hasTransportHeader = true
    }

    /// AH (RFC 4302 §2) authenticates without hiding: what follows is in clear.
    private static func authenticationHeader(
        _ reader: inout ByteReader, into packet: inout Packet
    ) -> PacketDecoder.Layer {
        guard let next = try? reader.u8(), let length = try? reader.u8(),
            (try? reader.skip(Int(length) &* 4 &+ 6)) != nil
        else { return .finished }
        packet.transport = next
        packet.setPayload(reader, bytes: packet.payloadLength &- (Int(length) &* 4 &+ 8))
        return .ipPayload(next)
    }
}
