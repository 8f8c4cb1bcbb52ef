package import Bytes
import Packets

/// The packets of one chunk of a capture, decoded and sorted by shard: what a worker hands on.
///
/// Reused from chunk to chunk, so that it allocates nothing once it has grown.
package struct SortedPackets: Sendable {
    /// All flows of two addresses belong to one shard; each shard is worked on by one thread at a time. A constant,
    /// so that limits per shard do not depend on the machine. Enough for 16 cores or more.
    package static let shardCount = 16

    /// Records of all shards in the packets' order, then those of joined datagrams.
    private(set) var records: [PacketRecord] = []
    /// First and last record of each shard; a shard's records are chained by `next`.
    private var heads = [UInt32](repeating: PacketRecord.none, count: SortedPackets.shardCount)
    private var tails = [UInt32](repeating: PacketRecord.none, count: SortedPackets.shardCount)
    /// The same for datagrams that were put together from fragments.
    private var joinedHeads = [UInt32](repeating: PacketRecord.none, count: SortedPackets.shardCount)
    private var joinedTails = [UInt32](repeating: PacketRecord.none, count: SortedPackets.shardCount)
    /// Payloads of joined datagrams, one behind the other.
    private(set) var joined: [UInt8] = []
    /// Fragments, which are joined in file order.
    var fragments: [FragmentRecord] = []
    /// Codes by which packets that were captured twice are known, parallel to `records`; empty unless asked for.
    var fingerprints: [UInt64] = []
    /// Frames read so far.
    package internal(set) var frameCount: UInt32 = 0
    /// Packets decoded so far, fragments included.
    var packetCount: UInt32 = 0
    var packets = PacketTally()
    var tally = FlowTally()
    var clock = ChunkClock()
    /// Who had which address, as these packets say.
    var addresses = AddressFacts()
    /// Frames that somebody wants whole (`PacketOptions.watch`).
    package internal(set) var watched = WatchedFrames()
    /// Position in the input of the chunk's first frame.
    package internal(set) var base: UInt64 = 0

    package init() {}

    /// The earliest and the latest time of the chunk's frames.
    package var firstTime: Timestamp? { packets.first }
    package var lastTime: Timestamp? { packets.last }

    package mutating func removeAll() {
        records.removeAll(keepingCapacity: true)
        fragments.removeAll(keepingCapacity: true)
        fingerprints.removeAll(keepingCapacity: true)
        joined.removeAll(keepingCapacity: true)
        for shard in 0..<SortedPackets.shardCount {
            heads[shard] = PacketRecord.none
            tails[shard] = PacketRecord.none
            joinedHeads[shard] = PacketRecord.none
            joinedTails[shard] = PacketRecord.none
        }
        frameCount = 0
        packetCount = 0
        packets = PacketTally()
        tally = FlowTally()
        clock = ChunkClock()
        addresses = AddressFacts()
        watched = WatchedFrames()
    }

    @inline(__always)
    mutating func append(_ record: PacketRecord) {
        let position = UInt32(truncatingIfNeeded: records.count)
        let shard = record.key.shard
        records.append(record)
        let tail = tails[shard]
        if tail == PacketRecord.none {
            heads[shard] = position
        } else {
            records[Int(tail)].next = position
        }
        tails[shard] = position
    }

    /// Adds what became of fragments; `payload` is what the record's payload offsets count from.
    mutating func append(joined record: PacketRecord) {
        let position = UInt32(truncatingIfNeeded: records.count)
        let shard = record.key.shard
        records.append(record)
        let tail = joinedTails[shard]
        if tail == PacketRecord.none {
            joinedHeads[shard] = position
        } else {
            records[Int(tail)].next = position
        }
        joinedTails[shard] = position
    }

    /// Stores the payload of a joined datagram; returns where it begins.
    mutating func store(_ payload: [UInt8]) -> Int {
        defer { joined.append(contentsOf: payload) }
        return joined.count
    }

    func head(_ shard: Int) -> UInt32 { heads[shard] }
    func joinedHead(_ shard: Int) -> UInt32 { joinedHeads[shard] }

    /// Gives the frames before the chunk's first one with a time of their own `time`.
    mutating func setLeadingTime(_ time: Timestamp) {
        for index in records.indices {
            guard records[index].frame < clock.leadingTimeless else { break }
            records[index].time = time
        }
        for index in fragments.indices where fragments[index].frame < clock.leadingTimeless {
            fragments[index].time = time
        }
    }
}

/// What the times of a chunk's frames tell.
struct ChunkClock: Sendable {
    /// Frames without a time before the first that has one.
    private(set) var leadingTimeless: UInt32 = 0
    private(set) var first: Timestamp?
    private(set) var last: Timestamp?

    mutating func noteTimeless() { if first == nil { leadingTimeless &+= 1 } }

    mutating func note(_ time: Timestamp, into tally: inout FlowTally) {
        if let last { ChunkClock.compare(last, time, into: &tally) } else { first = time }
        last = time
    }

    /// An hour, in nanoseconds, without a packet or back in time: the capture paused, or its clock was set.
    private static let timeJump: UInt64 = 3600 * 1_000_000_000

    /// Counts what the step from one frame's time to the next tells.
    @inline(__always)
    static func compare(_ last: Timestamp, _ time: Timestamp, into tally: inout FlowTally) {
        if time < last { tally.packetsOutOfOrder &+= 1 }
        let step = (time.nanoseconds &- last.nanoseconds).magnitude
        if step > timeJump { tally.timeJumps &+= 1 }
    }
}

/// A fragment of an IP datagram, which waits for its turn in file order.
struct FragmentRecord: Sendable {
    /// The header values; payload offsets count from the frame's first byte.
    let packet: Packet
    let info: FragmentInfo
    var time: Timestamp
    let frame: UInt32
    let order: UInt32
    /// Where the frame lies in the window.
    let frameStart: Int
    let frameBytes: Int
    let wireBytes: UInt64
    let fingerprint: UInt64
}
