import Bytes

/// Remembers what short words of a log mean. A log has a handful of result codes, repeated millions of times:
/// comparing up to 32 bytes with the remembered ones is several times faster than taking a word apart again.
/// Hits compare all bytes, so that a memo never changes a result.
struct TokenMemo<Value: Sendable>: Sendable {
    /// Four words of eight bytes: the longest Squid result in common use has 31.
    static var byteLimit: Int { 32 }

    private struct Slot: Sendable {
        var words: (UInt64, UInt64, UInt64, UInt64)
        var count: Int
        var value: Value?
    }

    private var slots: [Slot]

    init() {
        slots = Array(repeating: Slot(words: (0, 0, 0, 0), count: -1, value: nil), count: 64)
    }

    /// The meaning of `start ..< end`: remembered, or worked out by `work` and then remembered.
    @inline(__always)
    mutating func meaning(
        of line: RawSpan, from start: Int, to end: Int, work: (RawSpan) -> Value
    ) -> Value {
        let count = end &- start
        guard count > 0, count <= Self.byteLimit else { return work(line.clamped(from: start, count: count)) }
        let a = line.word(at: start, count: min(8, count))
        let b = count > 8 ? line.word(at: start &+ 8, count: min(8, count &- 8)) : 0
        let c = count > 16 ? line.word(at: start &+ 16, count: min(8, count &- 16)) : 0
        let d = count > 24 ? line.word(at: start &+ 24, count: count &- 24) : 0
        let mixed = (a ^ (b &* 3) ^ (c &* 5) ^ (d &* 7)) &* 0x9e37_79b9_7f4a_7c15
        let index = Int(truncatingIfNeeded: mixed &>> 58)
        let slot = slots[index]
        if slot.count == count, slot.words.0 == a, slot.words.1 == b, slot.words.2 == c, slot.words.3 == d,
            let value = slot.value
        {
            return value
        }
        let value = work(line.clamped(from: start, count: count))
        slots[index] = Slot(words: (a, b, c, d), count: count, value: value)
        return value
    }
}
