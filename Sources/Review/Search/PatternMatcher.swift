import Bytes

/// Finds many texts in one pass: a filter over the four bytes at each position, then a comparison with the few
/// patterns that begin so.
///
/// Chosen over an automaton, whose states for thousands of encoded forms would not fit a cache: the filter does (8 kB).
struct PatternMatcher: Sendable {
    struct Pattern: Sendable {
        /// In lower case unless `isExact`.
        var bytes: [UInt8]
        /// Whether letters must have the pattern's own case, as in base64.
        var isExact: Bool
    }

    private let patterns: [Pattern]
    private let filter: [UInt64]
    /// Where each hash's patterns begin in `order`; one more at the end.
    private let starts: [UInt32]
    private let order: [UInt32]

    /// Bytes that a pattern must have: what the filter looks at.
    static let minimum = 4

    init(_ patterns: [Pattern]) {
        self.patterns = patterns
        var filter = Array(repeating: UInt64(0), count: 1 << 10)
        var buckets: [Int: [UInt32]] = [:]
        for (number, pattern) in patterns.enumerated() where pattern.bytes.count >= PatternMatcher.minimum {
            let hash = pattern.bytes.withRawSpan { PatternMatcher.hash($0.word(at: 0, count: 4)) }
            filter[hash >> 6] |= 1 << UInt64(hash & 63)
            buckets[hash, default: []].append(UInt32(truncatingIfNeeded: number))
        }
        var starts: [UInt32] = []
        var order: [UInt32] = []
        for hash in 0..<(1 << 16) {
            starts.append(UInt32(truncatingIfNeeded: order.count))
            order += buckets[hash] ?? []
        }
        starts.append(UInt32(truncatingIfNeeded: order.count))
        (self.filter, self.starts, self.order) = (filter, starts, order)
    }

    /// Sixteen bits of four bytes, the same for either case of a letter.
    @inline(__always)
    private static func hash(_ word: UInt64) -> Int {
        let folded = UInt32(truncatingIfNeeded: word) | 0x2020_2020
        return Int((folded &* 0x9e37_79b1) >> 16)
    }

    /// Calls `found` with the number and the range of every pattern that stands in `text`, by where it begins.
    func scan(_ text: RawSpan, _ found: (Int, Range<Int>) -> Void) {
        let bits = filter.span
        var index = 0
        let last = text.byteCount - PatternMatcher.minimum
        while index <= last {
            // Eight bytes hold five positions.
            var word = text.word(at: index)
            for step in 0..<min(5, last &- index &+ 1) {
                let hash = PatternMatcher.hash(word)
                if bits[hash &>> 6] & (1 &<< UInt64(hash & 63)) != 0 {
                    compare(text, at: index &+ step, hash, found)
                }
                word &>>= 8
            }
            index &+= 5
        }
    }

    private func compare(_ text: RawSpan, at index: Int, _ hash: Int, _ found: (Int, Range<Int>) -> Void) {
        for place in Int(starts[hash])..<Int(starts[hash + 1]) {
            let number = Int(order[place])
            if matches(number, text, at: index) {
                found(number, index..<(index + patterns[number].bytes.count))
            }
        }
    }

    private func matches(_ number: Int, _ text: RawSpan, at index: Int) -> Bool {
        let bytes = patterns[number].bytes
        guard index + bytes.count <= text.byteCount else { return false }
        let isExact = patterns[number].isExact
        for offset in 0..<bytes.count {
            let byte = text.byte(at: index &+ offset) ?? 0
            if (isExact ? byte : asciiLower(byte)) != bytes[offset] { return false }
        }
        return true
    }
}
