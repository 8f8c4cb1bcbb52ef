package import Bytes

/// The state by which packet blocks are read: the section's byte order and its interfaces.
package struct PCAPNGSection: Equatable, Sendable {
    package var byteOrder: ByteOrder = .little
    package private(set) var interfaces: [PCAPNGInterface] = []

    package init(byteOrder: ByteOrder = .little) { self.byteOrder = byteOrder }

    /// The byte order that the section header at `offset` declares; nil when its magic is neither.
    static func byteOrder(_ window: RawSpan, at offset: Int) -> ByteOrder? {
        var reader = ByteReader(window, at: offset)
        guard (try? reader.skip(8)) != nil, let magic = try? reader.u32LE() else { return nil }
        return magic == 0x1a2b_3c4d ? .little : magic == 0x4d3c_2b1a ? .big : nil
    }

    /// Interfaces per section, at most: a file with more repeats itself, and each costs memory.
    static let interfaceLimit = 65_536

    mutating func addInterface(_ body: RawSpan) {
        guard interfaces.count < PCAPNGSection.interfaceLimit else { return }
        interfaces.append(PCAPNGInterface(body, order: byteOrder))
    }

    func interface(_ id: UInt32) -> PCAPNGInterface? {
        id < UInt32(interfaces.count) ? interfaces[Int(id)] : nil
    }
}

/// An Interface Description Block (§4.2): link type, snap length, clock resolution and offset.
package struct PCAPNGInterface: Equatable, Sendable {
    package private(set) var linkType = LinkType(rawValue: .max)
    package private(set) var snapLength: UInt32 = 0
    /// Ticks per second as an exponent: of ten, or of two when `isBinary`.
    private var exponent: UInt8 = 6
    private var isBinary = false
    private var offsetSeconds: Int64 = 0
    /// Ticks per second of a decimal clock; 0 when the clock is binary or unreadable.
    private var ticksPerSecond: UInt64 = 1_000_000

    init(_ body: RawSpan, order: ByteOrder) {
        var reader = ByteReader(body)
        guard let link = try? reader.u16(order), (try? reader.skip(2)) != nil,
            let snap = try? reader.u32(order)
        else { return }
        linkType = LinkType(rawValue: UInt32(link))
        snapLength = snap
        var options = PCAPNGOptions(reader.takeRest(), order: order)
        while let option = options.next() {
            var value = ByteReader(options.value)
            switch option {
            case 9:  // if_tsresol
                guard let byte = try? value.u8() else { continue }
                isBinary = byte & 0x80 != 0
                exponent = byte & 0x7f
                // 19 is the largest power of ten that 64 bits hold.
                let isDecimal = !isBinary && exponent <= 19
                ticksPerSecond = isDecimal ? (0..<exponent).reduce(1) { product, _ in product &* 10 } : 0
            case 14:  // if_tsoffset
                guard let seconds = try? value.u64(order) else { continue }
                offsetSeconds = Int64(bitPattern: seconds)
            default: continue
            }
        }
    }

    /// The moment of a tick count; nil when it lies outside the representable years.
    func time(_ ticks: UInt64) -> Timestamp? {
        guard let (seconds, nanoseconds) = split(ticks), let whole = Int64(exactly: seconds) else {
            return nil
        }
        let (shifted, overflow) = whole.addingReportingOverflow(offsetSeconds)
        return overflow ? nil : Timestamp(seconds: shifted, nanoseconds: nanoseconds)
    }

    private func split(_ ticks: UInt64) -> (seconds: UInt64, nanoseconds: Int64)? {
        if isBinary {
            guard exponent < 64 else { return nil }
            let seconds = exponent == 0 ? ticks : ticks >> UInt64(exponent)
            let fraction = exponent == 0 ? 0 : ticks & ((1 << UInt64(exponent)) - 1)
            let scaled = fraction.multipliedFullWidth(by: 1_000_000_000)
            guard exponent > 0 else { return (seconds, 0) }
            let nanoseconds = scaled.high << (64 - UInt64(exponent)) | scaled.low >> UInt64(exponent)
            return (seconds, Int64(truncatingIfNeeded: nanoseconds))
        }
        guard ticksPerSecond > 0 else { return nil }
        let (seconds, fraction) = ticks.quotientAndRemainder(dividingBy: ticksPerSecond)
        if ticksPerSecond <= 1_000_000_000 {
            return (seconds, Int64(truncatingIfNeeded: fraction &* (1_000_000_000 / ticksPerSecond)))
        }
        let scaled = fraction.multipliedFullWidth(by: 1_000_000_000)
        return (seconds, Int64(truncatingIfNeeded: ticksPerSecond.dividingFullWidth(scaled).quotient))
    }
}

/// The option list at the end of a block (§3.5): code, length, value padded to four bytes.
struct PCAPNGOptions: ~Escapable {
    private var reader: ByteReader
    private let order: ByteOrder
    private(set) var value: RawSpan

    @_lifetime(copy bytes)
    init(_ bytes: RawSpan, order: ByteOrder) {
        reader = ByteReader(bytes)
        self.order = order
        value = bytes.clamped(from: 0, count: 0)
    }

    /// The next option's code, its bytes in `value`; nil at the end or where the list is damaged.
    mutating func next() -> UInt16? {
        guard let code = try? reader.u16(order), code != 0, let length = try? reader.u16(order),
            let bytes = try? reader.take(Int(length))
        else { return nil }
        value = bytes
        try? reader.skip((4 - Int(length) % 4) % 4)
        return code
    }
}

/// What a pcapng file told beside packets.
package struct PCAPNGTally: Equatable, Sendable {
    package internal(set) var nameResolutionBlocks: UInt64 = 0
    package internal(set) var decryptionSecretsBlocks: UInt64 = 0
    package internal(set) var customBlocks: UInt64 = 0
    package internal(set) var unknownBlocks: UInt64 = 0
    /// Packets that the capturing machine dropped in sections that have ended.
    private var droppedBefore: UInt64 = 0
    /// The last count of each interface of this section: the counters are cumulative (§4.6).
    private var dropped: [UInt32: UInt64] = [:]
    private var sections: UInt64 = 0

    package init() {}

    /// Adds what the part of the file behind this one told.
    package mutating func add(_ next: PCAPNGTally) {
        nameResolutionBlocks &+= next.nameResolutionBlocks
        decryptionSecretsBlocks &+= next.decryptionSecretsBlocks
        customBlocks &+= next.customBlocks
        unknownBlocks &+= next.unknownBlocks
        if next.sections > 0 {
            droppedBefore = droppedPackets &+ next.droppedBefore
            dropped = next.dropped
        } else {
            dropped.merge(next.dropped) { _, newer in newer }
        }
        sections &+= next.sections
    }

    /// Packets that the capturing machine says it dropped.
    package var droppedPackets: UInt64 { dropped.values.reduce(droppedBefore, &+) }

    mutating func startSection() {
        droppedBefore = droppedPackets
        dropped.removeAll()
        sections &+= 1
    }

    /// An Interface Statistics Block: interface, time, then isb_ifdrop (5) and isb_osdrop (7).
    mutating func readStatistics(_ body: RawSpan, order: ByteOrder) {
        var reader = ByteReader(body)
        guard let id = try? reader.u32(order), (try? reader.skip(8)) != nil,
            id < UInt32(PCAPNGSection.interfaceLimit)
        else { return }
        var options = PCAPNGOptions(reader.takeRest(), order: order)
        var drops: UInt64 = 0
        while let option = options.next() {
            guard option == 5 || option == 7 else { continue }
            var value = ByteReader(options.value)
            if let count = try? value.u64(order) { drops = drops &+ count }
        }
        dropped[id] = drops
    }
}
