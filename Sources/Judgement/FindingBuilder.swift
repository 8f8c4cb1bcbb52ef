import Bytes
import Contacts
import Crypto
import Register
import Roster

/// Gathers the contacts of one verdict and destination and turns them into a finding.
struct FindingBuilder {
    let verdict: Verdict
    let domain: String
    private(set) var tally = TallyBuilder()
    private var names: Set<String> = []
    private var evidence: Set<NameEvidence> = []
    private var ambiguities: Set<Ambiguity> = []
    /// How many contacts each distinct judgment has.
    private var judgments: [Judgment: Int] = [:]
    private var elementary = false
    private var students = false

    init(verdict: Verdict, domain: String) {
        self.verdict = verdict
        self.domain = domain
    }

    mutating func add(
        _ contact: Contact, _ judgment: Judgment, _ circumstances: Circumstances, _ device: Device
    ) {
        let role = circumstances.role ?? .unknown
        tally.add(contact, device, day: circumstances.day)
        if let name = judgment.decidingName ?? contact.domainName { names.insert(name) }
        evidence.insert(contact.evidence)
        ambiguities.insert(contact.ambiguity)
        judgments[judgment, default: 0] += 1
        if role == .student { students = true }
        if isStudentLike(role), circumstances.grades?.hasElementary == true { elementary = true }
    }

    func finish(_ weights: SeverityWeights) -> Finding {
        let ordered = judgments.sorted { a, b in
            if a.value != b.value { return a.value > b.value }
            return FindingBuilder.order(a.key).lexicographicallyPrecedes(FindingBuilder.order(b.key))
        }.map(\.key)
        let main = ordered.first ?? Judgment(verdict, reason: verdict.words)
        let sum = tally.finish()
        let ambiguity = Ambiguity.allCases.first { ambiguities.contains($0) } ?? .exact
        var reasons = explain(ordered, weights)
        reasons += weigh(main, sum, ambiguity, weights)
        let points = reasons.reduce(0) { $0 + $1.points }
        var nearMisses: [String] = []
        for miss in ordered.flatMap(\.nearMisses) where !nearMisses.contains(miss) { nearMisses.append(miss) }
        return Finding(
            id: FindingBuilder.identifier(verdict, domain), verdict: verdict,
            severity: Severity(points, weights),
            points: points, reasons: reasons, domain: domain, names: names.sorted(), owner: main.owner,
            category: main.category, product: main.product, agreement: main.agreement, record: main.record,
            nearMisses: nearMisses, tally: sum,
            evidence: NameEvidence.allCases.filter { evidence.contains($0) },
            ambiguity: ambiguity)
    }

    /// The distinct reasons of the judgments; the first carries the points of the verdict.
    private func explain(_ judgments: [Judgment], _ weights: SeverityWeights) -> [Reason] {
        var texts: [String] = []
        for text in judgments.flatMap(\.reasons) where !texts.contains(text) { texts.append(text) }
        // A domain with hundreds of hosts gives hundreds of like reasons; five show the pattern.
        let shown = texts.prefix(5).map { Reason($0) }
        var reasons = Array(shown)
        if texts.count > shown.count {
            reasons.append(Reason("and \(texts.count - shown.count) more reasons like these"))
        }
        if !reasons.isEmpty { reasons[0].points = weights.verdicts[verdict.rawValue] ?? 0 }
        return reasons
    }

    private func weigh(
        _ main: Judgment, _ sum: Tally, _ ambiguity: Ambiguity, _ weights: SeverityWeights
    ) -> [Reason] {
        var reasons: [Reason] = []
        if let category = main.category, let points = weights.categories[category] {
            reasons.append(Reason("category: \(category)", points))
        }
        if students { reasons.append(Reason("student devices", weights.student)) }
        if elementary { reasons.append(Reason("elementary grades", weights.elementary)) }
        if let points = steps(sum.bytesUp, weights.bytesUpMany, weights.bytesUp) {
            reasons.append(Reason("\(sum.bytesUp) bytes sent", points))
        }
        if let points = steps(UInt64(sum.devices), UInt64(weights.devicesMany), weights.devices) {
            reasons.append(Reason("\(sum.devices) devices", points))
        }
        if tally.days.count >= weights.daysMany {
            reasons.append(Reason("on \(tally.days.count) days", weights.persistence))
        }
        if ambiguity == .inferred || ambiguity == .shared || main.isAmbiguous {
            reasons.append(Reason("the name or its owner is not certain", weights.uncertainName))
        }
        if !students { reasons.append(Reason("the device's role is unknown", weights.uncertainDevice)) }
        return reasons
    }

    /// `points` from `many` on, twice that from ten times `many` on, nil below.
    private func steps(_ value: UInt64, _ many: UInt64, _ points: Int) -> Int? {
        guard value >= many else { return nil }
        return value / 10 >= many ? points * 2 : points
    }

    private static func order(_ judgment: Judgment) -> [String] {
        [judgment.owner ?? "", judgment.product ?? "", judgment.agreement?.id ?? ""] + judgment.reasons
    }

    /// A hash of what makes the finding the same next week.
    static func identifier(_ verdict: Verdict, _ domain: String) -> String {
        let hash = SHA256.hash(data: Array("\(verdict.rawValue)\0\(domain)".utf8))
        return hexadecimal(hash.prefix(6))
    }
}
