import Bytes
import Flows

/// What is known of destinations by name or address alone, from public facts.
enum KnownHosts {
    /// Marks a contact whose destination hides what lies behind it. Names decide before addresses, and an address
    /// only where the flow named nothing else.
    static func mark(_ contact: inout Contact) {
        guard contact.concealment == nil, let found = concealment(of: contact) else { return }
        contact.concealment = found
        contact.ambiguity = .concealed
        if found == .encryptedDNS { contact.service = FlowService.dnsOverHTTPS.rawValue }
        if found == .tor { contact.service = FlowService.tor.rawValue }
    }

    private static func concealment(of contact: Contact) -> Concealment? {
        if contact.transport == "tcp", let server = contact.servers.first,
            KnownTorAuthorities.doors.contains(.init(address: server, port: contact.port))
        {
            return .tor
        }
        // DNS over HTTPS and relays are services of port 443: a web page may stand on another.
        guard contact.port == 443 else { return nil }
        if let name = contact.name {
            guard listed.contains(lastTwoLabels(name)) else { return nil }
            if covers(KnownRelays.names, name) { return .relay }
            return covers(KnownResolvers.names, name) ? .encryptedDNS : nil
        }
        guard contact.candidates.isEmpty, let server = contact.servers.first else { return nil }
        return KnownResolvers.addresses.contains(server) ? .encryptedDNS : nil
    }

    /// The last two labels of all listed names: most names are dismissed by a look at theirs.
    private static let listed = Set(
        KnownRelays.names.union(KnownResolvers.names).map { lastTwoLabels($0) })

    private static func lastTwoLabels(_ name: String) -> Substring {
        let bytes = name.utf8
        let dot = UInt8(ascii: ".")
        guard let last = bytes.lastIndex(of: dot), let next = bytes[..<last].lastIndex(of: dot) else {
            return name[...]
        }
        return name[bytes.index(after: next)...]
    }

    /// Whether the set holds the name or one that it lies beneath.
    static func covers(_ names: Set<String>, _ name: String) -> Bool {
        var rest = name[...]
        while true {
            if names.contains(String(rest)) { return true }
            guard let dot = rest.utf8.firstIndex(of: UInt8(ascii: ".")) else { return false }
            rest = rest[rest.utf8.index(after: dot)...]
        }
    }
}
