/// A 48-bit IEEE 802 hardware address in the low bits of an integer.
@usableFromInline package struct MACAddress: Hashable, Comparable, Sendable {
    @usableFromInline package let bits: UInt64

    @inlinable package init(bits: UInt64) { self.bits = bits & 0xffff_ffff_ffff }

    @inlinable package static func < (a: MACAddress, b: MACAddress) -> Bool { a.bits < b.bits }

    /// The locally administered bit: set on randomised addresses of phones and laptops.
    package var isLocallyAdministered: Bool { bits >> 41 & 1 == 1 }
}

extension MACAddress: CustomStringConvertible {
    /// Lower case with colons, such as `00:00:5e:00:53:17`.
    @usableFromInline package var description: String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for octet in stride(from: UInt64(40), through: 0, by: -8) {
            if octet < 40 { text.append(UInt8(ascii: ":")) }
            text.append(digits[Int(bits >> (octet + 4) & 15)])
            text.append(digits[Int(bits >> octet & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
