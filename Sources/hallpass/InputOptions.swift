import ArgumentParser
import Bytes
import Captures
import Contacts
import Flows
import Foundation
import Logs
import Pipeline
import Register

/// The inputs and the options that every reading command shares.
struct InputOptions: ParsableArguments {
    @Argument(
        help:
            "Captures (pcap, pcapng, snoop, ERF), logs, or directories of them; - reads standard input.",
        completion: .file())
    var inputs: [String]

    @Option(
        name: .customLong("home-network"),
        help: ArgumentHelp(
            "An address block that counts as inside; may be repeated.",
            discussion: "Default: RFC 1918, RFC 6598, RFC 4193 and link-local.", valueName: "prefix"))
    var homeNetworks: [String] = []

    @Option(
        help: ArgumentHelp(
            "Use only packets that pass a capture filter, such as 'net 10.20.0.0/16 and not port 22'.",
            discussion: "The language of tcpdump (pcap-filter); what does not pass is counted.",
            valueName: "expression"))
    var filter: String?

    @Flag(
        name: .customLong("verify-checksums"),
        help: "Leave out packets with a wrong checksum (captures on the sending machine often have them).")
    var verifyChecksums = false

    @Flag(help: "Use a packet once that two sensors or overlapping files hold (same bytes within 20 ms).")
    var deduplicate = false

    @Option(
        name: .customLong("log-zone"),
        help: ArgumentHelp(
            "The time zone of logs that state none, such as America/Chicago.",
            discussion: "Default: UTC, and coverage counts the lines for which that was assumed.",
            valueName: "zone"))
    var logZone: String?

    @Option(
        name: .customLong("logs-until"),
        help: ArgumentHelp(
            "The day on which logs end whose lines state no year, such as 2026-03-02.",
            discussion: "Default: the day on which the file was last written.", valueName: "date"))
    var logsUntil: String?

    @Option(
        name: .customLong("squid-logformat"),
        help: ArgumentHelp(
            "The logformat of Squid logs, as it stands in squid.conf; may be repeated.",
            discussion: "Example: '%ts.%03tu %6tr %>a %Ss/%03>Hs %<st %rm %ru %[un %Sh/%<a %mt %ssl::>sni'",
            valueName: "format"))
    var squidFormats: [String] = []

    @Option(
        name: .customLong("zscaler-template"),
        help: ArgumentHelp(
            "The feed output format of Zscaler NSS web feeds, as it stands in the portal; may be repeated.",
            discussion:
                #"Example: '%s{time}\t%s{login}\t%s{cltip}\t%s{ehost}\t%s{action}\t%d{reqsize}\t%d{respsize}'"#,
            valueName: "template"))
    var zscalerTemplates: [String] = []

    @Option(
        name: .customLong("log-map"),
        help: ArgumentHelp(
            "Which columns of a comma-separated export mean what; may be repeated.",
            discussion: "A YAML file; 'hallpass logs suggest EXPORT' proposes one.", valueName: "file"),
        completion: .file())
    var logMaps: [String] = []

    @Option(
        help: ArgumentHelp(
            "Threads that work at the same time; the results do not depend on it.",
            discussion: "Default: one per core.", valueName: "n"))
    var jobs: Int?

    @Option(name: .customLong("chunk-size"), help: .hidden)
    var chunkBytes: Int?

    @Flag(name: .shortAndLong, help: "No messages about inputs that were passed over.")
    var quiet = false

    func options(homeNetworks fromRoster: [IPPrefix] = []) throws -> RunOptions {
        var options = RunOptions()
        let given = try homeNetworks.map { text -> IPPrefix in
            guard let prefix = IPPrefix(text) else {
                throw ValidationError(
                    "'\(text)' is no address block such as 10.0.0.0/8 (host bits must be zero)")
            }
            return prefix
        }
        if !given.isEmpty {
            options.homeNetworks = given
        } else if !fromRoster.isEmpty {
            options.homeNetworks = fromRoster
        }
        options.logs = try logOptions()
        options.packets.deduplicates = deduplicate
        options.packets.verifiesChecksums = verifyChecksums
        do {
            // Compiled here to tell what is wrong with it; each worker compiles its own.
            options.packets.filter = try filter.map { text throws(FilterFault) in
                try CaptureFilter(text).expression
            }
        } catch {
            throw ValidationError("\(error)")
        }
        if let jobs {
            guard jobs >= 1 else { throw ValidationError("--jobs takes a number of threads, 1 or more") }
            options.jobs = jobs
        }
        if let chunkBytes { options.chunkBytes = max(chunkBytes, 4096) }
        return options
    }

    private func logOptions() throws -> LogOptions {
        var options = LogOptions()
        if let logZone {
            guard let periods = LogClock.periods(ofZone: logZone) else {
                throw ValidationError(
                    "--log-zone '\(logZone)' is no time zone such as America/Chicago or UTC")
            }
            options.periods = periods
        }
        if let logsUntil {
            guard let day = CivilDay(logsUntil), let time = Timestamp(seconds: day.daysSince1970 * 86400)
            else {
                throw ValidationError("--logs-until '\(logsUntil)' is no date such as 2026-03-02")
            }
            options.until = time
        }
        for text in squidFormats {
            do throws(SquidFormat.Fault) {
                options.ownFormats.append(.squid(try SquidFormat(text)))
            } catch {
                throw ValidationError("--squid-logformat: \(error)")
            }
        }
        for text in zscalerTemplates {
            do throws(ZscalerTemplate.Fault) {
                options.ownFormats.append(.zscaler(try ZscalerTemplate(text)))
            } catch {
                throw ValidationError("--zscaler-template: \(error)")
            }
        }
        options.ownFormats += try mappings().map(LogFormat.csv)
        return options
    }

    private func mappings() throws -> [CSVMapping] {
        var mappings: [CSVMapping] = []
        do throws(RegisterError) {
            for path in logMaps {
                let mapping = try LogMapping.load(path)
                if mappings.contains(where: { $0.name == mapping.name }) {
                    throw RegisterError([
                        RegisterProblem(
                            Place(file: path),
                            "another mapping is called \(quoted(mapping.name)) too; rename one")
                    ])
                }
                mappings.append(mapping)
            }
        } catch {
            throw RegisterOptions.fail(error)
        }
        return mappings
    }

    /// Reads all inputs, with a line of progress where somebody looks on.
    func run(_ asked: RunOptions) -> Run {
        var options = asked
        let line = quiet ? nil : ProgressLine()
        if let line { options.progress = { line.show($0) } }
        defer { line?.clear() }
        return Run(inputs, options: options)
    }

    /// What the input could not show, in one line for packets and one for lines.
    private func sayCoverage(_ coverage: Coverage) {
        func rest(_ unused: [Coverage.Unused]) -> String {
            let reasons = unused.map { "\($0.reason) \($0.count)" }.joined(separator: ", ")
            return reasons.isEmpty ? "" : "; not used: " + reasons
        }
        if coverage.packetsRead > 0 {
            let head = "coverage: \(coverage.packetsUsed) of \(coverage.packetsRead) packets used"
            Messages.say(head + rest(coverage.unusedPackets))
        }
        if coverage.linesRead > 0 {
            let head = "coverage: \(coverage.linesUsed) of \(coverage.linesRead) lines used"
            Messages.say(head + rest(coverage.unusedLines))
        }
        let notes = coverage.notes.map { "\($0.key) \($0.count)" }.joined(separator: ", ")
        if !notes.isEmpty { Messages.say("coverage: " + notes) }
    }

    /// A mapping that fits nothing is a heading misspelt, or a file forgotten.
    private func sayUnusedMappings(_ run: Run) {
        let kinds = Set(run.facts.inputs.map(\.kind))
        for path in logMaps {
            guard let name = try? LogMapping.load(path).name, !kinds.contains(name) else { continue }
            Messages.say("warning: \(path): \(name): no input has its columns")
        }
    }

    /// Says on standard error what could not be read; the exit code that follows from it, if any.
    func reportProblems(_ run: Run) -> ExitCode? {
        for report in run.facts.inputs {
            for problem in report.problems {
                Messages.say("\(report.complete ? "note" : "warning"): \(report.path): \(problem)")
            }
        }
        sayUnusedMappings(run)
        if !quiet { sayCoverage(run.facts.coverage) }
        if !quiet, !run.passedOver.isEmpty {
            Messages.say(
                "note: passed over \(run.passedOver.count) file(s) that are neither captures nor logs")
        }
        if !run.missing.isEmpty && !run.readAnything { return .missingFile }
        if !run.readAnything {
            let names = inputs.joined(separator: ", ")
            Messages.say(
                "error: nothing could be read of \(names); name a pcap or pcapng capture or a log")
            return .unusableInput
        }
        return run.isComplete ? nil : .incomplete
    }
}

extension ExitCode {
    /// Some input was not read whole; results are printed all the same.
    static let incomplete = ExitCode(2)
    /// Bad register or roster, or no readable input.
    static let unusableInput = ExitCode(65)
    static let missingFile = ExitCode(66)
}

/// Messages for people, on standard error.
enum Messages {
    static func say(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
}

/// Data for people and programs, on standard output or into a file.
enum Output {
    static func write(_ text: String, to path: String? = nil) throws {
        try write(Array(text.utf8), to: path)
    }

    static func write(_ bytes: [UInt8], to path: String? = nil) throws {
        guard let path else {
            signal(SIGPIPE, SIG_IGN)
            // A reader that has seen enough (head) closes the pipe: that is success.
            if let fault = StandardOutput.write(bytes), fault.code != EPIPE {
                Messages.say("error: \(fault)")
                throw ExitCode(70)
            }
            return
        }
        do {
            try Data(bytes).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            Messages.say("error: cannot write \(path): \(error.localizedDescription)")
            throw ExitCode(70)
        }
    }
}
