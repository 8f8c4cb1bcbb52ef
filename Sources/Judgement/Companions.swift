import Register

/// Finds the products after whose contacts an uncovered destination appears far more often than by chance.
///
/// Chance is counted device by device: if the destination's minutes fell anywhere among the minutes in which the
/// device was busy, so many would fall within the window after the product. Devices that use a product a lot and
/// devices that hardly do are thus never mixed.
struct Companions: Sendable {
    struct Count: Equatable {
        /// Minutes of the destination within the window after the product.
        var together = 0
        var expected = Expectation()
        var devices = 0

        var lift: Lift? { Lift(seen: together, expected: expected) }
        var isMoreThanChance: Bool { (lift?.low ?? 0) > 1 }
    }

    private let shard: Int
    private let shards: Int
    /// Products by number, in the order in which they came.
    private var products: [ProductKey] = []
    private var numbers: [ProductKey: UInt32] = [:]
    private var pairs = PairTable()
    /// Minutes in which each destination was contacted afresh.
    private(set) var minutes: [Int: Int] = [:]

    /// Counts the destinations whose number leaves `shard` when it is divided by `shards`.
    init(shard: Int = 0, of shards: Int = 1) {
        self.shard = shard
        self.shards = shards
    }

    /// `groups` numbers the traces' groups as the caller does.
    mutating func add(_ trace: DeviceTrace, groups: [Int]) {
        let busy = trace.busy.count
        let products = trace.products.map {
            (number: number($0.key), near: $0.near, wanted: $0.near.shared(with: trace.busy))
        }
        for party in trace.parties {
            let group = groups[Int(party.group)]
            guard group % shards == shard else { continue }
            let events = party.starts.count
            minutes[group, default: 0] += events
            for product in products {
                let together = party.starts.shared(with: product.near)
                pairs.update(group, product.number) { count in
                    count.together += together
                    count.expected.add(events: events, wanted: product.wanted, of: busy)
                    if together > 0 { count.devices += 1 }
                }
            }
        }
    }

    private mutating func number(_ product: ProductKey) -> UInt32 {
        if let known = numbers[product] { return known }
        let number = UInt32(truncatingIfNeeded: products.count)
        products.append(product)
        numbers[product] = number
        return number
    }

    /// What was counted of a destination and a product; nil when they never met on a device.
    func count(_ group: Int, _ product: ProductKey) -> Count? {
        numbers[product].flatMap { pairs.count(group, $0) }
    }

    /// The products that a destination appears with more often than by chance, in at least `support` minutes.
    func candidates(support: Int) -> [Int: [ProductKey]] {
        var found: [Int: [ProductKey]] = [:]
        for (group, product, count) in pairs.all
        where count.together >= support && count.isMoreThanChance {
            found[group, default: []].append(products[Int(product)])
        }
        return found.mapValues { $0.sorted() }
    }
}

/// Counts by destination and product: millions of them on a day of a large district. An open-addressing index
/// (linear probing) over a list; a dictionary takes four times as long.
private struct PairTable: Sendable {
    private struct Entry {
        let key: UInt64
        var count = Companions.Count()
    }

    private var entries: [Entry] = []
    /// Position + 1 of an entry; 0 is empty. A power of two in length, at most half full.
    private var index: [UInt32] = Array(repeating: 0, count: 1024)

    mutating func update(_ group: Int, _ product: UInt32, _ body: (inout Companions.Count) -> Void) {
        let key = PairTable.key(group, product)
        let slot = slot(of: key)
        if index[slot] > 0 { return body(&entries[Int(index[slot]) &- 1].count) }
        var entry = Entry(key: key)
        body(&entry.count)
        entries.append(entry)
        index[slot] = UInt32(truncatingIfNeeded: entries.count)
        if entries.count &* 2 > index.count { grow() }
    }

    func count(_ group: Int, _ product: UInt32) -> Companions.Count? {
        let position = index[slot(of: PairTable.key(group, product))]
        return position > 0 ? entries[Int(position) - 1].count : nil
    }

    var all: some Sequence<(group: Int, product: UInt32, count: Companions.Count)> {
        entries.lazy.map {
            (Int($0.key >> 32), UInt32(truncatingIfNeeded: $0.key), $0.count)
        }
    }

    private static func key(_ group: Int, _ product: UInt32) -> UInt64 {
        UInt64(UInt32(truncatingIfNeeded: group)) << 32 | UInt64(product)
    }

    /// Where the key stands, or would.
    private func slot(of key: UInt64) -> Int {
        let mask = index.count &- 1
        let mixed = (key ^ key >> 29) &* 0x9e37_79b9_7f4a_7c15
        var slot = Int(truncatingIfNeeded: mixed >> 32) & mask
        while index[slot] > 0, entries[Int(index[slot]) &- 1].key != key { slot = (slot &+ 1) & mask }
        return slot
    }

    private mutating func grow() {
        index = Array(repeating: 0, count: index.count * 2)
        for position in entries.indices {
            index[slot(of: entries[position].key)] = UInt32(truncatingIfNeeded: position + 1)
        }
    }
}

/// Tells apart products that are used at the same time: a product that is seen with a destination only while
/// another one is about is not what it comes with.
struct CompanionRivals {
    private struct Key: Hashable {
        var group: Int
        var product: ProductKey
        var without: ProductKey
    }

    private let candidates: [Int: [ProductKey]]
    private var counts: [Key: Companions.Count] = [:]

    init(_ candidates: [Int: [ProductKey]]) { self.candidates = candidates.filter { $0.value.count > 1 } }

    var isNeeded: Bool { !candidates.isEmpty }

    /// Counts again, for each two candidates, what is left of one in the minutes without the other.
    mutating func add(_ trace: DeviceTrace, groups: [Int]) {
        let busy = trace.busy.count
        for party in trace.parties {
            let group = groups[Int(party.group)]
            guard let rivals = candidates[group] else { continue }
            let events = party.starts.count
            let present = trace.products.filter { rivals.contains($0.key) }
            for product in present {
                for other in rivals where other != product.key {
                    var near = product.near
                    if let rival = present.first(where: { $0.key == other }) {
                        near = near.subtracting(rival.near)
                    }
                    let key = Key(group: group, product: product.key, without: other)
                    counts[key, default: Companions.Count()].together += party.starts.shared(with: near)
                    counts[key, default: Companions.Count()].expected
                        .add(events: events, wanted: near.shared(with: trace.busy), of: busy)
                }
            }
        }
    }

    /// The candidates that no other one explains, each with those that it cannot be told from.
    func remaining(_ group: Int, of all: [ProductKey]) -> [(product: ProductKey, alike: [ProductKey])] {
        func stands(_ product: ProductKey, without other: ProductKey) -> Bool {
            counts[Key(group: group, product: product, without: other)]?.isMoreThanChance ?? false
        }
        return all.compactMap { product in
            let others = all.filter { $0 != product && !stands(product, without: $0) }
            if others.contains(where: { stands($0, without: product) }) { return nil }
            return (product, others)
        }
    }
}
