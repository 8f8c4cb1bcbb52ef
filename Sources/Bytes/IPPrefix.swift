/// An address block in CIDR form, such as `10.20.0.0/16` or `2001:db8:20::/48`.
package struct IPPrefix: Hashable, Sendable, CustomStringConvertible {
    /// The block's first address (host bits are zero).
    package let base: IPAddress
    /// Number of leading bits that are fixed: 0...32 or 0...128.
    package let length: Int

    /// Nil when `length` does not fit the family or when `base` has host bits set.
    package init?(_ base: IPAddress, length: Int) {
        guard length >= 0, length <= (base.isIPv4 ? 32 : 128) else { return nil }
        self.base = base
        self.length = length
        guard masked(base) == base else { return nil }
    }

    /// Parses `address/length`, or an address alone for a block of one.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let head = parts.first, let base = IPAddress(head) else { return nil }
        guard parts.count == 2 else {
            self.init(base, length: base.isIPv4 ? 32 : 128)
            return
        }
        guard parts[1].count <= 3, parts[1].allSatisfy(\.isNumber), let length = Int(parts[1]) else {
            return nil
        }
        self.init(base, length: length)
    }

    package func contains(_ address: IPAddress) -> Bool {
        address.isIPv4 == base.isIPv4 && masked(address) == base
    }

    package var description: String { "\(base)/\(length)" }

    private func masked(_ address: IPAddress) -> IPAddress {
        if address.isIPv4 {
            let mask: UInt64 = length == 0 ? 0 : (0xffff_ffff << (32 - UInt64(length))) & 0xffff_ffff
            return IPAddress(ipv4: UInt32(truncatingIfNeeded: address.low & mask))
        }
        let highMask: UInt64 = length == 0 ? 0 : length >= 64 ? .max : .max << (64 - UInt64(length))
        let lowMask: UInt64 = length <= 64 ? 0 : length == 128 ? .max : .max << (128 - UInt64(length))
        return IPAddress(ipv6High: address.high & highMask, low: address.low & lowMask)
    }
}

extension IPPrefix {
    /// What counts as inside when nothing else is configured: RFC 1918, RFC 6598, RFC 4193 and link-local.
    package static let defaultHomeNetworks: [IPPrefix] = [
        "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "fc00::/7",
        "fe80::/10",
    ].compactMap { IPPrefix($0) }
}
