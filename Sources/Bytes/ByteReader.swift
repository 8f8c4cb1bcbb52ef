/// A bounds-checked cursor over bytes from the wire: the only place where an offset meets a buffer.
///
/// Every read either returns a value that lies wholly inside the span or throws `DecodeFault.truncated` and
/// leaves the cursor where it was. Multi-byte reads are big-endian (network order) unless their name says `LE`.
/// The type is `~Escapable`: it cannot outlive the bytes it reads. It is `@usableFromInline` because an
/// `@inlinable` method of a plain `package` type is silently not inlined, which costs tenfold.
@usableFromInline package struct ByteReader: ~Escapable {
    @usableFromInline package let bytes: RawSpan
    /// Bytes consumed so far; never beyond `bytes.byteCount`.
    @usableFromInline package private(set) var offset: Int

    @inlinable @_lifetime(copy bytes)
    package init(_ bytes: RawSpan) {
        self.bytes = bytes
        self.offset = 0
    }

    /// A cursor that starts at `offset`, clamped to the span.
    @inlinable @_lifetime(copy bytes)
    package init(_ bytes: RawSpan, at offset: Int) {
        self.bytes = bytes
        self.offset = min(max(offset, 0), bytes.byteCount)
    }

    @inlinable package var remaining: Int { bytes.byteCount &- offset }

    @inlinable package var isAtEnd: Bool { offset == bytes.byteCount }

    @inlinable @inline(__always)
    func check(_ count: Int) throws(DecodeFault) {
        guard count >= 0, count <= bytes.byteCount &- offset else { throw .truncated }
    }

    @inlinable @inline(__always)
    mutating func load<T: FixedWidthInteger & BitwiseCopyable>(_: T.Type) throws(DecodeFault) -> T {
        try check(MemoryLayout<T>.size)
        // Safe: the check above proves that the whole value lies inside the span.
        let value = unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: T.self)
        offset &+= MemoryLayout<T>.size
        return value
    }

    @inlinable @inline(__always)
    package mutating func u8() throws(DecodeFault) -> UInt8 { try load(UInt8.self) }

    @inlinable @inline(__always)
    package mutating func u16() throws(DecodeFault) -> UInt16 { try load(UInt16.self).byteSwapped }

    @inlinable @inline(__always)
    package mutating func u24() throws(DecodeFault) -> UInt32 {
        try check(3)
        let high = UInt32(try u8())
        return high << 16 | UInt32(try u16())
    }

    @inlinable @inline(__always)
    package mutating func u32() throws(DecodeFault) -> UInt32 { try load(UInt32.self).byteSwapped }

    @inlinable @inline(__always)
    package mutating func u64() throws(DecodeFault) -> UInt64 { try load(UInt64.self).byteSwapped }

    @inlinable @inline(__always)
    package mutating func u16LE() throws(DecodeFault) -> UInt16 { try load(UInt16.self) }

    @inlinable @inline(__always)
    package mutating func u32LE() throws(DecodeFault) -> UInt32 { try load(UInt32.self) }

    @inlinable @inline(__always)
    package mutating func u64LE() throws(DecodeFault) -> UInt64 { try load(UInt64.self) }

    /// A field whose byte order the file chose.
    @inlinable @inline(__always)
    package mutating func u16(_ order: ByteOrder) throws(DecodeFault) -> UInt16 {
        let value = try load(UInt16.self)
        return order == .little ? value : value.byteSwapped
    }

    /// A field whose byte order the file chose.
    @inlinable @inline(__always)
    package mutating func u32(_ order: ByteOrder) throws(DecodeFault) -> UInt32 {
        let value = try load(UInt32.self)
        return order == .little ? value : value.byteSwapped
    }

    /// A field whose byte order the file chose.
    @inlinable @inline(__always)
    package mutating func u64(_ order: ByteOrder) throws(DecodeFault) -> UInt64 {
        let value = try load(UInt64.self)
        return order == .little ? value : value.byteSwapped
    }

    /// The next byte without consuming it; nil at the end.
    @inlinable @inline(__always)
    package func peek(_ ahead: Int = 0) -> UInt8? {
        guard ahead >= 0, ahead < bytes.byteCount &- offset else { return nil }
        // Safe: the guard above proves that the byte lies inside the span.
        return unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset &+ ahead, as: UInt8.self)
    }

    @inlinable @inline(__always)
    package mutating func skip(_ count: Int) throws(DecodeFault) {
        try check(count)
        offset &+= count
    }

    /// The next `count` bytes as a span of their own, without copying.
    @inlinable @inline(__always) @_lifetime(copy self)
    package mutating func take(_ count: Int) throws(DecodeFault) -> RawSpan {
        try check(count)
        let start = offset
        offset &+= count
        return bytes.extracting(droppingPrefix: start, count: count)
    }

    /// Everything that is left, without copying.
    @inlinable @inline(__always) @_lifetime(copy self)
    package mutating func takeRest() -> RawSpan {
        let start = offset
        offset = bytes.byteCount
        return bytes.extracting(droppingPrefix: start, count: bytes.byteCount &- start)
    }
}

/// The byte order that a capture file was written in.
@usableFromInline package enum ByteOrder: Sendable {
    case little
    case big
}

extension RawSpan {
    /// `count` bytes from `start`; the caller has proved that they lie inside the span.
    @inlinable @inline(__always) @_lifetime(copy self)
    package func extracting(droppingPrefix start: Int, count: Int) -> RawSpan {
        extracting(start..<(start &+ count))
    }

    /// The part of `start ..< start + count` that exists: never traps, may be shorter or empty.
    @inlinable @inline(__always) @_lifetime(copy self)
    package func clamped(from start: Int, count: Int) -> RawSpan {
        let low = min(max(start, 0), byteCount)
        let high = low &+ min(max(count, 0), byteCount &- low)
        return extracting(low..<high)
    }

    /// The byte at `offset`, or nil when there is none.
    @inlinable @inline(__always)
    package func byte(at offset: Int) -> UInt8? {
        guard offset >= 0, offset < byteCount else { return nil }
        // Safe: the guard above proves that the byte lies inside the span.
        return unsafe unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt8.self)
    }

    /// A copy, for values that must outlive their packet.
    package func copied() -> [UInt8] {
        var copy: [UInt8] = []
        append(to: &copy)
        return copy
    }

    /// Appends the bytes to `array`.
    package func append(to array: inout [UInt8]) {
        unsafe withUnsafeBytes { unsafe array.append(contentsOf: $0) }
    }

    /// Whether the bytes equal `other`.
    package func equals(_ other: RawSpan) -> Bool {
        guard byteCount == other.byteCount else { return false }
        for index in 0..<byteCount where byte(at: index) != other.byte(at: index) { return false }
        return true
    }
}
