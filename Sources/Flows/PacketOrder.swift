import Bytes
import Packets

/// What has to be done in file order between decoding and the shards, one chunk after the other: positions, times
/// across the seam, and fragments, whose datagram may belong to any shard. Little work per chunk.
package struct PacketOrder {
    package private(set) var packets = PacketTally()
    package private(set) var tally = FlowTally()
    /// Who had which address, by all packets so far.
    package private(set) var addresses = AddressFacts()
    private var lastTime: Timestamp?
    private var fragments = FragmentBuffer()
    private var repeats: RepeatWindow?

    package init(_ options: PacketOptions = PacketOptions()) {
        repeats = options.deduplicates ? RepeatWindow() : nil
    }

    /// Puts the chunk behind those before it. `window` is what its packets lie in.
    package mutating func settle(_ sorted: inout SortedPackets, _ window: RawSpan) {
        sorted.base = packets.read
        settleTimes(&sorted)
        for fragment in sorted.fragments { take(fragment, window, &sorted) }
        packets.add(sorted.packets)
        tally.add(sorted.tally)
        addresses.append(sorted.addresses)
        tally.addressFactsDropped = addresses.dropped
    }

    /// Ends the input: fragments that still wait are counted under the addresses that they name.
    package mutating func finish(into sorted: inout SortedPackets) {
        sorted.base = packets.read
        for datagram in fragments.drain() { account(incomplete: datagram, frame: 0, order: 0, into: &sorted) }
    }

    /// Counts the packets of an input that holds the same as another one.
    package mutating func leaveOut(packets count: UInt64, bytes: UInt64) {
        packets.leaveOut(count, bytes: bytes)
    }

    private mutating func settleTimes(_ sorted: inout SortedPackets) {
        let clock = sorted.clock
        if clock.leadingTimeless > 0 {
            // The very first frames of an input: there is no time to lend.
            let time = lastTime ?? Timestamp(nanoseconds: 0)
            sorted.setLeadingTime(time)
            sorted.packets.note(time)
            lastTime = time
        }
        guard let first = clock.first, let last = clock.last else { return }
        if let lastTime { ChunkClock.compare(lastTime, first, into: &sorted.tally) }
        lastTime = last
    }

    private mutating func take(
        _ fragment: FragmentRecord, _ window: RawSpan, _ sorted: inout SortedPackets
    ) {
        if repeats?.isRepeat(fragment.fingerprint, at: fragment.time) == true {
            guard fragment.wireBytes > 0 else { return }
            return sorted.packets.unuse(.duplicate, packets: 1, bytes: fragment.wireBytes)
        }
        for datagram in fragments.expire(now: fragment.time) {
            account(incomplete: datagram, frame: fragment.frame, order: fragment.order, into: &sorted)
        }
        let frame = window.clamped(from: fragment.frameStart, count: fragment.frameBytes)
        let outcome = fragments.add(
            fragment.packet, fragment.info, frame: frame, time: fragment.time,
            position: sorted.base &+ UInt64(fragment.order), wireBytes: fragment.wireBytes)
        switch outcome {
        case .held: return
        case .conflict(let datagram):
            sorted.packets.unuse(.fragmentConflict, packets: datagram.frames, bytes: datagram.wireBytes)
        case .complete(let datagram, let payload): join(datagram, payload, fragment, into: &sorted)
        }
    }

    private mutating func join(
        _ datagram: FragmentBuffer.Datagram, _ payload: [UInt8], _ last: FragmentRecord,
        into sorted: inout SortedPackets
    ) {
        var packet = datagram.packet
        let depth = packet.tunnelDepth
        _ = payload.withRawSpan { PacketDecoder.decodeReassembled($0, into: &packet) }
        packet.isJoined = true
        let start = sorted.store(payload)
        var record = PacketRecord(
            packet, start: start, time: last.time, frame: last.frame, order: last.order, wireBytes: 0)
        if packet.tunnelDepth > depth {
            // Inside stands one packet; the others carried its parts.
            sorted.packets.unuse(.tunnelFragment, packets: max(datagram.frames, 1) - 1, bytes: 0)
        } else {
            record.packets = UInt32(clamping: datagram.packets)
            record.bytes = UInt32(clamping: datagram.bytes)
        }
        sorted.append(joined: record)
    }

    /// Counts the fragments of a datagram that never became whole under the addresses that they name.
    private mutating func account(
        incomplete datagram: FragmentBuffer.Datagram, frame: UInt32, order: UInt32,
        into sorted: inout SortedPackets
    ) {
        tally.fragmentsIncomplete &+= datagram.packets
        var packet = datagram.packet
        packet.dropPayload()
        var record = PacketRecord(
            packet, start: 0, time: datagram.first, frame: frame, order: order, wireBytes: 0)
        record.packets = UInt32(clamping: datagram.packets)
        record.bytes = UInt32(clamping: datagram.bytes)
        sorted.append(joined: record)
    }
}
