import Register

/// When one device contacted what, in minutes: all that companions are told from.
///
/// Rows of masks over the hours in which the device was busy, one behind the other: a day of a large district compares
/// millions of pairs of rows, and rows of one device are read from one piece of memory.
struct DeviceTrace: Sendable {
    /// Uncovered destinations, by group; each has a row of the minutes in which contacts with it began.
    let parties: [Int32]
    /// Each has a row of the minutes within the window after a contact with the product began.
    let products: [ProductKey]
    /// Minutes in which the device began anything outside the district, the platform's own services aside:
    /// when somebody or something was busy on it.
    let busyMinutes: Int
    private let columns: Int
    /// The busy minutes, then the parties' rows, then the products'.
    private let masks: [UInt64]

    /// - Parameters:
    ///   - parties: sorted by group, then hour.
    ///   - products: minutes in which contacts with each began, sorted by product, then hour.
    ///   - window: minutes after a product's contact that are near it.
    init(
        busy: Timeline, parties: [(group: Int32, hour: Timeline.Hour)],
        products: [(key: ProductKey, hour: Timeline.Hour)], window: Int
    ) {
        var rows = RowBuilder(busy)
        var groups: [Int32] = []
        for party in parties {
            if groups.last != party.group {
                groups.append(party.group)
                rows.begin()
            }
            rows.add(party.hour.minutes, in: party.hour.hour)
        }
        var keys: [ProductKey] = []
        for product in products {
            if keys.last != product.key {
                keys.append(product.key)
                rows.begin()
            }
            let (own, next) = Timeline.after(product.hour.minutes, window)
            rows.add(own, in: product.hour.hour)
            if next != 0 { rows.add(next, in: product.hour.hour + 1) }
        }
        self.parties = groups
        self.products = keys
        busyMinutes = busy.count
        columns = busy.hours.count
        masks = rows.masks
    }

    private func start(party: Int) -> Int { (1 + party) * columns }
    private func start(product: Int) -> Int { (1 + parties.count + product) * columns }

    /// Minutes in which contacts with the party began.
    func events(_ party: Int) -> Int {
        let start = start(party: party)
        var count = 0
        for column in 0..<columns { count += masks[start + column].nonzeroBitCount }
        return count
    }

    /// Busy minutes near the product; `without`: not near that other product.
    func wanted(_ product: Int, without other: Int? = nil) -> Int {
        shared(0, start(product: product), without: other)
    }

    /// Minutes of the party near the product; `without`: not near that other product.
    func together(_ party: Int, _ product: Int, without other: Int? = nil) -> Int {
        shared(start(party: party), start(product: product), without: other)
    }

    private func shared(_ row: Int, _ near: Int, without other: Int?) -> Int {
        var count = 0
        if let other {
            let rival = start(product: other)
            for column in 0..<columns {
                count += (masks[row + column] & masks[near + column] & ~masks[rival + column]).nonzeroBitCount
            }
        } else {
            for column in 0..<columns {
                count += (masks[row + column] & masks[near + column]).nonzeroBitCount
            }
        }
        return count
    }
}

/// Fills rows over the hours of a timeline.
private struct RowBuilder {
    private(set) var masks: [UInt64]
    private let hours: [Int64]
    private var column = 0

    init(_ busy: Timeline) {
        hours = busy.hours.map(\.hour)
        masks = busy.hours.map(\.minutes)
    }

    /// Begins the next row.
    mutating func begin() {
        masks.append(contentsOf: repeatElement(0, count: hours.count))
        column = 0
    }

    /// Adds minutes to the row; what lies in no hour of the timeline can meet nothing and is left out. Hours come in
    /// order, or go back by one.
    mutating func add(_ minutes: UInt64, in hour: Int64) {
        while column > 0, hours[column - 1] >= hour { column -= 1 }
        while column < hours.count, hours[column] < hour { column += 1 }
        guard column < hours.count, hours[column] == hour else { return }
        masks[masks.count - hours.count + column] |= minutes
    }
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
        let starts = products.map { (key: $0.key, hour: Timeline.Hour(hour: $0.hour, minutes: $0.starts)) }
        return DeviceTrace(
            busy: busyMinutes,
            parties: parties.sorted { ($0.group, $0.hour.hour) < ($1.group, $1.hour.hour) },
            products: starts.sorted { $0.key == $1.key ? $0.hour.hour < $1.hour.hour : $0.key < $1.key },
            window: window)
    }
}
