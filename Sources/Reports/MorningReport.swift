package import Bytes
package import Contacts
package import Judgement
package import Ledger

/// What a night brought: short, for somebody who reads it with a first cup of coffee.
package struct MorningReport: Sendable {
    /// A file that was not read, and why.
    package struct LeftAlone: Equatable, Sendable {
        package var path: String
        package var reason: String
        /// Whether somebody should do something about it.
        package var isProblem: Bool

        package init(path: String, reason: String, isProblem: Bool) {
            self.path = path
            self.reason = reason
            self.isProblem = isProblem
        }
    }

    package var toolVersion: String
    package var district: String?
    package var timezone: String
    /// When the run took place, in RFC 3339.
    package var at: String
    /// The run's number in the ledger; nil when nothing was read.
    package var run: Int64?
    package var inputs: [InputReport] = []
    package var leftAlone: [LeftAlone] = []
    /// Files that the ledger has already.
    package var known = 0
    package var contacts = 0
    package var first: Timestamp?
    package var last: Timestamp?
    package var changes: [FindingChange] = []
    /// All findings of the ledger.
    package var findings: [KnownFinding] = []
    /// What approved apps do that their lockfiles do not have.
    package var drifts: [DriftLine] = []
    /// What is odd about the run itself, in sentences.
    package var notes: [String] = []

    package init(toolVersion: String, district: String?, timezone: String, at: String) {
        self.toolVersion = toolVersion
        self.district = district
        self.timezone = timezone
        self.at = at
    }

    package var incomplete: [InputReport] { inputs.filter { !$0.complete } }

    package func count(_ state: FindingState, _ severity: Severity? = nil) -> Int {
        findings.count { $0.state == state && (severity == nil || $0.severity == severity) }
    }

    package func changes(_ kind: FindingChange.Kind) -> [KnownFinding] {
        changes.filter { $0.kind == kind }.map(\.finding).sorted { a, b in
            a.severity != b.severity ? a.severity > b.severity : (a.domain, a.id) < (b.domain, b.id)
        }
    }

    /// Findings that somebody should look at this morning.
    package var toLookAt: [KnownFinding] { changes(.new) + changes(.back) + changes(.due) + changes(.graver) }
}

extension FindingChange.Kind {
    /// The heading of a list of such changes.
    var words: String {
        switch self {
        case .new: "NEW"
        case .back: "BACK: were resolved"
        case .due: "DUE: their acknowledgement has ended"
        case .graver: "GRAVER than before"
        case .resolved: "RESOLVED: the register covers them now"
        }
    }
}

extension TableRenderer {
    package func render(_ report: MorningReport) -> String {
        let clock = ZoneClock(identifier: report.timezone)
        var lines = wrap(
            ["Hallpass \(report.toolVersion)", report.district, "night of \(report.at)"].compactMap(\.self)
                .joined(separator: " - "), style: .bold)
        if let first = report.first, let last = report.last {
            lines += wrap("\(clock.words(first)) to \(clock.words(last)), \(report.timezone)")
        }
        lines += wrap(
            "\(Quantity.of(report.inputs.count, "input")) read, \(report.known) known already, "
                + "\(report.leftAlone.count) left alone; \(Quantity.of(report.contacts, "contact"))")
        for kind in FindingChange.Kind.allCases { lines += changes(report.changes(kind), kind) }
        if report.changes.isEmpty { lines += section("NOTHING NEW") }
        lines += drifts(report) + standing(report) + problems(report)
        return lines.joined(separator: "\n") + "\n"
    }

    private func changes(_ findings: [KnownFinding], _ kind: FindingChange.Kind) -> [String] {
        if findings.isEmpty { return [] }
        var lines = section("\(kind.words) (\(findings.count))")
        for finding in findings {
            let verdict = finding.verdictWords
            let owner = finding.owner.map { " (\($0))" } ?? ""
            let text = "\(UnicodeNames.beside(finding.domain))\(owner): \(verdict) [\(finding.id)]"
            lines += hanging(
                TerminalText.padded(finding.severity.rawValue.uppercased(), 8), TerminalText.safe(text),
                style: Style(finding.severity))
        }
        return lines
    }

    private func drifts(_ report: MorningReport) -> [String] {
        if report.drifts.isEmpty { return [] }
        var lines = section("APPS THAT DIFFER FROM THEIR LOCKFILES")
        for line in report.drifts {
            let text =
                "\(line.app): since the night of \(line.since) with \(UnicodeNames.beside(line.party)): \(line.text)"
            lines += hanging("  ", TerminalText.safe(text), style: Style(line.severity))
        }
        return lines
    }

    private func standing(_ report: MorningReport) -> [String] {
        var lines = section("ALL FINDINGS")
        let open = Severity.allCases.reversed().map { "\(report.count(.new, $0)) \($0.rawValue)" }
        lines += entry("open", open.joined(separator: ", "))
        lines += entry("acknowledged", String(report.count(.acknowledged)))
        lines += entry("resolved", String(report.count(.resolved)))
        return lines
    }

    private func problems(_ report: MorningReport) -> [String] {
        var problems = report.incomplete.map { "\($0.path): \($0.problems.first ?? "not read to its end")" }
        problems += report.leftAlone.filter(\.isProblem).map { "\($0.path): \($0.reason)" }
        var lines = problems.isEmpty ? [] : section("NOT READ, OR NOT TO THE END")
        for problem in problems { lines += hanging("  ", TerminalText.safe(problem), style: .warning) }
        let waiting = report.leftAlone.filter { !$0.isProblem }
        if !waiting.isEmpty { lines += section("LEFT FOR THE NEXT NIGHT") }
        for file in waiting {
            lines += hanging("  ", TerminalText.safe("\(file.path): \(file.reason)"), style: .plain)
        }
        if !report.notes.isEmpty { lines += section("NOTES") }
        for note in report.notes { lines += hanging("  ", TerminalText.safe(note), style: .plain) }
        return lines
    }
}

extension ZoneClock {
    /// Such as `2026-11-24 07:05`, on this clock.
    func words(_ moment: Timestamp) -> String {
        let local = local(moment)
        let (hour, minute) = (local.minute / 60, local.minute % 60)
        return "\(local.day) \(hour < 10 ? "0" : "")\(hour):\(minute < 10 ? "0" : "")\(minute)"
    }
}

extension JSONRenderer {
    package func render(_ report: MorningReport) -> String {
        JSONValue.object([
            ("schema_version", .count(JSONRenderer.schemaVersion)), ("kind", .string("morning")),
            ("at", .string(report.at)), ("district", .text(report.district)),
            ("run", report.run.map { .integer($0) }), ("contacts", .count(report.contacts)),
            ("first", .text(report.first?.description)), ("last", .text(report.last?.description)),
            ("inputs", .array(report.inputs.map(input))), ("known_inputs", .count(report.known)),
            (
                "left_alone",
                .array(
                    report.leftAlone.map {
                        .object([
                            ("path", .string($0.path)), ("reason", .string($0.reason)),
                            ("problem", .bool($0.isProblem)),
                        ])
                    })
            ),
            (
                "changes",
                .object(
                    FindingChange.Kind.allCases.map { kind in
                        (kind.rawValue, .array(report.changes(kind).map(known)))
                    })
            ),
            (
                "findings",
                .object(
                    FindingState.allCases.map { state in
                        (state.rawValue, JSONValue.count(report.count(state)))
                    })
            ),
            (
                "drifts",
                .array(
                    report.drifts.map { line in
                        .object([
                            ("app", .string(line.app)), ("party", .string(line.party)),
                            ("verdict", .string(line.verdict)), ("severity", .string(line.severity.rawValue)),
                            ("since", .string(line.since.description)), ("text", .string(line.text)),
                        ])
                    })
            ),
            ("notes", .strings(report.notes)),
        ]).pretty
    }

    func known(_ finding: KnownFinding) -> JSONValue {
        .object([
            ("id", .string(finding.id)), ("verdict", .string(finding.verdict)),
            ("severity", .string(finding.severity.rawValue)), ("domain", .string(finding.domain)),
            ("owner", .text(finding.owner)), ("state", .string(finding.state.rawValue)),
            ("first", .string(finding.first.description)), ("last", .string(finding.last.description)),
            ("by", .text(finding.by)), ("why", .text(finding.why)),
            ("until", .text(finding.until?.description)),
        ])
    }
}
