package import Bytes
import Packets

/// What is known of one flow: a 5-tuple between idle gaps.
///
/// Directions are kept as A and B of the key until the end, when every packet had its say about who the
/// client is.
package struct Flow: Sendable {
    // What every packet touches stands in front, in two cache lines.
    package let key: FlowKey
    /// The time of the most recent packet (not the latest: clocks may step back).
    package internal(set) var last: Timestamp
    package internal(set) var flags: FlowFlags
    /// Index of the flow's present label in the shard's pool; -1 when it has none.
    var label: Int32 = -1
    /// Index of the inspection under way; -1 when there is none.
    var inspection: Int32 = -1
    /// The first label.
    var firstLabel: Int32 = -1
    /// The label that was added last; the present one may be one that a flow came back to.
    var newestLabel: Int32 = -1
    /// Counters of the clock hour and name that are under way.
    var current: FlowSlice
    /// The first source seen from each side, as in `PacketRecord.link`.
    var linkA = PacketRecord.noLink
    var linkB = PacketRecord.noLink
    /// Position in the input of the packet that began the flow, from 0.
    package let firstPacket: UInt64
    package let first: Timestamp
    /// Number of the flow in its shard.
    package let serial: UInt64
    /// The initial sequence number of the side that sent the SYN.
    var initialSequence: UInt32 = 0
}

/// What one flow moved in one clock hour under one name.
package struct FlowSlice: Sendable {
    /// UTC clock hours since 1970.
    package var hour: Int64
    package var first: Timestamp
    package var last: Timestamp
    package var packetsFromA: UInt64 = 0
    package var packetsFromB: UInt64 = 0
    /// Layer-3 bytes.
    package var bytesFromA: UInt64 = 0
    package var bytesFromB: UInt64 = 0
    /// The label that held: its index in the shard's pool, of a finished flow in its list; -1 for the flow's first.
    package var label: Int32 = -1
    /// Whether the flow (or the exchange under this label) began here, so that sums count it once.
    package var isStart: Bool
    /// Index of the slice before this one; -1 at the first.
    var previous: Int32 = -1

    /// Whether `time` lies in the slice's hour. A product is compared: a division per packet would cost more than the
    /// rest of the counting.
    @inline(__always)
    func isInHour(of time: Timestamp) -> Bool {
        let since = time.nanoseconds &- hour &* 3_600_000_000_000
        return since >= 0 && since < 3_600_000_000_000
    }
}

/// What a flow's packets told about it.
package struct FlowFlags: OptionSet, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Side A (B) sent a SYN without ACK.
    package static let synFromA = FlowFlags(rawValue: 1 << 0)
    package static let synFromB = FlowFlags(rawValue: 1 << 1)
    /// Side A (B) sent a SYN with ACK.
    package static let synAckFromA = FlowFlags(rawValue: 1 << 2)
    package static let synAckFromB = FlowFlags(rawValue: 1 << 3)
    /// Side A (B) sent a packet other than a TCP reset: it took part.
    package static let spokeA = FlowFlags(rawValue: 1 << 4)
    package static let spokeB = FlowFlags(rawValue: 1 << 5)
    /// The flow's first packet came from A.
    package static let firstFromA = FlowFlags(rawValue: 1 << 6)
    package static let payload = FlowFlags(rawValue: 1 << 7)
    package static let reset = FlowFlags(rawValue: 1 << 8)
    /// Side A (B) sent a FIN.
    package static let finFromA = FlowFlags(rawValue: 1 << 9)
    package static let finFromB = FlowFlags(rawValue: 1 << 15)
    /// The payload from A (B) is still of interest: no name was found in it yet, nor its absence.
    package static let wantsA = FlowFlags(rawValue: 1 << 10)
    package static let wantsB = FlowFlags(rawValue: 1 << 11)
    /// The first TCP packet seen was not a SYN: the flow's start lies before the input's.
    package static let midStream = FlowFlags(rawValue: 1 << 12)
    /// Payload of A (B) was lost: its prefix ends in a gap that was never filled.
    package static let gap = FlowFlags(rawValue: 1 << 13)
    /// The packet in hand changed the label: the slice before it is to be closed.
    static let labelChanged = FlowFlags(rawValue: 1 << 14)

    /// Counts a datagram of one side that was not recognised, in two bits per side; returns whether there are
    /// three.
    mutating func countUnrecognised(fromA: Bool) -> Bool {
        let shift: UInt32 = fromA ? 28 : 30
        let count = rawValue >> shift & 3
        if count < 3 { self = FlowFlags(rawValue: rawValue &+ 1 << shift) }
        return count >= 2
    }
}
