package import Bytes
package import Contacts
import Register

/// Contacts of students' devices with one destination that nothing on record permits, grouped by verdict and
/// registrable domain (or address, when nothing named it).
package struct Finding: Equatable, Sendable {
    /// The same in every run that has the same verdict and destination: 12 hexadecimal digits.
    package var id: String
    package var verdict: Verdict
    package var severity: Severity
    /// The sum of the reasons' points.
    package var points: Int
    package var reasons: [Reason]
    /// A registrable domain, or an address.
    package var domain: String
    /// The names under the domain that were seen, sorted.
    package var names: [String]
    package var owner: String?
    package var category: String?
    package var product: String?
    package var agreement: AgreementSummary?
    package var record: RecordReference?
    package var nearMisses: [String]
    package var tally: Tally
    /// Civil days of the district on which it occurred, ascending.
    package var days: [CivilDay] = []
    package var evidence: [NameEvidence]
    package var ambiguity: Ambiguity
    /// Products after whose contacts the destination appears far more often than by chance, the plainest
    /// first; at most `companionLimit`.
    package var companions: [Companion] = []
    /// How its contacts lie to the traffic of those who declare it as a sub-processor.
    package var context: [ContextLink] = []

    /// Who is asked first matters; a tenth product is noise.
    package static let companionLimit = 5
}

/// A product after whose contacts a destination appears on the same device. It says that both come together,
/// not that one causes the other.
package struct Companion: Equatable, Sendable {
    package var owner: String
    package var product: String
    /// Minutes in which the destination was first contacted and the product had been within the window.
    package var together: Int
    /// All minutes in which the destination was contacted afresh, on all devices.
    package var minutes: Int
    /// Devices on which they came together.
    package var devices: Int
    package var lift: Lift
    /// Products that always come along with this one, so that the input cannot tell which of them it is.
    package var alikeWith: [String]
}

/// How the contacts with a shared host lie to the traffic of a vendor whose agreement declares it.
package struct ContextLink: Equatable, Sendable {
    package var vendor: String
    package var agreement: String
    /// Minutes with a parent product's traffic of the same device within the window, and all of them.
    package var near: Int
    package var minutes: Int
    /// Devices with any such minute.
    package var devices: Int
    /// Nil when chance would not have brought a single one.
    package var lift: Lift?
}
