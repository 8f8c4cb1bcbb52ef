import Bytes
package import Captures

/// The whole way from frames to flows on one thread: what the pipeline does with chunks and shards side by side.
/// For tests, fuzzers and whoever has all frames in memory.
package struct FlowEngine {
    private var sorter: PacketSorter
    private var order: PacketOrder
    private var shards: [FlowShard]
    private var sorted = SortedPackets()
    /// Flows that have ended, in order of their first packets once the input has ended.
    package private(set) var flows: [FinishedFlow] = []
    package private(set) var dns: [DNSObservation] = []

    package init(_ options: PacketOptions = PacketOptions()) throws(FilterFault) {
        sorter = try PacketSorter(options)
        order = PacketOrder(options)
        shards = (0..<SortedPackets.shardCount).map { FlowShard($0, options) }
    }

    /// Takes in the frames of `batch`, which lie in `window`.
    package mutating func process(_ window: RawSpan, _ batch: borrowing FrameBatch) {
        sorted.removeAll()
        sorter.sort(window, batch, into: &sorted)
        order.settle(&sorted, window)
        count(window)
    }

    /// Ends the input: what waits for more is decoded as far as it came.
    package mutating func finish() {
        sorted.removeAll()
        order.finish(into: &sorted)
        count([UInt8]().span.bytesView)
        for index in shards.indices { shards[index].finish(at: packets.read) }
        collect()
        flows.sort { $0.flow.firstPacket < $1.flow.firstPacket }
    }

    private mutating func count(_ window: RawSpan) {
        for index in shards.indices { shards[index].process(sorted, window) }
        collect()
    }

    private mutating func collect() {
        for index in shards.indices {
            flows += shards[index].takeFinished()
            dns += shards[index].takeDNS()
        }
    }

    package var packets: PacketTally {
        var sum = order.packets
        for shard in shards { sum.add(shard.packets) }
        return sum
    }

    package var tally: FlowTally {
        var sum = order.tally
        for shard in shards { sum.add(shard.tally) }
        return sum
    }

    package var sightings: [Sighting: UInt64] {
        shards.reduce(into: [:]) { sum, shard in sum.merge(shard.sightings) { $0 &+ $1 } }
    }

    /// Whether the payload of any live flow is still of interest.
    package var isInspecting: Bool {
        shards.contains { shard in
            shard.table.flows.contains { $0.flags.contains(.wantsA) || $0.flags.contains(.wantsB) }
        }
    }
}
