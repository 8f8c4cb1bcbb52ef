import Bytes
package import Foundation
import Judgement
import Ledger

/// A night in numbers, in the text format that Prometheus reads: counts and ages, nothing that names anybody.
package struct MetricsRenderer {
    package init() {}

    /// - Parameters:
    ///   - ended: by the wall clock: how old the last run is, is the point of it.
    ///   - seconds: how long the run took.
    package func render(_ report: MorningReport, code: Int32, ended: Date, seconds: Double) -> String {
        var lines: [String] = []
        func add(_ name: String, _ help: String, _ values: [(labels: String, value: String)]) {
            lines.append("# HELP hallpass_\(name) \(help)")
            lines.append("# TYPE hallpass_\(name) gauge")
            for (labels, value) in values { lines.append("hallpass_\(name)\(labels) \(value)") }
        }
        func add(_ name: String, _ help: String, _ value: Int) { add(name, help, [("", String(value))]) }
        add(
            "last_run_timestamp_seconds", "When the last nightly run ended.", Int(ended.timeIntervalSince1970)
        )
        add("last_run_duration_seconds", "How long it took.", [("", String(format: "%.3f", seconds))])
        add("last_run_exit_code", "Its exit code: 0 done, 1 findings, 2 inputs not read whole.", Int(code))
        add(
            "inputs", "Inputs of the last run.",
            [
                ("{state=\"read\"}", String(report.inputs.count - report.incomplete.count)),
                ("{state=\"incomplete\"}", String(report.incomplete.count)),
                ("{state=\"known\"}", String(report.known)),
                ("{state=\"left_alone\"}", String(report.leftAlone.count)),
            ])
        add("contacts", "Contacts of the last run.", report.contacts)
        if let last = report.last {
            add("newest_contact_timestamp_seconds", "When the newest contact took place.", Int(last.seconds))
        }
        add(
            "findings", "Findings in the ledger.",
            FindingState.allCases.flatMap { state in
                Severity.allCases.map { severity in
                    (
                        "{state=\"\(state.rawValue)\",severity=\"\(severity.rawValue)\"}",
                        String(report.count(state, severity))
                    )
                }
            })
        add("findings_to_look_at", "Findings that are new, back, due or graver.", report.toLookAt.count)
        return lines.joined(separator: "\n") + "\n"
    }
}

/// A night for a machine that passes it on: counts and finding ids, never identities, names or destinations.
package struct NoticeRenderer {
    package init() {}

    package func json(_ report: MorningReport, code: Int32) -> String {
        JSONValue.object([
            ("tool", .string("hallpass")), ("version", .string(report.toolVersion)),
            ("at", .string(report.at)), ("exit_code", .integer(Int64(code))),
            ("inputs", .count(report.inputs.count)), ("inputs_incomplete", .count(report.incomplete.count)),
            ("inputs_left_alone", .count(report.leftAlone.count)), ("contacts", .count(report.contacts)),
            ("open", .object(bySeverity(report))),
            (
                "changes",
                .object(
                    FindingChange.Kind.allCases.map { kind in
                        (kind.rawValue, JSONValue.strings(report.changes(kind).map(\.id)))
                    })
            ),
        ]).pretty
    }

    private func bySeverity(_ report: MorningReport) -> [(String, JSONValue?)] {
        Severity.allCases.reversed().map { ($0.rawValue, JSONValue.count(report.count(.new, $0))) }
    }

    /// One line, for a subject or a syslog.
    package func line(_ report: MorningReport, code: Int32) -> String {
        let open = Severity.allCases.reversed().map { "\(report.count(.new, $0)) \($0.rawValue)" }
        return
            "hallpass: \(report.toLookAt.count) findings to look at, open: \(open.joined(separator: ", ")); "
            + "\(report.inputs.count) inputs read, \(report.incomplete.count) incomplete, exit \(code)"
    }

    package func text(_ report: MorningReport, code: Int32) -> String {
        var lines = [line(report, code: code), ""]
        for kind in FindingChange.Kind.allCases {
            let ids = report.changes(kind).map(\.id)
            if !ids.isEmpty { lines.append("\(kind.rawValue): \(ids.joined(separator: " "))") }
        }
        lines += ["", "The report says what they are: it stays on the machine that made it."]
        return lines.joined(separator: "\n") + "\n"
    }
}
