import Bytes
package import Register

/// The register's answer for one contact on its own day.
package enum Verdict: String, Sendable, CaseIterable, Comparable {
    // In order from the best answer to the worst: of several that may be true, the worst is shown.
    case local
    case district
    case platform
    case covered
    case excepted
    case coveredSubprocessor = "covered_subprocessor"
    case outOfScope = "out_of_scope"
    case notYetEffective = "not_yet_effective"
    case pending
    case expired
    case declined
    case noAgreement = "no_agreement"
    case unknownOwner = "unknown_owner"
    case unnamed
    case concealed

    /// 0 is the best answer; the place in `allCases`.
    package var rank: Int {
        switch self {
        case .local: 0
        case .district: 1
        case .platform: 2
        case .covered: 3
        case .excepted: 4
        case .coveredSubprocessor: 5
        case .outOfScope: 6
        case .notYetEffective: 7
        case .pending: 8
        case .expired: 9
        case .declined: 10
        case .noAgreement: 11
        case .unknownOwner: 12
        case .unnamed: 13
        case .concealed: 14
        }
    }

    package static func < (a: Verdict, b: Verdict) -> Bool { a.rank < b.rank }

    /// Whether nothing on record permits the contact.
    package var isUncovered: Bool { self >= .outOfScope }

    /// The verdict in words for people.
    package var words: String {
        switch self {
        case .noAgreement: "no agreement on record"
        case .unknownOwner: "unknown owner"
        case .expired: "agreement expired"
        case .pending: "agreement pending"
        case .declined: "agreement declined"
        case .notYetEffective: "agreement not yet effective"
        case .outOfScope: "out of scope"
        case .coveredSubprocessor: "covered as sub-processor"
        default: rawValue
        }
    }
}

/// Which record decided, and where it is written.
package struct RecordReference: Hashable, Sendable {
    /// `agreement`, `product`, `third_party`, `platform`, `exception`, `district` or `subprocessor`.
    package var kind: String
    /// An id, or the entry itself for records without one.
    package var id: String
    package var place: Place
}

/// The agreement that a verdict speaks of.
package struct AgreementSummary: Hashable, Sendable {
    package var id: String
    /// As in the register: `signed`, `pending`, ...
    package var status: String
    /// ISO dates; nil when not set.
    package var effective: String?
    package var ends: String?

    init(_ agreement: Agreement) {
        id = agreement.id
        status = agreement.status.rawValue
        effective = agreement.begins?.description
        ends = agreement.lastDay?.description
    }
}

/// A product by its vendor's and its own position in the register.
package struct ProductKey: Hashable, Comparable, Sendable {
    package var vendor: Int
    package var product: Int

    package static func < (a: ProductKey, b: ProductKey) -> Bool {
        (a.vendor, a.product) < (b.vendor, b.product)
    }
}

/// A verdict with everything that led to it.
package struct Judgment: Hashable, Sendable {
    package var verdict: Verdict
    package var owner: String?
    /// A third party's category or a platform service's function.
    package var category: String?
    package var product: String?
    package var agreement: AgreementSummary?
    /// The vendor on whose behalf a sub-processor acts.
    package var subprocessorOf: String?
    package var record: RecordReference?
    /// Why, in sentences; the first names what decided.
    package var reasons: [String]
    /// What would have decided otherwise.
    package var nearMisses: [String] = []
    /// Of several names that fit, the one that this is about; nil when the contact has one name or none.
    package var decidingName: String?
    /// Several answers were possible, and this is the worst of them.
    package var isAmbiguous = false
    /// The product whose domain decided; nil when another kind of record did.
    package var productKey: ProductKey?
    /// Of a sub-processor: the products next to whose traffic its host is covered.
    package var parents: [ProductKey] = []
    /// What holds instead next to a parent's traffic, one per agreement that declares a sub-processor.
    package var offers: [Judgment] = []

    init(_ verdict: Verdict, owner: String? = nil, reason: String) {
        self.verdict = verdict
        self.owner = owner
        reasons = [reason]
    }
}

extension Judgment {
    /// Whether a sub-processor's host is covered in that company.
    func isDeclared(in company: Circumstances.Company) -> Bool {
        guard verdict == .coveredSubprocessor else { return false }
        switch company {
        case .whoeverDeclaresIt: return true
        case .vendor(let number): return parents.contains { $0.vendor == number }
        case .nobody: return false
        }
    }
}
