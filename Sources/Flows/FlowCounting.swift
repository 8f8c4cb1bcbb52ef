package import Bytes
import Captures
package import Packets

extension Flow {
    /// A flow that begins with the packet of `record`.
    init(_ record: PacketRecord, serial: UInt64, position: UInt64) {
        key = record.key
        self.serial = serial
        firstPacket = position
        first = record.time
        last = record.time
        flags = record.fromA ? [.firstFromA, .wantsA, .wantsB] : [.wantsA, .wantsB]
        current = FlowSlice(hour: record.time.hour, first: record.time, last: record.time, isStart: true)
        guard record.transport == IPProtocol.tcp else { return }
        if record.tcpFlags.contains(.syn) {
            let acknowledges = record.tcpFlags.contains(.ack)
            initialSequence = acknowledges ? record.tcpAcknowledgment &- 1 : record.tcpSequence
        } else if record.traits.contains(.hasTransportHeader) {
            flags.insert(.midStream)
        }
    }

    /// The hardware address from which side A (or else B) sent first; nil where the link has none.
    package func mac(ofA isA: Bool) -> MACAddress? {
        let link = isA ? linkA : linkB
        return link == PacketRecord.noLink ? nil : MACAddress(bits: link & 0xffff_ffff_ffff)
    }

    /// The VLAN in which side A (or else B) sent first, 1...4094; nil where its frames were not tagged.
    package func vlan(ofA isA: Bool) -> UInt16? {
        let link = isA ? linkA : linkB
        let vlan = UInt16(truncatingIfNeeded: link >> 48)
        return link == PacketRecord.noLink || vlan == 0 ? nil : vlan
    }

    /// A flow that was quiet for longer than this has ended, in nanoseconds: RFC 4787 §4.3 for UDP (NATs keep 2 to
    /// 5 minutes), RFC 5382 §5 for TCP (2 hours and 4 minutes; 4 minutes behind its end).
    @inline(__always)
    private var idleLimit: Int64 {
        guard key.transport == IPProtocol.tcp else { return 300 * 1_000_000_000 }
        let isClosed =
            flags.contains(.reset) || flags.contains(.finFromA) && flags.contains(.finFromB)
        return (isClosed ? 240 : 7440) * 1_000_000_000
    }

    @inline(__always)
    func isOver(at time: Timestamp) -> Bool { time.nanoseconds &- last.nanoseconds > idleLimit }

    /// Whether the packet of `record` belongs to this flow, or begins another one of the same 5-tuple.
    @inline(__always)
    func continues(with record: PacketRecord) -> Bool {
        guard !isOver(at: record.time) else { return false }
        guard record.transport == IPProtocol.tcp, record.tcpFlags.contains(.syn),
            !record.tcpFlags.contains(.ack)
        else { return true }
        // A repeated SYN of the same attempt goes on; any other begins a new connection.
        return !flags.contains(.payload) && !flags.contains(.midStream)
            && initialSequence == record.tcpSequence
    }

    /// A TCP side that sends data was answered, or it would not have been able to: the answers were not captured.
    var isSeenFromOneSide: Bool {
        let both = flags.contains(.spokeA) && flags.contains(.spokeB)
        return key.transport == IPProtocol.tcp && !both && flags.contains(.payload)
    }

    /// Notes and adds a packet that nobody has to look into and that begins no new hour: nearly all. False, and only
    /// noted, for any other.
    @inline(__always)
    mutating func count(_ record: PacketRecord) -> Bool {
        note(record)
        let wanted: FlowFlags = record.fromA ? .wantsA : .wantsB
        if record.payloadCaptured > 0, flags.contains(wanted) { return false }
        if flags.contains(.labelChanged) || !current.isInHour(of: record.time) { return false }
        add(record)
        return true
    }

    /// Notes what the packet's headers tell of the flow.
    @inline(__always)
    mutating func note(_ record: PacketRecord) {
        let fromA = record.fromA
        if fromA {
            if linkA == PacketRecord.noLink { linkA = record.link }
        } else if linkB == PacketRecord.noLink {
            linkB = record.link
        }
        if record.traits.contains(.hasPayload) { flags.insert(.payload) }
        guard record.transport == IPProtocol.tcp else {
            flags.insert(fromA ? .spokeA : .spokeB)
            return
        }
        noteTCP(record.tcpFlags, fromA: fromA)
    }

    @inline(__always)
    private mutating func noteTCP(_ tcp: TCPFlags, fromA: Bool) {
        if tcp.contains(.rst) {
            flags.insert(.reset)
            return
        }
        flags.insert(fromA ? .spokeA : .spokeB)
        if tcp.contains(.fin) { flags.insert(fromA ? .finFromA : .finFromB) }
        guard tcp.contains(.syn) else { return }
        if tcp.contains(.ack) {
            flags.insert(fromA ? .synAckFromA : .synAckFromB)
        } else {
            flags.insert(fromA ? .synFromA : .synFromB)
        }
    }

    @inline(__always)
    mutating func add(_ record: PacketRecord) {
        let time = record.time
        last = time
        if time < current.first { current.first = time }
        if time > current.last { current.last = time }
        if record.fromA {
            current.packetsFromA &+= UInt64(record.packets)
            current.bytesFromA &+= UInt64(record.bytes)
        } else {
            current.packetsFromB &+= UInt64(record.packets)
            current.bytesFromB &+= UInt64(record.bytes)
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

    package mutating func add(_ other: PacketTally) {
        read &+= other.read
        used &+= other.used
        bytes &+= other.bytes
        if let time = other.first { note(time) }
        if let time = other.last { note(time) }
        for index in unusedPackets.indices {
            unusedPackets[index] &+= other.unusedPackets[index]
            unusedBytes[index] &+= other.unusedBytes[index]
        }
        unknownLinkTypes.merge(other.unknownLinkTypes) { $0 &+ $1 }
    }

    mutating func note(_ time: Timestamp) {
        if first.map({ time < $0 }) ?? true { first = time }
        if last.map({ time > $0 }) ?? true { last = time }
    }
}
