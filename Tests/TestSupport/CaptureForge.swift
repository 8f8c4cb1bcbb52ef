package import Bytes

/// Makes pcap files of every magic.
package struct PCAPForge: Sendable {
    package enum Variant: Sendable, CaseIterable {
        case microseconds
        case nanoseconds
        /// Kuznetzov's records of 24 bytes.
        case modified

        var magic: UInt64 {
            switch self {
            case .microseconds: 0xa1b2_c3d4
            case .nanoseconds: 0xa1b2_3c4d
            case .modified: 0xa1b2_cd34
            }
        }
    }

    package let order: ByteOrder
    package let variant: Variant
    package private(set) var bytes: [UInt8] = []
    /// Where each record begins.
    package private(set) var records: [Int] = []

    package init(
        _ order: ByteOrder = .little, _ variant: Variant = .microseconds, linkType: UInt32 = 1,
        snapLength: UInt32 = 262_144
    ) {
        self.order = order
        self.variant = variant
        bytes = Forge.number(variant.magic, 4, order)
        put(2, 2)
        put(4, 2)
        put(0, 8)
        put(UInt64(snapLength), 4)
        put(UInt64(linkType), 4)
    }

    /// A record; `captured` and `original` are the true length unless a test lies.
    package mutating func add(
        _ frame: [UInt8], seconds: UInt32 = 1_700_000_000, fraction: UInt32 = 0, captured: Int? = nil,
        original: Int? = nil
    ) {
        records.append(bytes.count)
        put(UInt64(seconds), 4)
        put(UInt64(fraction), 4)
        put(UInt64(truncatingIfNeeded: captured ?? frame.count), 4)
        put(UInt64(truncatingIfNeeded: original ?? frame.count), 4)
        if variant == .modified { put(0x0102_0304_0506_0708, 8) }
        bytes += frame
    }

    private mutating func put(_ value: UInt64, _ count: Int) { bytes += Forge.number(value, count, order) }
}

/// Makes pcapng files block by block.
package struct PCAPNGForge: Sendable {
    package private(set) var order: ByteOrder
    package private(set) var bytes: [UInt8] = []
    /// Where each block begins.
    package private(set) var blocks: [Int] = []

    /// Begins with a section header.
    package init(_ order: ByteOrder = .little) {
        self.order = order
        section(order)
    }

    /// A section header; later blocks have its byte order.
    package mutating func section(_ order: ByteOrder) {
        self.order = order
        block(0x0a0d_0d0a, number(0x1a2b_3c4d, 4) ++ number(1, 2) ++ number(0, 2) ++ number(.max, 8))
    }

    package func number(_ value: UInt64, _ count: Int) -> [UInt8] { Forge.number(value, count, order) }

    /// A block of any type; `length` and `trailer` are the true ones unless a test lies.
    package mutating func block(
        _ type: UInt32, _ body: [UInt8], length: UInt32? = nil, trailer: UInt32? = nil
    ) {
        blocks.append(bytes.count)
        let padded = body ++ [UInt8](repeating: 0, count: (4 - body.count % 4) % 4)
        let size = UInt64(padded.count + 12)
        bytes += number(UInt64(type), 4) ++ number(length.map { UInt64($0) } ?? size, 4) ++ padded
        bytes += number(trailer.map { UInt64($0) } ?? size, 4)
    }

    package func option(_ code: UInt16, _ value: [UInt8]) -> [UInt8] {
        let padding = [UInt8](repeating: 0, count: (4 - value.count % 4) % 4)
        return number(UInt64(code), 2) ++ number(UInt64(value.count), 2) ++ value ++ padding
    }

    package mutating func interface(
        linkType: UInt32 = 1, snapLength: UInt32 = 0, resolution: UInt8? = nil, offset: Int64? = nil
    ) {
        var options: [UInt8] = []
        if let resolution { options += option(9, [resolution]) }
        if let offset { options += option(14, number(UInt64(bitPattern: offset), 8)) }
        if !options.isEmpty { options += option(0, []) }
        block(1, number(UInt64(linkType), 2) ++ number(0, 2) ++ number(UInt64(snapLength), 4) ++ options)
    }

    package mutating func enhanced(
        _ frame: [UInt8], interface: UInt32 = 0, ticks: UInt64 = 1_700_000_000_000_000, captured: Int? = nil,
        original: Int? = nil
    ) {
        var body = number(UInt64(interface), 4) ++ number(ticks >> 32, 4) ++ number(ticks, 4)
        body += number(UInt64(captured ?? frame.count), 4) ++ number(UInt64(original ?? frame.count), 4)
        block(6, body ++ frame)
    }

    package mutating func simple(_ frame: [UInt8], original: Int? = nil) {
        block(3, number(UInt64(original ?? frame.count), 4) ++ frame)
    }

    package mutating func obsolete(_ frame: [UInt8], interface: UInt16 = 0, drops: UInt16 = 0, ticks: UInt64)
    {
        var body = number(UInt64(interface), 2) ++ number(UInt64(drops), 2)
        body += number(ticks >> 32, 4) ++ number(ticks, 4)
        body += number(UInt64(frame.count), 4) ++ number(UInt64(frame.count), 4)
        block(2, body ++ frame)
    }

    /// Interface statistics: packets that the interface and the system dropped.
    package mutating func statistics(interface: UInt32, dropped: UInt64, droppedBySystem: UInt64? = nil) {
        var body = number(UInt64(interface), 4) ++ number(0, 8) ++ option(5, number(dropped, 8))
        if let droppedBySystem { body += option(7, number(droppedBySystem, 8)) }
        block(5, body ++ option(0, []))
    }

    /// A file with one of every block that is read.
    package static func everything(_ order: ByteOrder) -> PCAPNGForge {
        var forge = PCAPNGForge(order)
        forge.interface(linkType: 1, snapLength: 8, resolution: 9, offset: 1)
        forge.interface(linkType: 101, resolution: 0x8a)
        forge.enhanced([1, 2, 3], interface: 1, ticks: 1025)
        forge.simple([1, 2, 3, 4, 5, 6, 7, 8], original: 100)
        forge.obsolete([5], ticks: 1)
        forge.statistics(interface: 0, dropped: 1)
        forge.block(10, [1, 2, 3, 4])
        return forge
    }
}
