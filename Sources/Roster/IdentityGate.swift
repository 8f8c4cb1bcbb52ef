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

    private init(_ key: SymmetricKey?) { self.key = key }

    /// Lets identities through; only for an explicit `--identify`.
    package static var identified: IdentityGate { IdentityGate(nil) }

    package var isIdentifying: Bool { key == nil }

    /// The gate for one recipient: its pseudonyms are made under a key of its own (HKDF, RFC 5869), so that two
    /// recipients who put their files side by side find nothing in common. A gate that identifies stays as it is.
    package func forRecipient(_ name: String) -> IdentityGate {
        guard let key else { return self }
        let information = Array("hallpass pseudonyms for\0\(name)".utf8)
        return IdentityGate(
            HKDF<SHA256>.deriveKey(inputKeyMaterial: key, info: information, outputByteCount: 32))
    }

    package func pseudonym(forClient address: IPAddress) -> String {
        pass(address.description, kind: "ip", prefix: "device")
    }

    package func pseudonym(forMAC address: MACAddress) -> String {
        pass(address.description, kind: "mac", prefix: "hardware")
    }

    package func pseudonym(forUser name: String) -> String { pass(name, kind: "user", prefix: "user") }

    package func pseudonym(forHost name: String) -> String { pass(name, kind: "host", prefix: "host") }

    /// A device as `devices` and later reports name it.
    package func pseudonym(for key: DeviceKey) -> String {
        switch key {
        case .listed(let id): pass(id, kind: "listed", prefix: "device")
        case .hardware(let mac): pseudonym(forMAC: mac)
        case .address(let address): pass(address.description, kind: "ip", prefix: "address")
        case .user(let name): pseudonym(forUser: name)
        case .host(let name): pseudonym(forHost: name)
        case .nothing: "unknown"
        }
    }

    /// The kind goes into the hash, so that a user named like an address does not share its pseudonym.
    private func pass(_ identity: String, kind: String, prefix: String) -> String {
        guard let key else { return identity }
        let code = HMAC<SHA256>.authenticationCode(for: Array("\(kind)\0\(identity)".utf8), using: key)
        // 48 bits: among a million devices, two share a pseudonym with a chance below one in 500.
        return "\(prefix)-\(hexadecimal(code.prefix(6)))"
    }
}

/// Counts of devices in what leaves the district: a handful of devices may be one class, or one child.
package enum SmallCells {
    /// The smallest count that is shown as it is.
    package static let least = 5

    /// `<5` for 1 to 4; nought is no device, and larger counts hide each in the rest.
    package static func text(_ count: Int) -> String {
        count > 0 && count < least ? "<\(least)" : String(count)
    }
}
