package import Bytes
package import Captures
package import Contacts
package import Flows
import Logs
import Packets

/// What a run is asked for.
package struct RunOptions {
    package var homeNetworks = IPPrefix.defaultHomeNetworks
    /// Addresses that the district's filter answers with instead of a refused name's own.
    package var sinkholes: Set<IPAddress> = []
    /// Collect every sighting of a name, for `hallpass names`.
    package var collectsSightings = false
    /// A capture filter; packets that do not pass are counted and not used.
    package var filter: CaptureFilter?
    /// Leave out packets with a wrong checksum.
    package var verifiesChecksums = false
    /// Use a packet once that several sensors or overlapping files hold.
    package var deduplicates = false

    package init() {}
}

/// Inputs to facts.
package struct Run {
    package private(set) var facts = Facts()
    package private(set) var sightings: [(sighting: Sighting, count: UInt64)] = []
    /// Files that a directory walk passed over, being neither capture nor log.
    package private(set) var passedOver: [String] = []
    /// Arguments that do not exist.
    package private(set) var missing: [String] = []

    private let options: RunOptions

    /// Reads all inputs that `arguments` name. Never fails as a whole: see `facts.inputs` for what went wrong.
    package init(_ arguments: [String], options: RunOptions = RunOptions()) {
        self.options = options
        read(open(InputPaths.expand(arguments)))
    }

    /// Whether anything at all could be read.
    package var readAnything: Bool { facts.inputs.contains { $0.kind != "unrecognised" } }

    package var isComplete: Bool { facts.inputs.allSatisfy(\.complete) }

    private mutating func open(_ paths: [InputPath]) -> [Input] {
        var inputs: [Input] = []
        for path in paths {
            var opener = InputOpener()
            opener.open(path.path)
            for input in opener.inputs {
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
        var engine = FlowEngine(
            collectsSightings: options.collectsSightings, filter: options.filter,
            verifiesChecksums: options.verifiesChecksums, deduplicates: options.deduplicates)
        var builder = ContactBuilder(
            homeNetworks: options.homeNetworks, sinkholes: options.sinkholes)
        var captures = CaptureCoverage()
        var lines = LineCoverage()
        let distinct = Duplicates(inputs.sorted(by: Run.precedes))
        for (report, packets, bytes) in distinct.leftOut {
            engine.leaveOut(packets: packets, bytes: bytes)
            facts.inputs.append(report)
        }
        for input in readMerged(distinct.kept, into: &engine, &captures) {
            if let walker = input.walker {
                var run = CaptureRun(input, walker: walker)
                run.run(input, into: &engine)
                captures.add(run.walker)
                facts.inputs.append(run.report)
            } else if case .log(let format) = input.kind {
                var run = LogRun(input, format: format)
                run.run(input, into: &builder)
                lines.add(run.tally)
                facts.inputs.append(run.report)
            }
        }
        engine.finish()
        builder.take(engine)
        (facts.contacts, facts.lookups) = builder.finish()
        facts.inputs.sort { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
        facts.coverage = CoverageBuilder.coverage(
            engine, captures: captures, flows: builder.flowCount, lines: lines)
        facts.addresses = engine.output.addresses
        facts.coverage.add(BlindSpots(facts.contacts, homeNetworks: options.homeNetworks))
        sightings = engine.output.sightings.map { ($0.key, $0.value) }
    }

    /// When packets are to be used once, captures are read side by side; returns what is left to be read in turn.
    private mutating func readMerged(
        _ inputs: [Input], into engine: inout FlowEngine, _ captures: inout CaptureCoverage
    ) -> [Input] {
        guard options.deduplicates else { return inputs }
        var rest: [Input] = []
        var run = MergedRun(inputs, rest: &rest)
        run.run(into: &engine)
        facts.inputs += run.reports
        captures.add(dropped: run.droppedPackets)
        return rest
    }

    /// By first packet, so that pieces of one capture follow each other whatever their order on the command line.
    private static func precedes(_ a: Input, _ b: Input) -> Bool {
        if a.firstTime != b.firstTime {
            guard let second = b.firstTime else { return true }
            guard let first = a.firstTime else { return false }
            return first < second
        }
        return a.report.path.utf8.lexicographicallyPrecedes(b.report.path.utf8)
    }
}
