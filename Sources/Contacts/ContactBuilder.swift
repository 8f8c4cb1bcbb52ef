package import Bytes
package import Flows
package import Logs
import Names
import Packets

/// Flows and DNS answers to contacts and lookups.
package struct ContactBuilder {
    private let orientation: FlowOrientation
    private let sinkholes: Set<IPAddress>
    private var join = DNSJoin()
    private var merger = ContactMerger()
    private var lookups: LookupTable
    /// What logs told of lookups, and what clients were told by answers in captures.
    private var logged = LogDNSTable()
    private var answers = LoggedAnswers()
    /// Contacts from logs that state an address and no name.
    private var unnamed = ContactMerger()
    private var flows: UInt64 = 0

    /// `sinkholes`: addresses that the district's filter answers with instead of a refused name's own.
    package init(
        homeNetworks: [IPPrefix] = IPPrefix.defaultHomeNetworks, sinkholes: Set<IPAddress> = []
    ) {
        orientation = FlowOrientation(homeNetworks: homeNetworks)
        self.sinkholes = sinkholes
        lookups = LookupTable(sinkholes: sinkholes)
    }

    /// Takes in all that an engine found, in the order in which it happened. Logs must have been added before.
    package mutating func take(_ engine: FlowEngine) {
        answers = LoggedAnswers(logged)
        defer { nameUnnamed(engine.output.dns) }
        let observations = engine.output.dns
        var next = 0
        // By first packet, which differs from the table's order only for joined fragments.
        for flow in engine.table.flows.sorted(by: { $0.firstPacket < $1.firstPacket }) {
            while next < observations.count, observations[next].packet < flow.firstPacket {
                take(observations[next])
                next += 1
            }
            add(flow, engine)
        }
        while next < observations.count {
            take(observations[next])
            next += 1
        }
    }

    private mutating func take(_ observation: DNSObservation) {
        join.take(observation)
        lookups.take(observation)
    }

    /// Adds a contact from a log. One without a name waits for `take`, which knows all DNS answers.
    package mutating func add(_ contact: Contact) {
        if contact.isNameable { unnamed.add(contact) } else { addMarked(contact) }
    }

    /// Adds what a log of the format called `source` told of lookups; returns how many entries found no room.
    @discardableResult
    package mutating func add(_ table: LogDNSTable, source: String) -> UInt64 {
        table.forEachExchange { add(Contact($0, source: source)) }
        return logged.merge(table)
    }

    /// Names the contacts of flow logs by what their clients had been told, in logs or in captures.
    private mutating func nameUnnamed(_ observations: [DNSObservation]) {
        guard unnamed.count > 0 else { return }
        var all = answers
        for observation in observations { all.take(observation) }
        for contact in unnamed.contacts() {
            var contact = contact
            all.name(&contact)
            if contact.servers.contains(where: sinkholes.contains) { contact.action = .blocked }
            addMarked(contact)
        }
        unnamed = ContactMerger()
    }

    private mutating func addMarked(_ contact: Contact) {
        var marked = contact
        KnownHosts.mark(&marked)
        merger.add(marked)
    }

    package var flowCount: UInt64 { flows }

    package func finish() -> (contacts: [Contact], lookups: [Lookup]) {
        let contacts = CNAMEChains.shared(among: merger.contacts())
        var all = lookups
        let sunk = LoggedAnswers.sunk(logged, sinkholes)
        logged.forEachLookup {
            all.take($0, isSunk: sunk.contains(ClientAndName(client: $0.client, name: $0.name)))
        }
        return (contacts, all.lookups(contacts: contacts))
    }

    private mutating func add(_ flow: Flow, _ engine: FlowEngine) {
        flows &+= 1
        let clientIsA = orientation.clientIsA(flow)
        var slice: FlowSlice? = flow.current
        while let present = slice {
            let index = present.label >= 0 ? present.label : flow.firstLabel
            let label = index >= 0 ? engine.output.labels[Int(index)] : nil
            merger.add(contact(flow, present, label, clientIsA: clientIsA))
            slice = present.previous >= 0 ? engine.slices[Int(present.previous)] : nil
        }
    }

    private func contact(_ flow: Flow, _ slice: FlowSlice, _ label: FlowLabel?, clientIsA: Bool) -> Contact {
        let key = flow.key
        // A load balancer speaks for a client that its PROXY header names.
        let client = label?.proxiedClient ?? (clientIsA ? key.addressA : key.addressB)
        let server = clientIsA ? key.addressB : key.addressA
        let port = clientIsA ? key.portB : key.portA
        var contact = Contact(
            client: client, servers: [server], port: port, transport: IPProtocol.name(key.transport),
            first: slice.first)
        contact.last = slice.last
        contact.hour = slice.hour
        contact.starts = slice.isStart ? MinuteMask.bit(slice.first) : 0
        contact.active = MinuteMask.range(slice.first, slice.last, hour: slice.hour)
        if label?.proxiedClient == nil { contact.clientMAC = clientIsA ? flow.macA : flow.macB }
        contact.flows = slice.isStart ? 1 : 0
        contact.packetsUp = clientIsA ? slice.packetsFromA : slice.packetsFromB
        contact.packetsDown = clientIsA ? slice.packetsFromB : slice.packetsFromA
        contact.bytesUp = clientIsA ? slice.bytesFromA : slice.bytesFromB
        contact.bytesDown = clientIsA ? slice.bytesFromB : slice.bytesFromA
        contact.service = (label?.service ?? .unknown).rawValue
        contact.action = action(flow, label, clientIsA: clientIsA)
        if sinkholes.contains(server) { contact.action = .blocked }
        contact.ja4 = [label?.ja4].compactMap(\.self)
        contact.issuers = label?.certificateIssuers ?? []
        name(&contact, label, client: client, server: server, at: flow.first)
        conceal(&contact, label, client: client)
        return contact
    }

    /// Why the true destinations are hidden: the service itself, a resolver that this client was told of, or what is
    /// known of the destination.
    private func conceal(_ contact: inout Contact, _ label: FlowLabel?, client: IPAddress) {
        let isESP = contact.transport == IPProtocol.name(IPProtocol.esp)
        if contact.concealment == nil {
            contact.concealment = label?.service.concealment ?? (isESP ? .vpn : nil)
        }
        if contact.concealment == nil, contact.port == 443, join.isResolver(contact.name, client: client) {
            contact.concealment = .encryptedDNS
            contact.service = FlowService.dnsOverHTTPS.rawValue
        }
        if contact.concealment != nil { contact.ambiguity = .concealed }
        KnownHosts.mark(&contact)
    }

    private func action(_ flow: Flow, _ label: FlowLabel?, clientIsA: Bool) -> ContactAction {
        // 403 is a proxy's policy; other refusals (407, 502, ...) never reached the destination.
        if let status = label?.tunnelStatus, status >= 400 { return status == 403 ? .blocked : .attempted }
        let failed = isUnanswered(flow, clientIsA: clientIsA) || label?.handshakeFailed == true
        return failed ? .attempted : .allowed
    }

    /// A TCP server that sent nothing but resets took no data.
    private func isUnanswered(_ flow: Flow, clientIsA: Bool) -> Bool {
        guard flow.key.transport == IPProtocol.tcp else { return false }
        return !flow.flags.contains(clientIsA ? .spokeB : .spokeA)
    }

    private func hasOuterName(_ label: FlowLabel, client: IPAddress) -> Bool {
        guard label.offersECH, let name = label.name else { return false }
        return join.isPublicName(name, client: client) || KnownRelays.helloCovers.contains(name)
    }

    /// What the handshake showed beside its name.
    private func sign(_ contact: inout Contact, _ label: FlowLabel, told: [DNSJoin.Candidate]) {
        guard let name = label.name else { return }
        if label.offersECH {
            contact.signs.insert(told.contains { $0.name == name } ? .pretendsECH : .offersECH)
        }
        let isServerName = label.kind == .tlsSNI || label.kind == .dtlsSNI
        guard isServerName, !label.handshakeFailed, !label.certificateNames.isEmpty else { return }
        if !CertificateCover.covers(label.certificateNames, name) {
            contact.signs.insert(.certificateDiffers)
        }
    }

    /// By rank: what the flow states, then what this client was told by the DNS, then the certificate.
    private func name(
        _ contact: inout Contact, _ label: FlowLabel?, client: IPAddress, server: IPAddress,
        at time: Timestamp
    ) {
        let told = answers.adding(
            to: join.candidates(client: client, address: server, at: time), client: client, address: server,
            at: time)
        // The outer name of a true encrypted hello is the provider's, never the destination.
        let isOuterName = label.map { hasOuterName($0, client: client) } ?? false
        if isOuterName { contact.concealment = .encryptedHello }
        if !isOuterName, let label { sign(&contact, label, told: told) }
        if !isOuterName, let label, let kind = label.kind, let name = label.name {
            contact.name = name
            contact.evidence = NameEvidence(kind)
            contact.cnameChain = told.first { $0.name == name }?.chain ?? []
        } else if let only = told.first {
            contact.evidence = .dnsAnswer
            if told.count == 1 {
                contact.name = only.name
                contact.cnameChain = only.chain
                contact.ambiguity = .inferred
            } else {
                contact.candidates = told.map(\.name)
                contact.ambiguity = .shared
            }
        } else if let names = label?.certificateNames, !names.isEmpty {
            contact.evidence = .tlsCertificate
            let distinct = Set(names).sorted()
            if distinct.count == 1, let name = distinct.first, !name.hasPrefix("*") {
                contact.name = name
                contact.ambiguity = .inferred
            } else {
                contact.candidates = Array(distinct.prefix(Contact.serverListLimit))
                contact.ambiguity = .shared
            }
        }
    }
}

extension NameEvidence {
    /// The evidence that a sighting on the flow itself is.
    init(_ kind: SightingKind) {
        switch kind {
        case .tlsSNI: self = .tlsSNI
        case .quicSNI, .googleQUICSNI: self = .quicSNI
        case .dtlsSNI: self = .dtlsSNI
        case .httpHost, .http2Authority: self = .httpHost
        case .httpConnect: self = .httpConnect
        case .socksHost: self = .socks
        case .tlsCertificateName: self = .tlsCertificate
        case .dnsQuery, .dnsAnswerA, .dnsAnswerAAAA, .dnsAnswerCNAME, .dnsAnswerHTTPS: self = .dnsAnswer
        }
    }
}
