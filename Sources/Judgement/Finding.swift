package import Bytes
package import Contacts
package import Register
import Roster

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
    package var evidence: [NameEvidence]
    package var ambiguity: Ambiguity
}

/// What contacts add up to.
package struct Tally: Equatable, Sendable {
    /// Distinct devices by role; a device that two people used in turn counts under both roles.
    package var roles: [Role: Int] = [:]
    package var devices = 0
    package var contacts = 0
    package var flows: UInt64 = 0
    package var bytesUp: UInt64 = 0
    package var bytesDown: UInt64 = 0
    package var first: Timestamp?
    package var last: Timestamp?
}

/// Adds contacts up.
struct TallyBuilder {
    private(set) var tally = Tally()
    private(set) var days: Set<CivilDay> = []
    private var clients: [DeviceKey: Set<Role>] = [:]

    mutating func add(_ contact: Contact, _ device: Device, day: CivilDay) {
        clients[device.key, default: []].insert(device.role)
        days.insert(day)
        tally.contacts += 1
        tally.flows = saturating(tally.flows, contact.flows)
        tally.bytesUp = saturating(tally.bytesUp, contact.bytesUp)
        tally.bytesDown = saturating(tally.bytesDown, contact.bytesDown)
        tally.first = min(tally.first ?? contact.first, contact.first)
        tally.last = max(tally.last ?? contact.last, contact.last)
    }

    mutating func merge(_ other: TallyBuilder) {
        clients.merge(other.clients) { $0.union($1) }
        days.formUnion(other.days)
        tally.contacts += other.tally.contacts
        tally.flows = saturating(tally.flows, other.tally.flows)
        tally.bytesUp = saturating(tally.bytesUp, other.tally.bytesUp)
        tally.bytesDown = saturating(tally.bytesDown, other.tally.bytesDown)
        if let start = other.tally.first { tally.first = min(tally.first ?? start, start) }
        if let end = other.tally.last { tally.last = max(tally.last ?? end, end) }
    }

    var hasStudents: Bool { clients.values.contains { $0.contains(where: isStudentLike) } }

    func finish() -> Tally {
        var finished = tally
        finished.devices = clients.count
        for roles in clients.values {
            for role in roles { finished.roles[role, default: 0] += 1 }
        }
        return finished
    }
}

/// Counters from hostile input must not trap; a sum that does not fit stays at the limit.
func saturating(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let (sum, overflow) = a.addingReportingOverflow(b)
    return overflow ? .max : sum
}
