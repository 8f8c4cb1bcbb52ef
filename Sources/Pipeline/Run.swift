package import Bytes
import Captures
package import Contacts
package import Flows
import Foundation
import Logs

/// What a run is asked for.
package struct RunOptions {
    package var homeNetworks = IPPrefix.defaultHomeNetworks
    /// What is asked of the way from frames to flows.
    package var packets = PacketOptions()
    /// Threads that work at the same time; 0 for one per core. The results do not depend on it.
    package var jobs = 0
    /// Bytes of a capture that are worked on together. The results do not depend on it.
    package var chunkBytes = 1 << 20
    /// Called now and then while captures are read.
    package var progress: ((RunProgress) -> Void)?
    /// Addresses that the district's filter answers with instead of a refused name's own.
    package var sinkholes: Set<IPAddress> = []
    package var logs = LogOptions()
    /// Contacts of captures whose flows are remembered one by one.
    package var tracing: TraceRequest?

    package init() {}
}

/// How far a run has come.
package struct RunProgress: Sendable {
    /// Bytes of input files read so far, packed as they are.
    package let done: Int64
    /// All their bytes; less than `done` when there are pipes, whose length nobody knows.
    package let total: Int64
}

/// Inputs to facts.
package struct Run {
    package private(set) var facts = Facts()
    package private(set) var sightings: [(sighting: Sighting, count: UInt64)] = []
    /// Files that a directory walk passed over, being neither capture nor log.
    package private(set) var passedOver: [String] = []
    /// The flows that `RunOptions.tracing` asked for.
    package private(set) var traces: FlowTraces?
    /// Arguments that do not exist.
    package private(set) var missing: [String] = []

    /// Pieces of captures whose beginning was guessed wrong, so that they were read twice: for tests.
    package private(set) var chunksRedone = 0

    private let options: RunOptions
    private var captureCoverage = CaptureCoverage()

    /// Reads all inputs that `arguments` name. Never fails as a whole: see `facts.inputs` for what went wrong.
    package init(_ arguments: [String], options: RunOptions = RunOptions()) {
        self.init(InputPaths.expand(arguments), options: options)
    }

    /// Reads inputs that were expanded already.
    package init(_ paths: [InputPath], options: RunOptions) {
        self.options = options
        read(open(paths))
    }

    /// Whether anything at all could be read.
    package var readAnything: Bool { facts.inputs.contains { $0.kind != "unrecognised" } }

    package var isComplete: Bool { facts.inputs.allSatisfy(\.complete) }

    private mutating func open(_ paths: [InputPath]) -> [Input] {
        var inputs: [Input] = []
        for path in paths {
            var opener = InputOpener(logs: options.logs)
            opener.open(path.path)
            for input in opener.inputs {
                if let start = options.logs.startsAt[path.path], let reason = refusal(of: input, at: start) {
                    refuse(path.path, reason, always: true)
                    continue
                }
                guard path.isRepeat, input.walker == nil || input.reopen == nil else {
                    inputs.append(input)
                    continue
                }
                var report = input.report
                report.problems = ["was named twice; read once"]
                facts.inputs.append(report)
            }
            for (name, reason, fault) in opener.refused {
                if fault?.isMissing == true { missing.append(name) }
                // What stands in an archive beside captures is passed over like files in a directory.
                let isNamed = path.isNamed && name == path.path
                refuse(name, reason, always: isNamed || fault != nil)
            }
        }
        return inputs
    }

    /// Why an input cannot be read from some byte on; nil when it can be.
    private func refusal(of input: Input, at start: Int64) -> String? {
        let told = "its first \(start) bytes were read earlier and would count twice"
        let help = "have files closed and begun anew before they are read"
        guard case .log(let format) = input.kind, input.isPlainFile else {
            return "\(told), and only of logs that are not packed the rest alone can be read; \(help)"
        }
        guard format.isSplittable else {
            return
                "\(told), and lines of the format \(format.kind) hang together: its rest alone cannot be read; \(help)"
        }
        var byte = ByteBuffer(capacity: 1)
        let file = (try? input.open().source) as? InputFile
        guard (try? file?.read(at: start - 1, into: &byte, at: 0, count: 1)) == 1,
            byte.bytes(1).byte(at: 0) == UInt8(ascii: "\n")
        else { return "\(told), and they end in the middle of a line; \(help)" }
        return nil
    }

    private mutating func refuse(_ path: String, _ reason: String, always: Bool) {
        guard always || InputPaths.claimsToBeData(path) else {
            passedOver.append(path)
            return
        }
        var report = InputReport(path: path, kind: "unrecognised")
        report.complete = false
        report.problems = [reason]
        facts.inputs.append(report)
    }

    private mutating func read(_ inputs: [Input]) {
        var logs = LogFacts(sinkholes: options.sinkholes)
        var lines = LineCoverage()
        let distinct = Duplicates(inputs.sorted(by: Run.precedes))
        readLogs(distinct.kept, into: &logs, &lines)
        var order = PacketOrder(options.packets)
        for (report, packets, bytes) in distinct.leftOut {
            order.leaveOut(packets: packets, bytes: bytes)
            facts.inputs.append(report)
        }
        let captures = read(captures: distinct.kept, after: order, logs)
        var builder = captures.builder
        traces = builder.traces
        var lookups = captures.lookups
        logs.finish(captures.answers ?? logs.answers, into: &builder, &lookups)
        facts.contacts = builder.takeContacts()
        facts.lookups = lookups.lookups(contacts: facts.contacts)
        facts.inputs.sort { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
        facts.coverage = CoverageBuilder.coverage(
            captures.packets, captures.tally, captures: captureCoverage, flows: builder.flowCount,
            lines: lines)
        facts.coverage.add(BlindSpots(facts.contacts, homeNetworks: options.homeNetworks))
        facts.addresses = captures.addresses
        sightings = captures.sightings.map { ($0.key, $0.value) }
    }

    /// Reads all logs and databases among `inputs`, and joins what several of them tell of one connection.
    private mutating func readLogs(_ inputs: [Input], into logs: inout LogFacts, _ lines: inout LineCoverage)
    {
        var run = LogRun(crew, options.logs, pieceBytes: Int64(clamping: options.chunkBytes))
        run.read(inputs, into: &logs)
        lines = run.lines
        facts.inputs += run.reports
        for input in inputs {
            guard case .database = input.kind else { continue }
            var run = DatabaseRun(input)
            run.run(into: &logs)
            lines.add(run.tally)
            facts.inputs.append(run.report)
        }
        logs.close(kinds: options.logs.settings(modified: nil).kinds)
    }

    private var crew: Crew {
        Crew(jobs: options.jobs > 0 ? options.jobs : Parallel.jobs)
    }

    /// Reads all captures among `inputs` on all cores.
    private mutating func read(
        captures inputs: [Input], after order: PacketOrder, _ logs: LogFacts
    ) -> CapturePipeline {
        let crew = crew
        var rest = inputs
        var merged: MergedReader?
        if options.packets.deduplicates {
            rest = []
            merged = MergedReader(inputs, rest: &rest)
        }
        // Offsets in a chunk are 32-bit numbers.
        let bytes = min(max(options.chunkBytes, 16), 1 << 30)
        let plan = ChunkPlan(rest, merged: merged, chunkBytes: bytes)
        var pipeline = CapturePipeline(plan, crew, chunkBytes: bytes, options, leftOut: order, logs)
        pipeline.run(groups(of: 2 * crew.jobs))
        for track in pipeline.tracks {
            captureCoverage.add(track.walker)
            facts.inputs.append(track.report)
            chunksRedone += track.redone
        }
        facts.inputs += pipeline.failed + (merged?.reports ?? [])
        captureCoverage.add(dropped: merged?.droppedPackets ?? 0)
        return pipeline
    }

    /// Three groups of `count` chunks, each with a sorter of its own.
    private func groups(of count: Int) -> [ChunkPlan.Group] {
        (0..<3).map { _ in
            ChunkPlan.Group(
                chunks: (0..<count).compactMap { _ in
                    // The filter was compiled once before, or the run would not have begun.
                    (try? PacketSorter(options.packets)).map { Chunk($0) }
                })
        }
    }

    /// By first packet, so that pieces of one capture follow each other whatever their order on the command line.
    static func precedes(_ a: Input, _ b: Input) -> Bool {
        if a.firstTime != b.firstTime {
            guard let second = b.firstTime else { return true }
            guard let first = a.firstTime else { return false }
            return first < second
        }
        return a.report.path.utf8.lexicographicallyPrecedes(b.report.path.utf8)
    }
}
