import Bytes
import Captures
import Contacts
import Flows

/// Captures to contacts on all cores.
///
/// Chunks go through in groups, three at a time: while one group is filled (where a stream has to be read in
/// sequence), the next one's chunks are decoded and sorted by shard, and the shards count the packets of the one
/// before that. In between, on one thread and in file order, stands what needs it: checking where each chunk really
/// began, joining fragments, and telling flows what their clients had asked the DNS before. So each flow sees its
/// packets in file order whatever the number of threads, and the result is the same to the byte.
struct CapturePipeline {
    private let crew: Crew
    private let chunkBytes: Int
    private let lanes: [Lane]
    private var plan: ChunkPlan
    private var order: PacketOrder
    private let resolving: ResolverWork
    private let progress: ((RunProgress) -> Void)?

    init(
        _ plan: ChunkPlan, _ crew: Crew, chunkBytes: Int, _ options: RunOptions, leftOut: PacketOrder,
        _ logs: LogFacts
    ) {
        self.plan = plan
        self.crew = crew
        self.chunkBytes = chunkBytes
        order = leftOut
        progress = options.progress
        let answers = logs.answers
        resolving = ResolverWork(
            NameResolver(sinkholes: options.sinkholes, answers: logs.isWaiting ? answers : nil))
        lanes = (0..<SortedPackets.shardCount).map {
            Lane($0, options, answers)
        }
    }

    /// Reads everything that the plan deals out.
    mutating func run(_ groups: [ChunkPlan.Group]) {
        var loading = groups[0]
        var sorting = groups[1]
        var counting = groups[2]
        while true {
            let goesOn = plan.next(into: &loading)
            guard goesOn || sorting.used > 0 || counting.used > 0 else { break }
            round(&loading, sorting, counting)
            settle(&sorting)
            (loading, sorting, counting) = (counting, loading, sorting)
        }
        finish()
    }

    /// What can be done side by side.
    private mutating func round(
        _ loading: inout ChunkPlan.Group, _ sorting: ChunkPlan.Group, _ counting: ChunkPlan.Group
    ) {
        var tasks: [() -> Void] = []
        // A stream fills its chunk before anybody can begin: not too large a one.
        let loader = Loader(loading, size: min(chunkBytes, 4 << 20))
        // First what takes longest, and what nobody can help with.
        if loading.load != nil { tasks.append { loader.run() } }
        for chunk in sorting.chunks.prefix(sorting.used) { tasks.append { chunk.piece.sort() } }
        let resolving = resolving
        tasks.append { resolving.run() }
        for lane in lanes { tasks.append { lane.process(counting.chunks.prefix(counting.used)) } }
        crew.run(tasks)
        loading.used = loader.used
        deliver(resolving.answers)
        ask()
    }

    private func deliver(_ answers: [[NameResolver.Answer]]) {
        for (lane, answers) in zip(lanes, answers) { lane.deliver(answers) }
    }

    private func ask() { resolving.questions = lanes.map { $0.takeQuestions() } }

    private mutating func settle(_ group: inout ChunkPlan.Group) {
        for chunk in group.chunks.prefix(group.used) {
            chunk.piece.track?.settle(&chunk.piece)
            chunk.piece.settle(into: &order)
        }
        progress?(plan.progress)
    }

    /// Ends the input: what waits for more is counted as far as it came.
    private mutating func finish() {
        var sorted = SortedPackets()
        order.finish(into: &sorted)
        let position = order.packets.read
        crew.run(
            lanes.map { lane in
                {
                    lane.process(sorted)
                    lane.finish(at: position)
                }
            })
        // The questions of the last round, then those of the flows that have just ended.
        for _ in 0..<2 {
            resolving.run()
            deliver(resolving.answers)
            ask()
        }
        crew.run(lanes.map { lane in { lane.fold() } })
    }
}

/// The results of a run.
extension CapturePipeline {
    var packets: PacketTally {
        lanes.reduce(into: order.packets) { sum, lane in sum.add(lane.shard.packets) }
    }

    var tally: FlowTally { lanes.reduce(into: order.tally) { sum, lane in sum.add(lane.shard.tally) } }

    var sightings: [Sighting: UInt64] {
        lanes.reduce(into: [:]) { sum, lane in sum.merge(lane.shard.sightings) { $0 &+ $1 } }
    }

    /// Who had which address, as the captures say.
    var addresses: AddressFacts { order.addresses }
    var lookups: LookupTable { resolving.resolver.lookups }
    var tracks: [CaptureTrack] { plan.tracks }
    var failed: [InputReport] { plan.failed }

    /// The DNS answers of logs and captures, where flows of logs wait for them.
    var answers: LoggedAnswers? { resolving.resolver.answers }

    /// The contacts of all lanes.
    var builder: ContactBuilder {
        var sum = ContactBuilder()
        for lane in lanes { sum.add(lane.builder) }
        return sum
    }
}

/// Fills the chunks of a group, one after the other.
final class Loader {
    private let group: ChunkPlan.Group
    private let size: Int
    private(set) var used: Int

    init(_ group: ChunkPlan.Group, size: Int) {
        self.group = group
        self.size = size
        used = group.used
    }

    func run() {
        for chunk in group.chunks {
            switch group.load {
            case .stream(let reader):
                if reader.hasEnded { return }
                reader.fill(chunk, size: size)
            case .merged(let reader):
                if reader.hasEnded { return }
                reader.fill(chunk, size: size)
            case nil: return
            }
            used += 1
        }
    }
}

/// Resolving as a task that runs beside others. The only owner of the resolver: a second one would make each round
/// copy its tables.
private final class ResolverWork {
    private(set) var resolver: NameResolver
    var questions: [NameResolver.Questions] = []
    private(set) var answers: [[NameResolver.Answer]] = []

    init(_ resolver: NameResolver) { self.resolver = resolver }

    func run() { answers = resolver.resolve(questions) }
}
