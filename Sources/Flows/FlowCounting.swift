package import Bytes
import Captures
package import Packets

extension Flow {
    /// A flow that begins with `packet`.
    init(key: FlowKey, _ packet: Packet, fromA: Bool, time: Timestamp, position: UInt64) {
        self.key = key
        firstPacket = position
        first = time
        last = time
        flags = fromA ? [.firstFromA, .wantsA, .wantsB] : [.wantsA, .wantsB]
        current = FlowSlice(hour: time.hour, first: time, last: time, isStart: true)
        if packet.transport == IPProtocol.tcp {
            if packet.tcpFlags.contains(.syn) {
                let acknowledges = packet.tcpFlags.contains(.ack)
                initialSequence = acknowledges ? packet.tcpAcknowledgment &- 1 : packet.tcpSequence
            } else if packet.hasTransportHeader {
                flags.insert(.midStream)
            }
        }
    }

    /// A flow that was quiet for longer than this has ended: RFC 4787 §4.3 for UDP (NATs keep 2 to 5
    /// minutes), RFC 5382 §5 for TCP (2 hours and 4 minutes).
    static func idleLimit(_ transport: UInt8) -> Int64 {
        (transport == IPProtocol.tcp ? 7440 : 300) * 1_000_000_000
    }

    /// Whether `packet` belongs to this flow, or begins another one of the same 5-tuple.
    @inline(__always)
    func continues(with packet: Packet, at time: Timestamp) -> Bool {
        guard time.nanoseconds &- last.nanoseconds <= Flow.idleLimit(key.transport) else { return false }
        guard packet.transport == IPProtocol.tcp, packet.tcpFlags.contains(.syn),
            !packet.tcpFlags.contains(.ack)
        else { return true }
        // A repeated SYN of the same attempt goes on; any other begins a new connection.
        return !flags.contains(.payload) && !flags.contains(.midStream)
            && initialSequence == packet.tcpSequence
    }

    /// Notes what the packet's headers tell of the flow.
    @inline(__always)
    mutating func note(_ packet: Packet, fromA: Bool) {
        if fromA {
            if macA == nil { macA = packet.sourceMAC }
        } else if macB == nil {
            macB = packet.sourceMAC
        }
        if packet.payloadLength > 0 { flags.insert(.payload) }
        guard packet.transport == IPProtocol.tcp else {
            flags.insert(fromA ? .spokeA : .spokeB)
            return
        }
        noteTCP(packet.tcpFlags, fromA: fromA)
    }

    private mutating func noteTCP(_ tcp: TCPFlags, fromA: Bool) {
        if tcp.contains(.rst) {
            flags.insert(.reset)
            return
        }
        flags.insert(fromA ? .spokeA : .spokeB)
        if tcp.contains(.fin) { flags.insert(.finished) }
        guard tcp.contains(.syn) else { return }
        if tcp.contains(.ack) {
            flags.insert(fromA ? .synAckFromA : .synAckFromB)
        } else {
            flags.insert(fromA ? .synFromA : .synFromB)
        }
    }

    @inline(__always)
    mutating func add(_ weight: PacketWeight, fromA: Bool, time: Timestamp) {
        last = time
        if time < current.first { current.first = time }
        if time > current.last { current.last = time }
        if fromA {
            current.packetsFromA &+= weight.packets
            current.bytesFromA &+= weight.bytes
        } else {
            current.packetsFromB &+= weight.packets
            current.bytesFromB &+= weight.bytes
        }
    }
}

/// Packets read, used, and not used by reason.
package struct PacketTally: Equatable, Sendable {
    package internal(set) var read: UInt64 = 0
    package internal(set) var used: UInt64 = 0
    /// Bytes on the wire.
    package internal(set) var bytes: UInt64 = 0
    package internal(set) var first: Timestamp?
    package internal(set) var last: Timestamp?
    private var unusedPackets = [UInt64](repeating: 0, count: UnusedReason.allCases.count)
    private var unusedBytes = [UInt64](repeating: 0, count: UnusedReason.allCases.count)
    /// Packets of link types that are not interpreted, by type.
    package private(set) var unknownLinkTypes: [UInt32: UInt64] = [:]

    package init() {}

    /// Reasons that occurred, with packets and bytes.
    package var unused: [(reason: UnusedReason, packets: UInt64, bytes: UInt64)] {
        UnusedReason.allCases.compactMap { reason in
            let index = Int(reason.rawValue)
            return unusedPackets[index] == 0 ? nil : (reason, unusedPackets[index], unusedBytes[index])
        }
    }

    mutating func skip(_ reason: UnusedReason, bytes: UInt64, linkType: LinkType) {
        unusedPackets[Int(reason.rawValue)] &+= 1
        unusedBytes[Int(reason.rawValue)] &+= bytes
        if reason == .unknownLinkType { unknownLinkTypes[linkType.rawValue, default: 0] &+= 1 }
    }

    /// Packets that had been counted as used turn out not to be.
    mutating func unuse(_ reason: UnusedReason, packets: UInt64, bytes: UInt64) {
        used &-= packets
        unusedPackets[Int(reason.rawValue)] &+= packets
        unusedBytes[Int(reason.rawValue)] &+= bytes
    }

    mutating func leaveOut(_ count: UInt64, bytes wireBytes: UInt64) {
        read &+= count
        bytes &+= wireBytes
        unusedPackets[Int(UnusedReason.duplicate.rawValue)] &+= count
        unusedBytes[Int(UnusedReason.duplicate.rawValue)] &+= wireBytes
    }

    mutating func note(_ time: Timestamp) {
        if first.map({ time < $0 }) ?? true { first = time }
        if last.map({ time > $0 }) ?? true { last = time }
    }
}
