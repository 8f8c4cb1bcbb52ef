package import Bytes
import Judgement

/// What an approved app does: the small part of a review that a lockfile keeps and later sessions are held against.
package struct Behaviour: Equatable, Sendable {
    package struct PartyLine: Hashable, Sendable {
        package var domain: String
        package var verdict: String
        package var owner: String?
        package var category: String?
    }

    package struct ElementLine: Hashable, Sendable {
        package var party: String
        package var element: String
        package var place: String
        package var field: String
        /// Encodings from the outside in, joined by spaces; empty for plain text.
        package var form: String
    }

    package struct PossibleLine: Hashable, Sendable {
        package var party: String
        package var kind: String
        package var field: String
    }

    package var app: String
    /// The register by which it was judged.
    package var register: String
    /// The day of the session.
    package var session: CivilDay?
    /// Inputs by name with the SHA-256 of their bytes: the evidence, which is kept elsewhere.
    package var evidence: [String]
    /// Each sorted, without repetitions.
    package var parties: [PartyLine]
    package var elements: [ElementLine]
    package var possible: [PossibleLine]

    init(
        app: String, register: String, session: CivilDay?, evidence: [String], parties: [PartyLine],
        elements: [ElementLine], possible: [PossibleLine]
    ) {
        self.app = app
        self.register = register
        self.session = session
        self.evidence = evidence
        self.parties = parties
        self.elements = elements
        self.possible = possible
    }

    package init(_ review: AppReview, timezone: String, evidence: [String] = []) {
        app = review.app
        register = review.registerSHA256
        session = review.first.map { ZoneClock(identifier: timezone).local($0).day }
        self.evidence = evidence
        // What was never sent is no behaviour to approve.
        parties = review.parties.filter { $0.requests > $0.failed }.map {
            PartyLine(domain: $0.domain, verdict: $0.verdict.rawValue, owner: $0.owner, category: $0.category)
        }.sorted { ($0.domain, $0.verdict) < ($1.domain, $1.verdict) }
        elements = Set(
            review.elements.filter(\.isSent).map {
                ElementLine(
                    party: $0.party, element: $0.element.rawValue, place: $0.place.rawValue, field: $0.field,
                    form: $0.form.map(\.rawValue).joined(separator: " "))
            }
        ).sorted(by: Behaviour.precedes)
        possible = Set(
            review.possible.map { PossibleLine(party: $0.party, kind: $0.kind.rawValue, field: $0.field) }
        ).sorted { ($0.party, $0.kind, $0.field) < ($1.party, $1.kind, $1.field) }
    }

    private static func precedes(_ a: ElementLine, _ b: ElementLine) -> Bool {
        (a.party, a.element, a.place, a.field, a.form) < (b.party, b.element, b.place, b.field, b.form)
    }
}

/// One difference between what was approved and what a session shows, or between two sessions.
package struct Drift: Hashable, Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        case newParty = "new party"
        case verdictChanged = "verdict changed"
        case newElement = "new data element"
        case newForm = "data element in another place or form"
        case newPossible = "new possible identifier"
        case partyGone = "party not seen"
        case elementGone = "data element not seen"
        case possibleGone = "possible identifier not seen"

        /// A session does not visit everything, so what is missing is told and changes nothing.
        package var isNew: Bool {
            switch self {
            case .partyGone, .elementGone, .possibleGone: false
            default: true
            }
        }
    }

    package var kind: Kind
    package var party: String
    package var text: String
}

extension Behaviour {
    /// What `other` does that this does not, and the other way round; sorted by kind and party.
    package func drift(to other: Behaviour) -> [Drift] {
        var drift = partyDrift(to: other)
        let known = Set(elements)
        let pairs = Set(elements.map { [$0.party, $0.element] })
        for line in other.elements where !known.contains(line) {
            let isKnown = pairs.contains([line.party, line.element])
            drift.append(Drift(kind: isKnown ? .newForm : .newElement, party: line.party, text: line.words))
        }
        let seen = Set(other.elements.map { [$0.party, $0.element] })
        for pair in pairs.subtracting(seen).sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            drift.append(Drift(kind: .elementGone, party: pair[0], text: pair[1]))
        }
        for line in Set(other.possible).subtracting(possible) {
            drift.append(Drift(kind: .newPossible, party: line.party, text: line.words))
        }
        for line in Set(possible).subtracting(other.possible) {
            drift.append(Drift(kind: .possibleGone, party: line.party, text: line.words))
        }
        return drift.sorted { ($0.kind.place, $0.party, $0.text) < ($1.kind.place, $1.party, $1.text) }
    }

    private func partyDrift(to other: Behaviour) -> [Drift] {
        var drift: [Drift] = []
        let before = Dictionary(grouping: parties, by: \.domain)
        let after = Dictionary(grouping: other.parties, by: \.domain)
        for (domain, lines) in after {
            guard let known = before[domain] else {
                drift += lines.map { Drift(kind: .newParty, party: domain, text: $0.words) }
                continue
            }
            for line in lines where !known.contains(where: { $0.verdict == line.verdict }) {
                let was = known.map(\.verdict).joined(separator: ", ")
                drift.append(Drift(kind: .verdictChanged, party: domain, text: "\(was) -> \(line.verdict)"))
            }
        }
        for (domain, lines) in before where after[domain] == nil {
            drift += lines.map { Drift(kind: .partyGone, party: domain, text: $0.words) }
        }
        return drift
    }
}

extension Drift.Kind {
    fileprivate var place: Int { Drift.Kind.allCases.firstIndex(of: self) ?? 0 }
}

extension Behaviour.PartyLine {
    fileprivate var words: String {
        let who = owner ?? "owner unknown"
        return "\(who)\(category.map { " (\($0))" } ?? ""), \(verdict)"
    }
}

extension Behaviour.ElementLine {
    fileprivate var words: String {
        "\(element) in \(place)\(field.isEmpty ? "" : " " + field)\(form.isEmpty ? "" : ", " + form)"
    }
}

extension Behaviour.PossibleLine {
    fileprivate var words: String { field.isEmpty ? kind : "\(kind) \(field)" }
}
