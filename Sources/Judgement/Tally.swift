package import Bytes
package import Contacts
package import Register

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

/// What is added up of one contact.
struct Measure {
    /// Numbers devices in the order in which they are judged; contacts of one device come one after another.
    var device: Int32
    var role: Role
    var day: CivilDay
    var first: Timestamp
    var last: Timestamp
    var flows: UInt64
    var bytesUp: UInt64
    var bytesDown: UInt64
}

/// Adds contacts up, device by device.
struct TallyBuilder: Sendable {
    private(set) var days: Set<CivilDay> = []
    private var roles: [Role: Int] = [:]
    private var contacts = 0
    private var flows: UInt64 = 0
    private var bytesUp: UInt64 = 0
    private var bytesDown: UInt64 = 0
    private var first: Timestamp?
    private var last: Timestamp?
    private var device: Int32 = -1
    private var day: CivilDay?

    mutating func add(_ measure: Measure) {
        if measure.device != device {
            device = measure.device
            roles[measure.role, default: 0] += 1
        }
        if measure.day != day {
            day = measure.day
            days.insert(measure.day)
        }
        contacts += 1
        flows = saturating(flows, measure.flows)
        bytesUp = saturating(bytesUp, measure.bytesUp)
        bytesDown = saturating(bytesDown, measure.bytesDown)
        first = min(first ?? measure.first, measure.first)
        last = max(last ?? measure.last, measure.last)
    }

    /// Adds what was counted of other devices.
    mutating func merge(_ other: TallyBuilder) {
        days.formUnion(other.days)
        roles.merge(other.roles, uniquingKeysWith: +)
        contacts += other.contacts
        flows = saturating(flows, other.flows)
        bytesUp = saturating(bytesUp, other.bytesUp)
        bytesDown = saturating(bytesDown, other.bytesDown)
        if let start = other.first { first = min(first ?? start, start) }
        if let end = other.last { last = max(last ?? end, end) }
    }

    var hasStudents: Bool { roles.keys.contains(where: isStudentLike) }

    func finish() -> Tally {
        Tally(
            roles: roles, devices: roles.values.reduce(0, +), contacts: contacts, flows: flows,
            bytesUp: bytesUp, bytesDown: bytesDown, first: first, last: last)
    }
}

/// Who made a contact, as far as the input says.
package struct ClientKey: Hashable, Comparable, Sendable {
    package var address: IPAddress?
    package var host: String?
    package var user: String?

    package init(_ contact: Contact) {
        address = contact.client
        // An address stands for one device; users and hosts are asked only where there is none.
        host = contact.client == nil ? contact.clientHost : nil
        user = contact.client == nil ? contact.clientUser : nil
    }

    /// In the order of contacts: clients without an address first.
    package static func < (a: ClientKey, b: ClientKey) -> Bool {
        if a.address != b.address {
            guard let second = b.address else { return false }
            return a.address.map { $0 < second } ?? true
        }
        return (a.host ?? "", a.user ?? "") < (b.host ?? "", b.user ?? "")
    }
}

/// Counters from hostile input must not trap; a sum that does not fit stays at the limit.
func saturating(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let (sum, overflow) = a.addingReportingOverflow(b)
    return overflow ? .max : sum
}
