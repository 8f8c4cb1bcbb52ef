package import Bytes

extension IPAddress {
    /// The IPv4 address inside an IPv4-mapped one (RFC 4291 §2.5.5.2), which means the same host; else
    /// itself.
    package var unmapped: IPAddress {
        guard !isIPv4, high == 0, low >> 32 == 0xffff else { return self }
        return IPAddress(ipv4: UInt32(truncatingIfNeeded: low))
    }

    /// Dotted-quad text, which nearly every client field is; nil decides nothing but that it is not one.
    static func quickIPv4(_ line: RawSpan, from start: Int, to end: Int) -> IPAddress? {
        let count = end &- start
        // "1.2.3.4" to "255.255.255.255".
        guard count >= 7, count <= 15 else { return nil }
        let head = dots(in: line.word(at: start))
        let tail = count > 8 ? dots(in: line.word(at: start &+ 8, count: count &- 8)) : 0
        // Bit i: byte i is a dot. A last mark stands where the text ends.
        var marks = (head | tail &<< 8) & ((1 &<< UInt32(truncatingIfNeeded: count)) &- 1)
        guard marks.nonzeroBitCount == 3 else { return nil }
        marks |= 1 &<< UInt32(truncatingIfNeeded: count)
        var bits: UInt32 = 0
        var place = 0
        while marks != 0 {
            let mark = marks.trailingZeroBitCount
            guard let octet = octet(line, from: start &+ place, count: mark &- place) else { return nil }
            bits = bits &<< 8 | octet
            place = mark &+ 1
            marks &= marks &- 1
        }
        return IPAddress(ipv4: bits)
    }

    /// One bit for each of eight bytes that is a dot.
    @inline(__always)
    private static func dots(in word: UInt64) -> UInt32 {
        let lows: UInt64 = 0x7f7f_7f7f_7f7f_7f7f
        let other = word ^ 0x2e2e_2e2e_2e2e_2e2e
        // Exact zero-byte test: no carry leaves a byte whose top bit is masked off before the addition.
        let zero = ~(((other & lows) &+ lows) | other | lows)
        // The product gathers the eight top bits in the topmost byte, in order.
        return UInt32(truncatingIfNeeded: (zero &* 0x0002_0408_1020_4081) &>> 56)
    }

    /// One to three digits of value 0...255.
    @inline(__always)
    private static func octet(_ line: RawSpan, from start: Int, count: Int) -> UInt32? {
        guard count >= 1, count <= 3 else { return nil }
        let text = UInt32(truncatingIfNeeded: line.word(at: start, count: count))
        // Right-aligned in three bytes, the missing ones zero digits.
        let shift = UInt32(truncatingIfNeeded: 24 &- count &* 8)
        let digits = (text &<< shift) ^ (0x0030_3030 &<< shift & 0x00ff_ffff)
        guard (digits | (digits &+ 0x0006_0606)) & 0x00f0_f0f0 == 0 else { return nil }
        let value = (digits & 15) &* 100 &+ (digits &>> 8 & 15) &* 10 &+ digits &>> 16
        return value <= 255 ? value : nil
    }
}
