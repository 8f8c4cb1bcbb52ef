import Bytes
import Packets

/// Puts fragmented IP datagrams together (RFC 791 §3.2, RFC 8200 §4.5), within caps; overlaps are refused
/// (RFC 5722), since they only occur in attacks and damage.
struct FragmentBuffer {
    /// Datagrams under way, at most; RFC 791's largest datagram times this bounds the memory.
    static let datagramLimit = 1024
    /// How long the parts of a datagram may lie apart: RFC 1122 §3.3.2 says 60 to 120 seconds.
    static let lifetime: Int64 = 60 * 1_000_000_000

    struct Key: Hashable {
        let source: IPAddress
        let destination: IPAddress
        let identification: UInt32
        let transport: UInt8
        let vlan: UInt16
    }

    /// A datagram of which at least one fragment has come.
    struct Datagram {
        /// The header values of the fragment that came first.
        var packet: Packet
        var first: Timestamp
        var arrival: UInt64
        var parts: [(offset: Int, bytes: [UInt8])] = []
        var total: Int?
        /// Packets that carried fragments, and their layer-3 bytes.
        var packets: UInt64 = 0
        var bytes: UInt64 = 0
        /// Frames that carried them, and their bytes on the wire: fewer where one frame holds several packets.
        var frames: UInt64 = 0
        var wireBytes: UInt64 = 0
    }

    enum Outcome {
        case held
        case complete(Datagram, payload: [UInt8])
        /// The fragment contradicts one that came before; the datagram is given up.
        case conflict(Datagram)
    }

    private(set) var pending: [Key: Datagram] = [:]

    mutating func add(
        _ packet: Packet, _ fragment: FragmentInfo, frame: RawSpan, time: Timestamp, position: UInt64,
        wireBytes: UInt64
    ) -> Outcome {
        let key = Key(
            source: packet.source, destination: packet.destination, identification: fragment.identification,
            transport: packet.transport, vlan: packet.vlan)
        var datagram =
            pending.removeValue(forKey: key) ?? Datagram(packet: packet, first: time, arrival: position)
        datagram.packets += 1
        datagram.bytes += UInt64(packet.layer3Bytes)
        // Of a frame with several packets only the first brings the frame's bytes.
        datagram.frames += wireBytes > 0 ? 1 : 0
        datagram.wireBytes += wireBytes
        let bytes = frame.clamped(from: packet.payloadStart, count: packet.payloadCaptured)
        let end = fragment.offset + bytes.byteCount
        // A first part that overlaps, or a second end, contradicts what is there. Exact repeats are harmless.
        let isRepeat = datagram.parts.contains {
            $0.offset == fragment.offset && $0.bytes.count == bytes.byteCount
        }
        let overlaps = datagram.parts.contains {
            $0.offset < end && $0.offset + $0.bytes.count > fragment.offset
        }
        if overlaps && !isRepeat || end > 65_535 || datagram.total.map({ end > $0 }) == true {
            return .conflict(datagram)
        }
        if !fragment.moreFragments { datagram.total = end }
        if !isRepeat { datagram.parts.append((fragment.offset, bytes.copied())) }
        if let payload = FragmentBuffer.joined(datagram) {
            return .complete(datagram, payload: payload)
        }
        pending[key] = datagram
        return .held
    }

    /// Removes and returns datagrams that have waited too long, or the oldest when there are too many.
    mutating func expire(now: Timestamp) -> [Datagram] {
        guard !pending.isEmpty else { return [] }
        var gone = pending.filter { now.nanoseconds &- $0.value.first.nanoseconds > FragmentBuffer.lifetime }
        if pending.count - gone.count > FragmentBuffer.datagramLimit {
            let oldest = pending.min { $0.value.arrival < $1.value.arrival }
            if let oldest { gone[oldest.key] = oldest.value }
        }
        for key in gone.keys { pending.removeValue(forKey: key) }
        return gone.values.sorted { $0.arrival < $1.arrival }
    }

    /// All that is left, in order of arrival.
    mutating func drain() -> [Datagram] {
        defer { pending.removeAll() }
        return pending.values.sorted { $0.arrival < $1.arrival }
    }

    private static func joined(_ datagram: Datagram) -> [UInt8]? {
        // The sum first: sorting the parts for each of thousands of fragments would take their square.
        guard let total = datagram.total, datagram.parts.reduce(0, { $0 + $1.bytes.count }) == total else {
            return nil
        }
        var payload: [UInt8] = []
        payload.reserveCapacity(total)
        for part in datagram.parts.sorted(by: { $0.offset < $1.offset }) {
            guard part.offset == payload.count else { return nil }
            payload.append(contentsOf: part.bytes)
        }
        return payload.count == total ? payload : nil
    }
}
