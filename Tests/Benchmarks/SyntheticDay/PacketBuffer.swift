import Bytes
import Glibc

/// Frames are written here byte by byte, and leave for the file when some megabytes are together.
///
/// Every packet is written whole, so that its checksums are right, and then cut to the snap length.
@safe struct PacketBuffer: ~Copyable {
    private let memory: UnsafeMutableRawBufferPointer
    /// Where the next byte goes.
    private(set) var end = 0

    /// Room for the largest packet with its record header.
    private static let packetLimit = 4096

    init(capacity: Int = 4 << 20) { unsafe memory = .allocate(byteCount: capacity, alignment: 64) }

    deinit { unsafe memory.deallocate() }

    var isFull: Bool { unsafe end + PacketBuffer.packetLimit > memory.count }

    @inline(__always)
    mutating func put<T: FixedWidthInteger & BitwiseCopyable>(little value: T) {
        unsafe memory.storeBytes(of: value.littleEndian, toByteOffset: end, as: T.self)
        end += MemoryLayout<T>.size
    }

    @inline(__always)
    mutating func put<T: FixedWidthInteger & BitwiseCopyable>(_ value: T) {
        unsafe memory.storeBytes(of: value.bigEndian, toByteOffset: end, as: T.self)
        end += MemoryLayout<T>.size
    }

    @inline(__always)
    mutating func set<T: FixedWidthInteger & BitwiseCopyable>(_ value: T, at offset: Int) {
        unsafe memory.storeBytes(of: value.bigEndian, toByteOffset: offset, as: T.self)
    }

    mutating func put(_ bytes: [UInt8], from start: Int = 0, count: Int = .max) {
        let count = min(count, bytes.count - start)
        guard count > 0 else { return }
        unsafe bytes.withUnsafeBytes { source in
            let part = unsafe UnsafeRawBufferPointer(rebasing: source[start..<(start + count)])
            unsafe UnsafeMutableRawBufferPointer(rebasing: memory[end..<(end + count)]).copyMemory(from: part)
        }
        end += count
    }

    /// Encrypted data, to all that look at it.
    @inline(__always)
    mutating func putNoise(_ count: Int, _ random: inout SplitMix64) {
        var place = end
        while place < end + count {
            unsafe memory.storeBytes(of: random.next(), toByteOffset: place, as: UInt64.self)
            place += 8
        }
        end += count
    }

    mutating func putZeros(_ count: Int) {
        for _ in 0..<count { put(UInt8(0)) }
    }

    /// Takes back what was written last.
    mutating func cut(to newEnd: Int) { end = newEnd }

    /// The sum of RFC 1071 over `start ..< end`, not yet folded; `start` is where the sum begins to count.
    @inline(__always)
    func sum(from start: Int, to end: Int) -> UInt64 {
        var sum: UInt64 = 0
        var place = start
        while place + 8 <= end {
            let word = unsafe memory.loadUnaligned(fromByteOffset: place, as: UInt64.self)
            sum &+= (word & 0xffff_ffff) &+ word >> 32
            place += 8
        }
        var shift: UInt64 = 0
        while place < end {
            sum &+= UInt64(unsafe memory[place]) << shift
            shift = (shift + 8) & 31
            place += 1
        }
        return sum
    }

    /// Writes everything to `descriptor`; false when the system refuses (see `errno`).
    mutating func flush(to descriptor: Int32) -> Bool {
        var written = 0
        while written < end {
            let part = unsafe UnsafeRawBufferPointer(rebasing: memory[written..<end])
            let count = unsafe Glibc.write(descriptor, part.baseAddress, part.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return false }
            written += count
        }
        end = 0
        return true
    }
}
