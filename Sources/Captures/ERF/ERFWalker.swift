import Bytes

/// Walks the records of an Extensible Record Format file, as capture cards write it: a little-endian timestamp of
/// 32.32 bits, type, flags, record length, loss counter and wire length, then extension headers and the frame.
package struct ERFWalker: Sendable {
    /// Packets that the card lost: each record counts those since the one before.
    package private(set) var droppedPackets: UInt64 = 0

    package init() {}

    private static let headerBytes = 16

    /// Whether `prefix` is a chain of plausible records: the format has no magic number. All records that begin in
    /// the prefix (32 at most) must be of a known type, consistent, and in order of time.
    package static func recognises(_ prefix: RawSpan) -> Bool {
        var offset = 0
        var last: UInt64 = 0
        for count in 0..<32 {
            guard offset < prefix.byteCount else { return count > 0 }
            guard let record = Record(prefix, at: offset), record.linkType != nil, record.isPlausible,
                record.time >= last
            else { return false }
            last = record.time
            offset += record.size
        }
        return true
    }

    /// Appends the frames that lie whole in `window` from `start` on, until the batch is full.
    package mutating func walk(_ window: RawSpan, from start: Int, into batch: inout FrameBatch) -> WalkStep {
        var offset = start
        while !batch.isFull {
            guard let record = Record(window, at: offset) else {
                return .needMore(consumed: offset, wanting: ERFWalker.headerBytes)
            }
            guard record.size >= ERFWalker.headerBytes else {
                return .broken(consumed: offset, .inconsistentRecord)
            }
            guard record.size <= window.byteCount &- offset else {
                return .needMore(consumed: offset, wanting: record.size)
            }
            guard let header = record.headerBytes(window, at: offset) else {
                return .broken(consumed: offset, .inconsistentRecord)
            }
            droppedPackets &+= UInt64(record.lost)
            let captured = min(record.size &- header, record.wireBytes)
            batch.append(
                FrameRecord(
                    offset: offset &+ header, captured: captured, original: UInt64(record.wireBytes),
                    timestamp: record.timestamp, linkType: record.linkType ?? .undescribed))
            offset &+= record.size
        }
        return .batchFull(consumed: offset)
    }

    private struct Record {
        let time: UInt64
        let type: UInt8
        let size: Int
        let lost: UInt16
        let wireBytes: Int

        init?(_ bytes: RawSpan, at offset: Int) {
            var reader = ByteReader(bytes, at: offset)
            guard let time = try? reader.u64LE(), let type = try? reader.u8(), (try? reader.skip(1)) != nil,
                let size = try? reader.u16(), let lost = try? reader.u16(), let wire = try? reader.u16()
            else { return nil }
            self.time = time
            self.type = type
            self.size = Int(size)
            self.lost = lost
            wireBytes = Int(wire)
        }

        /// Ethernet in its variants, and bare IP; nil for what carries neither.
        var linkType: LinkType? {
            switch type & 0x7f {
            case 2, 11, 16, 20: LinkType(rawValue: 1)
            case 22: LinkType(rawValue: 228)
            case 23: LinkType(rawValue: 229)
            default: nil
            }
        }

        var isPlausible: Bool { size >= 32 && size <= wireBytes + 64 && wireBytes >= 14 }

        var timestamp: Timestamp {
            let fraction = (time & 0xffff_ffff) &* 1_000_000_000 >> 32
            return Timestamp(nanoseconds: Int64(time >> 32) &* 1_000_000_000 &+ Int64(fraction))
        }

        /// Bytes before the frame: the header, extension headers while their top bit is set, and the two bytes of
        /// padding that Ethernet records have; nil when they exceed the record.
        func headerBytes(_ bytes: RawSpan, at offset: Int) -> Int? {
            var count = ERFWalker.headerBytes
            var more = type & 0x80 != 0
            while more {
                guard count + 8 <= size, let first = bytes.byte(at: offset + count) else { return nil }
                more = first & 0x80 != 0
                count += 8
            }
            if linkType == LinkType(rawValue: 1) { count += 2 }
            return count <= size ? count : nil
        }
    }
}
