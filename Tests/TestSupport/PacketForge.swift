package import Bytes

/// Joins bytes. Of `+` there are so many meanings that the compiler takes minutes over a list of frames.
infix operator ++ : AdditionPrecedence

package func ++ (first: [UInt8], second: [UInt8]) -> [UInt8] { first + second }

/// Makes packets for tests: each function puts one header before its payload. Lengths are right unless a test
/// gives another; checksums are zero, since Hallpass does not verify them.
package enum Forge {
    /// The endpoints of forged packets (documentation addresses of RFC 5737 and RFC 3849).
    package static let client: [UInt8] = [192, 0, 2, 1]
    package static let server: [UInt8] = [198, 51, 100, 2]
    package static let client6: [UInt8] = hex("20010db8 00000000 00000000 00000001")
    package static let server6: [UInt8] = hex("20010db8 00000000 00000000 00000002")
    package static let clientMAC: [UInt8] = hex("02000000000a")
    package static let serverMAC: [UInt8] = hex("02000000000b")

    /// `value` in `bytes` bytes of the given order.
    package static func number(_ value: UInt64, _ bytes: Int, _ order: ByteOrder = .big) -> [UInt8] {
        let little = (0..<bytes).map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) }
        return order == .little ? little : little.reversed()
    }

    package static func be16(_ value: Int) -> [UInt8] { number(UInt64(truncatingIfNeeded: value), 2) }
    package static func be32(_ value: UInt32) -> [UInt8] { number(UInt64(value), 4) }
    package static func le16(_ value: Int) -> [UInt8] {
        number(UInt64(truncatingIfNeeded: value), 2, .little)
    }
    package static func le32(_ value: UInt32) -> [UInt8] { number(UInt64(value), 4, .little) }

    // MARK: Link layers

    package static func ethernet(_ type: Int, _ payload: [UInt8]) -> [UInt8] {
        serverMAC ++ clientMAC ++ be16(type) ++ payload
    }

    /// A tag as it stands between the addresses and the type: the tag's own type is that of the layer before.
    package static func tag(_ vlan: Int, _ type: Int, _ payload: [UInt8]) -> [UInt8] {
        be16(vlan) ++ be16(type) ++ payload
    }

    /// LLC with SNAP (RFC 1042).
    package static func snap(_ type: Int, _ payload: [UInt8], organisation: [UInt8] = [0, 0, 0]) -> [UInt8] {
        [0xaa, 0xaa, 0x03] ++ organisation ++ be16(type) ++ payload
    }

    /// One MPLS label stack entry.
    package static func mpls(_ label: UInt32, isBottom: Bool, _ payload: [UInt8]) -> [UInt8] {
        be32(label << 12 | (isBottom ? 0x100 : 0) | 64) ++ payload
    }

    package static func pppoe(_ payload: [UInt8]) -> [UInt8] {
        [0x11, 0x00, 0x00, 0x01] ++ be16(payload.count) ++ payload
    }

    // MARK: IP

    /// What a test may want to be other than plain in an IP header.
    package struct IPOptions: Sendable {
        package var identification = 0
        /// In bytes; a multiple of eight.
        package var fragmentOffset = 0
        package var moreFragments = false
        /// The length field; nil is the true one.
        package var length: Int?
        /// IPv4 options, a multiple of four bytes.
        package var options: [UInt8] = []
        package var source: [UInt8]?
        package var destination: [UInt8]?

        package init() {}
    }

    package static func ipv4(
        _ transport: UInt8, _ payload: [UInt8], _ change: (inout IPOptions) -> Void = { _ in }
    ) -> [UInt8] {
        var wanted = IPOptions()
        change(&wanted)
        let header = 20 + wanted.options.count
        let first = UInt8(0x40 | header / 4)
        let fragment = wanted.fragmentOffset / 8 | (wanted.moreFragments ? 0x2000 : 0)
        var bytes =
            [first, 0] ++ be16(wanted.length ?? header + payload.count) ++ be16(wanted.identification)
        bytes += be16(fragment) ++ [64, transport, 0, 0]
        bytes += (wanted.source ?? client) ++ (wanted.destination ?? server) ++ wanted.options
        return bytes ++ payload
    }

    package static func ipv6(
        _ next: UInt8, _ payload: [UInt8], _ change: (inout IPOptions) -> Void = { _ in }
    ) -> [UInt8] {
        var wanted = IPOptions()
        change(&wanted)
        let bytes = [0x60, 0, 0, 0] ++ be16(wanted.length ?? payload.count) ++ [next, 64]
        return bytes ++ (wanted.source ?? client6) ++ (wanted.destination ?? server6) ++ payload
    }

    /// A fragment extension header of IPv6 and what follows it.
    package static func fragment6(
        _ next: UInt8, identification: UInt32, offset: Int, more: Bool, _ payload: [UInt8]
    ) -> [UInt8] {
        [next, 0] ++ be16(offset | (more ? 1 : 0)) ++ be32(identification) ++ payload
    }

    /// An extension header of 8 bytes (hop-by-hop, routing, destination options) and what follows it.
    package static func extension6(_ next: UInt8, _ payload: [UInt8]) -> [UInt8] {
        [next, 0, 1, 4, 0, 0, 0, 0] ++ payload
    }

    // MARK: Transport

    package static func udp(
        _ source: Int, _ destination: Int, _ payload: [UInt8], length: Int? = nil
    ) -> [UInt8] {
        be16(source) ++ be16(destination) ++ be16(length ?? 8 + payload.count) ++ [0, 0] ++ payload
    }

    /// From port 1111 to port 2222.
    package static func udp(_ payload: [UInt8]) -> [UInt8] { udp(1111, 2222, payload) }

    /// From port 1111 to port 2222.
    package static func tcp(_ payload: [UInt8] = []) -> [UInt8] { tcp(1111, 2222, payload) }

    package static let fin: UInt8 = 0x01
    package static let syn: UInt8 = 0x02
    package static let rst: UInt8 = 0x04
    package static let ack: UInt8 = 0x10

    package static func tcp(
        _ source: Int, _ destination: Int, sequence: UInt32 = 1, acknowledgment: UInt32 = 0,
        flags: UInt8 = Forge.ack, options: [UInt8] = [], _ payload: [UInt8] = []
    ) -> [UInt8] {
        let offset = UInt8(((20 + options.count) / 4) << 4)
        var bytes = be16(source) ++ be16(destination) ++ be32(sequence) ++ be32(acknowledgment)
        bytes += [offset, flags, 0xff, 0xff, 0, 0, 0, 0] ++ options
        return bytes ++ payload
    }
}
