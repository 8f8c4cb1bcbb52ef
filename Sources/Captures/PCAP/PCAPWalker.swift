import Bytes

/// Walks the records of a pcap file: seconds, fraction, captured length, original length, bytes
/// (draft-ietf-opsawg-pcap §5).
package struct PCAPWalker: Sendable {
    package let header: PCAPHeader

    package init(header: PCAPHeader) { self.header = header }

    /// Appends the frames that lie whole in `window` and whose records begin from `start` on and before `limit`,
    /// until the batch is full.
    package func walk(
        _ window: RawSpan, from start: Int, before limit: Int = .max, into batch: inout FrameBatch
    ) -> WalkStep {
        let headerBytes = header.recordHeaderBytes
        let order = header.byteOrder
        var offset = start
        while !batch.isFull, offset < limit {
            var reader = ByteReader(window, at: offset)
            guard let seconds = try? reader.u32(order), let fraction = try? reader.u32(order),
                let captured = try? reader.u32(order), let original = try? reader.u32(order),
                reader.remaining >= headerBytes &- 16
            else { return .needMore(consumed: offset, wanting: headerBytes) }
            guard captured <= CaptureLimits.recordBytes else {
                return .broken(consumed: offset, .oversizedRecord(UInt64(captured)))
            }
            let size = headerBytes &+ Int(captured)
            guard size <= window.byteCount &- offset else {
                return .needMore(consumed: offset, wanting: size)
            }
            // Seconds are unsigned (until 2106); the fraction may exceed a second in damaged files and is kept.
            let time = Int64(seconds) &* 1_000_000_000 &+ Int64(fraction) &* header.fractionUnit
            batch.append(
                FrameRecord(
                    offset: offset &+ headerBytes, captured: Int(captured),
                    original: UInt64(max(original, captured)), timestamp: Timestamp(nanoseconds: time),
                    linkType: header.linkType))
            offset &+= size
        }
        return .batchFull(consumed: offset)
    }
}
