package import Bytes
package import Logs

/// What logs told, on its way to contacts: what states an address and no name waits until all DNS answers are known,
/// those of captures too.
package struct LogFacts {
    private let sinkholes: Set<IPAddress>
    private var named: [Contact] = []
    private var unnamed = ContactMerger()
    private var dns = LogDNSTable()

    /// `sinkholes`: addresses that the district's filter answers with instead of a refused name's own.
    package init(sinkholes: Set<IPAddress> = []) { self.sinkholes = sinkholes }

    package mutating func add(_ contact: Contact) {
        if contact.isNameable { unnamed.add(contact) } else { named.append(contact) }
    }

    /// Adds what a log of the format called `source` told of lookups; returns how many entries found no room.
    @discardableResult
    package mutating func add(_ table: LogDNSTable, source: String) -> UInt64 {
        table.forEachExchange { add(Contact($0, source: source)) }
        return dns.merge(table)
    }

    /// What clients were told, according to the logs.
    package var answers: LoggedAnswers { LoggedAnswers(dns) }

    /// Whether anything waits for answers.
    package var isWaiting: Bool { unnamed.count > 0 }

    /// Hands on everything. `answers` is what logs and captures told.
    package consuming func finish(
        _ answers: LoggedAnswers, into builder: inout ContactBuilder, _ lookups: inout LookupTable
    ) {
        for contact in named { builder.add(contact) }
        var unnamed = unnamed
        for contact in unnamed.takeContacts() {
            var contact = contact
            answers.name(&contact)
            if contact.servers.contains(where: sinkholes.contains) { contact.action = .blocked }
            builder.add(contact)
        }
        let sunk = LoggedAnswers.sunk(dns, sinkholes)
        dns.forEachLookup {
            lookups.take($0, isSunk: sunk.contains(ClientAndName(client: $0.client, name: $0.name)))
        }
    }
}
