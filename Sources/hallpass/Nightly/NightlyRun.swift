import ArgumentParser
import Bytes
import Contacts
import Foundation
import Judgement
import Ledger
import Pipeline
import Register
import Reports
import Roster

/// One night: what has arrived, read, judged and recorded.
struct NightlyRun {
    private let command: NightlyCommand
    private let register: Register
    private let roster: Roster
    var report: MorningReport
    var lockfiles: Lockfiles?
    private var isIncomplete = false
    /// Bytes of files that earlier nights have read, by path.
    private var startsAt: [String: Int64] = [:]
    /// What the night's own contacts gave; empty when nothing was read.
    private var found: [Finding] = []

    init(_ command: NightlyCommand, register: Register, roster: Roster, at: String) {
        self.command = command
        self.register = register
        self.roster = roster
        report = MorningReport(
            toolVersion: Hallpass.version, district: register.district?.name, timezone: register.timezone,
            at: at)
    }

    var exitCode: ExitCode {
        if isIncomplete || !report.incomplete.isEmpty || report.leftAlone.contains(where: \.isProblem) {
            return .incomplete
        }
        if let least = command.failOn, report.toLookAt.contains(where: { $0.severity >= least }) {
            return ExitCode(1)
        }
        return .success
    }

    mutating func work(_ ledger: Ledger, now: Date) throws {
        let gate = try self.gate()
        try missingFolders()
        let (paths, files) = try arrived(ledger, now: now)
        if !paths.isEmpty { try read(paths, files, into: ledger, gate) }
        try settle(ledger)
        try hold(ledger)
        report.findings = try ledger.findings()
    }

    /// Pseudonyms under the key beside the ledger.
    private func gate() throws -> IdentityGate {
        let folder = URL(fileURLWithPath: command.ledger).deletingLastPathComponent()
        let path = folder.appendingPathComponent(PseudonymKey.fileName).path
        do {
            let key = try PseudonymKey.load(path, makes: true)
            if key.isNew {
                Messages.say("note: made the pseudonyms' key \(path); keep it with the ledger")
            }
            if key.isExposed { Messages.say("warning: others can read \(path); run: chmod 600 \(path)") }
            return IdentityGate(key: key.bytes)
        } catch {
            Messages.say("error: \(error)")
            throw ExitCode.unusableInput
        }
    }

    private func missingFolders() throws {
        for path in command.input.inputs where !FileManager.default.fileExists(atPath: path) {
            Messages.say("error: \(path): no such file or directory")
            throw ExitCode.missingFile
        }
    }

    // MARK: - What has arrived

    /// Files to read, and what the ledger will know them by.
    private mutating func arrived(_ ledger: Ledger, now: Date) throws -> ([InputPath], [String: ReadFile]) {
        var known = 0
        let arrivals = try Arrivals(
            InputPaths.expand(command.input.inputs), leastAge: command.leastAge, now: now
        ) { path, stamp in
            let isKnown = try ledger.isKnown(path: path, bytes: stamp.bytes, modified: stamp.modified)
            if isKnown { known += 1 }
            return isKnown
        }
        report.leftAlone = arrivals.leftAlone
        var paths: [InputPath] = []
        var files: [String: ReadFile] = [:]
        var contents: Set<String> = []
        let earlier = try ledger.plainFiles()
        let sizes = earlier.keys.sorted()
        for file in arrivals.files {
            let path = file.path.path
            let read: ReadFile
            let beginnings: [Int64: String]
            do throws(FileFault) {
                (read, beginnings) = try ReadFile.read(path, marks: sizes)
            } catch {
                leave(path, "cannot be read: \(error.cause)", isProblem: true)
                continue
            }
            // The same content under another name, tonight or earlier: rotated, compressed or copied since.
            if try !ledger.known([read]).isEmpty || !contents.insert(read.content).inserted {
                known += 1
                continue
            }
            // A log that has grown since, under its old name or a new one: what is new of it is read.
            startsAt[path] = beginnings.filter { earlier[$0.key]?.contains($0.value) == true }.keys.max()
            paths.append(file.path)
            files[path] = read
        }
        report.known = known
        return (paths, files)
    }

    private mutating func leave(_ path: String, _ reason: String, isProblem: Bool = false) {
        report.leftAlone.append(
            MorningReport.LeftAlone(path: path, reason: reason, isProblem: isProblem))
    }

    // MARK: - Reading and recording

    private mutating func read(
        _ arrived: [InputPath], _ files: [String: ReadFile], into ledger: Ledger, _ gate: IdentityGate
    ) throws {
        var paths = arrived
        var options = try command.input.options(homeNetworks: roster.homeNetworks)
        options.sinkholes = roster.sinkholes
        options.logs.startsAt = startsAt
        let line = command.input.quiet ? nil : ProgressLine()
        if let line { options.progress = { line.show($0) } }
        var run = Run(paths, options: options)
        // What changed meanwhile was read in part: the others are read without it.
        while let changed = paths.firstIndex(where: { hasChanged($0.path, files) }) {
            leave(paths[changed].path, "was written while it was read")
            paths.remove(at: changed)
            if paths.isEmpty { break }
            run = Run(paths, options: options)
        }
        line?.clear()
        guard !paths.isEmpty else { return }
        report.inputs = run.facts.inputs
        // What is neither capture nor log is looked at again tomorrow: a later version may know it.
        let recognised = run.facts.inputs.filter { $0.kind != "unrecognised" }
        let kept = paths.compactMap { files[$0.path] }.filter { file in
            recognised.contains { $0.path.hasPrefix(file.path) }
        }
        guard !kept.isEmpty else { return }
        try record(run.facts, kept, into: ledger, gate)
    }

    private func hasChanged(_ path: String, _ files: [String: ReadFile]) -> Bool {
        guard let file = files[path], let stamp = try? Arrivals.Stamp(path) else { return true }
        return stamp.bytes != file.bytes || stamp.modified != file.modified
    }

    private mutating func record(
        _ facts: Facts, _ files: [ReadFile], into ledger: Ledger, _ gate: IdentityGate
    ) throws {
        let attributed = try command.leases.attribute(
            roster, facts, district: register.timezone, quiet: command.input.quiet)
        if attributed.code != nil { isIncomplete = true }
        let judge = Judge(register: register, roster: attributed.roster)
        let assessment = Assessment(facts, judge: judge, jobs: Parallel.jobs, run: Parallel.run)
        let recorded = try ledger.record(
            Night(
                facts: facts, files: files, judge: judge, assessment: assessment, gate: gate,
                version: Hallpass.version, at: report.at, by: NSUserName()))
        found = assessment.findings
        report.run = recorded.run
        report.contacts = recorded.contacts
        report.first = facts.contacts.map(\.first).min()
        report.last = facts.contacts.map(\.last).max()
        report.changes = recorded.changes
    }

    /// Holds the night against the lockfiles of the approved apps.
    private mutating func hold(_ ledger: Ledger) throws {
        guard let lockfiles else { return }
        let day = report.last.map { ZoneClock(identifier: register.timezone).local($0).day }
        let lines = day.map { lockfiles.lines(found, register, day: $0) } ?? []
        report.changes += try ledger.record(
            drifts: lines, stands: lockfiles.stands, day: day, at: report.at, by: NSUserName())
        report.drifts = try ledger.drifts()
    }

    /// After a change of the register the whole history is judged again: what it covers now is resolved.
    private mutating func settle(_ ledger: Ledger) throws {
        guard try ledger.settledRegister() != register.sha256 else { return }
        let judge = Judge(register: register, roster: roster)
        let assessment = try History(ledger).assess(judge, jobs: Parallel.jobs, run: Parallel.run)
        let changes = try ledger.settle(assessment, judge: judge, at: report.at, by: NSUserName())
        let told = Set(report.changes.map(\.finding.id))
        report.changes += changes.filter { !told.contains($0.finding.id) }
    }
}
