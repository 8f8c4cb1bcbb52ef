package import Bytes
package import Flows
import Names
import Packets

/// Finished flows and log lines to contacts.
package struct ContactBuilder {
    private let orientation: FlowOrientation
    private var merger = ContactMerger()
    package private(set) var flowCount: UInt64 = 0

    package init(homeNetworks: [IPPrefix] = IPPrefix.defaultHomeNetworks) {
        orientation = FlowOrientation(homeNetworks: homeNetworks)
    }

    /// Contacts from elsewhere (logs).
    package mutating func add(_ contact: Contact) { merger.add(contact) }

    /// All that another builder has collected.
    package mutating func add(_ other: ContactBuilder) {
        flowCount &+= other.flowCount
        merger.add(other.merger)
    }

    /// In output order.
    package func contacts() -> [Contact] { merger.contacts() }

    /// Takes in a flow that has ended. `told` is what its sides had been told by the DNS when it began.
    package mutating func add(_ finished: FinishedFlow, _ told: DNSJoin.Told?) {
        flowCount &+= 1
        let clientIsA = orientation.clientIsA(finished.flow)
        let side = clientIsA ? told?.a : told?.b
        for slice in finished.slices {
            let label = finished.label(of: slice)
            merger.add(contact(finished.flow, slice, label, side, clientIsA: clientIsA))
        }
    }

    private func contact(
        _ flow: Flow, _ slice: FlowSlice, _ label: FlowLabel?, _ told: DNSJoin.Told.Side?, clientIsA: Bool
    ) -> Contact {
        let key = flow.key
        let client = clientIsA ? key.addressA : key.addressB
        let server = clientIsA ? key.addressB : key.addressA
        let port = clientIsA ? key.portB : key.portA
        var contact = Contact(
            client: client, servers: [server], port: port, transport: IPProtocol.name(key.transport),
            first: slice.first)
        contact.last = slice.last
        contact.hour = slice.hour
        contact.clientMAC = clientIsA ? flow.macA : flow.macB
        contact.flows = slice.isStart ? 1 : 0
        contact.packetsUp = clientIsA ? slice.packetsFromA : slice.packetsFromB
        contact.packetsDown = clientIsA ? slice.packetsFromB : slice.packetsFromA
        contact.bytesUp = clientIsA ? slice.bytesFromA : slice.bytesFromB
        contact.bytesDown = clientIsA ? slice.bytesFromB : slice.bytesFromA
        contact.service = (label?.service ?? .unknown).rawValue
        contact.action = action(flow, label, clientIsA: clientIsA)
        contact.ja4 = [label?.ja4].compactMap(\.self)
        name(&contact, label, told)
        let isOpaque = label?.service.concealment != nil || key.transport == IPProtocol.esp
        if isOpaque { contact.ambiguity = .concealed }
        return contact
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

    /// By rank: what the flow states, then what this client was told by the DNS, then the certificate.
    private func name(_ contact: inout Contact, _ label: FlowLabel?, _ side: DNSJoin.Told.Side?) {
        let told = side?.candidates ?? []
        // The outer name of a true encrypted hello is the provider's, never the destination.
        let isOuter = isOuterName(label, side)
        defer { if isOuter { contact.ambiguity = .concealed } }
        if !isOuter, let label, let kind = label.kind, let name = label.name {
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

/// Whether the name in the hello is one that the client had been told to put outside an encrypted hello.
private func isOuterName(_ label: FlowLabel?, _ side: DNSJoin.Told.Side?) -> Bool {
    guard let label, label.offersECH, let name = label.name else { return false }
    return side?.publicNames.contains(name) == true
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
