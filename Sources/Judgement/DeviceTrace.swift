import Register

/// When one device contacted what, in minutes: all that companions are told from.
struct DeviceTrace: Sendable {
    /// Minutes in which the device began anything outside the district, the platform's own services aside:
    /// when somebody or something was busy on it.
    var busy: Timeline
    /// Minutes in which it began contacts with uncovered destinations, by group.
    var parties: [(group: Int32, starts: Timeline)]
    /// Busy minutes within the window after it began a contact with a product.
    var products: [(key: ProductKey, near: Timeline)]
}

/// Gathers the minutes of one device while its contacts are judged.
struct TraceBuilder: Sendable {
    private struct ProductUse {
        var key: ProductKey
        var hour: Int64
        var starts: UInt64
        var active: UInt64
        var isCovered: Bool
    }

    private var busy: [Timeline.Hour] = []
    private var parties: [(group: Int32, hour: Timeline.Hour)] = []
    private var products: [ProductUse] = []

    mutating func removeAll() {
        busy.removeAll(keepingCapacity: true)
        parties.removeAll(keepingCapacity: true)
        products.removeAll(keepingCapacity: true)
    }

    mutating func noteBusy(_ hour: Int64, _ starts: UInt64) {
        if starts == 0 { return }
        // Contacts of one name follow each other by hours, and most hours come again and again.
        if let last = busy.last, last.hour == hour {
            busy[busy.count - 1].minutes |= starts
        } else {
            busy.append(Timeline.Hour(hour: hour, minutes: starts))
        }
    }

    mutating func noteParty(_ group: Int32, _ hour: Int64, _ starts: UInt64) {
        if starts != 0 { parties.append((group, Timeline.Hour(hour: hour, minutes: starts))) }
    }

    mutating func noteProduct(
        _ key: ProductKey, _ hour: Int64, starts: UInt64, active: UInt64, isCovered: Bool
    ) {
        products.append(
            ProductUse(key: key, hour: hour, starts: starts, active: active, isCovered: isCovered))
    }

    var hasProducts: Bool { !products.isEmpty }

    var busyMinutes: Timeline { Timeline(busy) }

    /// The minutes within the window around covered traffic with any of `parents`.
    func near(_ parents: [ProductKey], window: Int) -> Timeline {
        let pieces = products.filter { $0.isCovered && parents.contains($0.key) }
            .map { Timeline.Hour(hour: $0.hour, minutes: $0.active | $0.starts) }
        return Timeline(pieces).spread(before: window, after: window)
    }

    /// Nil when the device had no uncovered destination or no product: then it tells nothing.
    func finish(window: Int) -> DeviceTrace? {
        if parties.isEmpty || products.isEmpty { return nil }
        let busy = busyMinutes
        // Sorted, so that what belongs together follows each other: a list per party and product would cost more
        // than all else here.
        let parties = self.parties.sorted { ($0.group, $0.hour.hour) < ($1.group, $1.hour.hour) }
        let products = self.products.sorted {
            $0.key == $1.key ? $0.hour < $1.hour : $0.key < $1.key
        }
        return DeviceTrace(
            busy: busy,
            parties: TraceBuilder.runs(parties) { $0.group == $1.group }.map { run in
                (run[run.startIndex].group, Timeline(run.map(\.hour)))
            },
            products: TraceBuilder.runs(products) { $0.key == $1.key }.map { run in
                let pieces = run.map { Timeline.Hour(hour: $0.hour, minutes: $0.starts) }
                return (run[run.startIndex].key, Timeline(pieces).spread(before: 0, after: window))
            })
    }

    /// Neighbours of which all are the same.
    private static func runs<Item>(_ items: [Item], _ isSame: (Item, Item) -> Bool) -> [ArraySlice<Item>] {
        var runs: [ArraySlice<Item>] = []
        var start = 0
        for end in 1...max(1, items.count) where end >= items.count || !isSame(items[start], items[end]) {
            if start < items.count { runs.append(items[start..<min(end, items.count)]) }
            start = end
        }
        return runs
    }
}
