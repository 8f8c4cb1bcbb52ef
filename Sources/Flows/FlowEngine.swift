import Bytes
package import Captures
import Packets

/// Packets to flows: decodes each frame of a batch, finds its flow, counts it, and looks into the payload
/// only as long as the flow has no name.
package struct FlowEngine {
    package private(set) var table = FlowTable()
    package private(set) var output: FlowOutput
    package private(set) var slices: [FlowSlice] = []
    package private(set) var packets = PacketTally()
    private var inspections = InspectionPool()
    private var fragments = FragmentBuffer()
    private var packet = Packet()
    private var lastTime: Timestamp?
    private let filter: CaptureFilter?
    private let verifiesChecksums: Bool
    private var repeats: RepeatWindow?

    /// - Parameters:
    ///   - filter: packets that do not pass are counted and not used.
    ///   - verifiesChecksums: whether packets with a wrong checksum are left out.
    ///   - deduplicates: whether a packet seen twice within `RepeatWindow.span` is used once.
    package init(
        collectsSightings: Bool = false, filter: CaptureFilter? = nil, verifiesChecksums: Bool = false,
        deduplicates: Bool = false
    ) {
        output = FlowOutput(collectsSightings: collectsSightings)
        self.filter = filter
        self.verifiesChecksums = verifiesChecksums
        repeats = deduplicates ? RepeatWindow() : nil
    }

    /// Takes in the frames of `batch`, which lie in `window`.
    package mutating func process(_ window: RawSpan, _ batch: borrowing FrameBatch) {
        for frame in batch.frames {
            let bytes = window.clamped(from: frame.offset, count: frame.captured)
            take(bytes, frame)
        }
    }

    /// Counts the packets of an input that holds the same as another one.
    package mutating func leaveOut(packets count: UInt64, bytes: UInt64) {
        packets.leaveOut(count, bytes: bytes)
    }

    /// Ends the input: what waits for more is decoded as far as it came.
    package mutating func finish() {
        for datagram in fragments.drain() { account(incomplete: datagram) }
        for position in table.flows.indices {
            let inspection = table[position].inspection
            if inspection >= 0 { endInspection(inspection, of: position) }
        }
    }

    /// Takes in one frame.
    package mutating func take(_ bytes: RawSpan, _ frame: FrameRecord) {
        let position = packets.read
        packets.read &+= 1
        packets.bytes &+= frame.original
        let time = frame.isTimeless ? lastTime ?? frame.timestamp : frame.timestamp
        noteTime(time)
        if let filter, !filter.matches(bytes, frame) {
            packets.skip(.outsideFilter, bytes: frame.original, linkType: frame.linkType)
            return
        }
        if let reason = PacketDecoder.decode(
            bytes, linkType: frame.linkType.rawValue, originalLength: frame.original, into: &packet)
        {
            output.addresses.takeARP(packet, bytes, at: time)
            packets.skip(reason, bytes: frame.original, linkType: frame.linkType)
            return
        }
        if verifiesChecksums, !Checksum.holds(bytes, packet) {
            packets.skip(.badChecksum, bytes: frame.original, linkType: frame.linkType)
            return
        }
        if repeats?.isRepeat(of: bytes, packet, at: time) == true {
            packets.skip(.duplicate, bytes: frame.original, linkType: frame.linkType)
            return
        }
        packets.used &+= 1
        // Read before anything else is put into `packet`, such as a reassembled datagram.
        var next = packet.nextSubframe
        takeDecoded(bytes, time: time, position: position, wireBytes: frame.original)
        while let offset = next {
            let reason = PacketDecoder.decodeSubframe(bytes, at: offset, into: &packet)
            next = packet.nextSubframe
            guard reason == nil else { continue }
            output.tally.framesWithSeveralPackets &+= 1
            takeDecoded(bytes, time: time, position: position, wireBytes: 0)
        }
    }

    /// An hour, in nanoseconds, without a packet or back in time: the capture paused, or its clock was set.
    private static let timeJump: UInt64 = 3600 * 1_000_000_000

    private mutating func noteTime(_ time: Timestamp) {
        if let lastTime {
            if time < lastTime { output.tally.packetsOutOfOrder &+= 1 }
            let step = (time.nanoseconds &- lastTime.nanoseconds).magnitude
            if step > FlowEngine.timeJump { output.tally.timeJumps &+= 1 }
        }
        lastTime = time
        packets.note(time)
    }

    private mutating func takeDecoded(_ bytes: RawSpan, time: Timestamp, position: UInt64, wireBytes: UInt64)
    {
        if packet.tunnelDepth > 0 { output.tally.tunnelledPackets &+= 1 }
        if packet.payloadCaptured < packet.payloadLength { output.tally.packetsCutBySnapLength &+= 1 }
        if let fragment = packet.fragment {
            takeFragment(fragment, bytes, time: time, position: position, wireBytes: wireBytes)
            return
        }
        if packet.arpStart != nil { output.addresses.takeARP(packet, bytes, at: time) }
        output.addresses.take(packet, bytes, at: time)
        let weight = PacketWeight(packets: 1, bytes: UInt64(packet.layer3Bytes))
        count(bytes, weight, time: time, position: position)
    }

    /// Counts `packet` in its flow and inspects its payload, which lies in `bytes`.
    private mutating func count(_ bytes: RawSpan, _ weight: PacketWeight, time: Timestamp, position: UInt64) {
        let (key, fromA) = FlowKey.of(packet)
        let index = flowIndex(key, fromA: fromA, time: time, position: position)
        table[index].note(packet, fromA: fromA)
        let wanted: FlowFlags = fromA ? .wantsA : .wantsB
        if packet.payloadCaptured > 0, table[index].flags.contains(wanted) {
            let payload = bytes.clamped(from: packet.payloadStart, count: packet.payloadCaptured)
            inspect(index, payload, fromA: fromA, time: time, position: position)
        }
        let hour = time.hour
        if table[index].current.hour != hour || table[index].flags.contains(.labelChanged) {
            closeSlice(index, hour: hour, time: time)
        }
        table[index].add(weight, fromA: fromA, time: time)
    }

    @inline(__always)
    private mutating func flowIndex(_ key: FlowKey, fromA: Bool, time: Timestamp, position: UInt64) -> Int {
        if let index = table.find(key), table[index].continues(with: packet, at: time) { return index }
        let flow = Flow(key: key, packet, fromA: fromA, time: time, position: position)
        if flow.flags.contains(.midStream) { output.tally.tcpMidStream &+= 1 }
        return table.append(flow)
    }

    /// Ends the slice under way when the clock hour or the name has changed.
    private mutating func closeSlice(_ index: Int, hour: Int64, time: Timestamp) {
        let changed = table[index].flags.contains(.labelChanged)
        table[index].flags.remove(.labelChanged)
        // What came before the first label belongs to it.
        let isNewLabel = changed && table[index].label != table[index].firstLabel
        guard table[index].current.hour != hour || isNewLabel else { return }
        let finished = table[index].current
        var next = FlowSlice(hour: hour, first: time, last: time, isStart: isNewLabel)
        next.label = isNewLabel ? table[index].label : finished.label
        if finished.packetsFromA &+ finished.packetsFromB > 0 {
            slices.append(finished)
            next.previous = Int32(truncatingIfNeeded: slices.count - 1)
        } else {
            next.previous = finished.previous
            next.isStart = next.isStart || finished.isStart
        }
        table[index].current = next
    }

    // MARK: Payload

    private mutating func inspect(
        _ index: Int, _ payload: RawSpan, fromA: Bool, time: Timestamp, position: UInt64
    ) {
        let segment = Segment(
            fromA: fromA, sequence: packet.tcpSequence, isCut: packet.payloadCaptured < packet.payloadLength,
            packet: position, time: time)
        switch packet.transport {
        case IPProtocol.tcp: inspectTCP(index, segment, payload)
        case IPProtocol.udp: inspectUDP(index, segment, payload)
        default: table[index].flags.subtract([.wantsA, .wantsB])
        }
    }

    private mutating func inspectTCP(_ index: Int, _ segment: Segment, _ payload: RawSpan) {
        if table[index].inspection < 0 {
            let inspection = TCPInspection(for: table[index])
            table[index].inspection = inspections.begin(inspection, for: &table[index])
        }
        // Data on a SYN (TCP Fast Open) starts one behind the SYN's own number.
        var segment = segment
        if packet.tcpFlags.contains(.syn) { segment.sequence &+= 1 }
        runInspection(index, segment, payload)
    }

    private mutating func inspectUDP(_ index: Int, _ segment: Segment, _ payload: RawSpan) {
        if table[index].inspection < 0 {
            guard
                let inspection = UDPInspection.begin(
                    segment, payload, flow: &table[index], into: &output)
            else { return }
            table[index].inspection = inspections.begin(inspection, for: &table[index])
        }
        runInspection(index, segment, payload)
    }

    private mutating func runInspection(_ index: Int, _ segment: Segment, _ payload: RawSpan) {
        let number = table[index].inspection
        guard let inspection = inspections[number] else { return }
        inspection.take(segment, payload, flow: &table[index], into: &output)
        if !inspection.wants(fromA: true) { table[index].flags.remove(.wantsA) }
        if !inspection.wants(fromA: false) { table[index].flags.remove(.wantsB) }
        if !table[index].flags.contains(.wantsA), !table[index].flags.contains(.wantsB) {
            inspections.end(number)
            table[index].inspection = -1
        }
    }

    private mutating func endInspection(_ number: Int32, of index: Int) {
        guard let inspection = inspections[number] else { return }
        let context = Segment(
            fromA: true, sequence: 0, isCut: true, packet: packets.read, time: table[index].last)
        inspection.finish(context, flow: &table[index], into: &output)
        closeSlice(index, hour: table[index].current.hour, time: table[index].last)
        table[index].flags.subtract([.wantsA, .wantsB])
        table[index].inspection = -1
        inspections.end(number)
    }

    // MARK: Fragments

    private mutating func takeFragment(
        _ fragment: FragmentInfo, _ bytes: RawSpan, time: Timestamp, position: UInt64, wireBytes: UInt64
    ) {
        // Counting what has waited too long puts other header values into `packet`.
        let current = packet
        for datagram in fragments.expire(now: time) { account(incomplete: datagram) }
        packet = current
        switch fragments.add(
            packet, fragment, frame: bytes, time: time, position: position, wireBytes: wireBytes)
        {
        case .held: return
        case .conflict(let datagram):
            packets.unuse(.fragmentConflict, packets: datagram.frames, bytes: datagram.wireBytes)
        case .complete(let datagram, let payload):
            packet = datagram.packet
            let depth = packet.tunnelDepth
            _ = payload.withRawSpan { PacketDecoder.decodeReassembled($0, into: &packet) }
            var weight = PacketWeight(packets: datagram.packets, bytes: datagram.bytes)
            if packet.tunnelDepth > depth {
                // Inside stands one packet; the others carried its parts.
                weight = PacketWeight(packets: 1, bytes: UInt64(packet.layer3Bytes))
                packets.unuse(.tunnelFragment, packets: max(datagram.frames, 1) - 1, bytes: 0)
            }
            payload.withRawSpan { count($0, weight, time: time, position: position) }
        }
    }

    /// Counts the fragments of a datagram that never became whole under the addresses that they name.
    private mutating func account(incomplete datagram: FragmentBuffer.Datagram) {
        output.tally.fragmentsIncomplete &+= datagram.packets
        packet = datagram.packet
        packet.dropPayload()
        let weight = PacketWeight(packets: datagram.packets, bytes: datagram.bytes)
        [UInt8]().withRawSpan { count($0, weight, time: datagram.first, position: datagram.arrival) }
    }
}

/// How many packets and layer-3 bytes one count stands for.
struct PacketWeight {
    let packets: UInt64
    let bytes: UInt64
}
