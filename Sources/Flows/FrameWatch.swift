package import Bytes
import Captures
package import Packets

/// Which frames somebody wants whole: some of the packets of known flows, and DNS messages of known clients.
///
/// Made for a second pass over captures: most packets are refused by one look into a bitmap.
package final class FrameWatch: Sendable {
    /// A flow and when its packets were seen.
    package struct Flow: Hashable, Sendable {
        package let key: FlowKey
        package let first: Timestamp
        package let last: Timestamp

        package init(key: FlowKey, first: Timestamp, last: Timestamp) {
            self.key = key
            self.first = first
            self.last = last
        }
    }

    private let flows: [Flow]
    /// Indices of the flows of a key, the earliest first.
    private let places: [FlowKey: [Int]]
    private let askers: Set<IPAddress>
    /// Which remainders of keys' hashes occur, one bit each.
    private let bitmap: [UInt64]
    private let wantsMessage: @Sendable (RawSpan) -> Bool
    private let wantsPayload: @Sendable (Int, RawSpan) -> Bool

    private static let bitmapBits: UInt64 = 1 << 18

    /// - Parameters:
    ///   - flows: in order of time.
    ///   - askers: whose DNS messages are looked at.
    ///   - wantsMessage: whether a DNS message is wanted.
    ///   - wantsPayload: whether the payload of a packet of a flow, by its index, is wanted beyond the limit.
    package init(
        flows: [Flow], askers: Set<IPAddress>, wantsMessage: @escaping @Sendable (RawSpan) -> Bool,
        wantsPayload: @escaping @Sendable (Int, RawSpan) -> Bool
    ) {
        self.flows = flows
        self.askers = askers
        self.wantsMessage = wantsMessage
        self.wantsPayload = wantsPayload
        var places: [FlowKey: [Int]] = [:]
        var bitmap = [UInt64](repeating: 0, count: Int(FrameWatch.bitmapBits / 64))
        for (index, flow) in flows.enumerated() {
            places[flow.key, default: []].append(index)
            let bit = flow.key.hash & (FrameWatch.bitmapBits - 1)
            bitmap[Int(bit / 64)] |= 1 << (bit % 64)
        }
        self.places = places
        self.bitmap = bitmap
    }

    /// The index of the flow that a packet of this key and time belongs to.
    @inline(__always)
    func flow(_ key: FlowKey, at time: Timestamp) -> Int? {
        let bit = key.hash & (FrameWatch.bitmapBits &- 1)
        guard bitmap[Int(bit / 64)] >> (bit % 64) & 1 == 1, let indices = places[key] else { return nil }
        let index = indices.last { flows[$0].first <= time }
        guard let index, time <= flows[index].last else { return nil }
        return index
    }

    /// Whether a packet is a DNS message that is wanted.
    @inline(__always)
    func wantsDNS(_ packet: Packet, _ frame: RawSpan) -> Bool {
        guard packet.sourcePort == 53 || packet.destinationPort == 53, packet.payloadCaptured > 0 else {
            return false
        }
        guard askers.contains(packet.sourcePort == 53 ? packet.destination : packet.source),
            packet.payloadCaptured == packet.payloadLength
        else { return false }
        let payload = frame.clamped(from: packet.payloadStart, count: packet.payloadCaptured)
        switch packet.transport {
        case IPProtocol.udp: return wantsMessage(payload)
        // A message that fills its segment, behind its length (RFC 1035 §4.2.2).
        case IPProtocol.tcp:
            guard let high = payload.byte(at: 0), let low = payload.byte(at: 1) else { return false }
            let length = Int(high) << 8 | Int(low)
            return length == payload.byteCount &- 2 && wantsMessage(payload.clamped(from: 2, count: length))
        default: return false
        }
    }

    /// Whether the payload of a packet is wanted beyond the limits of `FlowCounts`.
    package func wants(_ payload: RawSpan, of flow: Int) -> Bool { wantsPayload(flow, payload) }
}

/// Packets of one flow that are kept, by direction and kind: of each the first ones.
///
/// A chunk counts from nought, the whole input counts what its chunks kept. A packet that a chunk leaves out has as
/// many of its kind before it in that chunk as the limit, so that the whole would leave it out too: where chunks are
/// cut plays no part.
package struct FlowCounts: Sendable {
    private struct Side {
        var begins = 0
        var ends = 0
        var payload = 0
        var further = 0
    }

    /// Packets that begin a connection, and that end it, of each direction.
    package static let controlLimit = 4
    /// Packets with payload: hellos, certificates and first request heads lie within them.
    package static let payloadLimit = 24
    /// Packets behind these whose payload is wanted: request heads deep in a connection are few.
    package static let furtherLimit = 8

    private var a = Side()
    private var b = Side()

    package init() {}

    /// Counts a packet; whether it is kept. `isWanted` is asked of payload beyond the limit.
    package mutating func takes(_ packet: Packet, fromA: Bool, _ isWanted: () -> Bool) -> Bool {
        fromA ? FlowCounts.takes(packet, &a, isWanted) : FlowCounts.takes(packet, &b, isWanted)
    }

    private static func takes(_ packet: Packet, _ side: inout Side, _ isWanted: () -> Bool) -> Bool {
        let flags = packet.transport == IPProtocol.tcp ? packet.tcpFlags : []
        if flags.contains(.syn) {
            side.begins += 1
            if side.begins <= controlLimit { return true }
        } else if !flags.isDisjoint(with: [.fin, .rst]) {
            side.ends += 1
            if side.ends <= controlLimit { return true }
        }
        guard packet.payloadLength > 0 else { return false }
        side.payload += 1
        if side.payload <= payloadLimit { return true }
        guard isWanted() else { return false }
        side.further += 1
        return side.further <= furtherLimit
    }
}

/// A frame that is wanted whole.
package struct WatchedFrame: Sendable {
    /// The index of its flow; nil for a DNS message.
    package let flow: Int?
    package let key: FlowKey
    package let fromA: Bool
    package let packet: Packet
    /// The frame as it was captured.
    package let bytes: [UInt8]
    package let time: Timestamp
    /// Place of the frame in its chunk, from 0.
    package let index: UInt32
    /// Where it begins in the chunk's window.
    package let offset: Int

    /// The transport payload, as far as it was captured.
    package var payload: [UInt8] {
        bytes.withRawSpan { $0.clamped(from: packet.payloadStart, count: packet.payloadCaptured).copied() }
    }
}

/// The frames of one chunk that are wanted, in file order.
package struct WatchedFrames: Sendable {
    package private(set) var frames: [WatchedFrame] = []
    /// By flow.
    private var counts: [Int: FlowCounts] = [:]

    /// Takes the packet that was decoded from `bytes` if it is wanted.
    @inline(__always)
    mutating func take(
        _ packet: Packet, _ bytes: RawSpan, _ frame: FrameRecord, _ number: UInt32,
        _ time: Timestamp, _ watch: FrameWatch
    ) {
        guard packet.hasTransportHeader, packet.fragment == nil else { return }
        let (key, fromA) = FlowKey.of(packet)
        var flow = watch.flow(key, at: time)
        if let index = flow {
            let payload = bytes.clamped(from: packet.payloadStart, count: packet.payloadCaptured)
            let isKept = counts[index, default: FlowCounts()].takes(packet, fromA: fromA) {
                watch.wants(payload, of: index)
            }
            if !isKept { flow = nil }
        }
        guard flow != nil || watch.wantsDNS(packet, bytes) else { return }
        frames.append(
            WatchedFrame(
                flow: flow, key: key, fromA: fromA, packet: packet, bytes: bytes.copied(), time: time,
                index: number, offset: frame.offset))
    }
}
