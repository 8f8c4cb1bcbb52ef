import Bytes
import Contacts
package import Judgement
import Register
package import Roster

/// `analyze --format json`: the keys and their order are a contract (`docs/analyze.schema.json`).
package struct JSONRenderer {
    /// Rises when a key changes its meaning or goes away; new keys do not raise it.
    package static let schemaVersion = 1

    /// By what name single clients are listed under `blind_spots`; nil lists none.
    let gate: IdentityGate?

    package init(gate: IdentityGate? = nil) { self.gate = gate }

    package func render(_ report: Report) -> String { value(report).pretty }

    func value(_ report: Report) -> JSONValue {
        let assessment = report.assessment
        return .object([
            ("schema_version", .count(JSONRenderer.schemaVersion)),
            (
                "tool",
                .object([("name", .string(report.toolName)), ("version", .string(report.toolVersion))])
            ),
            ("register", register(report.register)),
            ("as_known_on", .text(report.asKnownOn)),
            ("roster", roster(report.roster)),
            ("inputs", .array(report.inputs.map(input))),
            ("coverage", coverage(report.coverage)),
            ("blind_spots", blindSpots(assessment.blindSpots)),
            ("totals", totals(assessment.totals)),
            ("findings", .array(assessment.findings.map(finding))),
            ("not_data_flows", .array(assessment.notDataFlows.map(attempt))),
            ("covered", .array(assessment.covered.map(covered))),
            ("lookups", .array(assessment.lookups.map(lookup))),
            ("changes", changes(report.changes)),
        ])
    }

    private func register(_ register: Report.RegisterSummary) -> JSONValue {
        .object([
            ("sha256", .string(register.sha256)), ("files", .strings(register.files)),
            ("district", .text(register.district)), ("timezone", .string(register.timezone)),
            ("vendors", .count(register.vendors)), ("agreements", .count(register.agreements)),
            ("third_parties", .count(register.thirdParties)),
            (
                "lists",
                .array(
                    register.lists.map {
                        .object([
                            ("path", .string($0.path)), ("format", .string($0.format)),
                            ("domains", .count($0.domains)), ("left_out", .count($0.leftOut)),
                        ])
                    })
            ),
        ])
    }

    private func roster(_ roster: Report.RosterSummary) -> JSONValue {
        .object([
            ("sha256", .text(roster.sha256)), ("file", .text(roster.file)),
            ("networks", .count(roster.networks)),
        ])
    }

    func input(_ input: InputReport) -> JSONValue {
        .object([
            ("path", .string(input.path)), ("kind", .string(input.kind)), ("bytes", .unsigned(input.bytes)),
            ("records", .unsigned(input.records)), ("complete", .bool(input.complete)),
            ("problems", .strings(input.problems)), ("first", .text(input.first?.description)),
            ("last", .text(input.last?.description)),
        ])
    }

    private func coverage(_ coverage: Contacts.Coverage) -> JSONValue {
        func unused(_ list: [Contacts.Coverage.Unused]) -> JSONValue {
            .array(
                list.map {
                    .object([
                        ("reason", .string($0.reason)), ("count", .unsigned($0.count)),
                        ("bytes", .unsigned($0.bytes)),
                    ])
                })
        }
        return .object([
            ("packets_read", .unsigned(coverage.packetsRead)),
            ("packets_used", .unsigned(coverage.packetsUsed)),
            ("packets_unused", unused(coverage.unusedPackets)),
            ("lines_read", .unsigned(coverage.linesRead)), ("lines_used", .unsigned(coverage.linesUsed)),
            ("lines_unused", unused(coverage.unusedLines)),
            (
                "notes",
                .array(
                    coverage.notes.map {
                        .object([
                            ("key", .string($0.key)), ("count", .unsigned($0.count)),
                            ("bytes", $0.bytes.map { .unsigned($0) }),
                        ])
                    })
            ),
            ("flows", .unsigned(coverage.flows)),
            ("first", .text(coverage.first?.description)), ("last", .text(coverage.last?.description)),
        ])
    }

    private func totals(_ totals: Assessment.Totals) -> JSONValue {
        let verdicts = Verdict.allCases.map { verdict in
            (verdict.rawValue, totals.byVerdict[verdict].map { JSONValue.object(sums($0)) })
        }
        return .object(
            sums(totals.all) + [
                ("verdicts", .object(verdicts)),
                ("blocked", .count(totals.blocked)), ("attempted", .count(totals.attempted)),
                ("without_students", .object(sums(totals.withoutStudents))),
                ("left_out", .object(sums(totals.leftOut))),
            ])
    }

    private func sums(_ tally: Tally) -> [(String, JSONValue?)] {
        [("contacts", .count(tally.contacts))] + measures(tally)
    }

    /// The measures that findings, totals and summaries share.
    private func measures(_ tally: Tally) -> [(String, JSONValue?)] {
        let roles = Role.allCases.map { role in (role.rawValue, tally.roles[role].map { JSONValue.count($0) })
        }
        return [
            ("roles", .object(roles)), ("devices", .count(tally.devices)),
            ("first", .text(tally.first?.description)), ("last", .text(tally.last?.description)),
            ("flows", .unsigned(tally.flows)), ("bytes_up", .unsigned(tally.bytesUp)),
            ("bytes_down", .unsigned(tally.bytesDown)),
        ]
    }

    private func finding(_ finding: Finding) -> JSONValue {
        let reasons = finding.reasons.map { reason in
            JSONValue.object([("text", .string(reason.text)), ("points", .count(reason.points))])
        }
        return .object(
            [
                ("id", .string(finding.id)), ("verdict", .string(finding.verdict.rawValue)),
                ("severity", .string(finding.severity.rawValue)), ("points", .count(finding.points)),
                ("reasons", .array(reasons)), ("domain", .string(finding.domain)),
                ("names", .strings(finding.names)),
                ("unicode_names", UnicodeNames.value(finding.names)),
                ("owner", .text(finding.owner)), ("category", .text(finding.category)),
                ("product", .text(finding.product)), ("agreement", agreementValue(finding.agreement)),
                ("record", recordValue(finding.record)), ("near_misses", .strings(finding.nearMisses)),
            ] + measures(finding.tally) + [
                ("evidence", .strings(finding.evidence.map(\.rawValue))),
                ("ambiguity", .string(finding.ambiguity.rawValue)),
                ("appears_with", .array(finding.companions.map(companionValue))),
                ("context", .array(finding.context.map(contextValue))),
            ])
    }

    private func attempt(_ attempt: Assessment.Attempt) -> JSONValue {
        .object(
            [
                ("domain", .string(attempt.domain)), ("action", .string(attempt.action.rawValue)),
                ("verdict", .string(attempt.verdict.rawValue)), ("owner", .text(attempt.owner)),
                ("names", .strings(attempt.names)),
                ("unicode_names", UnicodeNames.value(attempt.names)),
            ] + sums(attempt.tally))
    }

    private func covered(_ covered: Assessment.Coverage) -> JSONValue {
        .object(
            [
                ("verdict", .string(covered.verdict.rawValue)), ("owner", .text(covered.owner)),
                ("product", .text(covered.product)), ("agreement", agreementValue(covered.agreement)),
                ("domains", .strings(covered.domains)),
                ("context", .array(covered.context.map(contextValue))),
            ] + sums(covered.tally))
    }

    private func lookup(_ lookup: Assessment.LookupSummary) -> JSONValue {
        .object([
            ("name", .string(lookup.name)), ("unicode_names", UnicodeNames.value([lookup.name])),
            ("verdict", .string(lookup.verdict.rawValue)),
            ("owner", .text(lookup.owner)), ("devices", .count(lookup.devices)),
            ("queries", .unsigned(lookup.count)),
            ("outcomes", .strings(lookup.outcomes.map(\.rawValue))),
            ("first", .string(lookup.first.description)), ("last", .string(lookup.last.description)),
        ])
    }
}

func companionValue(_ companion: Companion) -> JSONValue {
    .object([
        ("owner", .string(companion.owner)), ("product", .string(companion.product)),
        ("together", .count(companion.together)), ("minutes", .count(companion.minutes)),
        ("devices", .count(companion.devices)), ("lift", liftValue(companion.lift)),
        ("alike_with", .strings(companion.alikeWith)),
    ])
}

func contextValue(_ link: ContextLink) -> JSONValue {
    .object([
        ("vendor", .string(link.vendor)), ("agreement", .string(link.agreement)),
        ("near", .count(link.near)), ("minutes", .count(link.minutes)), ("devices", .count(link.devices)),
        ("lift", liftValue(link.lift)),
    ])
}

private func liftValue(_ lift: Lift?) -> JSONValue {
    guard let lift else { return .null }
    return .object([("value", .ratio(lift.value)), ("low", .ratio(lift.low)), ("high", .ratio(lift.high))])
}

package func agreementValue(_ agreement: AgreementSummary?) -> JSONValue {
    guard let agreement else { return .null }
    return .object([
        ("id", .string(agreement.id)), ("status", .string(agreement.status)),
        ("effective", .text(agreement.effective)), ("ends", .text(agreement.ends)),
    ])
}

package func recordValue(_ record: RecordReference?) -> JSONValue {
    guard let record else { return .null }
    return .object([
        ("kind", .string(record.kind)), ("id", .string(record.id)), ("file", .string(record.place.file)),
        ("line", .count(record.place.line)),
    ])
}
