import Bytes

/// Parts of connections that wait for each other: one log has the bytes, another the name, under the same key.
///
/// They are joined when all inputs have been read, since any file may hold the other half. The result depends on what
/// was added and not on the order.
package struct LogConnectionTable: Sendable {
    /// About a gigabyte; further parts are rejected as `tableFull`.
    static let limit = 8_000_000

    private var texts = TextInterner()
    private var flows: [LogConnectionPart] = []
    private var names: [LogConnectionPart] = []

    package init() {}

    package var isEmpty: Bool { flows.isEmpty && names.isEmpty }

    /// False when the table is full.
    mutating func add(flow part: LogConnectionPart) -> Bool {
        guard flows.count + names.count < LogConnectionTable.limit else { return false }
        flows.append(part)
        return true
    }

    /// Adds a part with the record's name, which stands in `line`.
    mutating func add(_ part: LogConnectionPart, named record: LogRecord, line: RawSpan) -> Bool {
        guard flows.count + names.count < LogConnectionTable.limit, record.name.isPresent else {
            return false
        }
        let bytes = record.copy(record.name, of: line)
        guard let id = texts.intern(bytes) else { return false }
        var part = part
        part.name = UInt32(truncatingIfNeeded: id)
        part.nameSource = record.nameSource
        names.append(part)
        return true
    }

    /// Adds what `other` holds; `format` is the number of its file's format. Returns how many parts did not fit.
    @discardableResult
    package mutating func merge(_ other: LogConnectionTable, format: UInt8 = 0) -> UInt64 {
        let ids = texts.absorb(other.texts)
        var lost: UInt64 = 0
        for var part in other.flows {
            if part.format == 0 { part.format = format }
            if !add(flow: part) { lost &+= 1 }
        }
        for var part in other.names {
            guard flows.count + names.count < LogConnectionTable.limit, let old = part.name,
                Int(old) < ids.count, let id = ids[Int(old)]
            else {
                lost &+= 1
                continue
            }
            part.name = UInt32(truncatingIfNeeded: id)
            if part.format == 0 { part.format = format }
            names.append(part)
        }
        return lost
    }

    /// Joins the parts and counts each connection once.
    package func join() -> LogAggregator {
        var result = LogAggregator()
        let ranks = texts.ranks()
        func rank(_ part: LogConnectionPart) -> UInt32 { part.name.map { ranks[Int($0)] } ?? 0 }
        let flows = self.flows.sorted { LogConnectionTable.precedes($0, $1) }
        let names = self.names.sorted {
            if $0.key != $1.key { return $0.key < $1.key }
            if $0.rank != $1.rank { return $0.rank < $1.rank }
            if $0.transport != $1.transport { return $0.transport == .udp }
            if $0.start != $1.start { return $0.start < $1.start }
            return rank($0) < rank($1)
        }
        var flow = 0
        var name = 0
        while flow < flows.count || name < names.count {
            let key = min(
                flow < flows.count ? flows[flow].key : names[name].key,
                name < names.count ? names[name].key : flows[flow].key)
            let firstFlow = flow
            let firstName = name
            while flow < flows.count, flows[flow].key == key { flow += 1 }
            while name < names.count, names[name].key == key { name += 1 }
            add(flows[firstFlow..<flow], names[firstName..<name], to: &result)
        }
        result.settle()
        return result
    }

    private static func precedes(_ a: LogConnectionPart, _ b: LogConnectionPart) -> Bool {
        if a.key != b.key { return a.key < b.key }
        if a.start != b.start { return a.start < b.start }
        return a.end < b.end
    }

    /// Flows and names of one key.
    private func add(
        _ flows: ArraySlice<LogConnectionPart>, _ names: ArraySlice<LogConnectionPart>,
        to result: inout LogAggregator
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
        record.start = flow.start
        record.end = flow.end
        record.client = flow.client
        record.server = flow.server
        record.port = flow.port
        record.transport = flow.transport
        record.service = flow.service
        record.action = flow.action
        record.bytesUp = flow.bytesUp
        record.bytesDown = flow.bytesDown
        record.bytesScope = flow.bytesScope
        record.flags = flow.flags
        record.format = flow.format
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
