import Bytes
package import Captures
import Packets

/// Decodes the frames of a chunk and sorts their packets by shard. Knows nothing of other chunks: any number of
/// sorters work at the same time.
package struct PacketSorter {
    private let filter: CaptureFilter?
    private let options: PacketOptions
    private var packet = Packet()

    package init(_ options: PacketOptions = PacketOptions()) throws(FilterFault) {
        self.options = options
        filter = try options.filter.map { (text) throws(FilterFault) in try CaptureFilter(text) }
    }

    /// A sorter that lets all packets pass.
    init(unfiltered options: PacketOptions) {
        self.options = options
        filter = nil
    }

    /// Takes in the frames of `batch`, which lie in `window`.
    package mutating func sort(
        _ window: RawSpan, _ batch: borrowing FrameBatch, into sorted: inout SortedPackets
    ) {
        for frame in batch.frames { take(window, frame, into: &sorted) }
    }

    /// Takes in one frame.
    package mutating func take(_ window: RawSpan, _ frame: FrameRecord, into sorted: inout SortedPackets) {
        let number = sorted.frameCount
        sorted.frameCount &+= 1
        sorted.packets.read &+= 1
        sorted.packets.bytes &+= frame.original
        let time = note(frame, into: &sorted)
        let bytes = window.clamped(from: frame.offset, count: frame.captured)
        if let watch = options.watch {
            var isDecoded = decode(bytes, frame) == nil
            while true {
                if isDecoded { sorted.watched.take(packet, bytes, frame, number, time, watch) }
                guard let offset = packet.nextSubframe else { return }
                isDecoded = PacketDecoder.decodeSubframe(bytes, at: offset, into: &packet) == nil
            }
        }
        if let reason = decode(bytes, frame) {
            if reason == .arp { sorted.addresses.takeARP(packet, bytes, at: time) }
            sorted.packets.skip(reason, bytes: frame.original, linkType: frame.linkType)
            return
        }
        sorted.packets.used &+= 1
        add(bytes, frame, number, time, wireBytes: frame.original, into: &sorted)
        while let offset = packet.nextSubframe {
            guard PacketDecoder.decodeSubframe(bytes, at: offset, into: &packet) == nil else { continue }
            sorted.tally.framesWithSeveralPackets &+= 1
            add(bytes, frame, number, time, wireBytes: 0, into: &sorted)
        }
    }

    /// The frame's time; that of the frame before where it has none (0 until the chunk's first is known).
    @inline(__always)
    private func note(_ frame: FrameRecord, into sorted: inout SortedPackets) -> Timestamp {
        guard frame.isTimeless else {
            sorted.clock.note(frame.timestamp, into: &sorted.tally)
            sorted.packets.note(frame.timestamp)
            return frame.timestamp
        }
        sorted.clock.noteTimeless()
        return sorted.clock.last ?? frame.timestamp
    }

    @inline(__always)
    private mutating func decode(_ bytes: RawSpan, _ frame: FrameRecord) -> UnusedReason? {
        if let filter, !filter.matches(bytes, frame) { return .outsideFilter }
        if let reason = PacketDecoder.decode(
            bytes, linkType: frame.linkType.rawValue, originalLength: frame.original, into: &packet)
        {
            return reason
        }
        return options.verifiesChecksums && !Checksum.holds(bytes, packet) ? .badChecksum : nil
    }

    @inline(__always)
    private func add(
        _ bytes: RawSpan, _ frame: FrameRecord, _ number: UInt32, _ time: Timestamp, wireBytes: UInt64,
        into sorted: inout SortedPackets
    ) {
        let order = sorted.packetCount
        sorted.packetCount &+= 1
        if packet.tunnelDepth > 0 { sorted.tally.tunnelledPackets &+= 1 }
        if packet.payloadCaptured < packet.payloadLength {
            sorted.tally.packetsCutBySnapLength &+= 1
            sorted.tally.bytesCutBySnapLength &+= UInt64(packet.payloadLength &- packet.payloadCaptured)
        }
        var code: UInt64 = 0
        if options.deduplicates { code = RepeatWindow.fingerprint(of: bytes, packet) }
        if let info = packet.fragment {
            sorted.fragments.append(
                FragmentRecord(
                    packet: packet, info: info, time: time, frame: number, order: order,
                    frameStart: frame.offset, frameBytes: frame.captured, wireBytes: wireBytes,
                    fingerprint: code))
            return
        }
        if packet.arpStart != nil { sorted.addresses.takeARP(packet, bytes, at: time) }
        sorted.addresses.take(packet, bytes, at: time)
        if options.deduplicates { sorted.fingerprints.append(code) }
        sorted.append(
            PacketRecord(
                packet, start: frame.offset, time: time, frame: number, order: order, wireBytes: wireBytes))
    }
}

/// What is asked of the way from frames to flows.
package struct PacketOptions: Sendable {
    /// A capture filter in the tcpdump language; packets that do not pass are counted and not used.
    package var filter: String?
    /// Leave out packets with a wrong checksum.
    package var verifiesChecksums = false
    /// Use a packet once that comes twice within `RepeatWindow.span`.
    package var deduplicates = false
    /// Collect every sighting of a name, for `hallpass names`.
    package var collectsSightings = false
    /// Look for these frames alone; nothing is counted or named then.
    package var watch: FrameWatch?

    package init() {}
}
