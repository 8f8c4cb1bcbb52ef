import Bytes
import Contacts
import Flows

/// One shard on its way to contacts: worked on by one thread at a time.
final class Lane {
    private(set) var shard: FlowShard
    private(set) var builder: ContactBuilder
    /// What live flows' sides had been told by the DNS when the flow began, by the flow's number.
    private var told: [UInt64: DNSJoin.Told] = [:]
    /// Flows that have ended, and whose beginning is not resolved yet; then those that are.
    private var waiting: [FinishedFlow] = []
    private var resolved: [FinishedFlow] = []

    init(_ number: Int, _ options: RunOptions, _ answers: LoggedAnswers) {
        shard = FlowShard(number, options.packets)
        builder = ContactBuilder(
            homeNetworks: options.homeNetworks, sinkholes: options.sinkholes, answers: answers,
            tracing: options.tracing)
    }

    /// Makes contacts of the flows that are ready, then takes in the shard's packets of `chunks`.
    func process(_ chunks: ArraySlice<Chunk>) {
        fold()
        for chunk in chunks { chunk.piece.count(into: &shard) }
    }

    /// Takes in the packets of `sorted`, which lie in no window.
    func process(_ sorted: SortedPackets) { shard.process(sorted, [UInt8]().span.bytesView) }

    /// Ends the shard's flows.
    func finish(at position: UInt64) { shard.finish(at: position) }

    /// Hands out what has to be resolved.
    func takeQuestions() -> NameResolver.Questions {
        waiting = shard.takeFinished()
        return NameResolver.Questions(starts: shard.takeStarts(), dns: shard.takeDNS())
    }

    /// Takes in the answers to the questions handed out last.
    func deliver(_ answers: [NameResolver.Answer]) {
        for answer in answers { told[answer.serial] = answer.told }
        resolved += waiting
        waiting.removeAll()
    }

    func fold() {
        for flow in resolved { builder.add(flow, told.removeValue(forKey: flow.flow.serial)) }
        resolved.removeAll(keepingCapacity: true)
    }
}
