import Bytes
import Flows

/// Adds up contacts that are the same in everything but their counters. The result does not depend on the order
/// in which they come.
package struct ContactMerger {
    /// What makes two contacts different ones.
    private struct Key: Hashable {
        let client: IPAddress?
        let clientUser: String?
        let clientHost: String?
        /// Stands for the destination when it has no name.
        let server: IPAddress?
        let name: String?
        let candidates: [String]
        let evidence: NameEvidence
        let ambiguity: Ambiguity
        let concealment: Concealment?
        let signs: ContactSigns
        let issuers: [String]
        let port: UInt16
        let transport: String
        let service: String
        let action: ContactAction
        let hour: Int64?
        let scope: BytesScope
        let source: String
    }

    fileprivate struct Sum {
        var contact: Contact
        var servers: Set<IPAddress>
        var macsDiffer = false
    }

    private var sums: [Key: Sum] = [:]

    package init() {}

    package var count: Int { sums.count }

    /// Adds a contact; its `servers` may hold any number of addresses.
    package mutating func add(_ contact: Contact) {
        let key = Key(
            client: contact.client, clientUser: contact.clientUser, clientHost: contact.clientHost,
            server: contact.name == nil ? contact.servers.first : nil, name: contact.name,
            candidates: contact.candidates, evidence: contact.evidence, ambiguity: contact.ambiguity,
            concealment: contact.concealment, signs: contact.signs, issuers: contact.issuers,
            port: contact.port, transport: contact.transport, service: contact.service,
            action: contact.action, hour: contact.hour, scope: contact.bytesScope, source: contact.source)
        guard let known = sums.index(forKey: key) else {
            sums[key] = Sum(contact: contact, servers: Set(contact.servers))
            return
        }
        sums.values[known].add(contact)
    }

    /// Adds all that another merger holds.
    mutating func add(_ other: ContactMerger) {
        if sums.isEmpty {
            sums = other.sums
            return
        }
        sums.merge(other.sums) { known, new in
            var known = known
            known.add(new)
            return known
        }
    }

    /// The sums in output order.
    package func contacts() -> [Contact] {
        let finished = sums.values.map { sum -> Contact in
            var contact = sum.contact
            // The count that an earlier merging found; it may exceed the list that it kept.
            let listed = sum.servers.sorted()
            contact.serverCount = max(listed.count, contact.serverCount)
            contact.servers = Array(listed.prefix(Contact.serverListLimit))
            if sum.macsDiffer { contact.clientMAC = nil }
            return contact
        }
        return finished.sorted(by: ContactOrder.precedes)
    }

    /// Of two chains for one name the longer, else the one that sorts first: whatever came first.
    static func fuller(_ a: [String], _ b: [String]) -> [String] {
        if a.count != b.count { return a.count > b.count ? a : b }
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
                sums += merger.contacts()
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
    fileprivate mutating func add(_ other: ContactMerger.Sum) {
        add(other.contact)
        servers.formUnion(other.servers)
        if other.macsDiffer { macsDiffer = true }
    }

    fileprivate mutating func add(_ other: Contact) {
        servers.formUnion(other.servers)
        if contact.clientMAC != other.clientMAC { macsDiffer = true }
        contact.cnameChain = ContactMerger.fuller(contact.cnameChain, other.cnameChain)
        contact.serverCount = max(contact.serverCount, other.serverCount)
        contact.ja4 = Array(Set(contact.ja4).union(other.ja4).sorted().prefix(Contact.fingerprintLimit))
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
}

/// The order of contacts in every output: client, name, first server, port, transport; the rest only so that the
/// order is total.
package enum ContactOrder {
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
