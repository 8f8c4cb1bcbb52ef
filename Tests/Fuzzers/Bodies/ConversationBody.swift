import Bytes
import Captures
import Flows

extension NameBodies {
    /// Ports that decide how a conversation is read: what is recognised on any port comes first.
    private static let ports: [UInt16] = [443, 53, 25, 1080, 1194, 80, 5432, 853]

    /// One conversation of TCP or UDP through the flow engine: STARTTLS, tunnels, requests for TLS of databases,
    /// DNS over TCP, and whatever else stands before a name.
    ///
    /// The first byte says the port and the transport. Each segment has two bytes before it: the upper four bits
    /// are from whom (1), sent again (2), behind a gap (4), cut by the snap length (8); the rest is its length.
    package static func conversation(_ input: RawSpan) {
        var reader = ByteReader(input)
        guard let head = try? reader.u8() else { return }
        let port = ports[Int(head & 7)]
        let isTCP = head & 8 == 0
        var engine = FlowEngine(collectsSightings: true)
        var sequences: [UInt32] = [1, 1]
        var clock: Int64 = 0
        var frames: UInt64 = 0
        while let control = try? reader.u16() {
            guard let payload = try? reader.take(min(Int(control & 0x0fff), reader.remaining)) else { break }
            let side = Int(control >> 12 & 1)
            if control & 0x2000 != 0 { sequences[side] &-= 5 }
            if control & 0x4000 != 0 { sequences[side] &+= 7 }
            let frame = frame(
                payload, fromServer: side == 1, port: port, sequence: isTCP ? sequences[side] : nil)
            sequences[side] &+= UInt32(truncatingIfNeeded: payload.byteCount)
            clock += 1_000_000
            frames += 1
            let captured = control & 0x8000 != 0 ? max(frame.count - 3, 28) : frame.count
            var batch = FrameBatch()
            batch.append(
                FrameRecord(
                    offset: 0, captured: captured, original: UInt64(frame.count),
                    timestamp: Timestamp(nanoseconds: clock), linkType: LinkType(rawValue: 101)))
            frame.withRawSpan { engine.process($0, batch) }
        }
        engine.finish()
        FuzzBodies.check(engine, frames: frames)
    }

    /// A raw IPv4 packet; without a sequence number a UDP datagram.
    private static func frame(_ payload: RawSpan, fromServer: Bool, port: UInt16, sequence: UInt32?)
        -> [UInt8]
    {
        func two(_ value: Int) -> [UInt8] {
            [UInt8(truncatingIfNeeded: value >> 8), UInt8(truncatingIfNeeded: value)]
        }
        let ports = fromServer ? two(Int(port)) + two(50_000) : two(50_000) + two(Int(port))
        var segment = ports
        if let sequence {
            segment += two(Int(sequence >> 16)) + two(Int(sequence & 0xffff)) + [0, 0, 0, 1, 0x50, 0x18]
            segment += [16, 0, 0, 0, 0, 0]
        } else {
            segment += two(8 + payload.byteCount) + [0, 0]
        }
        payload.append(to: &segment)
        let addresses: [UInt8] = fromServer ? [192, 0, 2, 9, 10, 0, 0, 5] : [10, 0, 0, 5, 192, 0, 2, 9]
        let header: [UInt8] =
            [0x45, 0] + two(20 + segment.count) + [0, 0, 0, 0, 64, sequence == nil ? 17 : 6, 0, 0]
        return header + addresses + segment
    }
}
