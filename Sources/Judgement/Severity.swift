/// How grave a finding is, from the points of its reasons.
package enum Severity: String, Sendable, CaseIterable, Comparable {
    case low
    case medium
    case high

    package var rank: Int { self == .low ? 0 : self == .medium ? 1 : 2 }

    package static func < (a: Severity, b: Severity) -> Bool { a.rank < b.rank }
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

/// The weights from which severities are added up: one table, so that a district can see and change them.
package struct SeverityWeights: Equatable, Sendable {
    /// For the verdict alone.
    package var verdicts: [Verdict: Int] = [
        .outOfScope: 3, .notYetEffective: 3, .pending: 4, .expired: 5, .declined: 6, .noAgreement: 3,
        .unknownOwner: 3, .unnamed: 1, .concealed: 3,
    ]
    /// For what the other party is known to do; categories not listed add nothing.
    package var categories: [String: Int] = [
        "advertising": 4, "data-broker": 5, "session-recording": 4, "analytics": 3, "social": 3,
        "fingerprinting": 5,
        "cdn": -2, "hosting": -2, "cloud": -2,
    ]
    package var student = 2
    package var elementary = 2
    /// Bytes sent by the devices: from `bytesUpMany` on, and ten times that.
    package var bytesUp = 1
    package var bytesUpMany: UInt64 = 10_000_000
    /// Distinct devices: from `devicesMany` on, and ten times that.
    package var devices = 1
    package var devicesMany = 10
    /// Distinct civil days: from `daysMany` on.
    package var persistence = 1
    package var daysMany = 3
    package var outsideSchoolHours = 1
    package var uncertainName = -1
    package var uncertainDevice = -1
    /// Sums from which a finding is of medium and of high severity.
    package var mediumFrom = 4
    package var highFrom = 7

    package init() {}

    package func severity(_ points: Int) -> Severity {
        points >= highFrom ? .high : points >= mediumFrom ? .medium : .low
    }
}
