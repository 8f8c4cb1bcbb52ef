import Bytes

/// A name's CNAME chain is the same for all that one client did under the name, whether or not each of its flows came
/// soon after an answer: a tracker in disguise is one over TLS, over QUIC and over HTTP.
enum CNAMEChains {
    private struct Key: Hashable {
        let client: IPAddress
        let name: String
    }

    /// The contacts with the fullest chain that the client was told for the name, where they have none.
    static func shared(among contacts: [Contact]) -> [Contact] {
        var chains: [Key: [String]] = [:]
        for contact in contacts where !contact.cnameChain.isEmpty {
            guard let client = contact.client, let name = contact.name else { continue }
            let key = Key(client: client, name: name)
            chains[key] = ContactMerger.fuller(chains[key] ?? [], contact.cnameChain)
        }
        if chains.isEmpty { return contacts }
        return contacts.map { contact in
            guard contact.cnameChain.isEmpty, let client = contact.client, let name = contact.name,
                let chain = chains[Key(client: client, name: name)]
            else { return contact }
            var filled = contact
            filled.cnameChain = chain
            return filled
        }
    }
}
