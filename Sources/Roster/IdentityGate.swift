package import Bytes
import Crypto
import Register

/// The one way by which addresses, hardware addresses, users and host names of people leave the program
/// (invariant 7): as keyed pseudonyms, unless identities were asked for.
package struct IdentityGate: Sendable {
    private let key: SymmetricKey?

    /// Pseudonyms under a district's key: the same client has the same pseudonym in every report of one
    /// key, and without the key nobody can tell which client it was.
    package init(key: [UInt8]) { self.key = SymmetricKey(data: key) }

    private init() { key = nil }

    /// Lets identities through; only for an explicit `--identify`.
    package static var identified: IdentityGate { IdentityGate() }

    package var isIdentifying: Bool { key == nil }

    package func pseudonym(forClient address: IPAddress) -> String {
        pass(address.description, kind: "ip", prefix: "device")
    }

    package func pseudonym(forMAC address: MACAddress) -> String {
        pass(address.description, kind: "mac", prefix: "hardware")
    }

    package func pseudonym(forUser name: String) -> String { pass(name, kind: "user", prefix: "user") }

    package func pseudonym(forHost name: String) -> String { pass(name, kind: "host", prefix: "host") }

    /// The kind goes into the hash, so that a user named like an address does not share its pseudonym.
    private func pass(_ identity: String, kind: String, prefix: String) -> String {
        guard let key else { return identity }
        let code = HMAC<SHA256>.authenticationCode(for: Array("\(kind)\0\(identity)".utf8), using: key)
        // 48 bits: among a million devices, two share a pseudonym with a chance below one in 500.
        return "\(prefix)-\(hexadecimal(code.prefix(6)))"
    }
}
