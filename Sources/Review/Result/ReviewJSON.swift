import Bytes
import Contacts
import Judgement
import Register
import Reports

/// `review --format json`; `docs/review.schema.json` describes it.
package struct ReviewJSON {
    private let tool: String

    package init(tool: String) { self.tool = tool }

    package func render(_ review: AppReview) -> String { value(review).pretty }

    private func value(_ review: AppReview) -> JSONValue {
        .object(head(review) + session(review) + checks(review))
    }

    private func head(_ review: AppReview) -> [(String, JSONValue)] {
        [
            ("schema_version", .integer(1)),
            ("tool", .object([("name", .string("hallpass")), ("version", .string(tool))])),
            ("app", .string(review.app)), ("vendor", .text(review.vendor)),
            ("agreement", agreementValue(review.agreement)), ("role", .string(review.role.rawValue)),
            ("register", .object([("sha256", .string(review.registerSHA256))])),
            ("headline", .string(review.headline)),
            ("first", .text(review.first?.description)), ("last", .text(review.last?.description)),
            ("requests", .count(review.requests)), ("failed_requests", .count(review.failedRequests)),
        ]
    }

    private func session(_ review: AppReview) -> [(String, JSONValue)] {
        [
            ("inputs", .array(review.inputs.map(input))), ("parties", .array(review.parties.map(party))),
            ("elements_searched", .bool(review.hasPersona)),
            ("elements", .array(review.elements.map(element))),
            ("initiators", .array(review.initiators.map(node))), ("edges", .array(review.edges.map(edge))),
            ("possible", .array(review.possible.map(possible))),
        ]
    }

    private func checks(_ review: AppReview) -> [(String, JSONValue)] {
        let corroboration = review.corroboration
        let database = review.countrySource.map { source -> JSONValue in
            .object([("type", .string(source.type)), ("built", .text(source.built?.description))])
        }
        return [
            ("declarations", review.declarations.map(declarations) ?? .null),
            ("clock_offsets", .array(corroboration.offsets.map(offset))),
            ("contradictions", .array(corroboration.contradictions.map(contradiction))),
            ("country_database", database ?? .null), ("accesses", counts(review.accesses)),
            ("drift", review.drift.map(drift) ?? .null), ("gaps", counts(review.gaps)),
        ]
    }

    private func counts(_ counts: [AppReview.Gap]) -> JSONValue {
        .array(counts.map { .object([("reason", .string($0.reason)), ("count", .count($0.count))]) })
    }

    private func possible(_ finding: PossibleFinding) -> JSONValue {
        .object([
            ("party", .string(finding.party)), ("host", .string(finding.host)),
            ("kind", .string(finding.kind.rawValue)), ("place", .string(finding.place.rawValue)),
            ("field", .string(finding.field)), ("requests", .count(finding.requests)),
        ])
    }

    private func declarations(_ check: DeclarationCheck) -> JSONValue {
        .object([
            ("sources", .strings(check.sources)),
            (
                "observed",
                .array(
                    check.rows.map { row in
                        .object([
                            ("domain", .string(row.domain)), ("agreement", .bool(row.inAgreement)),
                            ("allowlist", row.inAllowlist.map { .bool($0) } ?? .null),
                            ("policy", row.inPolicy.map { .bool($0) } ?? .null),
                            ("declared_nowhere", .bool(row.isDeclaredNowhere)),
                        ])
                    })
            ),
            (
                "never_observed",
                .array(
                    check.unseen.map {
                        .object([("domain", .string($0.domain)), ("declared_by", .strings($0.declaredBy))])
                    })
            ),
        ])
    }

    private func offset(_ offset: Corroboration.ClockOffset) -> JSONValue {
        .object([
            ("of", .string(offset.of.rawValue)), ("against", .string(offset.against.rawValue)),
            ("milliseconds", .integer(offset.milliseconds)), ("hosts", .count(offset.hosts)),
        ])
    }

    private func contradiction(_ contradiction: Corroboration.Contradiction) -> JSONValue {
        .object([
            ("host", .string(contradiction.host)), ("seen_by", .string(contradiction.seenBy.rawValue)),
            ("missed_by", .string(contradiction.missedBy.rawValue)),
        ])
    }

    private func drift(_ drift: [Drift]) -> JSONValue {
        .array(
            drift.map {
                .object([
                    ("kind", .string($0.kind.rawValue)), ("new", .bool($0.kind.isNew)),
                    ("party", .string($0.party)),
                    ("text", .string($0.text)),
                ])
            })
    }

    private func input(_ input: InputReport) -> JSONValue {
        .object([
            ("path", .string(input.path)), ("kind", .string(input.kind)), ("bytes", .unsigned(input.bytes)),
            ("records", .unsigned(input.records)), ("complete", .bool(input.complete)),
            ("problems", .strings(input.problems)),
        ])
    }

    private func party(_ party: Party) -> JSONValue {
        .object([
            ("domain", .string(party.domain)), ("owner", .text(party.owner)),
            ("category", .text(party.category)),
            ("verdict", .string(party.verdict.rawValue)), ("product", .text(party.judgment.product)),
            ("agreement", agreementValue(party.judgment.agreement)),
            ("subprocessor_of", .text(party.judgment.subprocessorOf)),
            ("record", recordValue(party.judgment.record)), ("reasons", .strings(party.judgment.reasons)),
            ("hosts", .strings(party.hosts)), ("first", .text(party.first?.description)),
            ("requests", .count(party.requests)), ("failed_requests", .count(party.failed)),
            ("bytes_up", .unsigned(party.bytesUp)), ("bytes_down", .unsigned(party.bytesDown)),
            ("cookies", .strings(party.cookies)), ("countries", .strings(party.countries)),
        ])
    }

    private func element(_ finding: ElementFinding) -> JSONValue {
        .object([
            ("party", .string(finding.party)), ("host", .string(finding.host)),
            ("element", .string(finding.element.rawValue)), ("category", .string(finding.category.rawValue)),
            ("standing", .string(finding.standing.rawValue)),
            ("direction", .string(finding.isSent ? "sent" : "received")),
            ("place", .string(finding.place.rawValue)), ("field", .string(finding.field)),
            ("form", .strings(finding.form.map(\.rawValue))), ("note", .string(finding.note)),
            ("requests", .count(finding.requests)),
        ])
    }

    private func node(_ node: InitiatorNode) -> JSONValue {
        .object([
            ("host", .string(node.host)), ("kind", .string(node.kind.rawValue)),
            ("requests", .count(node.requests)), ("first", .text(node.first?.description)),
            ("children", .array(node.children.map(self.node))),
        ])
    }

    private func edge(_ edge: InitiatorEdge) -> JSONValue {
        .object([
            ("from", .string(edge.from)), ("to", .string(edge.to)), ("kind", .string(edge.kind.rawValue)),
            ("requests", .count(edge.requests)),
        ])
    }
}
