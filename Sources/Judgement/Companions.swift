import Register

/// The products after whose contacts uncovered destinations appear far more often than by chance.
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

    struct Found: Equatable {
        let product: ProductKey
        let count: Count
    }

    /// By destination's group, the products that it appears with more often than by chance, in order.
    private(set) var found: [Int: [Found]] = [:]
    /// Of the groups in `found`, minutes in which the destination was contacted afresh.
    private(set) var minutes: [Int: Int] = [:]

    init() {}

    /// Counts the groups whose number leaves `shard` when it is divided by `shards`.
    ///
    /// One destination after the other, over all devices that contacted it: its products' counts then lie close to each
    /// other, and only what is more than chance is kept.
    ///
    /// - Parameter support: minutes together, at least.
    init(_ appearances: Appearances, shard: Int = 0, of shards: Int = 1, support: Int) {
        var table = ProductTable(products: appearances.products.count)
        for group in stride(from: shard, to: appearances.groupCount, by: shards) {
            let list = appearances.of(group)
            if list.isEmpty { continue }
            table.removeAll()
            var events = 0
            for appearance in list { events += appearances.count(appearance, in: &table) }
            let more = table.all.filter { $0.count.together >= support && $0.count.isMoreThanChance }
            if more.isEmpty { continue }
            minutes[group] = events
            found[group] =
                more.map { Found(product: appearances.products[Int($0.product)], count: $0.count) }
                .sorted { $0.product < $1.product }
        }
    }

    mutating func merge(_ other: Companions) {
        found.merge(other.found) { known, _ in known }
        minutes.merge(other.minutes) { known, _ in known }
    }

    /// What was counted of a destination and a product that it appears with.
    func count(_ group: Int, _ product: ProductKey) -> Count? {
        found[group]?.first { $0.product == product }?.count
    }
}

/// Which device contacted which destination: the devices' traces, and an index of them by the destination's group.
struct Appearances: Sendable {
    /// A party of a device.
    struct Appearance: Sendable {
        let device: Int32
        let party: Int32
    }

    private let devices: [DeviceTrace]
    private var list: [Appearance] = []
    /// `starts[g] ..< starts[g + 1]` are the places of group `g` in `list`.
    private var starts: [Int]
    /// Products by number, in the order in which they came.
    private(set) var products: [ProductKey] = []
    /// For each device, where its products begin in `numbers` and `wanted`.
    private var offsets: [Int] = []
    private var numbers: [UInt32] = []
    private var wanted: [Int32] = []

    var groupCount: Int { starts.count - 1 }

    /// - Parameters:
    ///   - traces: of each part, its devices.
    ///   - places: of each part, the number of its groups among all `groupCount` ones.
    init(_ traces: [[DeviceTrace]], places: [[Int]], groupCount: Int) {
        devices = traces.flatMap(\.self)
        starts = Array(repeating: 0, count: groupCount + 1)
        var known: [ProductKey: UInt32] = [:]
        for device in devices {
            offsets.append(numbers.count)
            for (place, product) in device.products.enumerated() {
                let number = known[product] ?? UInt32(truncatingIfNeeded: products.count)
                if Int(number) == products.count {
                    products.append(product)
                    known[product] = number
                }
                numbers.append(number)
                wanted.append(Int32(truncatingIfNeeded: device.wanted(place)))
            }
        }
        index(traces, places)
    }

    /// Sorts all parties by group, by counting them first.
    private mutating func index(_ traces: [[DeviceTrace]], _ places: [[Int]]) {
        for (part, devices) in traces.enumerated() {
            for device in devices {
                for party in device.parties { starts[places[part][Int(party)] + 1] += 1 }
            }
        }
        for group in 1..<max(1, starts.count) { starts[group] += starts[group - 1] }
        list = Array(repeating: Appearance(device: 0, party: 0), count: starts.last ?? 0)
        var next = starts
        var number: Int32 = 0
        for (part, devices) in traces.enumerated() {
            for device in devices {
                for (party, group) in device.parties.enumerated() {
                    let group = places[part][Int(group)]
                    list[next[group]] = Appearance(device: number, party: Int32(truncatingIfNeeded: party))
                    next[group] += 1
                }
                number += 1
            }
        }
    }

    func of(_ group: Int) -> ArraySlice<Appearance> { list[starts[group]..<starts[group + 1]] }

    /// Adds what one device did; returns the minutes in which the destination was contacted.
    fileprivate func count(_ appearance: Appearance, in table: inout ProductTable) -> Int {
        let device = Int(appearance.device)
        let party = Int(appearance.party)
        let events = devices[device].events(party)
        let busy = devices[device].busyMinutes
        let offset = offsets[device]
        for product in devices[device].products.indices {
            let together = devices[device].together(party, product)
            let wanted = Int(self.wanted[offset + product])
            table.update(numbers[offset + product]) { count in
                count.together += together
                count.expected.add(events: events, wanted: wanted, of: busy)
                if together > 0 { count.devices += 1 }
            }
        }
        return events
    }

    /// Every device and its parties, each with its group.
    func forEachParty(of groups: (Int) -> Bool, _ body: (DeviceTrace, Int, Int) -> Void) {
        for group in 0..<groupCount where groups(group) {
            for appearance in of(group) {
                body(devices[Int(appearance.device)], Int(appearance.party), group)
            }
        }
    }
}

/// Counts by product's number, in the order in which products come.
private struct ProductTable {
    private struct Entry {
        let product: UInt32
        var count = Companions.Count()
    }

    private var entries: [Entry] = []
    /// For each product the position + 1 of its entry; 0 is none.
    private var places: [UInt32]

    init(products: Int) { places = Array(repeating: 0, count: products) }

    mutating func removeAll() {
        for entry in entries { places[Int(entry.product)] = 0 }
        entries.removeAll(keepingCapacity: true)
    }

    mutating func update(_ product: UInt32, _ body: (inout Companions.Count) -> Void) {
        let place = places[Int(product)]
        if place > 0 { return body(&entries[Int(place) &- 1].count) }
        var entry = Entry(product: product)
        body(&entry.count)
        entries.append(entry)
        places[Int(product)] = UInt32(truncatingIfNeeded: entries.count)
    }

    var all: some Sequence<(product: UInt32, count: Companions.Count)> {
        entries.lazy.map { ($0.product, $0.count) }
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

    private var counts: [Key: Companions.Count] = [:]

    /// Counts again, for each two candidates of a destination, what is left of one in the minutes without the other.
    init(_ appearances: Appearances, _ companions: Companions) {
        let rivals = companions.found.filter { $0.value.count > 1 }.mapValues { $0.map(\.product) }
        if rivals.isEmpty { return }
        appearances.forEachParty(of: { rivals[$0] != nil }) { device, party, group in
            guard let candidates = rivals[group] else { return }
            let places = candidates.map { device.products.firstIndex(of: $0) }
            let events = device.events(party)
            for (product, place) in zip(candidates, places) {
                guard let place else { continue }
                for (other, rival) in zip(candidates, places) where other != product {
                    let key = Key(group: group, product: product, without: other)
                    counts[key, default: Companions.Count()].together +=
                        device.together(party, place, without: rival)
                    counts[key, default: Companions.Count()].expected
                        .add(
                            events: events, wanted: device.wanted(place, without: rival),
                            of: device.busyMinutes)
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
