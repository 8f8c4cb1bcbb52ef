import Bytes

/// Statements about keys (addresses) laid out in time: for each key, stretches that do not overlap, each held by one
/// device or claimed by several.
///
/// The table is a function of the set of statements: any order of input gives the same table. A look-up takes
/// O(log n) steps.
struct IntervalTable<Key: Comparable & Sendable>: Sendable {
    /// A stretch of time in which the answer does not change.
    struct Stretch: Equatable, Sendable {
        var from: Timestamp
        /// The first moment that no longer belongs to it.
        var to: Timestamp
        /// Nil when several devices claim the key.
        var holder: Holder?
        var host: Int32
        var user: Int32
        var source: BindingSource
        /// Where the claimants of a contested stretch stand in `claimants`; -1 otherwise.
        var contest: Int32
    }

    /// The answer to a question.
    enum Answer: Equatable, Sendable {
        case nobody
        case one(Stretch)
        /// The claimants, sorted.
        case several([Holder])
    }

    private(set) var keys: [Key] = []
    /// `starts[i] ..< starts[i + 1]` are the stretches of `keys[i]`.
    private var starts: [Int] = [0]
    private(set) var stretches: [Stretch] = []
    private var claimants: [[Holder]] = []

    init() {}

    init(_ bindings: consuming [Binding<Key>]) {
        // Empty stretches say nothing.
        bindings.removeAll { $0.from >= $0.to }
        bindings.sort { a, b in
            if a.key != b.key { return a.key < b.key }
            if a.from != b.from { return a.from < b.from }
            return IntervalTable.precedes(a, b)
        }
        stretches.reserveCapacity(bindings.count)
        var first = 0
        while first < bindings.count {
            var end = first + 1
            while end < bindings.count, bindings[end].key == bindings[first].key { end += 1 }
            add(bindings[first..<end])
            first = end
        }
    }

    /// A total order of statements with the same key and start, so that input order plays no part.
    private static func precedes(_ a: Binding<Key>, _ b: Binding<Key>) -> Bool {
        if a.to != b.to { return a.to < b.to }
        if a.source != b.source { return a.source.rawValue < b.source.rawValue }
        if a.holder != b.holder { return a.holder < b.holder }
        if a.isWeak != b.isWeak { return b.isWeak }
        return (a.host, a.user) < (b.host, b.user)
    }

    private mutating func add(_ group: ArraySlice<Binding<Key>>) {
        guard let key = group.first?.key else { return }
        var latest = Timestamp(nanoseconds: .min)
        var overlaps = false
        for binding in group {
            if binding.from < latest { overlaps = true }
            latest = max(latest, binding.to)
        }
        if overlaps {
            sweep(group)
        } else {
            for binding in group { append(stretch(binding, from: binding.from, to: binding.to)) }
        }
        keys.append(key)
        starts.append(stretches.count)
    }

    private func stretch(_ binding: Binding<Key>, from: Timestamp, to: Timestamp) -> Stretch {
        Stretch(
            from: from, to: to, holder: binding.holder, host: binding.host, user: binding.user,
            source: binding.source, contest: -1)
    }

    /// Adds a stretch, or prolongs the last one when it says the same and ends where this begins.
    private mutating func append(_ next: Stretch) {
        let isFirst = stretches.count == starts.last
        guard !isFirst, var last = stretches.last, last.to == next.from, last.holder == next.holder,
            last.host == next.host, last.user == next.user, last.contest == next.contest
        else { return stretches.append(next) }
        last.to = next.to
        stretches[stretches.count - 1] = last
    }

    // MARK: Overlaps

    /// Statements under way at one moment, more than this, are contested without a closer look: a table of one
    /// device per address never has them, and hostile input must not cost quadratic time.
    private static var activeLimit: Int { 32 }

    private mutating func sweep(_ group: ArraySlice<Binding<Key>>) {
        let bindings = Array(group)
        var moments: [(time: Timestamp, index: Int, begins: Bool)] = []
        moments.reserveCapacity(bindings.count * 2)
        for (index, binding) in bindings.enumerated() {
            moments.append((binding.from, index, true))
            moments.append((binding.to, index, false))
        }
        moments.sort { a, b in
            if a.time != b.time { return a.time < b.time }
            return a.begins == b.begins ? a.index < b.index : !a.begins
        }
        var active: Set<Int> = []
        var position = 0
        while position < moments.count {
            let time = moments[position].time
            while position < moments.count, moments[position].time == time {
                let moment = moments[position]
                if moment.begins { active.insert(moment.index) } else { active.remove(moment.index) }
                position += 1
            }
            guard !active.isEmpty, position < moments.count else { continue }
            append(resolve(active, bindings, from: time, to: moments[position].time))
        }
    }

    /// Who holds the key while `active` are under way.
    private mutating func resolve(
        _ active: Set<Int>, _ bindings: [Binding<Key>], from: Timestamp, to: Timestamp
    ) -> Stretch {
        let looked = active.count > IntervalTable.activeLimit ? [] : active.sorted().map { bindings[$0] }
        let strong = looked.filter { !$0.isWeak }
        let valid = strong.isEmpty ? looked : strong
        let holders = Set(valid.map(\.holder))
        guard holders.count == 1, let best = valid.min(by: IntervalTable.isBetter) else {
            let list = Array(holders.sorted().prefix(IntervalTable.activeLimit))
            let known = claimants.lastIndex(of: list)
            let contest = known == claimants.count - 1 ? known : nil
            if contest == nil { claimants.append(list) }
            return Stretch(
                from: from, to: to, holder: nil, host: TextPool.none, user: TextPool.none, source: .neighbour,
                contest: Int32(truncatingIfNeeded: claimants.count - 1))
        }
        var stretch = stretch(best, from: from, to: to)
        // What the best source leaves open, another may know.
        for other in valid.sorted(by: IntervalTable.isBetter) {
            if stretch.host == TextPool.none { stretch.host = other.host }
            if stretch.user == TextPool.none { stretch.user = other.user }
        }
        return stretch
    }

    /// The better source first, then the later statement.
    private static func isBetter(_ a: Binding<Key>, _ b: Binding<Key>) -> Bool {
        if a.source != b.source { return a.source.rawValue < b.source.rawValue }
        if a.from != b.from { return a.from > b.from }
        return precedes(a, b)
    }

    // MARK: Look-up

    /// Server clocks and sensor clocks differ, and logs cut fractions of a second off.
    static var tolerance: Int64 { 30 }

    /// Who held `key` during all of `first ... last`: one device that held it at both ends (give or take
    /// `tolerance` seconds) while nobody else did in between.
    func answer(_ key: Key, from first: Timestamp, to last: Timestamp) -> Answer {
        guard let range = range(of: key) else { return .nobody }
        var index = firstStretch(in: range, endingAfter: first)
        var found: Stretch?
        var begin = Timestamp.distantFuture
        var end = Timestamp(nanoseconds: .min)
        while index < range.upperBound, stretches[index].from <= last {
            let stretch = stretches[index]
            guard let holder = stretch.holder else { return .several(claimants[Int(stretch.contest)]) }
            if let known = found?.holder, known != holder { return .several([known, holder].sorted()) }
            begin = min(begin, stretch.from)
            end = max(end, stretch.to)
            found = found ?? stretch
            index += 1
        }
        guard let found else { return near(key: range, first, last) }
        let covers =
            begin <= first.adding(seconds: IntervalTable.tolerance)
            && last < end.adding(seconds: IntervalTable.tolerance)
        return covers ? .one(found) : .nobody
    }

    /// The stretch that begins or ends within the tolerance of a moment that lies in a gap.
    private func near(key range: Range<Int>, _ first: Timestamp, _ last: Timestamp) -> Answer {
        let next = firstStretch(in: range, endingAfter: first)
        var candidates: [Stretch] = []
        if next < range.upperBound,
            stretches[next].from <= first.adding(seconds: IntervalTable.tolerance)
        {
            candidates.append(stretches[next])
        }
        if next > range.lowerBound,
            last < stretches[next - 1].to.adding(seconds: IntervalTable.tolerance)
        {
            candidates.append(stretches[next - 1])
        }
        guard let only = candidates.first, let holder = only.holder,
            candidates.allSatisfy({ $0.holder == holder })
        else { return .nobody }
        return .one(only)
    }

    /// The uncontested stretches of `key` that reach into `from ..< to`.
    func stretches(of key: Key, from: Timestamp, to: Timestamp) -> [Stretch] {
        guard let range = range(of: key) else { return [] }
        return stretches[firstStretch(in: range, endingAfter: from)..<range.upperBound].prefix {
            $0.from < to
        }
        .filter { $0.holder != nil }
    }

    private func range(of key: Key) -> Range<Int>? {
        var low = 0
        var high = keys.count
        while low < high {
            let middle = (low + high) / 2
            if keys[middle] < key { low = middle + 1 } else { high = middle }
        }
        guard low < keys.count, keys[low] == key else { return nil }
        return starts[low]..<starts[low + 1]
    }

    private func firstStretch(in range: Range<Int>, endingAfter time: Timestamp) -> Int {
        var low = range.lowerBound
        var high = range.upperBound
        while low < high {
            let middle = (low + high) / 2
            if stretches[middle].to <= time { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
