#if canImport(Glibc)
    import Glibc
#endif

/// An owned, reusable block of memory that a file is read into: allocated once, freed by its owner's end.
///
/// Reading with `pread` into a small reused buffer is as fast as mapping the file, keeps the resident size
/// small, and a file that shrinks meanwhile is a short read, not a SIGBUS.
@safe package struct ByteBuffer: ~Copyable {
    private var memory: UnsafeMutableRawBufferPointer

    package init(capacity: Int) {
        unsafe memory = .allocate(byteCount: max(capacity, 1), alignment: 64)
    }

    deinit { unsafe memory.deallocate() }

    package var capacity: Int { unsafe memory.count }

    /// The first `count` bytes, clamped to the capacity.
    @_lifetime(borrow self)
    package func bytes(_ count: Int) -> RawSpan {
        let span = unsafe RawSpan(
            _unsafeStart: UnsafeRawPointer(memory.baseAddress.unsafelyUnwrapped),
            byteCount: min(max(count, 0), memory.count))
        return unsafe _overrideLifetime(span, borrowing: self)
    }

    /// Where the bytes stand, for C functions that take a pointer; valid as long as the buffer lives and does not grow.
    package var address: UnsafeRawPointer? { unsafe UnsafeRawPointer(memory.baseAddress) }

    /// Enlarges to at least `capacity`, keeping the first `keeping` bytes.
    package mutating func grow(to capacity: Int, keeping: Int) {
        guard capacity > self.capacity else { return }
        let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 64)
        unsafe larger.copyMemory(
            from: UnsafeRawBufferPointer(rebasing: memory[..<min(keeping, memory.count)]))
        unsafe memory.deallocate()
        unsafe memory = larger
    }

    /// Moves the bytes `start ..< end` to the front; ranges outside the buffer are clamped.
    package mutating func moveToFront(from start: Int, to end: Int) {
        let end = min(end, capacity)
        guard start > 0, start < end else { return }
        guard let base = unsafe memory.baseAddress else { return }
        unsafe memmove(base, base + start, end - start)
    }

    /// Copies `bytes` to `offset`; returns how many fitted.
    @discardableResult
    package mutating func write(_ bytes: RawSpan, at offset: Int) -> Int {
        let count = min(bytes.byteCount, capacity - offset)
        guard offset >= 0, count > 0 else { return 0 }
        unsafe bytes.withUnsafeBytes { source in
            unsafe UnsafeMutableRawBufferPointer(rebasing: memory[offset..<(offset + count)])
                .copyMemory(from: UnsafeRawBufferPointer(rebasing: source[..<count]))
        }
        return count
    }

    /// Runs `body` over the writable part `offset ..< offset + count`: for C functions that fill a buffer.
    /// `body` returns how many bytes it wrote, or a negative number for an error.
    package mutating func fill(
        at offset: Int, count: Int, _ body: (UnsafeMutableRawBufferPointer) -> Int
    ) -> Int {
        let low = min(max(offset, 0), capacity)
        let high = low + min(max(count, 0), capacity - low)
        return unsafe body(UnsafeMutableRawBufferPointer(rebasing: memory[low..<high]))
    }
}
