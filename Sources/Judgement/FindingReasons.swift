import Contacts
import Crypto
import Register

extension Finding {
    /// What a group of uncovered contacts comes to.
    init(_ group: Group, _ verdict: Verdict, _ domain: String, _ weights: SeverityWeights) {
        let ordered = group.orderedJudgments
        let main = ordered.first ?? Judgment(verdict, reason: verdict.words)
        let sum = group.tally.finish()
        let ambiguity = group.firstAmbiguity
        let reasons =
            Finding.explain(ordered, verdict, weights) + Finding.weigh(group, main, sum, ambiguity, weights)
        let points = reasons.reduce(0) { $0 + $1.points }
        var nearMisses: [String] = []
        for miss in ordered.flatMap(\.nearMisses) where !nearMisses.contains(miss) { nearMisses.append(miss) }
        self.init(
            id: Finding.identifier(verdict, domain), verdict: verdict, severity: Severity(points, weights),
            points: points, reasons: reasons, domain: domain, names: group.names.sorted(), owner: main.owner,
            category: main.category, product: main.product, agreement: main.agreement, record: main.record,
            nearMisses: nearMisses, tally: sum,
            days: group.tally.days.sorted(), evidence: group.allEvidence, ambiguity: ambiguity)
    }

    /// The distinct reasons of the judgments; the first carries the points of the verdict.
    private static func explain(
        _ judgments: [Judgment], _ verdict: Verdict, _ weights: SeverityWeights
    ) -> [Reason] {
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

    private static func weigh(
        _ group: Group, _ main: Judgment, _ sum: Tally, _ ambiguity: Ambiguity, _ weights: SeverityWeights
    ) -> [Reason] {
        var reasons: [Reason] = []
        if let category = main.category, let points = weights.categories[category] {
            reasons.append(Reason("category: \(category)", points))
        }
        if group.hasStudents { reasons.append(Reason("student devices", weights.student)) }
        if group.hasElementary { reasons.append(Reason("elementary grades", weights.elementary)) }
        if let points = steps(sum.bytesUp, weights.bytesUpMany, weights.bytesUp) {
            reasons.append(Reason("\(sum.bytesUp) bytes sent", points))
        }
        if let points = steps(UInt64(sum.devices), UInt64(weights.devicesMany), weights.devices) {
            reasons.append(Reason("\(sum.devices) devices", points))
        }
        if group.tally.days.count >= weights.daysMany {
            reasons.append(Reason("on \(group.tally.days.count) days", weights.persistence))
        }
        if group.outOfHours > 0 {
            let text = "\(group.outOfHours) of \(sum.contacts) contacts out of school hours"
            reasons.append(Reason(text, weights.outOfHours))
        }
        if ambiguity == .inferred || ambiguity == .shared || main.isAmbiguous {
            reasons.append(Reason("the name or its owner is not certain", weights.uncertainName))
        }
        if !group.hasStudents {
            reasons.append(Reason("the device's role is unknown", weights.uncertainDevice))
        }
        return reasons
    }

    /// `points` from `many` on, twice that from ten times `many` on, nil below.
    private static func steps(_ value: UInt64, _ many: UInt64, _ points: Int) -> Int? {
        guard value >= many else { return nil }
        return value / 10 >= many ? points * 2 : points
    }

    /// A hash of what makes the finding the same next week.
    static func identifier(_ verdict: Verdict, _ domain: String) -> String {
        let hash = SHA256.hash(data: Array("\(verdict.rawValue)\0\(domain)".utf8))
        return hexadecimal(hash.prefix(6))
    }
}
