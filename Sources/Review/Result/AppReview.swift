package import Bytes
package import Contacts
package import Judgement
package import Register

/// The answer to a review: with whom an app talked, what it sent them, and whether that was agreed.
///
/// A plain value without any byte of the session: what every renderer reads, and all that is kept.
package struct AppReview: Equatable, Sendable {
    package var app: String
    /// The app's vendor in the register; nil when none was named and none could be told.
    package var vendor: String?
    package var agreement: AgreementSummary?
    package var role: Role
    package var registerSHA256: String
    package var inputs: [InputReport]
    package var first: Timestamp?
    package var last: Timestamp?
    package var requests: Int
    /// Requests that were never sent: refused by the browser or a filter, or without a connection.
    package var failedRequests: Int
    /// Whether a persona was searched for: without one, `elements` says nothing.
    package var hasPersona: Bool
    /// The worst verdict first, then by how much was sent.
    package var parties: [Party]
    package var initiators: [InitiatorNode]
    package var edges: [InitiatorEdge]
    /// Sorted by party, element and place.
    package var elements: [ElementFinding]
    /// What could not be searched, with counts; sorted.
    package var gaps: [Gap]
    /// What looks like an identifier without being planted: apart from what is certain. Sorted by party.
    package var possible: [PossibleFinding]
    /// Nil when no list of declared domains was given.
    package var declarations: DeclarationCheck?
    package var corroboration: Corroboration
    /// Where the parties' countries are from; nil when no database was given.
    package var countrySource: CountrySource?
    /// What an App Privacy Report says the app looked at, with counts, sorted.
    package var accesses: [Gap]
    /// Against a lockfile or another session; nil when there is none to compare with.
    package var drift: [Drift]?
    /// The whole in one sentence.
    package var headline: String

    package struct Gap: Equatable, Sendable {
        package var reason: String
        package var count: Int
    }
}

/// Everybody behind one registrable domain with one verdict.
package struct Party: Equatable, Sendable {
    /// The registrable domain, or the address where there is no name.
    package var domain: String
    package var owner: String?
    package var category: String?
    package var judgment: Judgment
    /// Sorted.
    package var hosts: [String]
    package var first: Timestamp?
    package var requests: Int
    package var failed: Int
    package var bytesUp: UInt64
    package var bytesDown: UInt64
    /// Names of cookies that it set, sorted.
    package var cookies: [String]
    /// Of the addresses that answered, as ISO 3166-1 has them, sorted; empty when none is known.
    package var countries: [String] = []

    package var verdict: Verdict { judgment.verdict }

    /// Neither the app's own vendor nor the district: somebody whom the app brought along.
    package var isThirdParty: Bool { verdict > .covered }
}

/// Something that looks like an identifier, and whom it reached.
package struct PossibleFinding: Equatable, Sendable {
    package var party: String
    package var host: String
    package var kind: PossibleKind
    package var place: HitPlace
    package var field: String
    package var requests: Int
}

/// A planted value that reached a party, and whether the agreement's Schedule of Data names its category.
package struct ElementFinding: Equatable, Sendable {
    package enum Standing: String, Sendable, CaseIterable {
        case declared
        case undeclared
        /// The agreement in the register has no Schedule of Data entered.
        case noSchedule = "no schedule on record"
        case noAgreement = "no agreement on record"
        /// The district itself, or the local network.
        case district
    }

    package var party: String
    package var host: String
    package var element: Element
    package var category: DataElement
    package var standing: Standing
    package var place: HitPlace
    package var field: String
    package var form: [Encoding]
    package var note: String
    package var isSent: Bool
    /// Requests that held it.
    package var requests: Int
}
