import Bytes
import Contacts
import Crypto
import Flows
import Foundation
import Judgement
import Roster

/// Everything of a contact that is not who, when or how much: stored once for all contacts that share it.
struct Destination: Hashable {
    var servers: [IPAddress]
    var serverCount: Int
    var name: String?
    var evidence: NameEvidence
    var ambiguity: Ambiguity
    var candidates: [String]
    var cnameChain: [String]
    var concealment: Concealment?
    var signs: ContactSigns
    var issuers: [String]
    var port: UInt16
    var transport: String
    var service: String
    var action: ContactAction
    var bytesScope: BytesScope
    var source: String

    /// Stands for every address inside the district: which of the district's devices was called is nobody's
    /// business, and the loopback network counts as inside under any roster.
    static let inside = IPAddress(ipv4: 0x7f00_0001)

    /// Names inside are those of people's devices: they pass the gate as host names, whose pseudonyms are single
    /// labels and so local names again.
    init(_ contact: Contact, roster: Roster, gate: IdentityGate) {
        var servers: [IPAddress] = []
        for server in contact.servers {
            let isHidden = roster.isLocal(server) && !server.isMulticastOrBroadcast
            let shown = isHidden ? Destination.inside : server
            if !servers.contains(shown) { servers.append(shown) }
        }
        self.servers = servers
        serverCount = contact.serverCount
        let staysInside = !contact.servers.contains { !roster.isLocal($0) }
        name = contact.name.map { name in
            if staysInside, isLocalName(name) { return gate.pseudonym(forHost: name) }
            // An address in the place of a name names nobody, and may be a device's.
            if let address = IPAddress(name), roster.isLocal(address) {
                return Destination.inside.description
            }
            return name
        }
        evidence = contact.evidence
        ambiguity = contact.ambiguity
        candidates = contact.candidates
        cnameChain = contact.cnameChain
        concealment = contact.concealment
        signs = contact.signs
        issuers = contact.issuers
        port = contact.port
        transport = contact.transport
        service = contact.service
        action = contact.action
        bytesScope = contact.bytesScope
        source = contact.source
    }

    /// A contact with this destination, of nobody and at no time.
    var template: Contact {
        var contact = Contact(
            client: nil, servers: servers, port: port, transport: transport, first: Timestamp(nanoseconds: 0))
        contact.serverCount = serverCount
        contact.name = name
        contact.evidence = evidence
        contact.ambiguity = ambiguity
        contact.candidates = candidates
        contact.cnameChain = cnameChain
        contact.concealment = concealment
        contact.signs = signs
        contact.issuers = issuers
        contact.service = service
        contact.action = action
        contact.bytesScope = bytesScope
        contact.source = source
        return contact
    }
}

/// The text form of a destination: JSON with short keys, keys in alphabetical order, absent when empty.
extension Destination {
    private struct Form: Codable {
        var servers: [String]
        var count: Int?
        var name: String?
        var evidence: String
        var ambiguity: String
        var candidates: [String]?
        var chain: [String]?
        var concealment: String?
        var signs: UInt8?
        var issuers: [String]?
        var port: UInt16
        var transport: String
        var service: String
        var action: String
        var scope: String
        var source: String
    }

    func text() throws -> String {
        let form = Form(
            servers: servers.map(\.description), count: serverCount == servers.count ? nil : serverCount,
            name: name, evidence: evidence.rawValue, ambiguity: ambiguity.rawValue,
            candidates: candidates.isEmpty ? nil : candidates, chain: cnameChain.isEmpty ? nil : cnameChain,
            concealment: concealment?.rawValue, signs: signs.isEmpty ? nil : signs.rawValue,
            issuers: issuers.isEmpty ? nil : issuers, port: port, transport: transport, service: service,
            action: action.rawValue, scope: bytesScope.rawValue, source: source)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(form), as: UTF8.self)
    }

    static func digest(_ text: String) -> Data { Data(SHA256.hash(data: Data(text.utf8)).prefix(16)) }

    /// Nil when the text is none that `text()` gives.
    init?(_ text: String) {
        guard let form = try? JSONDecoder().decode(Form.self, from: Data(text.utf8)),
            let evidence = NameEvidence(rawValue: form.evidence),
            let ambiguity = Ambiguity(rawValue: form.ambiguity),
            let action = ContactAction(rawValue: form.action), let scope = BytesScope(rawValue: form.scope)
        else { return nil }
        servers = form.servers.compactMap { IPAddress($0) }
        serverCount = form.count ?? servers.count
        name = form.name
        self.evidence = evidence
        self.ambiguity = ambiguity
        candidates = form.candidates ?? []
        cnameChain = form.chain ?? []
        concealment = form.concealment.flatMap { Concealment(rawValue: $0) }
        signs = ContactSigns(rawValue: form.signs ?? 0)
        issuers = form.issuers ?? []
        port = form.port
        transport = form.transport
        service = form.service
        self.action = action
        bytesScope = scope
        source = form.source
    }
}
