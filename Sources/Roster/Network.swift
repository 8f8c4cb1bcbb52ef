package import Bytes
package import Register

/// A network by its addresses, its VLAN or its SSID, with the role and school of the devices in it. A device is in it
/// where all that is stated here fits.
package struct Network: Equatable, Sendable {
    /// Nil only where a VLAN or an SSID is stated: then of any address.
    package var prefix: IPPrefix?
    package var role: Role
    package var school: String?
    /// Stated here, or else those of the school.
    package var grades: GradeSet?
    /// IEEE 802.1Q VLAN id, 1...4094.
    package var vlan: UInt16?
    /// The wireless network's name.
    package var ssid: String?
    /// How long the address servers of this network lease, in seconds, for sources that do not say.
    package var leaseSeconds: Int64?
    package var place: Place

    /// `10.20.0.0/16, VLAN 20, SSID LSD-Students`, as far as stated.
    package var description: String {
        [prefix?.description, vlan.map { "VLAN \($0)" }, ssid.map { "SSID \($0)" }].compactMap(\.self)
            .joined(separator: ", ")
    }

    /// Whether both would give a device the same standing.
    fileprivate func agrees(with other: Network) -> Bool {
        role == other.role && school == other.school && grades == other.grades
    }
}

/// Finds the network that a client was in.
struct NetworkTable: Sendable {
    /// Longest prefixes first; a district has tens of networks, not thousands.
    private let networks: [Network]

    init(_ networks: [Network]) {
        self.networks = networks.sorted { a, b in
            let (first, second) = (NetworkTable.length(a), NetworkTable.length(b))
            if first != second { return first > second }
            if let one = a.prefix, let two = b.prefix, one.base != two.base { return one.base < two.base }
            return a.place < b.place
        }
    }

    private static func length(_ network: Network) -> Int { network.prefix?.length ?? -1 }

    /// A network that states another VLAN or SSID than the client is known to have been in is not its network. Of
    /// the others one goes first whose SSID, then one whose VLAN, is known to fit, then the longest prefix. Where
    /// several are equally close and would not say the same, it is none of them.
    ///
    /// - Parameters:
    ///   - vlan, ssid: nil when nobody saw it.
    func network(of address: IPAddress, vlan: UInt16? = nil, ssid: String? = nil) -> (
        network: Network?, isContested: Bool
    ) {
        var best: (network: Network, closeness: Int)?
        var isContested = false
        for network in networks {
            guard let closeness = closeness(network, address, vlan, ssid) else { continue }
            guard let known = best, closeness <= known.closeness else {
                best = (network, closeness)
                isContested = false
                continue
            }
            if closeness == known.closeness, !network.agrees(with: known.network) { isContested = true }
        }
        return isContested ? (nil, true) : (best?.network, false)
    }

    /// Nil when the client was not in it; the higher, the closer.
    private func closeness(_ network: Network, _ address: IPAddress, _ vlan: UInt16?, _ ssid: String?) -> Int?
    {
        if let prefix = network.prefix, !prefix.contains(address) { return nil }
        if let stated = network.ssid, let ssid, stated != ssid { return nil }
        if let stated = network.vlan, let vlan, stated != vlan { return nil }
        let fitsSSID = network.ssid != nil && ssid != nil
        let fitsVLAN = network.vlan != nil && vlan != nil
        // What states no addresses holds only where its VLAN or SSID was seen.
        guard network.prefix != nil || fitsSSID || fitsVLAN else { return nil }
        return (fitsSSID ? 512 : 0) + (fitsVLAN ? 256 : 0) + NetworkTable.length(network)
    }
}
