package import Bytes
package import Contacts
package import Register

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
    /// Distinct clients (addresses, or users or hosts where a log names no address) by role.
    package var roles: [Role: Int] = [:]
    package var devices = 0
    package var contacts = 0
    package var flows: UInt64 = 0
    package var bytesUp: UInt64 = 0
    package var bytesDown: UInt64 = 0
    package var first: Timestamp?
    package var last: Timestamp?
}

/// Who made a contact, as far as the input says.
package struct ClientKey: Hashable, Sendable {
    package var address: IPAddress?
    package var user: String?
    package var host: String?

    package init(_ contact: Contact) {
        address = contact.client
        // An address stands for one device; users and hosts are asked only where there is none.
        user = contact.client == nil ? contact.clientUser : nil
        host = contact.client == nil ? contact.clientHost : nil
    }
}

/// Adds contacts up.
struct TallyBuilder {
    private(set) var tally = Tally()
    private(set) var days: Set<CivilDay> = []
    private var clients: [ClientKey: Role] = [:]

    mutating func add(_ contact: Contact, role: Role, day: CivilDay) {
        clients[ClientKey(contact)] = role
        days.insert(day)
        tally.contacts += 1
        tally.flows = saturating(tally.flows, contact.flows)
        tally.bytesUp = saturating(tally.bytesUp, contact.bytesUp)
        tally.bytesDown = saturating(tally.bytesDown, contact.bytesDown)
        tally.first = min(tally.first ?? contact.first, contact.first)
        tally.last = max(tally.last ?? contact.last, contact.last)
    }

    mutating func merge(_ other: TallyBuilder) {
        clients.merge(other.clients) { first, _ in first }
        days.formUnion(other.days)
        tally.contacts += other.tally.contacts
        tally.flows = saturating(tally.flows, other.tally.flows)
        tally.bytesUp = saturating(tally.bytesUp, other.tally.bytesUp)
        tally.bytesDown = saturating(tally.bytesDown, other.tally.bytesDown)
        if let start = other.tally.first { tally.first = min(tally.first ?? start, start) }
        if let end = other.tally.last { tally.last = max(tally.last ?? end, end) }
    }

    var hasStudents: Bool { clients.values.contains(where: isStudentLike) }

    func finish() -> Tally {
        var finished = tally
        finished.devices = clients.count
        for role in clients.values { finished.roles[role, default: 0] += 1 }
        return finished
    }
}

/// Counters from hostile input must not trap; a sum that does not fit stays at the limit.
func saturating(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let (sum, overflow) = a.addingReportingOverflow(b)
    return overflow ? .max : sum
}
