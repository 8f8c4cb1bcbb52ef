package import Bytes
import Crypto

/// Replaces the addresses of a district's machines, under a key, so that two machines of one network are seen to be of
/// one network and nothing else is told (prefix-preserving anonymisation, RFC 6235 section 4.1.1.3).
///
/// The construction is that of Crypto-PAn (J. Xu, J. Fan, M. Ammar, S. Moon: "Prefix-Preserving IP Address
/// Anonymization", ICNP 2002): bit i of the result is bit i of the address, flipped by one bit of a pseudorandom
/// function of the bits before it. The function here is HMAC-SHA-256 (RFC 2104) instead of AES.
///
/// The result never looks like the address of somebody on the internet: addresses of a private block stay in it, others
/// go into 240.0.0.0/4 (RFC 1112 section 4, reserved) and 2001:db8::/32 (RFC 3849, documentation).
package struct AddressMask {
    private let addressKey: SymmetricKey
    private let hardwareKey: SymmetricKey
    private let homeNetworks: [IPPrefix]
    private let clients: Set<IPAddress>
    private let servers: Set<IPAddress>
    /// Networks that clients are in.
    private let clientNetworks: Set<IPAddress>
    private var known: [IPAddress: IPAddress] = [:]

    /// Blocks that tell nothing about who uses them: RFC 1918, RFC 6598, link-local, RFC 4193.
    private static let anonymous: [IPPrefix] = [
        "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "fd00::/8",
        "fe80::/10",
    ].compactMap { IPPrefix($0) }
    private static let reserved4 = IPAddress(ipv4: 0xf000_0000)
    private static let reserved6 = IPAddress(ipv6High: 0x2001_0db8_0000_0000, low: 0)

    /// - Parameters:
    ///   - homeNetworks: where all addresses are replaced.
    ///   - clients: addresses that are replaced wherever they lie.
    ///   - servers: destinations, which are the fact and stay, unless they lie in a home network.
    package init(
        key: [UInt8], homeNetworks: [IPPrefix], clients: Set<IPAddress>, servers: Set<IPAddress>
    ) {
        let secret = SymmetricKey(data: key)
        addressKey = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: secret, info: Array("hallpass excerpt addresses".utf8), outputByteCount: 32)
        hardwareKey = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: secret, info: Array("hallpass excerpt hardware".utf8), outputByteCount: 32)
        self.homeNetworks = homeNetworks
        self.clients = clients
        self.servers = servers.subtracting(clients)
        clientNetworks = Set(clients.map(AddressMask.network))
    }

    /// The network that an address of an organisation lies in: /16 of IPv4, /48 of IPv6 (RFC 6177).
    private static func network(_ address: IPAddress) -> IPAddress {
        address.isIPv4
            ? IPAddress(ipv4: UInt32(truncatingIfNeeded: address.low & 0xffff_0000))
            : IPAddress(ipv6High: address.high & 0xffff_ffff_ffff_0000, low: 0)
    }

    /// Whether an address is one of the district's: inside a home network, a client, or beside one.
    package func isInside(_ address: IPAddress) -> Bool {
        if clients.contains(address) || homeNetworks.contains(where: { $0.contains(address) }) { return true }
        return !servers.contains(address) && clientNetworks.contains(AddressMask.network(address))
    }

    /// What stands for an address in the excerpt: itself when it is not one of the district's.
    package mutating func mask(_ address: IPAddress) -> IPAddress {
        guard isInside(address), !address.isMulticastOrBroadcast else { return address }
        if let known = known[address] { return known }
        let masked = encrypt(address)
        known[address] = masked
        return masked
    }

    private func encrypt(_ address: IPAddress) -> IPAddress {
        let width = address.isIPv4 ? 32 : 128
        let block = AddressMask.anonymous.first { $0.contains(address) }
        let base = block?.base ?? (address.isIPv4 ? AddressMask.reserved4 : AddressMask.reserved6)
        let fixed = block?.length ?? (address.isIPv4 ? 4 : 32)
        // Both families from the top bit of `high` on.
        let high = address.isIPv4 ? address.low << 32 : address.high
        let low = address.isIPv4 ? 0 : address.low
        var maskedHigh = base.isIPv4 ? base.low << 32 : base.high
        var maskedLow: UInt64 = 0
        for bit in fixed..<width {
            let isInHigh = bit < 64
            let place = UInt64(63 - (isInHigh ? bit : bit - 64))
            let own = (isInHigh ? high : low) >> place & 1
            let prefix = AddressMask.prefix(high, low, bits: bit)
            let masked = own ^ flip(isIPv4: address.isIPv4, bits: bit, prefix)
            if isInHigh { maskedHigh |= masked << place } else { maskedLow |= masked << place }
        }
        return address.isIPv4
            ? IPAddress(ipv4: UInt32(truncatingIfNeeded: maskedHigh >> 32))
            : IPAddress(ipv6High: maskedHigh, low: maskedLow)
    }

    private static func prefix(_ high: UInt64, _ low: UInt64, bits: Int) -> (high: UInt64, low: UInt64) {
        if bits == 0 { return (0, 0) }
        if bits <= 64 { return (high & (.max << UInt64(64 - bits)), 0) }
        return (high, low & (.max << UInt64(128 - bits)))
    }

    /// One bit that looks random and depends on the first `bits` bits of the address.
    private func flip(isIPv4: Bool, bits: Int, _ prefix: (high: UInt64, low: UInt64)) -> UInt64 {
        var message: [UInt8] = [isIPv4 ? 4 : 6, UInt8(truncatingIfNeeded: bits)]
        message.append(bigEndian: prefix.high, 8)
        message.append(bigEndian: prefix.low, 8)
        let code = HMAC<SHA256>.authenticationCode(for: message, using: addressKey)
        return UInt64((code.first { _ in true } ?? 0) & 1)
    }

    /// What stands for a hardware address: 46 pseudorandom bits, marked as locally administered.
    package func mask(_ address: MACAddress) -> MACAddress {
        var message: [UInt8] = []
        message.append(bigEndian: address.bits, 6)
        let code = HMAC<SHA256>.authenticationCode(for: message, using: hardwareKey)
        let bits = code.prefix(6).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return MACAddress(bits: bits & ~(1 << 40) | 1 << 41)
    }
}

extension [UInt8] {
    /// Appends the low `count` bytes of `value` in network order.
    mutating func append(bigEndian value: UInt64, _ count: Int) {
        for place in 0..<count {
            append(UInt8(truncatingIfNeeded: value >> UInt64(8 * (count - 1 - place))))
        }
    }

    /// Appends an address as headers hold it: 4 or 16 bytes.
    mutating func append(_ address: IPAddress) {
        if address.isIPv4 {
            append(bigEndian: address.low, 4)
        } else {
            append(bigEndian: address.high, 8)
            append(bigEndian: address.low, 8)
        }
    }

    /// Overwrites `range` as far as it exists.
    mutating func fill(_ range: Range<Int>, with byte: UInt8 = 0) {
        for index in range.clamped(to: 0..<count) { self[index] = byte }
    }
}
