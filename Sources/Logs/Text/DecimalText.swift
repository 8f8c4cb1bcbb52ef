import Bytes

/// Decimal numbers in text.
enum DecimalText {
    /// The number that fills `start ..< end`; nil when there is none, when another byte stands in it, or when
    /// it has more than `maxDigits` digits (18 at most, so that it always fits).
    @inline(__always)
    static func read(_ line: RawSpan, from start: Int, to end: Int, maxDigits: Int = 18) -> UInt64? {
        let count = end &- start
        guard count > 0, count <= min(maxDigits, 18) else { return nil }
        if count <= 8 { return eight(line, from: start, count: count) }
        guard let low = eight(line, from: end &- 8, count: 8) else { return nil }
        if count <= 16 {
            guard let high = eight(line, from: start, count: count &- 8) else { return nil }
            return high &* 100_000_000 &+ low
        }
        guard let middle = eight(line, from: end &- 16, count: 8),
            let high = eight(line, from: start, count: count &- 16)
        else { return nil }
        return (high &* 100_000_000 &+ middle) &* 100_000_000 &+ low
    }

    /// One to eight digits at once: pairs, then fours, then eights are added up side by side in one word.
    @inline(__always)
    private static func eight(_ line: RawSpan, from start: Int, count: Int) -> UInt64? {
        let padding = UInt64(truncatingIfNeeded: 64 &- count &* 8)
        // Digits move to the high end; the bytes below them become leading zeros.
        let text = line.word(at: start, count: count) &<< padding
        let zeros: UInt64 = 0x3030_3030_3030_3030
        var digits = text ^ (zeros &<< padding)
        // A byte is a digit when it is at most 9: then neither it nor it plus 6 reaches into the high half.
        guard (digits | (digits &+ 0x0606_0606_0606_0606)) & 0xf0f0_f0f0_f0f0_f0f0 == 0 else { return nil }
        digits = (digits &* 10 &+ digits &>> 8) & 0x00ff_00ff_00ff_00ff
        digits = (digits &* 100 &+ digits &>> 16) & 0x0000_ffff_0000_ffff
        return (digits &* 10000 &+ digits &>> 32) & 0xffff_ffff
    }
}
