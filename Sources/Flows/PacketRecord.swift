import Bytes
import Packets

/// What one packet means for its flow: all that the flow table needs of it, so that the packet's headers are
/// decoded once, by whichever worker read them, and counted by the one that owns the flow.
package struct PacketRecord: Sendable {
    let key: FlowKey
    var time: Timestamp
    /// The source's hardware address (48 bits) with the VLAN id above it; `noLink` where the link has no address.
    let link: UInt64
    /// Layer-3 bytes that this record counts for.
    var bytes: UInt32
    /// Packets that this record counts for: more than one for a datagram put together from fragments.
    var packets: UInt32 = 1
    /// Where the transport payload lies in the window (or, with `.isJoined`, among the joined payloads).
    let payloadStart: UInt32
    let payloadCaptured: UInt32
    let tcpSequence: UInt32
    let tcpAcknowledgment: UInt32
    /// Place of the packet's frame in its chunk, from 0.
    var frame: UInt32
    /// Place of the packet among all packets of its chunk: a frame may hold several.
    var order: UInt32
    /// The shard's next record; `none` at its last.
    var next = PacketRecord.none
    /// Bytes of the frame on the wire; 0 for the second and later packets of one frame.
    let wireBytes: UInt32
    let traits: PacketTraits

    static let none = UInt32.max
    /// No VLAN id is so high (IEEE 802.1Q: 4095 is reserved, and four bits above it stay clear).
    static let noLink = UInt64.max

    /// - Parameter start: where the bytes that `packet` was decoded from begin in the window.
    @inline(__always)
    init(
        _ packet: borrowing Packet, start: Int, time: Timestamp, frame: UInt32, order: UInt32,
        wireBytes: UInt64
    ) {
        let (key, fromA) = FlowKey.of(packet)
        self.key = key
        self.time = time
        if let mac = packet.sourceMAC {
            link = mac.bits | UInt64(packet.vlan) << 48
        } else {
            link = PacketRecord.noLink
        }
        bytes = packet.layer3Bytes
        payloadStart = UInt32(truncatingIfNeeded: start &+ packet.payloadStart)
        payloadCaptured = UInt32(truncatingIfNeeded: packet.payloadCaptured)
        tcpSequence = packet.tcpSequence
        tcpAcknowledgment = packet.tcpAcknowledgment
        self.frame = frame
        self.order = order
        self.wireBytes = UInt32(clamping: wireBytes)
        traits = PacketTraits(packet, fromA: fromA)
    }

    var tcpFlags: TCPFlags { TCPFlags(rawValue: UInt8(truncatingIfNeeded: traits.rawValue)) }
    var fromA: Bool { traits.contains(.fromA) }
    var transport: UInt8 { key.transport }
}

/// Yes-or-no facts of a packet; the low byte holds the TCP control bits.
struct PacketTraits: OptionSet, Sendable {
    let rawValue: UInt16
    init(rawValue: UInt16) { self.rawValue = rawValue }

    /// The packet goes from side A of its key to side B.
    static let fromA = PacketTraits(rawValue: 1 << 8)
    static let hasTransportHeader = PacketTraits(rawValue: 1 << 9)
    /// The headers announce a payload, captured or not.
    static let hasPayload = PacketTraits(rawValue: 1 << 10)
    /// The capture holds less of the payload than was sent.
    static let isCut = PacketTraits(rawValue: 1 << 11)
    /// The payload was put together from fragments and lies outside the window.
    static let isJoined = PacketTraits(rawValue: 1 << 12)

    @inline(__always)
    init(_ packet: borrowing Packet, fromA: Bool) {
        var traits = PacketTraits(rawValue: UInt16(packet.tcpFlags.rawValue))
        if fromA { traits.insert(.fromA) }
        if packet.hasTransportHeader { traits.insert(.hasTransportHeader) }
        if packet.payloadLength > 0 { traits.insert(.hasPayload) }
        if packet.payloadCaptured < packet.payloadLength { traits.insert(.isCut) }
        if packet.isJoined { traits.insert(.isJoined) }
        self = traits
    }
}
