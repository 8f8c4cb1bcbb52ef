import Bytes
package import Contacts
import Flows
import Register

/// Who had which address when, by all sources together.
struct Holdings: Sendable {
    var addresses = IntervalTable<IPAddress>()
    /// Which wireless network a device was in, by RADIUS; the name stands in the place of a user.
    private var wireless = IntervalTable<MACAddress>()
    var texts = TextPool()
    /// What devices called themselves in DHCP, in order of time.
    private var hostNames: [MACAddress: [(time: Timestamp, host: Int32)]] = [:]
    /// Hardware addresses that send for others: routers, access points in bridge mode, proxies.
    var forwarders: Set<MACAddress> = []

    init() {}

    /// What the device called itself last, up to `moment`; else first.
    func hostName(of mac: MACAddress, by moment: Timestamp) -> String? {
        guard let names = hostNames[mac] else { return nil }
        return texts.text((names.last { $0.time <= moment } ?? names[0]).host)
    }

    /// The wireless network that the device was in during all of the time; nil when that is not known.
    func ssid(of mac: MACAddress, from first: Timestamp, to last: Timestamp) -> String? {
        guard case .one(let stretch) = wireless.answer(mac, from: first, to: last) else { return nil }
        return texts.text(stretch.user)
    }

    init(_ events: consuming LeaseEvents, _ facts: Facts, _ times: LeaseTimes) {
        var events = events
        events.take(facts.addresses)
        for name in facts.addresses.hostNames {
            hostNames[name.mac, default: []].append((name.time, events.texts.add(name.name)))
        }
        for (mac, names) in hostNames where names.count > 1 {
            hostNames[mac] = names.sorted { ($0.time, $0.host) < ($1.time, $1.host) }
        }
        forwarders = Holdings.forwarders(facts)
        var bindings = events.bindings(times)
        bindings += Holdings.neighbours(facts.addresses, forwarders)
        // What users did on a device in a session goes with the address that it had then.
        let users = IntervalTable(events.userBindings())
        if !users.keys.isEmpty { bindings = Holdings.join(bindings, users) }
        wireless = IntervalTable(events.wirelessBindings())
        texts = events.texts
        addresses = IntervalTable(bindings)
    }

    // MARK: Forwarders

    /// A device has one IPv4 address at a time, two in an hour in which it moves; a handful of temporary IPv6
    /// addresses.
    private static let addressesOfADevice = (ipv4: 2, ipv6: 16)

    private struct Place: Hashable {
        let mac: MACAddress
        let hour: Int64
        let isIPv4: Bool
    }

    private static func forwarders(_ facts: Facts) -> Set<MACAddress> {
        var seen: [Place: Set<IPAddress>] = [:]
        func note(_ mac: MACAddress, _ address: IPAddress, _ hour: Int64) {
            let place = Place(mac: mac, hour: hour, isIPv4: address.isIPv4)
            seen[place, default: []].insert(address)
        }
        for contact in facts.contacts {
            if let mac = contact.clientMAC, let client = contact.client {
                note(mac, client, contact.first.hour)
            }
        }
        for neighbour in facts.addresses.neighbours.keys {
            note(neighbour.mac, neighbour.address, neighbour.hour)
        }
        var found: Set<MACAddress> = []
        for (place, addresses) in seen {
            let limit = place.isIPv4 ? addressesOfADevice.ipv4 : addressesOfADevice.ipv6
            if addresses.count > limit { found.insert(place.mac) }
        }
        return found
    }

    // MARK: ARP and neighbour discovery

    /// How long before and after it was seen a hardware address is taken to have had an IP address.
    private static let hold: Int64 = 15 * 60

    private static func neighbours(_ facts: AddressFacts, _ forwarders: Set<MACAddress>)
        -> [Binding<IPAddress>]
    {
        let seen = facts.neighbours.filter { !forwarders.contains($0.key.mac) }.sorted { a, b in
            if a.key.address != b.key.address { return a.key.address < b.key.address }
            if a.value.first != b.value.first { return a.value.first < b.value.first }
            return a.key.mac < b.key.mac
        }
        var bindings: [Binding<IPAddress>] = []
        bindings.reserveCapacity(seen.count)
        for (index, (key, span)) in seen.enumerated() {
            var from = span.first.adding(seconds: -hold)
            var to = span.last.adding(seconds: hold)
            // Where another was seen before or after, it reaches no further than that.
            if index > 0, seen[index - 1].key.address == key.address, seen[index - 1].key.mac != key.mac,
                seen[index - 1].value.last < span.first
            {
                from = max(from, seen[index - 1].value.last)
            }
            if index + 1 < seen.count, seen[index + 1].key.address == key.address,
                seen[index + 1].key.mac != key.mac, span.last < seen[index + 1].value.first
            {
                to = min(to, seen[index + 1].value.first)
            }
            // One packet is a moment, and a stretch has to have a length.
            if to <= from { to = from.adding(seconds: 1) }
            bindings.append(
                Binding(
                    key: key.address, from: from, to: to, holder: .mac(key.mac), host: TextPool.none,
                    user: TextPool.none, source: .neighbour, isWeak: false))
        }
        return bindings
    }

    // MARK: Users

    private static func join(_ bindings: [Binding<IPAddress>], _ users: IntervalTable<MACAddress>)
        -> [Binding<IPAddress>]
    {
        var joined = bindings
        for binding in bindings where binding.user == TextPool.none {
            guard let mac = binding.holder.mac else { continue }
            for stretch in users.stretches(of: mac, from: binding.from, to: binding.to) {
                joined.append(
                    Binding(
                        key: binding.key, from: max(stretch.from, binding.from),
                        to: min(stretch.to, binding.to),
                        holder: binding.holder, host: binding.host, user: stretch.user, source: .radius,
                        isWeak: binding.isWeak))
            }
        }
        return joined
    }
}

extension LeaseEvents {
    /// What captures say of leases.
    mutating func take(_ facts: AddressFacts) {
        for lease in facts.leases {
            // A DHCPv6 client's hardware address comes from its DUID.
            let isWeak = !lease.address.isIPv4
            switch lease.kind {
            case .given:
                guard let mac = lease.mac else { continue }
                let seconds = lease.seconds.map { $0 == .max ? LeaseEvents.forever : Int64($0) }
                give(
                    lease.address, to: .mac(mac), at: lease.time, seconds: seconds, source: .captureDHCP,
                    isWeak: isWeak)
            case .ended:
                end(lease.address, of: lease.mac.map { .mac($0) }, at: lease.time, source: .captureDHCP)
            }
        }
    }
}

extension Roster {
    /// The same roster with who had which address, by lease files and by what the captures of `facts` show.
    ///
    /// - Parameters:
    ///   - district: the district's time zone, in which servers write unless the roster says otherwise.
    package func attributing(
        _ facts: Facts, leases paths: [String], district: String
    ) -> (roster: Roster, reports: [LeaseReport]) {
        let zone = [leaseZone, timezone, district].compactMap { $0 }.lazy.compactMap { ZoneOffsets($0) }.first
        var files = LeaseFiles(LeaseContext(zone: zone ?? .utc, reference: Roster.middle(of: facts)))
        files.read(paths)
        let (events, reports) = files.finish()
        let table = self.table
        let general = leaseSeconds
        let times = LeaseTimes { address in table.network(of: address).network?.leaseSeconds ?? general }
        var roster = self
        roster.holdings = Holdings(events, facts, times)
        return (roster, reports)
    }

    /// The middle of the time under analysis, which tells the year of logs that leave it out.
    private static func middle(of facts: Facts) -> Timestamp? {
        guard let first = facts.contacts.map(\.first).min(), let last = facts.contacts.map(\.last).max()
        else {
            return nil
        }
        return Timestamp(nanoseconds: first.nanoseconds / 2 + last.nanoseconds / 2)
    }
}
