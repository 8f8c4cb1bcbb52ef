import Bytes
import Flows

/// What is known of destinations by name or address alone, from public facts.
enum KnownHosts {
    /// Marks a contact whose destination hides what lies behind it. Names decide before addresses, and an address
    /// only where the flow named nothing else.
    static func mark(_ contact: inout Contact) {
        guard contact.concealment == nil, let found = concealment(of: contact, concealment(ofName:)) else {
            return
        }
        mark(&contact, as: found)
    }

    /// Marks many contacts, of which a few names are asked for again and again.
    struct Memo {
        private var names: [String: Concealment?] = [:]

        mutating func mark(_ contact: inout Contact) {
            guard contact.concealment == nil else { return }
            let found = KnownHosts.concealment(of: contact) { name in
                if let known = names[name] { return known }
                let found = KnownHosts.concealment(ofName: name)
                names[name] = .some(found)
                return found
            }
            if let found { KnownHosts.mark(&contact, as: found) }
        }
    }

    private static func mark(_ contact: inout Contact, as found: Concealment) {
        contact.concealment = found
        contact.ambiguity = .concealed
        if found == .encryptedDNS { contact.service = FlowService.dnsOverHTTPS.rawValue }
        if found == .tor { contact.service = FlowService.tor.rawValue }
    }

    private static func concealment(ofName name: String) -> Concealment? {
        if covers(KnownRelays.names, name) { return .relay }
        return covers(KnownResolvers.names, name) ? .encryptedDNS : nil
    }

    private static func concealment(of contact: Contact, _ byName: (String) -> Concealment?) -> Concealment? {
        if contact.transport == "tcp", let server = contact.servers.first,
            KnownTorAuthorities.doors.contains(.init(address: server, port: contact.port))
        {
            return .tor
        }
        // DNS over HTTPS and relays are services of port 443: a web page may stand on another.
        guard contact.port == 443 else { return nil }
        if let name = contact.name { return byName(name) }
        guard contact.candidates.isEmpty, let server = contact.servers.first else { return nil }
        return KnownResolvers.addresses.contains(server) ? .encryptedDNS : nil
    }

    /// Whether the set holds the name or one that it lies beneath.
    static func covers(_ names: Set<String>, _ name: String) -> Bool {
        var rest = name[...]
        while true {
            if names.contains(String(rest)) { return true }
            guard let dot = rest.firstIndex(of: ".") else { return false }
            rest = rest[rest.index(after: dot)...]
        }
    }
}
