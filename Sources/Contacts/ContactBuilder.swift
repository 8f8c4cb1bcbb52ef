package import Bytes
package import Flows
import Names
import Packets

/// Finished flows and log lines to contacts.
package struct ContactBuilder {
    private let orientation: FlowOrientation
    private let sinkholes: Set<IPAddress>
    private let answers: LoggedAnswers
    private var merger = ContactMerger()
    /// Contacts in output order that are like no other: there is nothing to merge.
    private var listed: [Contact] = []
    package private(set) var flowCount: UInt64 = 0
    /// Flows that are remembered one by one; nil when nobody asked.
    package private(set) var traces: FlowTraces?

    /// `sinkholes`: addresses that the district's filter answers with instead of a refused name's own; `answers`:
    /// what clients were told by the DNS according to logs; `tracing`: whose flows to remember one by one.
    package init(
        homeNetworks: [IPPrefix] = IPPrefix.defaultHomeNetworks, sinkholes: Set<IPAddress> = [],
        answers: LoggedAnswers = LoggedAnswers(), tracing: TraceRequest? = nil
    ) {
        traces = tracing.map { FlowTraces($0) }
        orientation = FlowOrientation(homeNetworks: homeNetworks)
        self.sinkholes = sinkholes
        self.answers = answers
    }

    /// Adds a contact from elsewhere, whose name is final.
    package mutating func add(_ contact: Contact) {
        var marked = contact
        KnownHosts.mark(&marked)
        merger.add(marked)
    }

    /// Adds contacts whose names are final, in output order, which are like none that comes from elsewhere.
    mutating func add(listed contacts: [Contact]) {
        if listed.isEmpty { listed = contacts } else { listed += contacts }
    }

    /// All that another builder has collected.
    package mutating func add(_ other: ContactBuilder) {
        flowCount &+= other.flowCount
        if let more = other.traces {
            if traces == nil { traces = more } else { traces?.add(more) }
        }
        merger.add(other.merger)
        add(listed: other.listed)
    }

    /// Hands out the contacts in output order, and forgets them.
    package mutating func takeContacts() -> [Contact] {
        var contacts: [Contact] = []
        swap(&contacts, &listed)
        let merged = merger.takeContacts()
        if contacts.isEmpty {
            contacts = merged
        } else if !merged.isEmpty {
            contacts += merged
            // Two lists in order: sorting finds that out and joins them.
            contacts.sort(by: ContactOrder.precedes)
        }
        CNAMEChains.share(among: &contacts)
        return contacts
    }

    /// Takes in a flow that has ended. `told` is what its sides had been told by the DNS when it began.
    package mutating func add(_ finished: FinishedFlow, _ told: DNSJoin.Told?) {
        flowCount &+= 1
        let clientIsA = orientation.clientIsA(finished.flow)
        for slice in finished.slices {
            let label = finished.label(of: slice)
            // What was told to a load balancer says nothing of the client that it speaks for.
            let side = label?.proxiedClient == nil ? clientIsA ? told?.a : told?.b : nil
            let contact = contact(finished.flow, slice, label, side, clientIsA: clientIsA)
            traces?.take(finished.flow, contact)
            merger.add(contact)
        }
    }

    /// Takes in all that an engine found, whose input has ended; returns its lookups.
    package mutating func take(_ engine: FlowEngine) -> LookupTable {
        var resolver = NameResolver(sinkholes: sinkholes)
        let answers = resolver.resolve(
            engine.findings.map { NameResolver.Questions(starts: $0.starts, dns: $0.dns) })
        for (finding, answers) in zip(engine.findings, answers) {
            let told = Dictionary(uniqueKeysWithValues: answers.map { ($0.serial, $0.told) })
            for flow in finding.flows { add(flow, told[flow.flow.serial]) }
        }
        return resolver.lookups
    }

    private func contact(
        _ flow: Flow, _ slice: FlowSlice, _ label: FlowLabel?, _ told: DNSJoin.Told.Side?, clientIsA: Bool
    ) -> Contact {
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
        if label?.proxiedClient == nil {
            contact.clientMAC = flow.mac(ofA: clientIsA)
            contact.clientVLAN = flow.vlan(ofA: clientIsA)
        }
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
        name(&contact, label, told, at: flow.first)
        conceal(&contact, label, told)
        return contact
    }

    /// Why the true destinations are hidden: the service itself, a resolver that this client was told of, or what is
    /// known of the destination.
    private func conceal(_ contact: inout Contact, _ label: FlowLabel?, _ told: DNSJoin.Told.Side?) {
        let isESP = contact.transport == IPProtocol.name(IPProtocol.esp)
        if contact.concealment == nil {
            contact.concealment = label?.service.concealment ?? (isESP ? .vpn : nil)
        }
        if contact.concealment == nil, contact.port == 443, let name = contact.name,
            told?.resolvers.contains(name) == true
        {
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

    private func hasOuterName(_ label: FlowLabel, _ told: DNSJoin.Told.Side?) -> Bool {
        guard label.offersECH, let name = label.name else { return false }
        return told?.publicNames.contains(name) == true || KnownRelays.helloCovers.contains(name)
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
        _ contact: inout Contact, _ label: FlowLabel?, _ side: DNSJoin.Told.Side?, at time: Timestamp
    ) {
        var told = side?.candidates ?? []
        if !answers.isEmpty, let client = contact.client, let server = contact.servers.first {
            told = answers.adding(to: told, client: client, address: server, at: time)
        }
        // The outer name of a true encrypted hello is the provider's, never the destination.
        let isOuterName = label.map { hasOuterName($0, side) } ?? false
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
