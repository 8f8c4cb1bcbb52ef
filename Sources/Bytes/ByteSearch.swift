internal import Glibc

extension RawSpan {
    /// The first offset at or after `start` that holds `byte`, or nil; runs at the speed of `memchr`.
    package func firstIndex(of byte: UInt8, from start: Int = 0) -> Int? {
        guard start >= 0, start < byteCount else { return nil }
        // Safe: `start ..< byteCount` lies inside the span, and memchr returns a pointer into it or nil.
        return unsafe withUnsafeBytes { buffer -> Int? in
            guard let base = buffer.baseAddress,
                let hit = unsafe memchr(base + start, Int32(byte), buffer.count - start)
            else { return nil }
            return unsafe UnsafeRawPointer(hit) - base
        }
    }

    /// Up to eight bytes from `offset` as a little-endian integer, zero-padded: bytes beyond `count` or beyond
    /// the span read as zero, so that it never traps.
    @inlinable @inline(__always)
    package func word(at offset: Int, count: Int = 8) -> UInt64 {
        guard offset >= 0, offset <= byteCount &- 8 else { return edgeWord(at: offset, count: count) }
        // Safe: the guard above proves that eight bytes lie inside the span.
        let value = UInt64(
            littleEndian: unsafe unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self))
        if count >= 8 { return value }
        return count <= 0 ? 0 : value & ((1 &<< UInt64(truncatingIfNeeded: count &* 8)) &- 1)
    }

    /// `word(at:count:)` for the last seven bytes of the span and for offsets outside it.
    @inlinable
    func edgeWord(at offset: Int, count: Int) -> UInt64 {
        guard offset >= 0, offset < byteCount, count > 0 else { return 0 }
        guard byteCount >= 8 else { return shortWord(at: offset, count: count) }
        // Safe: the span holds at least eight bytes, so its last eight lie inside it. Those before `offset`
        // are shifted out; zeros come in behind.
        let last = UInt64(
            littleEndian: unsafe unsafeLoadUnaligned(fromUncheckedByteOffset: byteCount &- 8, as: UInt64.self)
        )
        let value = last &>> UInt64(truncatingIfNeeded: (offset &- (byteCount &- 8)) &* 8)
        return count >= 8 ? value : value & ((1 &<< UInt64(truncatingIfNeeded: count &* 8)) &- 1)
    }

    /// `edgeWord` for a span of fewer than eight bytes.
    @usableFromInline
    func shortWord(at offset: Int, count: Int) -> UInt64 {
        var value: UInt64 = 0
        for index in 0..<min(8, count, byteCount - offset) {
            value |= UInt64(byte(at: offset + index) ?? 0) << UInt64(8 * index)
        }
        return value
    }

    /// Whether `count` bytes from `start` equal `count` bytes of `other` from `otherStart`; false when either
    /// range does not lie wholly inside its span.
    @inlinable @inline(__always)
    package func equals(from start: Int, count: Int, _ other: RawSpan, from otherStart: Int) -> Bool {
        guard start >= 0, otherStart >= 0, count >= 0, start <= byteCount, otherStart <= other.byteCount,
            count <= byteCount &- start, count <= other.byteCount &- otherStart
        else { return false }
        var done = 0
        while done < count {
            let step = min(8, count &- done)
            if word(at: start &+ done, count: step) != other.word(at: otherStart &+ done, count: step) {
                return false
            }
            done &+= 8
        }
        return true
    }
}
