import ArgumentParser
import Bytes
import Contacts
import Evidence
import Foundation
import Judgement
import Ledger
import Pipeline
import Register
import Reports
import Roster

/// `hallpass evidence`: one reading of the captures for facts and flows, a second one for the packets.
struct EvidenceRun {
    private let command: EvidenceCommand.Make
    private let signer: SigningKey
    private let ownKey: [UInt8]
    private let register: Register
    private let roster: Roster
    private let period: Period
    private let ledger: Ledger?
    private let digests: InputDigests

    init(_ command: EvidenceCommand.Make) throws {
        self.command = command
        for name in [command.output, command.output + ".zip", EvidenceRun.openings(command)]
        where FileManager.default.fileExists(atPath: name) {
            throw EvidenceFault(
                "\(name) is there already: evidence is never written over; choose another name")
        }
        let loaded = try SigningKey.load(command.key)
        if loaded.isExposed {
            Messages.say("warning: others can read \(command.key); run: chmod 600 \(command.key)")
        }
        signer = loaded.key
        ownKey = try EvidenceRun.pseudonymKey(command.pseudonymKey)
        register = try command.records.loadRegister()
        roster = try command.records.loadRoster()
        ledger = try command.ledger.map { try Ledger($0, creates: false) }
        digests = InputDigests(of: command.captures)
        period = EvidenceRun.period(command.from, command.to, zone: register.timezone)
    }

    /// An end that was not given is open.
    private static func period(_ from: String?, _ to: String?, zone: String) -> Period {
        func day(_ text: String?) -> Period? {
            text.flatMap { CivilDay($0) }.flatMap { ReportPeriod.period($0, $0, zone: zone) }
        }
        return Period(from: day(from)?.from ?? Period.always.from, to: day(to)?.to ?? Period.always.to)
    }

    static func openings(_ command: EvidenceCommand.Make) -> String { command.output + ".openings.jsonl" }

    private static func pseudonymKey(_ path: String?) throws -> [UInt8] {
        let file = path ?? PseudonymKey.fileName
        do {
            let key = try PseudonymKey.load(file, makes: path == nil)
            if key.isNew { Messages.say("note: made the pseudonyms' key \(file); keep it") }
            if key.isExposed { Messages.say("warning: others can read \(file); run: chmod 600 \(file)") }
            return key.bytes
        } catch {
            throw EvidenceFault("\(error)")
        }
    }

    func run() throws {
        let known = try ledgerFindings()
        let names = Set(known.flatMap(\.names))
        let run = read(names: names)
        let code = try report(run)
        let attributed = try command.leases.attribute(
            roster, run.facts, district: register.timezone, quiet: command.quiet)
        let judge = Judge(register: register, roster: attributed.roster)
        var facts = run.facts
        facts.contacts = facts.contacts.filter { $0.first >= period.from && $0.first < period.to }
        let assessment = Assessment(facts, judge: judge, jobs: Parallel.jobs, run: Parallel.run)
        let findings = try choose(assessment.findings)
        let gate = IdentityGate(key: ownKey)
        let shown = Fact.facts(
            behind: findings, in: facts.contacts, judge: judge, from: period.from, to: period.to,
            gate: gate.forRecipient(command.recipient), own: gate)
        guard !shown.isEmpty else {
            throw EvidenceFault("the captures hold no contact of a student's device behind this finding")
        }
        let secrets = RecipientSecrets(key: ownKey, recipient: command.recipient)
        let excerpt = command.noExcerpt ? nil : excerpt(shown, run, traced: names, secrets.excerptKey)
        var inquiry = try inquiry(findings, shown, facts, judge)
        inquiry.ledgerNotes = try ledgerNotes(known, findings)
        if let excerpt {
            (inquiry.excerptNotes, inquiry.excerptFrames) = (excerpt.notes, excerpt.frames.count)
        }
        try write(
            BundleMaker(
                inquiry: inquiry, secrets: secrets, key: signer, excerpt: excerpt, command: commandLine))
        if let code = code ?? attributed.code { throw code }
    }

    private func write(_ maker: BundleMaker) throws {
        let (bundle, hidden) = try maker.make()
        try bundle.write(to: command.output)
        try hidden.writeOpenings(to: EvidenceRun.openings(command))
        Messages.say(
            "made \(command.output) and \(command.output).zip: \(maker.inquiry.facts.count) contacts")
        Messages.say("keep \(EvidenceRun.openings(command)) in the district: it reveals the hidden fields")
        Messages.say("public key of the signature: \(signer.publicKey.text)")
    }

    // MARK: Findings

    /// What the ledger's history gives under today's register: the names to look for in the captures.
    private func ledgerFindings() throws -> [Finding] {
        guard let ledger else { return [] }
        let judge = Judge(register: register, roster: roster)
        let findings = try History(ledger, period).assess(judge, jobs: Parallel.jobs, run: Parallel.run)
            .findings
        return try choose(findings, in: "the ledger")
    }

    /// The findings that the command asks for.
    private func choose(_ findings: [Finding], in place: String = "what the captures show") throws
        -> [Finding]
    {
        let chosen: [Finding]
        let asked: String
        if let id = command.finding {
            chosen = findings.filter { $0.id.hasPrefix(id.lowercased()) }
            asked = "finding \(id)"
            guard chosen.count < 2 else {
                throw EvidenceFault("\(asked) fits several findings; give more digits")
            }
        } else if let id = command.vendor {
            let vendor = try vendor(id)
            chosen = findings.filter { finding in
                finding.owner == vendor.name || finding.companions.contains { $0.owner == vendor.name }
            }
            asked = "finding with vendor \(id)"
        } else {
            chosen = findings.filter { $0.domain == command.domain?.lowercased() }
            asked = "finding with \(command.domain ?? "")"
        }
        guard !chosen.isEmpty else {
            let known = findings.prefix(8).map { "\($0.id) \($0.domain)" }.joined(separator: ", ")
            throw EvidenceFault(
                "no \(asked) in \(place) of that time; there are: \(known.isEmpty ? "none" : known)")
        }
        return chosen
    }

    private func vendor(_ id: String) throws -> Vendor {
        guard let vendor = register.vendors.first(where: { $0.id == id }) else {
            throw EvidenceFault("the register has no vendor '\(id)'; hallpass register list shows all")
        }
        return vendor
    }

    /// Who is asked: the vendor named, else the recipient if the register knows it by name, else the owner, else whose
    /// product comes along.
    private func addressee(_ findings: [Finding]) throws -> Vendor? {
        if let id = command.vendor { return try vendor(id) }
        let named = register.vendors.first { ([$0.name] + $0.aliases).contains(command.recipient) }
        if let named { return named }
        let names = findings.compactMap(\.owner) + findings.flatMap(\.companions).map(\.owner)
        return names.lazy.compactMap { name in register.vendors.first { $0.name == name } }.first
    }

    // MARK: Captures

    private func options(names: Set<String>) -> RunOptions {
        var options = RunOptions()
        if !roster.homeNetworks.isEmpty { options.homeNetworks = roster.homeNetworks }
        options.sinkholes = roster.sinkholes
        options.jobs = command.jobs ?? 0
        if !names.isEmpty, !command.noExcerpt {
            options.tracing = request(names: names.sorted(), key: []).tracing
        }
        return options
    }

    private func request(names: [String], key: [UInt8]) -> ExcerptRequest {
        var request = ExcerptRequest(
            names: names, from: period.from, to: Timestamp(nanoseconds: period.to.nanoseconds - 1), key: key,
            captures: command.captures)
        if !roster.homeNetworks.isEmpty { request.homeNetworks = roster.homeNetworks }
        request.jobs = command.jobs ?? 0
        return request
    }

    private func read(names: Set<String>) -> Run {
        var options = options(names: names)
        let line = command.quiet ? nil : ProgressLine()
        if let line { options.progress = { line.show($0) } }
        defer { line?.clear() }
        return Run(command.captures, options: options)
    }

    private func report(_ run: Run) throws -> ExitCode? {
        for input in run.facts.inputs where !input.complete {
            for problem in input.problems { Messages.say("warning: \(input.path): \(problem)") }
        }
        guard run.readAnything else {
            throw EvidenceFault("nothing could be read of \(command.captures.joined(separator: ", "))")
        }
        return run.isComplete ? nil : .incomplete
    }

    /// The packets behind the facts. Flows were traced while the captures were read if the ledger told the names;
    /// otherwise they are read again for them.
    private func excerpt(
        _ facts: [Fact], _ run: Run, traced: Set<String>, _ key: [UInt8]
    ) -> Excerpt {
        let names = Set(facts.compactMap(\.contact.name)).sorted()
        let request = request(names: names, key: key)
        var traces = run.traces
        if traces == nil || !traced.isSuperset(of: names) {
            traces = Run(command.captures, options: options(names: Set(names))).traces
        }
        // An address may have been another device's at another time: only flows within a fact's own time are shown.
        let byName = Dictionary(grouping: facts.map(\.contact)) { $0.name ?? "" }
        return Excerpt.make(
            request,
            (traces ?? FlowTraces(request.tracing)).filter { flow in
                byName[flow.name]?.contains { contact in
                    contact.client == flow.client && contact.first <= flow.last && flow.first <= contact.last
                } ?? false
            })
    }

    // MARK: What is said

    private func inquiry(_ findings: [Finding], _ shown: [Fact], _ facts: Facts, _ judge: Judge) throws
        -> Inquiry
    {
        let days = shown.map { judge.clock.local($0.contact.first).day }
        let first = days.min() ?? CivilDay(daysSince1970: 0)
        var inquiry = Inquiry(
            district: register.district?.name ?? "the district", timezone: register.timezone,
            recipient: command.recipient, first: first, last: days.max() ?? first, findings: findings,
            facts: shown,
            times: command.times, inputs: try inputs(facts), coverage: facts.coverage, tool: Hallpass.version,
            build: InputDigest.sha256(path: "/proc/self/exe").map { "sha256 \($0)" } ?? "unknown",
            registerSHA256: register.sha256, rosterSHA256: roster.sha256, window: register.context.window)
        inquiry.operatorName = command.operator
        inquiry.dated = command.dated.flatMap { CivilDay($0) }
        inquiry.answerBy = command.answerBy.flatMap { CivilDay($0) }
        inquiry.vendor = try addressee(findings)
        return inquiry
    }

    private func inputs(_ facts: Facts) throws -> [CaseInput] {
        let known = try ledger.map { Set(try $0.inputs(in: .always).compactMap(\.sha256)) }
        let paths = facts.inputs.map(\.path)
        let digests = self.digests.finish()
        return facts.inputs.map { report in
            let digest = digests[report.path]
            var named = report
            named.problems = report.problems.map { problem in
                paths.reduce(problem) {
                    $0.replacingOccurrences(of: $1, with: CaptureNames.name($1, command.captures))
                }
            }
            return CaseInput(
                name: CaptureNames.name(report.path, command.captures), report: named, sha256: digest,
                isInLedger: digest.flatMap { digest in known.map { $0.contains(digest) } })
        }
    }

    private func ledgerNotes(_ known: [Finding], _ findings: [Finding]) throws -> [String] {
        guard let ledger else { return ["No ledger was asked: the facts rest on the captures alone."] }
        var notes = known.map { finding in
            "The ledger has finding \(finding.id) (\(finding.domain)) with \(finding.tally.contacts) contacts of "
                + "\(finding.tally.devices) devices in the period; the captures given show "
                + "\(findings.first { $0.id == finding.id }?.tally.contacts ?? 0) contacts."
        }
        if let last = try ledger.lastRegister(), last.sha256 != register.sha256 {
            notes.append("The register is not that of the ledger's last run (SHA-256 \(last.sha256)).")
        }
        return notes
    }

    /// The command as given, without what changes nothing in the bundle, and paths without their folders.
    private var commandLine: [String] {
        let paths: Set<String> = [
            "--ledger", "--captures", "--key", "--register", "--roster", "--leases", "--third-parties",
            "--pseudonym-key",
        ]
        let dropped: Set<String> = ["--output", "--jobs"]
        var line = ["hallpass"]
        var option = ""
        for word in CommandLine.arguments.dropFirst() where word != "--quiet" && word != "-q" {
            let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
            let isOption = word.hasPrefix("--")
            if isOption { option = parts.first ?? word }
            let value = isOption ? (parts.count == 2 ? parts[1] : nil) : word
            if !dropped.contains(option) {
                if isOption { line.append(option) }
                if let value { line.append(paths.contains(option) ? EvidenceRun.last(value) : value) }
            }
            if !isOption { option = "" }
        }
        return line
    }

    private static func last(_ path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }
}
