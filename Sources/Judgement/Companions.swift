import Register

/// Finds the products after whose contacts an uncovered destination appears far more often than by chance.
///
/// Chance is counted device by device: if the destination's minutes fell anywhere among the minutes in which the
/// device was busy, so many would fall within the window after the product. Devices that use a product a lot and
/// devices that hardly do are thus never mixed.
struct Companions {
    /// One destination and one product.
    struct Pair: Hashable {
        var group: Int
        var product: ProductKey
    }

    struct Count: Equatable {
        /// Minutes of the destination within the window after the product.
        var together = 0
        var expected = Expectation()
        var devices = 0

        var lift: Lift? { Lift(seen: together, expected: expected) }
        var isMoreThanChance: Bool { (lift?.low ?? 0) > 1 }
    }

    private(set) var counts: [Pair: Count] = [:]
    /// Minutes in which each destination was contacted afresh.
    private(set) var minutes: [Int: Int] = [:]

    /// `groups` numbers the traces' groups as the caller does.
    mutating func add(_ trace: DeviceTrace, groups: [Int]) {
        let busy = trace.busy.count
        let products = trace.products.map {
            (key: $0.key, near: $0.near, wanted: $0.near.shared(with: trace.busy))
        }
        for party in trace.parties {
            let group = groups[Int(party.group)]
            let events = party.starts.count
            minutes[group, default: 0] += events
            for product in products {
                let together = party.starts.shared(with: product.near)
                var count = counts[Pair(group: group, product: product.key)] ?? Count()
                count.together += together
                count.expected.add(events: events, wanted: product.wanted, of: busy)
                if together > 0 { count.devices += 1 }
                counts[Pair(group: group, product: product.key)] = count
            }
        }
    }

    /// The products that a destination appears with more often than by chance, in at least `support` minutes.
    func candidates(support: Int) -> [Int: [ProductKey]] {
        var found: [Int: [ProductKey]] = [:]
        for (pair, count) in counts where count.together >= support && count.isMoreThanChance {
            found[pair.group, default: []].append(pair.product)
        }
        return found.mapValues { $0.sorted() }
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
