/// What a handshake showed beside its name.
package struct ContactSigns: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The hello carried an encrypted one, and whether the name outside is the destination is not known.
    package static let offersECH = ContactSigns(rawValue: 1 << 0)
    /// The hello only pretended to carry an encrypted one (GREASE): this client had asked the DNS for the very name
    /// outside, and was told this address.
    package static let pretendsECH = ContactSigns(rawValue: 1 << 1)
    /// The server's certificate does not cover the name that the client asked for: domain fronting looks like this,
    /// and so does a server with another's certificate.
    package static let certificateDiffers = ContactSigns(rawValue: 1 << 2)

    /// Their words in outputs, in alphabetical order.
    package var words: [String] {
        var words: [String] = []
        if contains(.certificateDiffers) { words.append("certificate_differs") }
        if contains(.pretendsECH) { words.append("ech_grease") }
        if contains(.offersECH) { words.append("ech_offered") }
        return words
    }
}

/// Whether certificates cover names (RFC 6125 §6.4).
enum CertificateCover {
    static func covers(_ names: [String], _ host: String) -> Bool { names.contains { covers($0, host) } }

    /// A wildcard stands for exactly one leftmost label.
    private static func covers(_ name: String, _ host: String) -> Bool {
        guard name.hasPrefix("*.") else { return name == host }
        guard let dot = host.firstIndex(of: ".") else { return false }
        return host[dot...] == name.dropFirst()
    }
}
