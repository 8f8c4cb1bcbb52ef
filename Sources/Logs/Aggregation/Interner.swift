import Bytes

/// Mixes 64 bits so that every input bit reaches every output bit (the multiply-and-fold step of wyhash).
@inline(__always)
func mix(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let product = (a ^ 0xa076_1d64_78bd_642f).multipliedFullWidth(by: b ^ 0xe703_7ed1_a0b4_28db)
    return product.high ^ product.low
}

/// Open addressing from 32-bit hashes to ids counted from 0. The owner compares what the ids stand for.
struct IDTable: Sendable {
    /// `hash << 32 | id + 1`; 0 when free.
    private var slots: [UInt64]
    private var mask: Int
    private(set) var count = 0

    /// More would not fit the 32 bits of an id, and 40 million contacts already take gigabytes.
    static let limit = 40_000_000

    init() {
        slots = Array(repeating: 0, count: 64)
        mask = 63
    }

    /// The id with this hash for which `isSame` holds, or nil.
    @inline(__always)
    func find(_ hash: UInt32, isSame: (Int) -> Bool) -> Int? {
        var index = Int(hash) & mask
        while true {
            let slot = slots[index]
            if slot == 0 { return nil }
            if UInt32(truncatingIfNeeded: slot &>> 32) == hash {
                let id = Int(slot & 0xffff_ffff) &- 1
                if isSame(id) { return id }
            }
            index = (index &+ 1) & mask
        }
    }

    /// The first slot that a search for `hash` looks at.
    @inline(__always)
    func firstSlot(_ hash: UInt32) -> UInt64 { slots[Int(hash) & mask] }

    /// Adds the next id, which is `count`, under `hash`; nil when the table is full.
    mutating func append(_ hash: UInt32) -> Int? {
        guard count < IDTable.limit else { return nil }
        if (count &+ 1) &* 3 > slots.count &* 2 { grow() }
        let id = count
        count &+= 1
        place(UInt64(hash) &<< 32 | UInt64(id &+ 1))
        return id
    }

    private mutating func place(_ slot: UInt64) {
        var index = Int(slot &>> 32) & mask
        while slots[index] != 0 { index = (index &+ 1) & mask }
        slots[index] = slot
    }

    private mutating func grow() {
        let old = slots
        slots = Array(repeating: 0, count: old.count * 2)
        mask = slots.count - 1
        for slot in old where slot != 0 { place(slot) }
    }
}

/// Numbers distinct byte strings in the order in which they come.
struct TextInterner: Sendable {
    private var table = IDTable()
    private var arena: [UInt8] = []
    /// Where each text ends in the arena, after a first 0.
    private var ends: [Int] = [0]

    var count: Int { table.count }

    /// The number of `count` bytes at `start` of `source`; nil when the table is full.
    @inline(__always)
    mutating func intern(_ source: RawSpan, from start: Int, count: Int) -> Int? {
        let hash = TextInterner.hash(source, from: start, count: count)
        if let id = find(hash, source, from: start, count: count) { return id }
        return insert(hash, source.clamped(from: start, count: count))
    }

    @inline(__always)
    private func find(_ hash: UInt32, _ source: RawSpan, from start: Int, count: Int) -> Int? {
        let bytes = arena.span.bytesView
        return table.find(hash) { id in
            let from = ends[id]
            return ends[id &+ 1] &- from == count
                && source.equals(from: start, count: count, bytes, from: from)
        }
    }

    private mutating func insert(_ hash: UInt32, _ text: RawSpan) -> Int? {
        guard let id = table.append(hash) else { return nil }
        text.append(to: &arena)
        ends.append(arena.count)
        return id
    }

    @inline(__always)
    private static func hash(_ source: RawSpan, from start: Int, count: Int) -> UInt32 {
        var state = UInt64(truncatingIfNeeded: count)
        var done = 0
        while done < count {
            state = mix(state, source.word(at: start &+ done, count: min(8, count &- done)))
            done &+= 8
        }
        return UInt32(truncatingIfNeeded: state ^ state &>> 32)
    }

    func bytes(_ id: Int) -> [UInt8] {
        guard id >= 0, id < count else { return [] }
        return Array(arena[ends[id]..<ends[id + 1]])
    }

    /// UTF-8 where the bytes are UTF-8, else Latin-1, so that no byte is lost.
    func text(_ id: Int) -> String {
        let bytes = bytes(id)
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        return String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    }

    /// For each id its place in bytewise order.
    func ranks() -> [UInt32] {
        let texts = (0..<count).map { bytes($0) }
        let order = (0..<count).sorted { texts[$0].lexicographicallyPrecedes(texts[$1]) }
        return inverted(order)
    }

    /// Numbers all texts of `other`; `nil` entries did not fit.
    mutating func absorb(_ other: TextInterner) -> [Int?] {
        (0..<other.count).map { id in
            let from = other.ends[id]
            return intern(other.arena.span.bytesView, from: from, count: other.ends[id + 1] - from)
        }
    }
}

/// Numbers distinct addresses in the order in which they come.
struct AddressInterner: Sendable {
    private var table = IDTable()
    private(set) var addresses: [IPAddress] = []

    @inline(__always)
    mutating func intern(_ address: IPAddress) -> Int? {
        let mixed = mix(address.low, address.high ^ (address.isIPv4 ? 4 : 6))
        let hash = UInt32(truncatingIfNeeded: mixed ^ mixed &>> 32)
        if let id = table.find(hash, isSame: { addresses[$0] == address }) { return id }
        guard let id = table.append(hash) else { return nil }
        addresses.append(address)
        return id
    }

    /// For each id its place in the order of addresses.
    func ranks() -> [UInt32] {
        inverted(addresses.indices.sorted { addresses[$0] < addresses[$1] })
    }

    /// Numbers all addresses of `other`; `nil` entries did not fit.
    mutating func absorb(_ other: AddressInterner) -> [Int?] { other.addresses.map { intern($0) } }
}

/// From the ids in order to the place of each id.
private func inverted(_ order: [Int]) -> [UInt32] {
    var ranks = [UInt32](repeating: 0, count: order.count)
    for (rank, id) in order.enumerated() { ranks[id] = UInt32(truncatingIfNeeded: rank) }
    return ranks
}
