/// An IPv4 or IPv6 address as two integers, so that it hashes, compares and copies without memory traffic.
///
/// IPv4 addresses keep their 32 bits in the low word; `isIPv4` tells them from the IPv6 address with the same
/// bits. They order by family (IPv4 first), then numerically.
@usableFromInline package struct IPAddress: Hashable, Comparable, Sendable {
    @usableFromInline package let high: UInt64
    @usableFromInline package let low: UInt64
    @usableFromInline package let isIPv4: Bool

    @inlinable package init(ipv4 bits: UInt32) {
        high = 0
        low = UInt64(bits)
        isIPv4 = true
    }

    @inlinable package init(ipv6High high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
        isIPv4 = false
    }

    /// `0.0.0.0`, the value before anything is decoded.
    @inlinable package static var zero: IPAddress { IPAddress(ipv4: 0) }

    @inlinable package static func < (a: IPAddress, b: IPAddress) -> Bool {
        if a.isIPv4 != b.isIPv4 { return a.isIPv4 }
        return a.high != b.high ? a.high < b.high : a.low < b.low
    }
}

extension IPAddress {
    /// Parses dotted-quad IPv4 or RFC 4291 IPv6 text (no zone, no port, no prefix length); nil for anything else.
    package init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        self.init(ascii: bytes.span.bytesView)
    }

    /// Parses address text held as ASCII bytes; nil for anything that is not an address.
    package init?(ascii text: RawSpan) {
        // 45 characters is the longest textual IPv6 address (RFC 4291 §2.2 with an embedded IPv4 part).
        guard text.byteCount >= 2, text.byteCount <= 45 else { return nil }
        var sawColon = false
        for index in 0..<text.byteCount where text.byte(at: index) == UInt8(ascii: ":") { sawColon = true }
        if sawColon {
            guard let words = IPAddress.parseIPv6(text) else { return nil }
            self.init(ipv6High: words.high, low: words.low)
        } else {
            guard let bits = IPAddress.parseIPv4(text) else { return nil }
            self.init(ipv4: bits)
        }
    }

    private static func parseIPv4(_ text: RawSpan) -> UInt32? {
        var bits: UInt32 = 0
        var octet: UInt32 = 0
        var digits = 0
        var octets = 0
        for index in 0...text.byteCount {
            let byte = text.byte(at: index) ?? UInt8(ascii: ".")
            if byte == UInt8(ascii: ".") {
                guard digits > 0, octet <= 255 else { return nil }
                bits = bits << 8 | octet
                octets += 1
                octet = 0
                digits = 0
                guard octets <= 4 else { return nil }
            } else {
                guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9"), digits < 3 else { return nil }
                octet = octet * 10 + UInt32(byte - UInt8(ascii: "0"))
                digits += 1
            }
        }
        return octets == 4 ? bits : nil
    }

    private static func parseIPv6(_ text: RawSpan) -> (high: UInt64, low: UInt64)? {
        var groups: [UInt16] = []
        var gap: Int?
        var index = 0
        while index < text.byteCount {
            if text.byte(at: index) == UInt8(ascii: ":") {
                if text.byte(at: index + 1) == UInt8(ascii: ":") {
                    guard gap == nil else { return nil }
                    gap = groups.count
                    index += 2
                    continue
                }
                guard index > 0, index + 1 < text.byteCount, gap != groups.count else { return nil }
                index += 1
            }
            let start = index
            while index < text.byteCount, text.byte(at: index) != UInt8(ascii: ":") { index += 1 }
            let part = text.clamped(from: start, count: index - start)
            if index == text.byteCount, let bits = parseIPv4(part) {
                groups.append(UInt16(truncatingIfNeeded: bits >> 16))
                groups.append(UInt16(truncatingIfNeeded: bits))
            } else {
                guard let group = parseHexGroup(part) else { return nil }
                groups.append(group)
            }
            guard groups.count <= 8 else { return nil }
        }
        if let gap {
            guard groups.count < 8 else { return nil }
            groups.insert(contentsOf: repeatElement(0, count: 8 - groups.count), at: gap)
        }
        guard groups.count == 8 else { return nil }
        let high = groups[0..<4].reduce(UInt64(0)) { $0 << 16 | UInt64($1) }
        let low = groups[4..<8].reduce(UInt64(0)) { $0 << 16 | UInt64($1) }
        return (high, low)
    }

    private static func parseHexGroup(_ text: RawSpan) -> UInt16? {
        guard text.byteCount >= 1, text.byteCount <= 4 else { return nil }
        var value: UInt16 = 0
        for index in 0..<text.byteCount {
            guard let byte = text.byte(at: index), let digit = hexDigit(byte) else { return nil }
            value = value << 4 | UInt16(digit)
        }
        return value
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

extension IPAddress: CustomStringConvertible {
    /// Canonical text: dotted quad, or RFC 5952 for IPv6.
    @usableFromInline package var description: String {
        if isIPv4 {
            var text: [UInt8] = []
            text.reserveCapacity(15)
            for shift in [24, 16, 8, 0] as [UInt64] {
                if shift < 24 { text.append(UInt8(ascii: ".")) }
                text.append(decimal: low >> shift & 255)
            }
            return String(decoding: text, as: UTF8.self)
        }
        let groups = (0..<8).map { index -> UInt16 in
            let word = index < 4 ? high : low
            return UInt16(truncatingIfNeeded: word >> (48 - 16 * UInt64(index % 4)))
        }
        // RFC 5952 §5: addresses that embed IPv4 (::ffff:0:0/96) end in a dotted quad.
        if high == 0, low >> 32 == 0xffff {
            return "::ffff:\(IPAddress(ipv4: UInt32(truncatingIfNeeded: low)))"
        }
        guard let run = IPAddress.longestZeroRun(groups) else {
            return groups.map { String($0, radix: 16) }.joined(separator: ":")
        }
        let head = groups[..<run.lowerBound].map { String($0, radix: 16) }.joined(separator: ":")
        let tail = groups[run.upperBound...].map { String($0, radix: 16) }.joined(separator: ":")
        return head + "::" + tail
    }

    /// The first longest run of two or more zero groups (RFC 5952 §4.2), or nil.
    private static func longestZeroRun(_ groups: [UInt16]) -> Range<Int>? {
        var best: Range<Int>?
        var start = 0
        while start < groups.count {
            var end = start
            while end < groups.count, groups[end] == 0 { end += 1 }
            if end - start >= 2, end - start > (best?.count ?? 1) { best = start..<end }
            start = max(end, start + 1)
        }
        return best
    }
}

extension IPAddress {
    /// Whether the address lies inside `prefix`.
    package func isInside(_ prefix: IPPrefix) -> Bool { prefix.contains(self) }

    /// IPv4 limited broadcast or multicast (RFC 5771), IPv6 multicast (RFC 4291 §2.7).
    package var isMulticastOrBroadcast: Bool {
        isIPv4 ? (low >> 28 == 0xe || low == 0xffff_ffff) : high >> 56 == 0xff
    }
}
