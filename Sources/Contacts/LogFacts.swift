package import Bytes
package import Logs

/// What logs told, on its way to contacts: what states an address and no name waits until all DNS answers are known,
/// those of captures too.
package struct LogFacts {
    private let sinkholes: Set<IPAddress>
    /// Rows of all files, until `close`.
    private var rows = LogAggregator()
    /// In output order, and no two of them like each other: rows are distinct in what distinguishes contacts.
    private var named: [Contact] = []
    private var unnamed = ContactMerger()
    private var dns = LogDNSTable()

    /// `sinkholes`: addresses that the district's filter answers with instead of a refused name's own.
    package init(sinkholes: Set<IPAddress> = []) { self.sinkholes = sinkholes }

    /// Adds a contact of a client that is an address with an address: it waits for an answer that names it.
    mutating func add(unnamed contact: Contact) { unnamed.add(contact) }

    /// Adds up what one file or piece of a file told; its rows have the numbers of their formats. Returns how many
    /// records found no room.
    @discardableResult
    package mutating func add(_ other: LogAggregator) -> UInt64 {
        if rows.count == 0 {
            rows = other
            return 0
        }
        return rows.merge(other)
    }

    /// Makes contacts of all rows, once every log has been read. `kinds` are the words of their formats by number.
    package mutating func close(kinds: [String]) {
        let rows = self.rows
        self.rows = LogAggregator()
        named.reserveCapacity(rows.count)
        var group: [Contact] = []
        rows.forEachRow { row in
            let number = Int(row.format)
            var contact = Contact(row, source: number < kinds.count ? kinds[number] : "log")
            if contact.isNameable { return unnamed.add(contact) }
            KnownHosts.mark(&contact)
            if let first = group.first, !ContactOrder.haveSameEnds(first, contact) { close(&group) }
            group.append(contact)
        }
        close(&group)
    }

    /// Appends contacts of one client with one destination, which rows have in another order than outputs.
    private mutating func close(_ group: inout [Contact]) {
        if group.count > 1 { group.sort(by: ContactOrder.precedes) }
        named.append(contentsOf: group)
        group.removeAll(keepingCapacity: true)
    }

    /// Adds what a log of the format called `source` told of lookups; returns how many entries found no room.
    @discardableResult
    package mutating func add(_ table: LogDNSTable, source: String) -> UInt64 {
        table.forEachExchange { unnamed.add(Contact($0, source: source)) }
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
        builder.add(listed: named)
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
