import Bytes
import Flows

/// Adds up contacts that are the same in everything but their counters. The result does not depend on the order
/// in which they come.
///
/// An open-addressing index (linear probing) over a list of sums, like `FlowTable`: a dictionary would keep every
/// key twice, and a contact's key is most of the contact.
package struct ContactMerger {
    fileprivate struct Sum {
        var contact: Contact
        /// Stands for the destination when it has no name.
        let server: IPAddress?
        let hash: Int
        /// All distinct addresses, once there are too many for the contact's own list.
        var servers: Set<IPAddress>?
        var macsDiffer = false
        var vlansDiffer = false
    }

    private var sums: [Sum] = []
    /// Position + 1 of an entry in `sums`; 0 is empty. A power of two in length, at most half full.
    private var index: [UInt32] = Array(repeating: 0, count: 64)

    package init() {}

    package var count: Int { sums.count }

    /// Adds a contact; its `servers` may hold any number of addresses.
    package mutating func add(_ contact: consuming Contact) {
        let server = contact.name == nil ? contact.servers.first : nil
        let hash = ContactMerger.hash(contact, server)
        if let known = find(contact, server, hash) {
            sums[known].add(contact)
        } else {
            append(Sum(contact, server, hash))
        }
    }

    /// Adds all that another merger holds.
    mutating func add(_ other: ContactMerger) {
        if sums.isEmpty {
            self = other
            return
        }
        for sum in other.sums {
            if let known = find(sum.contact, sum.server, sum.hash) {
                sums[known].add(sum)
            } else {
                append(sum)
            }
        }
    }

    private mutating func append(_ sum: Sum) {
        sums.append(sum)
        if sums.count &* 2 > index.count {
            index = Array(repeating: 0, count: index.count &* 2)
            for position in sums.indices { enter(sums[position].hash, at: position + 1) }
        } else {
            enter(sum.hash, at: sums.count)
        }
    }

    private mutating func enter(_ hash: Int, at entry: Int) {
        let mask = index.count &- 1
        var slot = hash & mask
        while index[slot] != 0 { slot = (slot &+ 1) & mask }
        index[slot] = UInt32(truncatingIfNeeded: entry)
    }

    private func find(_ contact: Contact, _ server: IPAddress?, _ hash: Int) -> Int? {
        let mask = index.count &- 1
        var slot = hash & mask
        while index[slot] != 0 {
            let position = Int(index[slot]) &- 1
            if sums[position].isOf(contact, server, hash) { return position }
            slot = (slot &+ 1) & mask
        }
        return nil
    }

    /// Of what tells most contacts apart.
    private static func hash(_ contact: Contact, _ server: IPAddress?) -> Int {
        var hasher = Hasher()
        hasher.combine(contact.client)
        hasher.combine(contact.clientUser)
        hasher.combine(contact.clientHost)
        hasher.combine(contact.name)
        hasher.combine(server)
        hasher.combine(contact.port)
        hasher.combine(contact.hour)
        return hasher.finalize()
    }

    /// Hands out the sums in output order, and forgets them.
    package mutating func takeContacts() -> [Contact] {
        var taken: [Sum] = []
        swap(&taken, &sums)
        self = ContactMerger()
        for position in taken.indices { taken[position].finish() }
        let order = taken.indices.sorted { ContactOrder.precedes(taken[$0].contact, taken[$1].contact) }
        return order.map { taken[$0].contact }
    }

    /// Of two chains for one name the longer, else the one that sorts first: whatever came first.
    static func fuller(_ a: [String], _ b: [String]) -> [String] {
        if a.count != b.count { return a.count > b.count ? a : b }
        if a.isEmpty { return a }
        return a.lexicographicallyPrecedes(b) ? a : b
    }

    /// The same contacts, which are in output order, with all hours added up.
    package static func mergedOverHours(_ contacts: [Contact]) -> [Contact] {
        var sums: [Contact] = []
        var start = 0
        // What becomes one contact has one client and name, and in output order these stand together.
        while start < contacts.count {
            var end = start + 1
            while end < contacts.count, ContactOrder.haveSameEnds(contacts[start], contacts[end]) { end += 1 }
            if end == start + 1 {
                sums.append(timeless(contacts[start]))
            } else {
                var merger = ContactMerger()
                for contact in contacts[start..<end] { merger.add(timeless(contact)) }
                sums += merger.takeContacts()
            }
            start = end
        }
        return sums
    }

    private static func timeless(_ contact: Contact) -> Contact {
        var timeless = contact
        timeless.hour = nil
        timeless.starts = 0
        timeless.active = 0
        return timeless
    }
}

extension ContactMerger.Sum {
    /// A list of this many addresses is searched as fast as a set.
    private static let listLimit = 64

    fileprivate init(_ contact: consuming Contact, _ server: IPAddress?, _ hash: Int) {
        self.contact = contact
        self.server = server
        self.hash = hash
        if self.contact.servers.count > 1 {
            let distinct = Set(self.contact.servers)
            self.contact.servers = distinct.sorted()
            if distinct.count > Self.listLimit { servers = distinct }
        }
    }

    /// Whether `contact` differs from this one in counters only; `server` and `hash` as in the initialiser.
    fileprivate func isOf(_ other: Contact, _ server: IPAddress?, _ hash: Int) -> Bool {
        self.hash == hash && contact.client == other.client && contact.hour == other.hour
            && contact.port == other.port && contact.name == other.name && self.server == server
            && contact.clientUser == other.clientUser && contact.clientHost == other.clientHost
            && contact.evidence == other.evidence && contact.ambiguity == other.ambiguity
            && contact.action == other.action && contact.service == other.service
            && contact.transport == other.transport && contact.concealment == other.concealment
            && contact.signs == other.signs && contact.bytesScope == other.bytesScope
            && contact.source == other.source && contact.candidates == other.candidates
            && contact.issuers == other.issuers
    }

    fileprivate mutating func add(_ other: ContactMerger.Sum) {
        add(other.contact)
        if let more = other.servers { for server in more { add(server: server) } }
        if other.macsDiffer { macsDiffer = true }
        if other.vlansDiffer { vlansDiffer = true }
    }

    fileprivate mutating func add(_ other: Contact) {
        for server in other.servers { add(server: server) }
        if contact.clientMAC != other.clientMAC { macsDiffer = true }
        if contact.clientVLAN != other.clientVLAN { vlansDiffer = true }
        if !other.cnameChain.isEmpty {
            contact.cnameChain = ContactMerger.fuller(contact.cnameChain, other.cnameChain)
        }
        contact.serverCount = max(contact.serverCount, other.serverCount)
        if contact.ja4 != other.ja4 {
            let all = Set(contact.ja4).union(other.ja4)
            contact.ja4 = Array(all.sorted().prefix(Contact.fingerprintLimit))
        }
        contact.first = min(contact.first, other.first)
        contact.last = max(contact.last, other.last)
        contact.starts |= other.starts
        contact.active |= other.active
        contact.flows &+= other.flows
        contact.packetsUp &+= other.packetsUp
        contact.packetsDown &+= other.packetsDown
        contact.bytesUp &+= other.bytesUp
        contact.bytesDown &+= other.bytesDown
    }

    private mutating func add(server: IPAddress) {
        if servers != nil {
            servers?.insert(server)
        } else if !contact.servers.contains(server) {
            let place = contact.servers.firstIndex { server < $0 } ?? contact.servers.count
            contact.servers.insert(server, at: place)
            if contact.servers.count > Self.listLimit { servers = Set(contact.servers) }
        }
    }

    /// Makes the contact what is shown.
    fileprivate mutating func finish() {
        if let servers { contact.servers = servers.sorted() }
        // The count that an earlier merging found may exceed the list that it kept.
        contact.serverCount = max(contact.servers.count, contact.serverCount)
        if contact.servers.count > Contact.serverListLimit {
            contact.servers.removeLast(contact.servers.count - Contact.serverListLimit)
        }
        if macsDiffer { contact.clientMAC = nil }
        if vlansDiffer { contact.clientVLAN = nil }
    }
}

/// The order of contacts in every output: client, name, first server, port, transport; the rest only so that the
/// order is total.
package enum ContactOrder {
    /// `contacts` in order. Sorts their positions: a contact is too large to be moved about.
    package static func sorted(_ contacts: [Contact]) -> [Contact] {
        let order = contacts.indices.sorted { precedes(contacts[$0], contacts[$1]) }
        return order.map { contacts[$0] }
    }

    package static func precedes(_ a: Contact, _ b: Contact) -> Bool {
        if a.client != b.client { return optional(a.client, b.client) }
        if a.clientHost != b.clientHost { return optional(a.clientHost, b.clientHost) }
        if a.clientUser != b.clientUser { return optional(a.clientUser, b.clientUser) }
        if a.name != b.name { return optional(a.name, b.name) }
        if a.servers.first != b.servers.first { return optional(a.servers.first, b.servers.first) }
        if a.port != b.port { return a.port < b.port }
        if a.transport != b.transport { return a.transport < b.transport }
        if a.hour != b.hour { return optional(a.hour, b.hour) }
        return tail(a).lexicographicallyPrecedes(tail(b))
    }

    /// Whether both are of one client and one name, or of none: such contacts stand together.
    static func haveSameEnds(_ a: Contact, _ b: Contact) -> Bool {
        a.client == b.client && a.name == b.name && a.clientHost == b.clientHost
            && a.clientUser == b.clientUser
    }

    private static func optional<T: Comparable>(_ a: T?, _ b: T?) -> Bool {
        guard let b else { return false }
        guard let a else { return true }
        return a < b
    }

    private static func tail(_ contact: Contact) -> [String] {
        [contact.service, contact.evidence.rawValue, contact.ambiguity.rawValue, contact.action.rawValue]
            + [contact.bytesScope.rawValue, contact.source, contact.concealment?.rawValue ?? ""]
            + contact.signs.words + ["|"] + contact.issuers + ["|"] + contact.candidates + ["|"]
            + contact.cnameChain
    }
}
