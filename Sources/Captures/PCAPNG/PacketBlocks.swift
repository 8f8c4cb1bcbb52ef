import Bytes

/// The link type of frames whose interface was never described: counted as unknown, never guessed.
extension LinkType {
    package static let undescribed = LinkType(rawValue: .max)
}

/// An Enhanced Packet Block (§4.3): interface, time high and low, captured and original length, bytes.
enum EnhancedPacketBlock {
    static func read(
        _ body: RawSpan, section: PCAPNGSection, bodyOffset: Int, into batch: inout FrameBatch
    ) -> CaptureFault? {
        let order = section.byteOrder
        var reader = ByteReader(body)
        guard let id = try? reader.u32(order), let high = try? reader.u32(order),
            let low = try? reader.u32(order), let captured = try? reader.u32(order),
            let original = try? reader.u32(order), Int(captured) <= reader.remaining
        else { return .inconsistentRecord }
        let ticks = UInt64(high) << 32 | UInt64(low)
        appendFrame(
            section.interface(id), ticks: ticks, offset: bodyOffset &+ 20, captured: Int(captured),
            original: original, into: &batch)
        return nil
    }
}

/// The obsolete Packet Block (appendix A): interface and drops in 16 bits each, then as the enhanced one.
enum ObsoletePacketBlock {
    static func read(
        _ body: RawSpan, section: PCAPNGSection, bodyOffset: Int, into batch: inout FrameBatch
    ) -> CaptureFault? {
        let order = section.byteOrder
        var reader = ByteReader(body)
        guard let id = try? reader.u16(order), (try? reader.skip(2)) != nil,
            let high = try? reader.u32(order),
            let low = try? reader.u32(order), let captured = try? reader.u32(order),
            let original = try? reader.u32(order), Int(captured) <= reader.remaining
        else { return .inconsistentRecord }
        let ticks = UInt64(high) << 32 | UInt64(low)
        appendFrame(
            section.interface(UInt32(id)), ticks: ticks, offset: bodyOffset &+ 20, captured: Int(captured),
            original: original, into: &batch)
        return nil
    }
}

/// A Simple Packet Block (§4.4): original length and bytes of the first interface, without a time.
enum SimplePacketBlock {
    static func read(
        _ body: RawSpan, section: PCAPNGSection, bodyOffset: Int, into batch: inout FrameBatch
    ) -> CaptureFault? {
        var reader = ByteReader(body)
        guard let original = try? reader.u32(section.byteOrder) else { return .inconsistentRecord }
        let interface = section.interface(0)
        // The captured length is not stored: it is the original, cut to the snap length (0: not cut).
        let snap = interface?.snapLength ?? 0
        let wanted = snap == 0 ? original : min(original, snap)
        guard Int(wanted) <= reader.remaining else { return .inconsistentRecord }
        batch.append(
            FrameRecord(
                offset: bodyOffset &+ 4, captured: Int(wanted), original: UInt64(original),
                timestamp: Timestamp(nanoseconds: 0), linkType: interface?.linkType ?? .undescribed,
                isTimeless: true))
        return nil
    }
}

private func appendFrame(
    _ interface: PCAPNGInterface?, ticks: UInt64, offset: Int, captured: Int, original: UInt32,
    into batch: inout FrameBatch
) {
    let time = interface?.time(ticks)
    batch.append(
        FrameRecord(
            offset: offset, captured: captured, original: UInt64(max(original, UInt32(clamping: captured))),
            timestamp: time ?? Timestamp(nanoseconds: 0), linkType: interface?.linkType ?? .undescribed,
            isTimeless: time == nil))
}
