import Register

/// How grave a finding is, from the points of its reasons.
package enum Severity: String, Sendable, CaseIterable, Comparable {
    case low
    case medium
    case high

    package var rank: Int { self == .low ? 0 : self == .medium ? 1 : 2 }

    package static func < (a: Severity, b: Severity) -> Bool { a.rank < b.rank }
}

extension Severity {
    init(_ points: Int, _ weights: SeverityWeights) {
        self = points >= weights.highFrom ? .high : points >= weights.mediumFrom ? .medium : .low
    }
}

/// One reason for a finding and what it adds to its severity (0 when it only explains).
package struct Reason: Hashable, Sendable {
    package var text: String
    package var points: Int

    package init(_ text: String, _ points: Int = 0) {
        self.text = text
        self.points = points
    }
}
