import Bytes
import Captures
import Flows
import Packets

/// What each fuzzer runs: the same code replays inputs that once crashed, in a normal test.
///
/// A body ends the process when a rule is broken that no input may break.
package enum FuzzBodies {
    /// The first four bytes are the link type, then three of the length on the wire, then the frame.
    package static func packet(_ input: RawSpan) {
        var reader = ByteReader(input)
        guard let linkType = try? reader.u32(), let extra = try? reader.u24() else { return }
        let frame = reader.takeRest()
        var packet = Packet()
        let original = UInt64(frame.byteCount) + UInt64(extra)
        var reason = PacketDecoder.decode(frame, linkType: linkType, originalLength: original, into: &packet)
        if linkType == 1 { compare(packet, reason, frame, original) }
        var steps = 0
        while true {
            if reason == nil { check(packet, frame) }
            guard let next = packet.nextSubframe else { return }
            steps += 1
            precondition(steps <= frame.byteCount, "subframes without end")
            precondition(next > 0 && next < frame.byteCount, "a subframe outside the frame")
            reason = PacketDecoder.decodeSubframe(frame, at: next, into: &packet)
        }
    }

    /// The short way through frequent frames finds what the layers one by one find.
    private static func compare(
        _ short: Packet, _ reason: UnusedReason?, _ frame: RawSpan, _ original: UInt64
    ) {
        var long = Packet()
        precondition(
            reason
                == PacketDecoder.decodeByLayer(frame, linkType: 1, originalLength: original, into: &long))
        guard reason == nil else { return }
        precondition(short.source == long.source && short.destination == long.destination)
        precondition(short.sourcePort == long.sourcePort && short.destinationPort == long.destinationPort)
        precondition(short.transport == long.transport && short.layer3Bytes == long.layer3Bytes)
        precondition(short.payloadStart == long.payloadStart && short.payloadLength == long.payloadLength)
        precondition(short.payloadCaptured == long.payloadCaptured && short.tcpFlags == long.tcpFlags)
        precondition(short.hasTransportHeader == long.hasTransportHeader)
    }

    /// A zip archive: all its members, to the end.
    package static func zip(_ input: RawSpan) {
        let bytes = input.copied()
        for index in 0..<8 {
            guard case .member(let member)? = try? ZipMember.open(MemorySource(bytes), member: index) else {
                return
            }
            var room = ByteBuffer(capacity: 4096)
            // A bomb of zeros unpacks to a thousand times its size: enough is seen after a megabyte.
            for _ in 0..<256 {
                guard let got = try? member.readNext(into: &room, at: 0, count: 4096), got > 0 else { break }
                precondition(got <= 4096, "more than there is room for")
            }
        }
    }

    private static func check(_ packet: Packet, _ frame: RawSpan) {
        precondition(packet.payloadCaptured >= 0 && packet.payloadCaptured <= packet.payloadLength)
        precondition(packet.payloadStart >= 0)
        precondition(
            packet.payloadStart + packet.payloadCaptured <= frame.byteCount, "payload outside the frame")
        precondition(packet.layer3Bytes >= 20, "an IP packet without a header")
    }

    /// A pcap file; without its magic, records of Ethernet frames.
    package static func pcap(_ input: RawSpan) {
        guard let header = PCAPHeader(input) else { return }
        walk(.pcap(PCAPWalker(header: header)), input, into: nil)
    }

    /// The blocks of a pcapng file.
    package static func pcapng(_ input: RawSpan) { walk(.pcapng(PCAPNGWalker()), input, into: nil) }

    /// A snoop file.
    package static func snoop(_ input: RawSpan) {
        guard let header = SnoopHeader(input) else { return }
        walk(.snoop(SnoopWalker(header: header)), input, into: nil)
    }

    /// The records of an ERF file, recognised or not.
    package static func erf(_ input: RawSpan) {
        _ = ERFWalker.recognises(input)
        walk(.erf(ERFWalker()), input, into: nil)
    }

    /// A capture of either container through the flow engine, with all names collected.
    package static func flows(_ input: RawSpan) {
        let walker: CaptureWalker
        if let header = PCAPHeader(input) {
            walker = .pcap(PCAPWalker(header: header))
        } else {
            walker = .pcapng(PCAPNGWalker())
        }
        walk(walker, input, into: FlowEngine(collectsSightings: true))
    }

    private static func walk(_ start: CaptureWalker, _ input: RawSpan, into begun: FlowEngine?) {
        var walker = start
        var engine = begun
        var batch = FrameBatch()
        var offset = walker.firstRecordOffset
        var total: UInt64 = 0
        while true {
            batch.removeAll()
            let step = walker.walk(input, from: offset, into: &batch)
            for frame in batch.frames {
                precondition(frame.offset >= 0 && frame.captured >= 0)
                precondition(frame.offset + frame.captured <= input.byteCount, "a frame outside the window")
                precondition(frame.original >= UInt64(frame.captured), "a frame longer than it was")
            }
            total += UInt64(batch.frames.count)
            engine?.process(input, batch)
            guard case .batchFull(let consumed) = step else { break }
            precondition(consumed > offset, "a walk that stands still")
            offset = consumed
        }
        engine?.finish()
        if let engine { check(engine, frames: total) }
    }

    /// Every packet read is used or counted under a reason, and every packet used is in a flow.
    static func check(_ engine: FlowEngine, frames: UInt64) {
        let packets = engine.packets
        let unused = packets.unused.reduce(UInt64(0)) { $0 + $1.packets }
        precondition(packets.read == frames, "packets that were not counted")
        precondition(packets.used <= packets.read, "more packets used than read")
        precondition(packets.read == packets.used + unused, "packets without a reason")
        var inFlows: UInt64 = 0
        for flow in engine.flows {
            for slice in flow.slices { inFlows += slice.packetsFromA + slice.packetsFromB }
        }
        let several = engine.tally.framesWithSeveralPackets
        precondition(inFlows <= packets.used + several, "packets that were counted twice")
    }
}
