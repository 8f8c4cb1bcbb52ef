package import Bytes
package import Contacts
import Register

/// The devices of an analysis: who they were, which rule said so, and their share of the traffic.
package struct DeviceList: Sendable {
    package struct Row: Equatable, Sendable {
        package var device: Device
        package var contacts = 0
        package var bytes: UInt64 = 0
        package var first: Timestamp
        package var last: Timestamp
        /// Distinct addresses that it had.
        package var addresses = 0
    }

    /// Traffic over IPv6, and how much of it could be tied to a device.
    package struct IPv6Share: Equatable, Sendable {
        package var addresses = 0
        package var tiedAddresses = 0
        package var bytes: UInt64 = 0
        package var tiedBytes: UInt64 = 0
    }

    /// Unattributed ones first, each part by falling bytes.
    package private(set) var rows: [Row] = []
    package private(set) var bytes: UInt64 = 0
    package private(set) var unattributedBytes: UInt64 = 0
    package private(set) var ipv6 = IPv6Share()
    /// Contacts whose client is no address of the district.
    package private(set) var outsideContacts = 0
    package private(set) var signs: [TranslationSign] = []

    private struct Key: Hashable {
        let key: DeviceKey
        let role: Role
        let rule: Device.Rule
        let doubt: Device.Doubt?
    }

    package init(_ facts: Facts, roster: Roster) {
        var found: [Key: (row: Row, addresses: Set<IPAddress>)] = [:]
        var all: Set<IPAddress> = []
        var tied: Set<IPAddress> = []
        for contact in facts.contacts {
            if let client = contact.client, !roster.isLocal(client) {
                outsideContacts += 1
                continue
            }
            let device = roster.device(for: contact)
            let key = Key(key: device.key, role: device.role, rule: device.rule, doubt: device.doubt)
            var entry = found[key] ?? (Row(device: device, first: contact.first, last: contact.last), [])
            entry.row.add(contact)
            if let client = contact.client { entry.addresses.insert(client) }
            found[key] = entry
            let volume = contact.bytesUp &+ contact.bytesDown
            bytes &+= volume
            if !device.isAttributed { unattributedBytes &+= volume }
            guard let client = contact.client, !client.isIPv4 else { continue }
            all.insert(client)
            ipv6.bytes &+= volume
            guard device.isAttributed else { continue }
            tied.insert(client)
            ipv6.tiedBytes &+= volume
        }
        ipv6.addresses = all.count
        ipv6.tiedAddresses = tied.count
        rows = found.values.map { entry in
            var row = entry.row
            row.addresses = entry.addresses.count
            return row
        }.sorted(by: DeviceList.precedes)
        signs = TranslationSign.find(facts, roster: roster)
    }

    private static func precedes(_ a: Row, _ b: Row) -> Bool {
        if a.device.isAttributed != b.device.isAttributed { return b.device.isAttributed }
        if a.bytes != b.bytes { return a.bytes > b.bytes }
        if a.device.key != b.device.key { return a.device.key < b.device.key }
        if a.device.rule != b.device.rule { return a.device.rule < b.device.rule }
        return (a.device.role.rawValue, a.device.doubt?.rawValue ?? "")
            < (b.device.role.rawValue, b.device.doubt?.rawValue ?? "")
    }
}

extension DeviceList.Row {
    fileprivate mutating func add(_ contact: Contact) {
        contacts += 1
        bytes &+= contact.bytesUp &+ contact.bytesDown
        first = min(first, contact.first)
        last = max(last, contact.last)
    }
}
