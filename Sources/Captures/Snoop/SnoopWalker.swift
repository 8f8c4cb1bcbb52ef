import Bytes

/// The file header of a snoop capture (RFC 1761 §2): identification, version 2, datalink type, all big-endian.
package struct SnoopHeader: Equatable, Sendable {
    package static let byteCount = 16

    package let linkType: LinkType

    /// Nil unless `prefix` begins with the identification and holds the whole header.
    package init?(_ prefix: RawSpan) {
        var reader = ByteReader(prefix)
        guard (try? reader.u64()) == 0x736e_6f6f_7000_0000, (try? reader.u32()) == 2,
            let type = try? reader.u32()
        else { return nil }
        // RFC 1761 §2 numbers datalinks anew: 0 is 802.3, 4 Ethernet, 8 FDDI.
        linkType = type == 0 || type == 4 ? LinkType(rawValue: 1) : LinkType(rawValue: 0x10000 | type)
    }
}

/// Walks the records of a snoop file (RFC 1761 §3): original length, included length, record length, drops,
/// seconds, microseconds, bytes, padding.
package struct SnoopWalker: Sendable {
    package let header: SnoopHeader
    /// Packets that the capturing machine says it had dropped by the last record.
    package private(set) var droppedPackets: UInt64 = 0

    package init(header: SnoopHeader) { self.header = header }

    /// Appends the frames that lie whole in `window` from `start` on, until the batch is full.
    package mutating func walk(_ window: RawSpan, from start: Int, into batch: inout FrameBatch) -> WalkStep {
        var offset = start
        while !batch.isFull {
            var reader = ByteReader(window, at: offset)
            guard let original = try? reader.u32(), let captured = try? reader.u32(),
                let size = try? reader.u32(), let drops = try? reader.u32(), let seconds = try? reader.u32(),
                let microseconds = try? reader.u32()
            else { return .needMore(consumed: offset, wanting: 24) }
            guard size <= CaptureLimits.recordBytes else {
                return .broken(consumed: offset, .oversizedRecord(UInt64(size)))
            }
            guard size >= 24, captured <= size - 24 else {
                return .broken(consumed: offset, .inconsistentRecord)
            }
            guard Int(size) <= window.byteCount &- offset else {
                return .needMore(consumed: offset, wanting: Int(size))
            }
            droppedPackets = UInt64(drops)
            let time = Int64(seconds) &* 1_000_000_000 &+ Int64(microseconds) &* 1000
            batch.append(
                FrameRecord(
                    offset: offset &+ 24, captured: Int(captured), original: UInt64(max(original, captured)),
                    timestamp: Timestamp(nanoseconds: time), linkType: header.linkType))
            offset &+= Int(size)
        }
        return .batchFull(consumed: offset)
    }
}
