import Bytes
import Packets

/// Recognises a packet that was captured twice: by two sensors, by a mirror of both ports, or in overlapping files.
///
/// Two IP packets are the same when all their bytes are, hop limit and header checksum aside (a router between the
/// sensors changes those), and when they were captured within `span` of each other. A TCP retransmission comes
/// later than that (RFC 6298 §2.4: 200 ms at the least in practice).
struct RepeatWindow {
    /// How far two sightings of one packet may lie apart.
    static let span: Int64 = 20_000_000
    /// Packets remembered per shard, at most: a gigabit link carries some 30,000 in the span.
    static let limit = 65_536

    private var recent: [UInt64: Timestamp] = [:]

    /// Whether a packet of this fingerprint was seen within `span`.
    mutating func isRepeat(_ code: UInt64, at time: Timestamp) -> Bool {
        if recent.count >= RepeatWindow.limit {
            recent = recent.filter { time.nanoseconds - $0.value.nanoseconds <= RepeatWindow.span }
            // Still full: more than any link carries, so forgetting all of it only costs a few repeats.
            if recent.count >= RepeatWindow.limit { recent.removeAll(keepingCapacity: true) }
        }
        let before = recent.updateValue(time, forKey: code)
        guard let before else { return false }
        return abs(time.nanoseconds - before.nanoseconds) <= RepeatWindow.span
    }

    /// FNV-1a over the packet, without the fields that a router changes.
    static func fingerprint(of frame: RawSpan, _ packet: Packet) -> UInt64 {
        let bytes = frame.clamped(from: packet.layer3Start, count: frame.byteCount)
        let isIPv4 = (bytes.byte(at: 0) ?? 0) >> 4 == 4
        var code: UInt64 = 0xcbf2_9ce4_8422_2325
        for index in 0..<bytes.byteCount {
            let isMutable = isIPv4 ? index == 8 || index == 10 || index == 11 : index == 7
            guard !isMutable, let byte = bytes.byte(at: index) else { continue }
            code = (code ^ UInt64(byte)) &* 0x100_0000_01b3
        }
        return code
    }
}
