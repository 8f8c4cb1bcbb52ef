package import Bytes
package import Contacts
import Register

/// From a contact to a device: the first rule that matches decides, in order of rank. Explicit device, lease, user,
/// host-name pattern, network.
extension Roster {
    /// What the roster says of a contact's client during all of the contact.
    package func device(for contact: Contact) -> Device {
        let client = contact.client
        let found = client.map { claim(on: $0, contact) } ?? Claim.none
        var device = stand(
            for: client, found, network(of: contact, found), user: contact.clientUser,
            host: contact.clientHost)
        if device.key == .nothing {
            if let client {
                device.key = .address(client)
            } else if let user = contact.clientUser {
                device.key = .user(user)
            } else if let host = contact.clientHost {
                device.key = .host(host)
            }
        }
        return device
    }

    /// Whether more than networks and fixed addresses is known: then one address may be several devices.
    package var tellsDevicesApart: Bool {
        !holdings.addresses.keys.isEmpty || !index.devices.isEmpty || !users.isEmpty || !hosts.isEmpty
    }

    /// The contacts of each device together, devices in a fixed order, contacts in the order given.
    package func byDevice(_ contacts: [Contact]) -> [(device: Device, contacts: [Contact])] {
        var groups: [Device: [Contact]] = [:]
        for contact in contacts {
            var device = device(for: contact)
            // How it was told is not who it was.
            device.rule = .none
            device.place = nil
            device.source = nil
            groups[device, default: []].append(contact)
        }
        return groups.map { (device: $0.key, contacts: $0.value) }.sorted { a, b in
            if a.device.key != b.device.key { return a.device.key < b.device.key }
            let (first, second) = (a.device, b.device)
            return (
                first.role.rawValue, first.school ?? "", first.grades?.bits ?? 0, first.doubt?.rawValue ?? ""
            )
                < (
                    second.role.rawValue, second.school ?? "", second.grades?.bits ?? 0,
                    second.doubt?.rawValue ?? ""
                )
        }
    }

    /// What the roster says of an address whatever the moment: fixed addresses and networks alone.
    package func device(for client: IPAddress) -> Device {
        var device = stand(for: client, .none, table.network(of: client), user: nil, host: nil)
        if device.key == .nothing { device.key = .address(client) }
        return device
    }

    /// What the roster says of an address at a moment, such as that of a lookup.
    package func device(for client: IPAddress, at moment: Timestamp) -> Device {
        var contact = Contact(client: client, servers: [], port: 0, transport: "", first: moment)
        contact.last = moment
        return device(for: contact)
    }

    /// Who had an address.
    private enum Claim {
        case none
        /// A hardware address, by what, and what is known beside it.
        case hardware(MACAddress, BindingSource?, host: String?, user: String?)
        /// A client without a hardware address.
        case other(BindingSource, host: String?, user: String?)
        case contested
    }

    private func claim(on client: IPAddress, _ contact: Contact) -> Claim {
        switch holdings.addresses.answer(client, from: contact.first, to: contact.last) {
        case .one(let stretch):
            let host = holdings.texts.text(stretch.host)
            let user = holdings.texts.text(stretch.user)
            guard let mac = stretch.holder?.mac else { return .other(stretch.source, host: host, user: user) }
            return .hardware(
                mac, stretch.source, host: host ?? holdings.hostName(of: mac, by: contact.last), user: user)
        case .several(let holders):
            // All packets of the contact came from one of them: then it was that one.
            guard let mac = ownHardware(contact), holders.contains(.mac(mac)) else { return .contested }
            return .hardware(mac, .neighbour, host: holdings.hostName(of: mac, by: contact.last), user: nil)
        case .nobody:
            if let mac = ownHardware(contact), index.device(mac) != nil {
                return .hardware(mac, .neighbour, host: nil, user: nil)
            }
            // An interface that forms its address from its hardware address (RFC 4291 appendix A).
            if let mac = client.embeddedHardwareAddress {
                return .hardware(mac, nil, host: holdings.hostName(of: mac, by: contact.last), user: nil)
            }
            return .none
        }
    }

    private typealias Location = (network: Network?, isContested: Bool)

    private func network(of contact: Contact, _ claim: Claim) -> Location {
        guard let client = contact.client else { return (nil, false) }
        var ssid: String?
        if case .hardware(let mac, _, _, _) = claim {
            ssid = holdings.ssid(of: mac, from: contact.first, to: contact.last)
        }
        return table.network(of: client, vlan: contact.clientVLAN, ssid: ssid)
    }

    /// The hardware address of the contact's frames, unless it forwards for others.
    private func ownHardware(_ contact: Contact) -> MACAddress? {
        guard let mac = contact.clientMAC, mac.isUnicast, !holdings.forwarders.contains(mac) else {
            return nil
        }
        if let listed = index.device(mac), listed.standing.role == .infrastructure { return nil }
        return mac
    }

    private func stand(
        for client: IPAddress?, _ claim: Claim, _ location: Location, user: String?, host: String?
    ) -> Device {
        if let client, let listed = index.device(client) {
            return device(listed, .device, location.network)
        }
        var known = Device.unknown
        var user = user
        var host = host
        switch claim {
        case .contested:
            known.doubt = .twoLeases
            return known
        case .hardware(let mac, let source, let itsHost, let itsUser):
            known.key = .hardware(mac)
            known.source = source
            known.isRandomised = mac.isLocallyAdministered
            user = user ?? itsUser
            host = host ?? itsHost
            if let listed = index.device(mac) {
                var device = device(listed, source == nil ? .device : .lease, location.network)
                device.source = source
                return device
            }
        case .other(let source, let itsHost, let itsUser):
            known.source = source
            user = user ?? itsUser
            host = host ?? itsHost
        case .none: break
        }
        return stand(known, location, user: user, host: host)
    }

    /// By user, host name, network.
    private func stand(_ known: Device, _ location: Location, user: String?, host: String?) -> Device {
        var device = known
        let network = location.network
        if let user, let (standing, place) = standing(ofUser: user) {
            apply(standing, network, .user, place, to: &device)
        } else if let host, let (standing, place) = standing(ofHost: host) {
            apply(standing, network, .hostname, place, to: &device)
        } else if let network {
            apply(Standing(), network, .network, network.place, to: &device)
        } else if location.isContested {
            device.doubt = .twoNetworks
        }
        return device
    }

    private func device(_ listed: ListedDevice, _ rule: Device.Rule, _ network: Network?) -> Device {
        var device = Device(key: .listed(listed.id), role: .unknown, rule: rule)
        apply(listed.standing, network, rule, listed.place, to: &device)
        return device
    }

    /// What a standing leaves open, the network fills in.
    private func apply(
        _ standing: Standing, _ network: Network?, _ rule: Device.Rule, _ place: Place,
        to device: inout Device
    ) {
        device.role = standing.role ?? network?.role ?? .unknown
        device.school = standing.school ?? network?.school
        device.grades =
            standing.grades ?? standing.school.flatMap { school($0)?.grades } ?? network?.grades
        device.rule = rule
        device.place = place
    }

    private func standing(ofUser user: String) -> (Standing, Place)? {
        if let listed = index.standing(ofUser: user) { return (listed.standing, listed.place) }
        guard !users.isEmpty else { return nil }
        let name = Array(user.lowercased().utf8)
        return users.first { $0.pattern.matches(name) }.map { ($0.standing, $0.place) }
    }

    private func standing(ofHost host: String) -> (Standing, Place)? {
        if let listed = index.standing(ofHost: host) { return (listed.standing, listed.place) }
        guard !hosts.isEmpty else { return nil }
        let name = Array(host.lowercased().utf8)
        let rule = hosts.first { $0.pattern.matches(name) }
        // Servers add a domain to what the device calls itself: a pattern may be meant for either.
        let label = Array(DeviceIndex.label(host).utf8)
        return (rule ?? hosts.first { $0.pattern.matches(label) }).map { ($0.standing, $0.place) }
    }
}

extension IPAddress {
    /// The hardware address from which an IPv6 interface identifier in modified EUI-64 form was made (RFC 4291
    /// appendix A): `ff:fe` in the middle and the universal bit flipped. Nil for all other addresses.
    package var embeddedHardwareAddress: MACAddress? {
        guard !isIPv4, (low >> 24) & 0xffff == 0xfffe else { return nil }
        let bits = ((low >> 40) ^ 0x02_0000) << 24 | (low & 0xff_ffff)
        let mac = MACAddress(bits: bits)
        return mac.isUnicast && !mac.isLocallyAdministered ? mac : nil
    }
}
