package import Bytes
package import Contacts
package import Register

/// Who is who on the district's network: schools, networks, devices, patterns, leases, and what is left out of every
/// report.
package struct Roster: Sendable {
    package let schools: [School]
    package let networks: [Network]
    /// What counts as inside; the defaults of the address registries unless the roster says otherwise.
    package let homeNetworks: [IPPrefix]
    /// Roles whose contacts are counted but neither judged nor reported.
    package let leftOut: Set<Role>
    package let retention: Retention
    /// The zone of school hours and of server logs; nil when the roster states none.
    package let timezone: String?
    /// Issuers, by common name or organization, under which the district's own filter opens TLS.
    package let inspectionIssuers: Set<String>
    /// Addresses that the district's filter answers with instead of a refused name's own.
    package let sinkholes: Set<IPAddress>
    /// The file it was read from; nil for the empty roster.
    package let file: String?
    /// SHA-256 of the file in lower-case hexadecimal.
    package let sha256: String?

    let table: NetworkTable
    let index: DeviceIndex
    let users: [NameRule]
    let hosts: [NameRule]
    let leaseSeconds: Int64?
    let leaseZone: String?
    /// Who had which address when; empty until leases or captures are added.
    var holdings = Holdings()

    init(_ content: RosterContent, file: String?, sha256: String?) {
        schools = content.schools
        networks = content.networks
        homeNetworks = content.homeNetworks ?? IPPrefix.defaultHomeNetworks
        leftOut = Set(content.leftOut)
        retention = content.retention
        timezone = content.timezone
        inspectionIssuers = Set(content.inspectionIssuers)
        sinkholes = Set(content.sinkholes)
        self.file = file
        self.sha256 = sha256
        users = content.users
        hosts = content.hosts
        leaseSeconds = content.leaseSeconds
        leaseZone = content.leaseZone
        index = DeviceIndex(content.devices)
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

    /// Devices of the lists and inventories.
    package var deviceCount: Int { index.devices.count }

    package func school(_ id: String) -> School? { schools.first { $0.id == id } }

    /// Whether a school teaches at that moment; nil when its calendar does not say. `district` is the zone of
    /// schools that state none.
    package func isInSession(_ school: String, at moment: Timestamp, district: ZoneOffsets) -> Bool? {
        guard let calendar = self.school(school)?.calendar else { return nil }
        let zone = (calendar.timezone ?? timezone).flatMap { ZoneOffsets($0) } ?? district
        let local = zone.local(moment)
        return calendar.isInSession(day: local.day, weekday: local.weekday, minute: local.minute)
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
    static let linkLocal = ["169.254.0.0/16", "fe80::/10"].compactMap { IPPrefix($0) }
}
