import Bytes
import Packets

/// The flows between one share of all address pairs: finds each packet's flow, counts it, and looks into the
/// payload only as long as the flow has no name.
///
/// What a shard finds is a function of its own packets in their order, so that shards run side by side.
package struct FlowShard {
    private let number: Int
    var table = FlowTable()
    var output: FlowOutput
    var slices = SlicePool()
    var inspections = InspectionPool()
    /// Packets that turned out not to be used, subtracted from those that were.
    package private(set) var packets = PacketTally()
    private var repeats: RepeatWindow?
    private var nextSerial: UInt64 = 0
    /// When the table has grown to this, it is searched for flows that have ended.
    private var sweepSize = FlowShard.smallestSweep
    var finished: [FinishedFlow] = []
    private var starts: [FlowStart] = []

    /// Live flows of a shard, at most; with all shards a million, some 300 MB. Beyond it the quietest half is ended.
    static let flowLimit = 65_536
    private static let smallestSweep = 4096

    package init(_ number: Int, _ options: PacketOptions = PacketOptions()) {
        self.number = number
        output = FlowOutput(collectsSightings: options.collectsSightings)
        repeats = options.deduplicates ? RepeatWindow() : nil
    }

    package var tally: FlowTally { output.tally }
    package var sightings: [Sighting: UInt64] { output.sightings }

    /// Hands out the flows that ended since the last call.
    package mutating func takeFinished() -> [FinishedFlow] {
        defer { finished.removeAll(keepingCapacity: true) }
        return finished
    }

    /// Hands out the flows that began since the last call, in order.
    package mutating func takeStarts() -> [FlowStart] {
        defer { starts.removeAll(keepingCapacity: true) }
        return starts
    }

    /// Hands out the DNS messages seen since the last call, in order.
    package mutating func takeDNS() -> [DNSObservation] { output.takeDNS() }

    /// Takes in this shard's packets of a chunk whose frames lie in `window`.
    package mutating func process(_ sorted: SortedPackets, _ window: RawSpan) {
        let records = sorted.records.span
        let joined = sorted.joined.span.bytesView
        var plain = sorted.head(number)
        var late = sorted.joinedHead(number)
        while plain != PacketRecord.none || late != PacketRecord.none {
            let takesLate =
                late != PacketRecord.none
                && (plain == PacketRecord.none || records[Int(late)].order < records[Int(plain)].order)
            let index = Int(takesLate ? late : plain)
            if takesLate { late = records[index].next } else { plain = records[index].next }
            if repeats != nil, isRepeat(records[index], sorted, index) { continue }
            let bytes = takesLate && records[index].traits.contains(.isJoined) ? joined : window
            count(records[index], bytes, base: sorted.base)
        }
    }

    /// Ends the input: what waits for more is decoded as far as it came.
    package mutating func finish(at position: UInt64) {
        finish(at: position) { _ in true }
    }

    private mutating func isRepeat(_ record: PacketRecord, _ sorted: SortedPackets, _ index: Int) -> Bool {
        guard index < sorted.fingerprints.count else { return false }
        guard repeats?.isRepeat(sorted.fingerprints[index], at: record.time) == true else { return false }
        if record.wireBytes > 0 {
            packets.unuse(.duplicate, packets: 1, bytes: UInt64(record.wireBytes))
        }
        return true
    }

    /// Counts a packet in its flow and inspects its payload, which lies in `bytes`.
    @inline(__always)
    private mutating func count(_ record: PacketRecord, _ bytes: RawSpan, base: UInt64) {
        let fromA = record.fromA
        let index = flowIndex(record, base: base)
        if table[index].count(record) { return }
        let wanted: FlowFlags = fromA ? .wantsA : .wantsB
        if record.payloadCaptured > 0, table[index].flags.contains(wanted) {
            let payload = bytes.clamped(
                from: Int(record.payloadStart), count: Int(record.payloadCaptured))
            inspect(index, record, payload, position: base &+ UInt64(record.frame))
        }
        let hour = record.time.hour
        if table[index].current.hour != hour || table[index].flags.contains(.labelChanged) {
            slices.turn(&table[index], hour: hour, time: record.time)
        }
        table[index].add(record)
    }

    @inline(__always)
    private mutating func flowIndex(_ record: PacketRecord, base: UInt64) -> Int {
        guard let index = table.find(record.key) else { return begin(record, base: base) }
        if table[index].continues(with: record) { return index }
        var before = table[index]
        end(&before, at: base &+ UInt64(record.frame))
        table[index] = newFlow(record, base: base)
        return index
    }

    private mutating func begin(_ record: PacketRecord, base: UInt64) -> Int {
        if table.flows.count >= sweepSize { sweep(record, base: base) }
        return table.append(newFlow(record, base: base))
    }

    private mutating func newFlow(_ record: PacketRecord, base: UInt64) -> Flow {
        let position = base &+ UInt64(record.frame)
        let flow = Flow(record, serial: nextSerial, position: position)
        nextSerial &+= 1
        starts.append(
            FlowStart(
                serial: flow.serial, packet: position, time: record.time, addressA: record.key.addressA,
                addressB: record.key.addressB))
        if flow.flags.contains(.midStream) { output.tally.tcpMidStream &+= 1 }
        return flow
    }

    /// Ends flows that are over by the time of `record`, and the quietest half where that makes too little room.
    /// The table doubles between two sweeps, so that a flow is looked at twice on average.
    private mutating func sweep(_ record: PacketRecord, base: UInt64) {
        let now = record.time
        finish(at: base &+ UInt64(record.frame)) { $0.isOver(at: now) }
        if table.flows.count >= FlowShard.flowLimit {
            let middle = table.flows.map(\.last).sorted()[table.flows.count / 2]
            let before = table.flows.count
            finish(at: base &+ UInt64(record.frame)) { $0.last <= middle }
            output.tally.flowsEvicted &+= UInt64(before - table.flows.count)
        }
        sweepSize = min(max(FlowShard.smallestSweep, table.flows.count * 2), FlowShard.flowLimit)
    }

    private mutating func finish(at position: UInt64, where isOver: (Flow) -> Bool) {
        // Taken out so that `end` may use the rest of the shard while the table is walked.
        var walked = table
        table = FlowTable()
        walked.remove(where: isOver) { end(&$0, at: position) }
        table = walked
    }

    /// Hands out a flow that has ended, and gives up what was kept for it.
    private mutating func end(_ flow: inout Flow, at position: UInt64) {
        if flow.inspection >= 0 { endInspection(of: &flow, at: position) }
        let whole = slices.release(flow, &output)
        if flow.isSeenFromOneSide {
            output.tally.tcpSeenFromOneSide &+= 1
            for slice in whole.slices {
                output.tally.bytesSeenFromOneSide &+= slice.bytesFromA &+ slice.bytesFromB
            }
        }
        finished.append(whole)
    }
}
