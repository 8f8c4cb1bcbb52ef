package import Bytes
package import Register

/// An address block with the role and school of the devices in it.
package struct Network: Equatable, Sendable {
    package var prefix: IPPrefix
    package var role: Role
    package var school: String?
    /// Stated here, or else those of the school.
    package var grades: GradeSet?
    /// IEEE 802.1Q VLAN id, 1...4094.
    package var vlan: Int?
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
