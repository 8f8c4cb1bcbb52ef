/// A 48-bit IEEE 802 hardware address in the low bits of an integer.
@usableFromInline package struct MACAddress: Hashable, Comparable, Sendable {
    @usableFromInline package let bits: UInt64

    @inlinable package init(bits: UInt64) { self.bits = bits & 0xffff_ffff_ffff }

    @inlinable package static func < (a: MACAddress, b: MACAddress) -> Bool { a.bits < b.bits }

    /// The locally administered bit: set on randomised addresses of phones and laptops.
    package var isLocallyAdministered: Bool { bits >> 41 & 1 == 1 }

    /// The address of one interface: neither a group (multicast, broadcast) nor all zeros.
    package var isUnicast: Bool { bits >> 40 & 1 == 0 && bits != 0 }
}

extension MACAddress {
    /// Parses 12 hexadecimal digits with `:`, `-` or `.` between them or nothing: `00:00:5e:00:53:2a`,
    /// `00-00-5E-00-53-2A`, `0000.5e00.532a`, `00005E00532A`. Octets between colons may lack a leading zero.
    package init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        self.init(ascii: bytes.span.bytesView)
    }

    /// Parses the same held as ASCII bytes.
    package init?(ascii text: RawSpan) {
        // The longest form is six octets with five separators.
        guard text.byteCount >= 11, text.byteCount <= 17 else { return nil }
        var bits: UInt64 = 0
        var digits = 0
        var sinceMark = 0
        for index in 0..<text.byteCount {
            guard let byte = text.byte(at: index) else { return nil }
            if let digit = hexadecimalDigit(byte) {
                bits = bits << 4 | UInt64(digit)
                digits += 1
                sinceMark += 1
                continue
            }
            guard byte == 0x3a || byte == 0x2d || byte == 0x2e, sinceMark > 0, index + 1 < text.byteCount
            else { return nil }
            // A lone digit between colons stands for an octet.
            if sinceMark == 1, byte == 0x3a {
                bits = (bits >> 4) << 8 | bits & 15
                digits += 1
            } else if sinceMark % 2 == 1 {
                return nil
            }
            sinceMark = 0
        }
        if sinceMark == 1, digits == 11, text.byte(at: text.byteCount - 2) == 0x3a {
            bits = (bits >> 4) << 8 | bits & 15
            digits += 1
        }
        guard digits == 12, bits != 0 else { return nil }
        self.init(bits: bits)
    }
}

/// The value of `0...9`, `a...f`, `A...F`; nil for anything else.
@inline(__always)
package func hexadecimalDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x61...0x66: byte - 0x57
    case 0x41...0x46: byte - 0x37
    default: nil
    }
}

extension ByteReader {
    /// Six bytes of a hardware address.
    package mutating func macAddress() throws(DecodeFault) -> MACAddress {
        try check(6)
        let high = UInt64(try u32())
        return MACAddress(bits: high << 16 | UInt64(try u16()))
    }
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
