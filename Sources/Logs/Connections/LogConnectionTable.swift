import Bytes

/// Parts of connections that wait for each other: one log has the bytes, another the name, under the same key.
///
/// They are joined when all inputs have been read, since any file may hold the other half. The result depends on what
/// was added and not on the order, also when there is too much: then connections are left out by their keys' hashes,
/// whole connections at a time, and their parts are counted.
package struct LogConnectionTable: Sendable {
    /// Parts in all: at 136 bytes each about a gigabyte, a day of some 4 million connections with names.
    static let partLimit = 8_000_000

    private let limit: Int
    private var texts = TextInterner()
    private var flows: [LogConnectionPart] = []
    private var names: [LogConnectionPart] = []
    /// Keys whose hash is this large or larger are left out. It only ever falls, a sixteenth at a time, and as far
    /// as the parts below it need: so where it ends does not depend on the order in which they come.
    private var bound: UInt64 = .max
    /// Parts that were left out.
    package private(set) var lost: UInt64 = 0

    package init() { self.init(limit: LogConnectionTable.partLimit) }

    init(limit: Int) { self.limit = limit }

    package var isEmpty: Bool { flows.isEmpty && names.isEmpty }

    /// Adds a part without a name.
    mutating func add(flow part: LogConnectionPart) {
        guard part.key.hash < bound else {
            lost &+= 1
            return
        }
        flows.append(part)
        makeRoom()
    }

    /// Adds a part with the record's name, which stands in `line`; false when there are too many names.
    mutating func add(_ part: LogConnectionPart, named record: LogRecord, line: RawSpan) -> Bool {
        let name = record.name
        guard name.isPresent else { return false }
        let id =
            name.isInScratch
            ? texts.intern(record.scratch.span.bytesView, from: name.start, count: name.count)
            : texts.intern(line, from: name.start, count: name.count)
        guard let id else { return false }
        var part = part
        part.name = UInt32(truncatingIfNeeded: id)
        part.nameSource = record.nameSource
        add(named: part)
        return true
    }

    private mutating func add(named part: LogConnectionPart) {
        guard part.key.hash < bound else {
            lost &+= 1
            return
        }
        names.append(part)
        makeRoom()
    }

    /// Lowers the bound until the parts fit.
    private mutating func makeRoom() {
        while flows.count + names.count > limit { lower(to: bound - max(bound / 16, 1)) }
    }

    /// Leaves out the parts at and above a new bound.
    private mutating func lower(to new: UInt64) {
        bound = new
        let count = flows.count + names.count
        flows.removeAll { $0.key.hash >= bound }
        names.removeAll { $0.key.hash >= bound }
        lost &+= UInt64(count - flows.count - names.count)
    }

    /// Adds what `other` holds; `format` is the number of its file's format.
    package mutating func merge(_ other: LogConnectionTable, format: UInt8 = 0) {
        lost &+= other.lost
        if other.bound < bound { lower(to: other.bound) }
        let ids = texts.absorb(other.texts)
        flows.reserveCapacity(flows.count + other.flows.count)
        for var part in other.flows {
            if part.format == 0 { part.format = format }
            add(flow: part)
        }
        for var part in other.names {
            guard let old = part.name, Int(old) < ids.count, let id = ids[Int(old)] else {
                lost &+= 1
                continue
            }
            part.name = UInt32(truncatingIfNeeded: id)
            if part.format == 0 { part.format = format }
            add(named: part)
        }
    }
}

extension LogConnectionTable {
    /// The parts of one connection: indices, or of several when an id came again.
    private struct Group {
        var flows: [Int32] = []
        var names: [Int32] = []
    }

    /// Joins the parts and counts each connection once.
    package func join() -> LogAggregator {
        var result = LogAggregator()
        var record = LogRecord()
        // Most connections have one part with bytes and no name: only the others are put together.
        var groups = keysToJoin()
        for (index, flow) in flows.enumerated() {
            guard let place = groups.index(forKey: flow.key) else {
                record.reset()
                flow.fill(&record)
                _ = result.add(record, line: RawSpan())
                continue
            }
            groups.values[place].flows.append(Int32(truncatingIfNeeded: index))
        }
        let ranks = texts.ranks()
        for group in groups.values { add(group, ranks, to: &result) }
        result.settle()
        return result
    }

    private func keysToJoin() -> [LogConnectionKey: Group] {
        var groups: [LogConnectionKey: Group] = [:]
        groups.reserveCapacity(names.count)
        for (index, name) in names.enumerated() {
            groups[name.key, default: Group()].names.append(Int32(truncatingIfNeeded: index))
        }
        for flow in flows where flow.isHalf { groups[flow.key, default: Group()].names += [] }
        return groups
    }

    private func add(_ group: Group, _ ranks: [UInt32], to result: inout LogAggregator) {
        func rank(_ part: LogConnectionPart) -> UInt32 { part.name.map { ranks[Int($0)] } ?? 0 }
        let flows = group.flows.map { self.flows[Int($0)] }.sorted {
            if $0.start != $1.start { return $0.start < $1.start }
            return $0.end < $1.end
        }
        let names = group.names.map { self.names[Int($0)] }.sorted {
            if $0.rank != $1.rank { return $0.rank < $1.rank }
            if $0.transport != $1.transport { return $0.transport == .udp }
            if $0.start != $1.start { return $0.start < $1.start }
            return rank($0) < rank($1)
        }
        add(LogConnectionTable.whole(flows), names, to: &result)
    }

    /// Both directions of a connection as one part; none where another event tells the whole connection.
    private static func whole(_ flows: [LogConnectionPart]) -> [LogConnectionPart] {
        guard flows.contains(where: \.isHalf) else { return flows }
        var whole = flows.filter { !$0.isHalf }
        let told = whole
        for half in flows where half.isHalf {
            if told.contains(where: { $0.isBetweenSameHosts(half) && holds($0, half) }) { continue }
            guard
                let place = whole.firstIndex(where: {
                    $0.isHalf && $0.hasSameEnds(half) && $0.completes(half)
                })
            else {
                whole.append(half)
                continue
            }
            whole[place].add(half)
        }
        return whole
    }

    /// Flows and names of one key.
    private func add(
        _ flows: [LogConnectionPart], _ names: [LogConnectionPart], to result: inout LogAggregator
    ) {
        var isUsed = [Bool](repeating: false, count: names.count)
        for flow in flows {
            var own: [LogConnectionPart] = []
            for (place, name) in names.enumerated() where !isUsed[place] {
                guard name.hasSameEnds(flow), flows.count == 1 || LogConnectionTable.holds(flow, name) else {
                    continue
                }
                isUsed[place] = true
                own.append(name)
            }
            emit(flow, own, to: &result)
        }
        // Names whose flow no input holds: the connection is known all the same, without its bytes.
        let rest = zip(names, isUsed).filter { !$0.1 }.map(\.0)
        if let first = rest.first { emit(first, rest, to: &result) }
    }

    /// A flow id may come again: the name belongs to the flow in whose time it was seen, rounding aside.
    private static func holds(_ flow: LogConnectionPart, _ name: LogConnectionPart) -> Bool {
        let slack: Int64 = 1_000_000_000
        return name.start.nanoseconds
            >= flow.start.nanoseconds.subtractingReportingOverflow(slack).partialValue
            && name.start.nanoseconds <= flow.end.nanoseconds.addingReportingOverflow(slack).partialValue
    }

    /// One record per distinct name of the best rank: the first takes the connection and its bytes.
    private func emit(_ flow: LogConnectionPart, _ names: [LogConnectionPart], to result: inout LogAggregator)
    {
        var record = LogRecord()
        flow.fill(&record)
        let best = names.filter { $0.rank == names.first?.rank }
        guard !best.isEmpty else {
            _ = result.add(record, line: RawSpan())
            return
        }
        var seen: Set<UInt32> = []
        for part in best {
            guard let id = part.name, seen.insert(id).inserted else { continue }
            record.scratch = texts.bytes(Int(id))
            record.name = LogText(start: 0, count: record.scratch.count, isInScratch: true)
            record.nameSource = part.nameSource
            if flow.service == .unknown { record.service = part.service }
            _ = result.add(record, line: RawSpan())
            // A further name of a connection that was counted already.
            record.count = 0
            record.bytesUp = nil
            record.bytesDown = nil
        }
    }
}
