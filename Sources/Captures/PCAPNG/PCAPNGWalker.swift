import Bytes

/// Walks the blocks of a pcapng file (draft-ietf-opsawg-pcapng): sections of either byte order, interfaces
/// with their own link type and clock, packets in Enhanced, Simple and obsolete Packet Blocks.
package struct PCAPNGWalker: Sendable {
    /// What later blocks are read by: replaced by each section header, extended by each interface.
    package private(set) var section: PCAPNGSection
    package private(set) var tally = PCAPNGTally()

    package init(section: PCAPNGSection = PCAPNGSection()) { self.section = section }

    /// Block type code of a section header: a palindrome, so that it reads the same in both byte orders.
    package static let sectionHeaderType: UInt32 = 0x0a0d_0d0a

    /// Appends the frames that lie whole in `window` and whose blocks begin from `start` on and before `limit`,
    /// until the batch is full.
    package mutating func walk(
        _ window: RawSpan, from start: Int, before limit: Int = .max, into batch: inout FrameBatch
    ) -> WalkStep {
        var offset = start
        while !batch.isFull, offset < limit {
            switch readBlock(window, at: offset, into: &batch) {
            case .read(let size): offset &+= size
            case .needMore(let size): return .needMore(consumed: offset, wanting: size)
            case .broken(let fault): return .broken(consumed: offset, fault)
            }
        }
        return .batchFull(consumed: offset)
    }

    /// This walk and `next`, which began behind it with nothing counted, as one.
    func followed(by next: PCAPNGWalker) -> PCAPNGWalker {
        var whole = next
        whole.tally = tally
        whole.tally.add(next.tally)
        return whole
    }

    private enum BlockStep {
        case read(Int)
        case needMore(Int)
        case broken(CaptureFault)
    }

    private mutating func readBlock(_ window: RawSpan, at offset: Int, into batch: inout FrameBatch)
        -> BlockStep
    {
        var reader = ByteReader(window, at: offset)
        guard let rawType = try? reader.u32LE() else { return .needMore(12) }
        if rawType == PCAPNGWalker.sectionHeaderType {
            // The byte-order magic follows the length that is to be read by it (§4.1).
            guard reader.remaining >= 8 else { return .needMore(28) }
            guard let order = PCAPNGSection.byteOrder(window, at: offset) else { return .broken(.badSection) }
            section = PCAPNGSection(byteOrder: order)
        }
        let order = section.byteOrder
        guard let size = try? reader.u32(order) else { return .needMore(12) }
        guard size >= 12, size % 4 == 0 else { return .broken(.badBlockLength(size)) }
        guard size <= CaptureLimits.recordBytes else { return .broken(.oversizedRecord(UInt64(size))) }
        let type = order == .little ? rawType : rawType.byteSwapped
        guard Int(size) <= window.byteCount &- offset else { return .needMore(Int(size)) }
        let bodyCount = Int(size) &- 12
        var trailer = ByteReader(window, at: offset &+ Int(size) &- 4)
        guard let trailing = try? trailer.u32(order), trailing == size else {
            return .broken(.badBlockLength(size))
        }
        let body = window.clamped(from: offset &+ 8, count: bodyCount)
        if let fault = readBody(type, body, bodyOffset: offset &+ 8, into: &batch) { return .broken(fault) }
        return .read(Int(size))
    }

    private mutating func readBody(
        _ type: UInt32, _ body: RawSpan, bodyOffset: Int, into batch: inout FrameBatch
    ) -> CaptureFault? {
        switch type {
        case 6: return EnhancedPacketBlock.read(body, section: section, bodyOffset: bodyOffset, into: &batch)
        case 3: return SimplePacketBlock.read(body, section: section, bodyOffset: bodyOffset, into: &batch)
        case 2: return ObsoletePacketBlock.read(body, section: section, bodyOffset: bodyOffset, into: &batch)
        case 1: section.addInterface(body)
        case 4: tally.nameResolutionBlocks &+= 1
        case 5: tally.readStatistics(body, order: section.byteOrder)
        case 10: tally.decryptionSecretsBlocks &+= 1
        case 0x0bad, 0x4000_0bad: tally.customBlocks &+= 1
        case PCAPNGWalker.sectionHeaderType: tally.startSection()
        default: tally.unknownBlocks &+= 1
        }
        return nil
    }
}
