import Bytes
import Evidence
import TestSupport
import Testing

/// The replacement of addresses.
@Suite struct ExcerptMaskTests {
    static func mask(_ clients: [IPAddress] = [], servers: [IPAddress] = [], key: UInt8 = 1) -> AddressMask {
        AddressMask(
            key: [UInt8](repeating: key, count: 32), homeNetworks: IPPrefix.defaultHomeNetworks,
            clients: Set(clients), servers: Set(servers))
    }

    static func common(_ a: IPAddress, _ b: IPAddress) -> Int {
        if a.isIPv4 { return (a.low ^ b.low).leadingZeroBitCount - 32 }
        let high = (a.high ^ b.high).leadingZeroBitCount
        return high < 64 ? high : 64 + (a.low ^ b.low).leadingZeroBitCount
    }

    /// Two addresses share as many leading bits as those that stand for them, and none stands for itself.
    @Test func prefixesArePreserved() {
        var mask = ExcerptMaskTests.mask()
        let random = noise(4 * 200, seed: 5)
        var addresses = (0..<200).map { index -> IPAddress in
            let bits = random[(4 * index)..<(4 * index + 4)].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            // Neighbours too: every second one differs from the one before in few bits.
            return IPAddress(ipv4: 10 << 24 | bits & (index % 2 == 0 ? 0xff_ffff : 0xff))
        }
        for bit in 0..<24 {
            let flip: UInt32 = 1 << UInt32(bit)
            addresses.append(IPAddress(ipv4: 0x0a14_0411 ^ flip))
        }
        let masked = addresses.map { mask.mask($0) }
        for one in addresses.indices {
            #expect(masked[one].low >> 24 == 10)
            for two in addresses.indices {
                #expect(
                    ExcerptMaskTests.common(addresses[one], addresses[two])
                        == ExcerptMaskTests.common(masked[one], masked[two]))
            }
        }
        #expect(zip(addresses, masked).filter { $0 == $1 }.count < 3)
    }

    @Test func prefixesOfIPv6ArePreserved() throws {
        let base = try #require(IPAddress("fd12:3456:789a:1::1"))
        let addresses = (8..<128).map { bit -> IPAddress in
            let flip: UInt64 = 1 << UInt64(63 - bit % 64)
            if bit < 64 { return IPAddress(ipv6High: base.high ^ flip, low: base.low) }
            return IPAddress(ipv6High: base.high, low: base.low ^ flip)
        }
        var mask = ExcerptMaskTests.mask()
        let masked = mask.mask(base)
        for (bit, address) in zip(8..<128, addresses) {
            #expect(ExcerptMaskTests.common(masked, mask.mask(address)) == bit)
        }
        #expect(masked.high >> 56 == 0xfd)
    }

    /// Public addresses of clients go where nobody lives; destinations stay.
    @Test func placesAreReserved() throws {
        let client4 = try #require(IPAddress("198.51.100.7"))
        let client6 = try #require(IPAddress("2a00:1450:4001:1::7"))
        let beside = try #require(IPAddress("2a00:1450:4001:2::53"))
        let server = try #require(IPAddress("2a00:1450:4001:3::1"))
        let far = try #require(IPAddress("9.9.9.9"))
        var mask = ExcerptMaskTests.mask([client4, client6], servers: [server])
        #expect(mask.mask(client4).low >> 28 == 15)
        #expect(mask.mask(client6).high >> 32 == 0x2001_0db8)
        #expect(mask.mask(beside).high >> 32 == 0x2001_0db8)
        #expect(mask.mask(server) == server)
        #expect(mask.mask(far) == far)
        let inside = try #require(IPAddress("10.1.2.3"))
        var other = ExcerptMaskTests.mask(servers: [inside])
        #expect(other.mask(inside) != inside)
    }

    @Test func keysMatterAndNothingElse() throws {
        let address = try #require(IPAddress("10.20.4.17"))
        var (one, two, same) = (
            ExcerptMaskTests.mask(), ExcerptMaskTests.mask(key: 2), ExcerptMaskTests.mask()
        )
        #expect(one.mask(address) == same.mask(address))
        #expect(one.mask(address) != two.mask(address))
        let mac = MACAddress(bits: 0x0050_5600_0001)
        #expect(one.mask(mac) == same.mask(mac) && one.mask(mac) != two.mask(mac) && one.mask(mac) != mac)
        #expect(one.mask(mac).isLocallyAdministered && one.mask(mac).isUnicast)
    }
}
