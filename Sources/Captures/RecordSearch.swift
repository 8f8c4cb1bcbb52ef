package import Bytes

/// Looks for a record boundary in the middle of a capture: the first place from which a chain of plausible records
/// leads on. A guess: whoever uses it has to check that the walk before ends exactly there.
package enum RecordSearch {
    /// Records that have to follow each other; each adds some 30 bits of evidence.
    private static let chain = 5
    /// A plausible record's size; larger ones are found by the check that follows.
    private static let plausibleBytes: UInt32 = 262_144
    /// Seconds that a record's time may lie from the file's first: ten years.
    private static let plausibleSeconds: UInt32 = 315_360_000

    /// The offset in `window` of the first boundary at `start` or behind and before `limit`; nil when there is none.
    ///
    /// - Parameters:
    ///   - walker: what is known of the file.
    ///   - reference: the time of one of the file's packets.
    ///   - position: where the window lies in the file.
    package static func boundary(
        _ window: RawSpan, from start: Int, before limit: Int, _ walker: CaptureWalker,
        reference: Timestamp?, position: Int64
    ) -> Int? {
        switch walker {
        case .pcap(let walker):
            let seconds = reference.map { UInt32(truncatingIfNeeded: $0.nanoseconds / 1_000_000_000) }
            return (start..<max(start, limit)).first {
                isChain(window, at: $0) { record(window, at: $0, walker.header, near: seconds) }
            }
        case .pcapng(let walker):
            // Block lengths are multiples of four (draft-ietf-opsawg-pcapng section 3.1).
            let first = start + Int(truncatingIfNeeded: (4 - (position + Int64(start)) % 4) % 4)
            return stride(from: first, to: max(first, limit), by: 4).first {
                isChain(window, at: $0) { block(window, at: $0, walker.section.byteOrder) }
            }
        case .snoop, .erf: return nil
        }
    }

    /// Whether plausible records follow each other from `offset` on, up to the end of the window.
    @inline(__always)
    private static func isChain(_ window: RawSpan, at offset: Int, _ size: (Int) -> Int?) -> Bool {
        var next = offset
        for count in 0..<chain {
            // The window ends inside the chain: what there was of it has to do, if there was any.
            if next >= window.byteCount { return count > 0 }
            guard let bytes = size(next) else { return false }
            next &+= bytes
        }
        return true
    }

    /// The size of a plausible record of a pcap file at `offset`, header included.
    @inline(__always)
    private static func record(
        _ window: RawSpan, at offset: Int, _ header: PCAPHeader, near reference: UInt32?
    ) -> Int? {
        var reader = ByteReader(window, at: offset)
        let order = header.byteOrder
        guard let seconds = try? reader.u32(order), let fraction = try? reader.u32(order),
            let captured = try? reader.u32(order), let original = try? reader.u32(order)
        else { return nil }
        guard captured > 0, captured <= plausibleBytes, captured <= original, original <= 1 << 24,
            Int64(fraction) &* header.fractionUnit < 1_000_000_000
        else { return nil }
        if let reference {
            let distance = seconds > reference ? seconds &- reference : reference &- seconds
            guard distance < plausibleSeconds else { return nil }
        }
        return header.recordHeaderBytes &+ Int(captured)
    }

    /// The size of a block of a known type whose two lengths agree, as far as the second lies in the window.
    @inline(__always)
    private static func block(_ window: RawSpan, at offset: Int, _ order: ByteOrder) -> Int? {
        var reader = ByteReader(window, at: offset)
        guard let type = try? reader.u32(order), let size = try? reader.u32(order) else { return nil }
        guard (1...10).contains(type) || type == 0x0bad || type == 0x4000_0bad || type == 0x0a0d_0d0a,
            size >= 12, size % 4 == 0, size <= plausibleBytes
        else { return nil }
        var trailer = ByteReader(window, at: offset &+ Int(size) &- 4)
        if let trailing = try? trailer.u32(order), trailing != size { return nil }
        return Int(size)
    }
}
