package import Bytes
package import Contacts
package import Flows
import Packets

/// A frame that a scan found, and where it stands.
package struct ScannedFrame: Sendable {
    /// The capture, by its place in `FrameScan.inputs`.
    package let input: Int
    /// Number of the frame in the capture, from 1: what Wireshark shows.
    package let number: UInt64
    /// Where it begins in the capture's bytes, once these are unpacked.
    package let offset: Int64
    package let frame: WatchedFrame

    package init(input: Int, number: UInt64, offset: Int64, frame: WatchedFrame) {
        self.input = input
        self.number = number
        self.offset = offset
        self.frame = frame
    }

    /// Place in the order in which captures were read.
    package static func precedes(_ a: ScannedFrame, _ b: ScannedFrame) -> Bool {
        (a.input, a.number, a.frame.packet.layer3Start)
            < (b.input, b.number, b.frame.packet.layer3Start)
    }
}

/// A second pass over captures, on all cores, that picks out single frames. Chunks go the way that they go in
/// `CapturePipeline`, without flows and names behind it, which makes it much faster.
package struct FrameScan {
    /// In file order.
    package private(set) var frames: [ScannedFrame] = []
    /// The captures in the order in which they were read.
    package private(set) var inputs: [InputReport] = []
    /// Inputs that cannot be read a second time, and those that could not be read whole.
    package private(set) var problems: [(path: String, problem: String)] = []
    /// DNS messages that were left out for `messageLimit`.
    package private(set) var messagesLeftOut = 0

    /// DNS messages kept, at most: some 60 MB.
    static let messageLimit = 65_536

    private var counts: [Int: FlowCounts] = [:]
    private var messages = 0
    private let crew: Crew

    /// - Parameters:
    ///   - arguments: captures and directories; logs among them are passed over.
    ///   - jobs: threads; 0 for one per core. The result does not depend on it, nor on `chunkBytes`.
    package init(_ arguments: [String], _ watch: FrameWatch, jobs: Int, chunkBytes: Int = 1 << 20) {
        crew = Crew(jobs: jobs > 0 ? jobs : Parallel.jobs)
        let bytes = min(max(chunkBytes, 16), 1 << 30)
        var plan = ChunkPlan(open(arguments), merged: nil, chunkBytes: bytes)
        read(&plan, watch, bytes)
        for report in plan.failed + plan.tracks.map(\.report) where !report.complete {
            problems += report.problems.map { (report.path, $0) }
        }
    }

    private mutating func open(_ arguments: [String]) -> [Input] {
        var found: [Input] = []
        for path in InputPaths.expand(arguments) where !path.isRepeat {
            var opener = InputOpener()
            opener.open(path.path)
            for input in opener.inputs where input.walker != nil {
                if input.reopen == nil {
                    problems.append((input.report.path, "cannot be read a second time"))
                } else {
                    found.append(input)
                }
            }
        }
        return Duplicates(found.sorted(by: Run.precedes)).kept
    }

    private mutating func read(_ plan: inout ChunkPlan, _ watch: FrameWatch, _ bytes: Int) {
        var loading = group(watch)
        var sorting = group(watch)
        while true {
            let goesOn = plan.next(into: &loading)
            guard goesOn || sorting.used > 0 else { return }
            // A stream fills its chunk before anybody can begin: not too large a one.
            let loader = Loader(loading, size: min(bytes, 4 << 20))
            var tasks: [() -> Void] = []
            if loading.load != nil { tasks.append { loader.run() } }
            for chunk in sorting.chunks.prefix(sorting.used) { tasks.append { chunk.piece.sort() } }
            crew.run(tasks)
            loading.used = loader.used
            for chunk in sorting.chunks.prefix(sorting.used) { settle(chunk, plan, watch) }
            swap(&loading, &sorting)
        }
    }

    private func group(_ watch: FrameWatch) -> ChunkPlan.Group {
        var options = PacketOptions()
        options.watch = watch
        return ChunkPlan.Group(
            chunks: (0..<(2 * crew.jobs)).compactMap { _ in (try? PacketSorter(options)).map { Chunk($0) } })
    }

    /// Takes the frames of a chunk, once it is certain where it begins.
    private mutating func settle(_ chunk: Chunk, _ plan: ChunkPlan, _ watch: FrameWatch) {
        guard let track = chunk.piece.track else { return }
        let before = track.report.records
        track.settle(&chunk.piece)
        // Tracks are begun in the order of reading, and chunks come in that order.
        guard let input = plan.tracks.firstIndex(where: { $0 === track }) else { return }
        while inputs.count <= input { inputs.append(plan.tracks[inputs.count].report) }
        inputs[input] = track.report
        for frame in chunk.piece.sorted.watched.frames where isWanted(frame, watch) {
            frames.append(
                ScannedFrame(
                    input: input, number: before + UInt64(frame.index) + 1,
                    offset: chunk.piece.position + Int64(frame.offset), frame: frame))
        }
    }

    /// The limits of `FlowCounts` hold per chunk while chunks are read, and here for the whole.
    private mutating func isWanted(_ frame: WatchedFrame, _ watch: FrameWatch) -> Bool {
        guard let flow = frame.flow else {
            messages += 1
            if messages > FrameScan.messageLimit { messagesLeftOut += 1 }
            return messages <= FrameScan.messageLimit
        }
        return counts[flow, default: FlowCounts()].takes(frame.packet, fromA: frame.fromA) {
            frame.payload.withRawSpan { watch.wants($0, of: flow) }
        }
    }
}
