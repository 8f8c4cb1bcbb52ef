package import Bytes
package import Contacts
package import Register

/// Who is who on the district's network: schools, networks, and what is left out of every report.
package struct Roster: Sendable {
    package let schools: [School]
    package let networks: [Network]
    /// What counts as inside; the defaults of the address registries unless the roster says otherwise.
    package let homeNetworks: [IPPrefix]
    /// Roles whose contacts are counted but neither judged nor reported.
    package let leftOut: Set<Role>
    /// Issuers, by common name or organization, under which the district's own filter opens TLS.
    package let inspectionIssuers: Set<String>
    /// Addresses that the district's filter answers with instead of a refused name's own.
    package let sinkholes: Set<IPAddress>
    /// The file it was read from; nil for the empty roster.
    package let file: String?
    /// SHA-256 of the file in lower-case hexadecimal.
    package let sha256: String?

    private let table: NetworkTable

    init(_ content: RosterContent, file: String?, sha256: String?) {
        schools = content.schools
        networks = content.networks
        homeNetworks = content.homeNetworks ?? IPPrefix.defaultHomeNetworks
        leftOut = Set(content.leftOut)
        inspectionIssuers = Set(content.inspectionIssuers)
        sinkholes = Set(content.sinkholes)
        self.file = file
        self.sha256 = sha256
        let gradesOfSchools = Dictionary(content.schools.map { ($0.id, $0.grades) }) { first, _ in first }
        table = NetworkTable(
            content.networks.map { network in
                var filled = network
                filled.grades = network.grades ?? network.school.flatMap { gradesOfSchools[$0] ?? nil }
                return filled
            })
    }

    /// A roster that knows nobody: every device has the role unknown.
    package static var empty: Roster { Roster(RosterContent(), file: nil, sha256: nil) }

    /// The first rule that matches by rank: device, lease, user, host name, network. Today only networks
    /// are known.
    package func device(for contact: Contact) -> Device {
        guard let client = contact.client else { return .unknown }
        return device(for: client)
    }

    package func device(for client: IPAddress) -> Device {
        guard let network = table.network(of: client) else { return .unknown }
        return Device(
            role: network.role, school: network.school, grades: network.grades, rule: .network,
            place: network.place)
    }

    /// Whether an address belongs to the district's own networks, or reaches no further than a link.
    package func isLocal(_ address: IPAddress) -> Bool {
        if address.isMulticastOrBroadcast || Roster.loopback.contains(where: { $0.contains(address) }) {
            return true
        }
        if Roster.linkLocal.contains(where: { $0.contains(address) }) { return true }
        return homeNetworks.contains { $0.contains(address) }
    }

    /// Whether the district's own filter spoke for the server.
    package func isInspected(_ contact: Contact) -> Bool {
        !inspectionIssuers.isEmpty && contact.issuers.contains(where: inspectionIssuers.contains)
    }

    private static let loopback = ["127.0.0.0/8", "::1", "0.0.0.0", "::"].compactMap { IPPrefix($0) }
    private static let linkLocal = ["169.254.0.0/16", "fe80::/10"].compactMap { IPPrefix($0) }
}

/// What a roster file says, before its parts are checked against each other.
struct RosterContent {
    var schools: [School] = []
    var networks: [Network] = []
    var homeNetworks: [IPPrefix]?
    var leftOut: [Role] = []
    var inspectionIssuers: [String] = []
    var sinkholes: [IPAddress] = []
}
