package import Bytes
package import Flows

/// What the network could not see, added up over contacts with destinations outside: per client, in flows and bytes.
package struct BlindSpots: Equatable, Sendable {
    /// Raw values are the words of every output.
    package enum Kind: String, Sendable, CaseIterable, Comparable {
        // Hidden: what lies behind cannot be named.
        case vpn
        case relay
        case tor
        case encryptedHello = "ech"
        case encryptedDNS = "encrypted_dns"
        /// Nothing hides it, and nothing names it.
        case unnamed
        // Signs: the contact has a name, with something odd about it.
        case offersECH = "ech_offered"
        case pretendsECH = "ech_grease"
        case certificateDiffers = "certificate_differs"
        /// The certificate was issued by the district's own filter, which reads what is inside.
        case intercepted

        package static func < (a: Kind, b: Kind) -> Bool { a.rawValue < b.rawValue }

        /// Whether the bytes belong to those that nobody could have named.
        package var hidesDestination: Bool {
            switch self {
            case .vpn, .relay, .tor, .encryptedHello, .encryptedDNS, .unnamed: true
            case .offersECH, .pretendsECH, .certificateDiffers, .intercepted: false
            }
        }

        init(_ concealment: Concealment) {
            switch concealment {
            case .vpn: self = .vpn
            case .encryptedDNS: self = .encryptedDNS
            case .relay: self = .relay
            case .tor: self = .tor
            case .encryptedHello: self = .encryptedHello
            }
        }
    }

    package struct Sum: Equatable, Sendable {
        package var flows: UInt64 = 0
        /// In both directions.
        package var bytes: UInt64 = 0

        package init(flows: UInt64 = 0, bytes: UInt64 = 0) {
            self.flows = flows
            self.bytes = bytes
        }

        mutating func merge(_ other: Sum) {
            flows = BlindSpots.sum(flows, other.flows)
            bytes = BlindSpots.sum(bytes, other.bytes)
        }

        mutating func add(_ contact: Contact) {
            flows = BlindSpots.sum(flows, contact.flows)
            bytes = BlindSpots.sum(bytes, BlindSpots.sum(contact.bytesUp, contact.bytesDown))
        }
    }

    /// Everything of one client, or of all of them.
    package struct Tally: Equatable, Sendable {
        /// All contacts with destinations outside.
        package var all = Sum()
        /// Those that nobody could have named.
        package var hidden = Sum()
        package var kinds: [Kind: Sum] = [:]

        package init() {}

        /// Adds a contact that reached outside, over a service that was used (not one that was blocked or unanswered).
        package mutating func add(_ contact: Contact, isIntercepted: Bool) {
            guard contact.action == .allowed else { return }
            // Nearly all: no sign of anything, and a name.
            guard isIntercepted || !contact.signs.isEmpty || BlindSpots.isHidden(contact) else {
                return all.add(contact)
            }
            add(contact, BlindSpots.kinds(contact, isIntercepted: isIntercepted))
        }

        package mutating func merge(_ other: Tally) {
            all.merge(other.all)
            hidden.merge(other.hidden)
            for (kind, sum) in other.kinds { kinds[kind, default: Sum()].merge(sum) }
        }

        private mutating func add(_ contact: Contact, _ kinds: Set<Kind>) {
            all.add(contact)
            if kinds.contains(where: \.hidesDestination) { hidden.add(contact) }
            for kind in kinds { self.kinds[kind, default: Sum()].add(contact) }
        }

        /// Kinds that occurred, in the order of their words.
        package var rows: [(kind: Kind, sum: Sum)] {
            kinds.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        }
    }

    /// Who a contact's client is, as far as the input says.
    package struct Client: Hashable, Sendable, Comparable {
        /// Whether `contact` is of this client, without making another.
        package func isOf(_ contact: Contact) -> Bool {
            if let address { return contact.client == address }
            return contact.client == nil && user == contact.clientUser && host == contact.clientHost
        }

        package var address: IPAddress?
        package var user: String?
        package var host: String?

        package init(_ contact: Contact) {
            address = contact.client
            user = contact.client == nil ? contact.clientUser : nil
            host = contact.client == nil ? contact.clientHost : nil
        }

        package static func < (a: Client, b: Client) -> Bool {
            if a.address != b.address {
                guard let second = b.address else { return true }
                return a.address.map { $0 < second } ?? false
            }
            return (a.user ?? "", a.host ?? "") < (b.user ?? "", b.host ?? "")
        }
    }

    package private(set) var total = Tally()
    private var clients: [Client: Tally] = [:]

    package init() {}

    /// Adds what was counted of a client.
    package mutating func add(_ tally: Tally, of client: Client) {
        guard tally.all != Sum() else { return }
        total.merge(tally)
        clients[client, default: Tally()].merge(tally)
    }

    package mutating func merge(_ other: BlindSpots) {
        total.merge(other.total)
        clients.merge(other.clients) { known, new in
            var sum = known
            sum.merge(new)
            return sum
        }
    }

    /// All contacts with a destination outside of the home networks; those of one client follow each other.
    package init(_ contacts: [Contact], homeNetworks: [IPPrefix]) {
        var client: Client?
        var tally = Tally()
        for contact in contacts where BlindSpots.isOutside(contact, homeNetworks) {
            if client?.isOf(contact) != true {
                if let client { add(tally, of: client) }
                client = Client(contact)
                tally = Tally()
            }
            tally.add(contact, isIntercepted: false)
        }
        if let client { add(tally, of: client) }
    }

    /// A contact of which no server is known (a log without addresses) counts as outside.
    private static func isOutside(_ contact: Contact, _ homeNetworks: [IPPrefix]) -> Bool {
        contact.servers.isEmpty
            || contact.servers.contains { server in
                !server.isMulticastOrBroadcast && !homeNetworks.contains { $0.contains(server) }
            }
    }

    /// Clients in order, each with what it did.
    package var byClient: [(client: Client, tally: Tally)] {
        clients.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// How many clients a kind occurred with.
    package func clientCount(_ kind: Kind) -> Int { clients.values.count { $0.kinds[kind] != nil } }

    /// Whether a contact has any of the kinds that hide the destination.
    package static func isHidden(_ contact: Contact) -> Bool {
        contact.concealment != nil || contact.name == nil && contact.candidates.isEmpty
    }

    package static func kinds(_ contact: Contact, isIntercepted: Bool) -> Set<Kind> {
        var kinds: Set<Kind> = []
        if let concealment = contact.concealment {
            kinds.insert(Kind(concealment))
        } else if contact.name == nil, contact.candidates.isEmpty {
            kinds.insert(.unnamed)
        }
        if contact.signs.contains(.offersECH) { kinds.insert(.offersECH) }
        if contact.signs.contains(.pretendsECH) { kinds.insert(.pretendsECH) }
        if isIntercepted {
            kinds.insert(.intercepted)
        } else if contact.signs.contains(.certificateDiffers) {
            kinds.insert(.certificateDiffers)
        }
        return kinds
    }

    /// Counters from hostile input must not trap; a sum that does not fit stays at the limit.
    private static func sum(_ a: UInt64, _ b: UInt64) -> UInt64 {
        let (sum, overflow) = a.addingReportingOverflow(b)
        return overflow ? .max : sum
    }
}

extension Coverage {
    /// Notes what nobody could have named, by kind, and all that was there to be named.
    package mutating func add(_ blindSpots: BlindSpots) {
        let total = blindSpots.total
        guard total.all.flows > 0 || total.all.bytes > 0 else { return }
        var added = [("flows_outside", total.all)]
        if total.hidden.flows > 0 { added.append(("flows_outside_without_a_name", total.hidden)) }
        added += total.rows.map { ("blind_spot_" + $0.kind.rawValue, $0.sum) }
        notes += added.map { Note(key: $0.0, count: $0.1.flows, bytes: $0.1.bytes) }
        notes.sort { $0.key < $1.key }
    }
}
