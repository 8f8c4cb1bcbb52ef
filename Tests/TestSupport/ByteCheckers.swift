import Bytes

/// The bytes that `text` spells in hexadecimal; blanks, line ends and colons between digits are passed over.
/// Anything else makes the result empty, which no golden test mistakes for its bytes.
package func hex(_ text: String) -> [UInt8] {
    var bytes: [UInt8] = []
    var high: UInt8?
    for character in text where !character.isWhitespace && character != ":" {
        guard let digit = character.hexDigitValue.map({ UInt8($0) }) else { return [] }
        if let first = high {
            bytes.append(first << 4 | digit)
            high = nil
        } else {
            high = digit
        }
    }
    return high == nil ? bytes : []
}

/// Shows `body` every prefix of `bytes`, the empty one first and the whole last.
///
/// A decoder passes when it answers each without a trap, and when no prefix but the whole yields the golden result.
package func everyPrefix(of bytes: [UInt8], _ body: (RawSpan) throws -> Void) rethrows {
    try bytes.withRawSpan { (whole: RawSpan) throws in
        for length in 0...whole.byteCount { try body(whole.clamped(from: 0, count: length)) }
    }
}

/// Shows `body` the bytes with one byte changed at a time: lowest bit, highest bit, and all bits flipped.
package func oneFlipPerByte(of bytes: [UInt8], _ body: (RawSpan) throws -> Void) rethrows {
    var changed = bytes
    for index in bytes.indices {
        for mask: UInt8 in [0x01, 0x80, 0xff] {
            changed[index] = bytes[index] ^ mask
            try changed.withRawSpan { (view: RawSpan) throws in try body(view) }
        }
        changed[index] = bytes[index]
    }
}

/// Shows `body` the bytes with every place in turn overwritten as a length field of 1, 2, 3, 4 and 8 bytes would
/// hold a hostile value, in both byte orders: zero, one, the largest signed and unsigned, and one less and one more
/// than what is left.
package func hostileLengths(of bytes: [UInt8], _ body: (RawSpan) throws -> Void) rethrows {
    var changed = bytes
    for width in [1, 2, 3, 4, 8] where width <= bytes.count {
        let full = width == 8 ? UInt64.max : (UInt64(1) << (8 * UInt64(width))) - 1
        for offset in 0...(bytes.count - width) {
            let left = UInt64(bytes.count - offset - width)
            let values: Set = [
                0, 1, full >> 1, full >> 1 + 1, full, left &- 1 & full, left & full, left + 1 & full,
            ]
            for value in values {
                for bigEndian in width == 1 ? [true] : [true, false] {
                    for place in 0..<width {
                        let shift = 8 * UInt64(bigEndian ? width - 1 - place : place)
                        changed[offset + place] = UInt8(truncatingIfNeeded: value >> shift)
                    }
                    try changed.withRawSpan { (view: RawSpan) throws in try body(view) }
                }
            }
            for place in offset..<(offset + width) { changed[place] = bytes[place] }
        }
    }
}

/// All three checkers at once, for a decoder that must merely answer.
package func everyDamage(of bytes: [UInt8], _ body: (RawSpan) throws -> Void) rethrows {
    try everyPrefix(of: bytes, body)
    try oneFlipPerByte(of: bytes, body)
    try hostileLengths(of: bytes, body)
}

/// `count` bytes that look random and are the same in every run (xorshift64).
package func noise(_ count: Int, seed: UInt64) -> [UInt8] {
    var state = seed &* 0x9e37_79b9_7f4a_7c15 | 1
    return (0..<count).map { _ in
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return UInt8(truncatingIfNeeded: state >> 32)
    }
}
