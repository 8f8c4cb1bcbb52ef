import Bytes
package import Captures

/// The whole way from frames to flows on one thread: what the pipeline does with chunks and shards side by side.
/// For tests, fuzzers and whoever has all frames in memory.
package struct FlowEngine {
    private var sorter: PacketSorter
    private var order: PacketOrder
    private var shards: [FlowShard]
    private var sorted = SortedPackets()
    /// What each shard found.
    package private(set) var findings = [Findings](repeating: Findings(), count: SortedPackets.shardCount)

    package struct Findings: Sendable {
        /// Flows that have ended.
        package var flows: [FinishedFlow] = []
        /// Flows that have begun, in order.
        package var starts: [FlowStart] = []
        package var dns: [DNSObservation] = []
    }

    /// Flows that have ended, in order of their first packets.
    package var flows: [FinishedFlow] {
        findings.flatMap(\.flows).sorted { $0.flow.firstPacket < $1.flow.firstPacket }
    }

    package init(collectsSightings: Bool = false) {
        var options = PacketOptions()
        options.collectsSightings = collectsSightings
        sorter = PacketSorter(unfiltered: options)
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
    }

    private mutating func count(_ window: RawSpan) {
        for index in shards.indices { shards[index].process(sorted, window) }
        collect()
    }

    private mutating func collect() {
        for index in shards.indices {
            findings[index].flows += shards[index].takeFinished()
            findings[index].starts += shards[index].takeStarts()
            findings[index].dns += shards[index].takeDNS()
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

    package var addresses: AddressFacts { order.addresses }

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
