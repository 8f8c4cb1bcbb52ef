import Bytes

/// A name's CNAME chain is the same for all that one client did under the name, whether or not each of its flows came
/// soon after an answer: a tracker in disguise is one over TLS, over QUIC and over HTTP.
enum CNAMEChains {
    private struct Key: Hashable {
        let client: IPAddress
        let name: String
    }

    /// Gives contacts without a chain the fullest that their client was told for the name.
    static func share(among contacts: inout [Contact]) {
        var chains: [Key: [String]] = [:]
        for contact in contacts where !contact.cnameChain.isEmpty {
            guard let client = contact.client, let name = contact.name else { continue }
            let key = Key(client: client, name: name)
            chains[key] = ContactMerger.fuller(chains[key] ?? [], contact.cnameChain)
        }
        if chains.isEmpty { return }
        for position in contacts.indices where contacts[position].cnameChain.isEmpty {
            guard let client = contacts[position].client, let name = contacts[position].name,
                let chain = chains[Key(client: client, name: name)]
            else { continue }
            contacts[position].cnameChain = chain
        }
    }
}
