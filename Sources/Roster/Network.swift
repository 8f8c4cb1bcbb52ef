package import Bytes
package import Register

/// An address block with the role and school of the devices in it.
package struct Network: Equatable, Sendable {
    package var prefix: IPPrefix
    package var role: Role
    package var school: String?
    /// Stated here, or else those of the school.
    package var grades: GradeSet?
    /// IEEE 802.1Q VLAN id, 1...4094. Contacts do not carry it: it is for people who read the roster.
    package var vlan: Int?
    /// The wireless network's name, likewise.
    package var ssid: String?
    /// How long the address servers of this network lease, in seconds, for sources that do not say.
    package var leaseSeconds: Int64?
    package var place: Place
}

/// Finds the longest prefix that holds an address.
struct NetworkTable: Sendable {
    /// Longest prefixes first, so that the first hit decides; a district has tens of networks, not thousands.
    private let networks: [Network]

    init(_ networks: [Network]) {
        self.networks = networks.sorted { a, b in
            a.prefix.length != b.prefix.length
                ? a.prefix.length > b.prefix.length : a.prefix.base < b.prefix.base
        }
    }

    func network(of address: IPAddress) -> Network? {
        networks.first { $0.prefix.contains(address) }
    }
}
