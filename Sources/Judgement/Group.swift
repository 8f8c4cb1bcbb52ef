import Contacts
import Register

/// Contacts that share a `GroupKey`, added up.
struct Group: Sendable {
    let key: GroupKey
    var tally = TallyBuilder()
    var names: Set<String> = []
    var domains: Set<String> = []
    /// Bits in the order of the vocabularies.
    private var evidence: UInt16 = 0
    private var ambiguity: UInt8 = 0
    var hasStudents = false
    var hasElementary = false
    /// Contacts outside school hours, of those for which school hours are known.
    var outOfHours = 0
    /// How many contacts each judgment has.
    var judgments: [Judgment: Int] = [:]

    init(_ key: GroupKey) { self.key = key }

    mutating func note(_ evidence: NameEvidence, _ ambiguity: Ambiguity) {
        self.evidence |= 1 << evidence.bit
        self.ambiguity |= 1 << ambiguity.bit
    }

    mutating func merge(_ other: Group) {
        tally.merge(other.tally)
        names.formUnion(other.names)
        domains.formUnion(other.domains)
        evidence |= other.evidence
        ambiguity |= other.ambiguity
        hasStudents = hasStudents || other.hasStudents
        hasElementary = hasElementary || other.hasElementary
        outOfHours += other.outOfHours
        judgments.merge(other.judgments, uniquingKeysWith: +)
    }

    var allEvidence: [NameEvidence] { NameEvidence.allCases.filter { evidence >> $0.bit & 1 == 1 } }

    /// The first in the vocabulary's order of those that were seen.
    var firstAmbiguity: Ambiguity { Ambiguity.allCases.first { ambiguity >> $0.bit & 1 == 1 } ?? .exact }

    /// The judgments, the most frequent first; of equally frequent ones by what they say.
    var orderedJudgments: [Judgment] {
        if judgments.count == 1 { return Array(judgments.keys) }
        return judgments.sorted { a, b in
            if a.value != b.value { return a.value > b.value }
            return Group.order(a.key).lexicographicallyPrecedes(Group.order(b.key))
        }.map(\.key)
    }

    private static func order(_ judgment: Judgment) -> [String] {
        [judgment.owner ?? "", judgment.product ?? "", judgment.agreement?.id ?? ""] + judgment.reasons
    }
}

extension NameEvidence {
    fileprivate var bit: UInt16 {
        switch self {
        case .tlsSNI: 0
        case .quicSNI: 1
        case .dtlsSNI: 2
        case .httpConnect: 3
        case .socks: 4
        case .httpHost: 5
        case .proxyURL: 6
        case .logSNI: 7
        case .logHost: 8
        case .dnsAnswer: 9
        case .tlsCertificate: 10
        case .none: 11
        }
    }
}

extension Ambiguity {
    fileprivate var bit: UInt8 {
        switch self {
        case .exact: 0
        case .shared: 1
        case .inferred: 2
        case .concealed: 3
        }
    }
}
