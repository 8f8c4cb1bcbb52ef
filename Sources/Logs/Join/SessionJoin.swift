import Bytes

/// What makes two lines of a firewall speak of one session.
struct SessionKey: Hashable, Sendable {
    /// The firewall's number for the session; 0 when it logs none. Numbers are used again, so the sockets count too.
    var session: UInt64
    var client: IPAddress
    var clientPort: UInt16
    var server: IPAddress
    var port: UInt16
}

/// Puts together what two lines of one session tell: the name that a web filter's line states and the volume that
/// the line about the session's end states. Without this a connection would count twice, once without its name.
///
/// A named line waits for its volume; what still waits when the file ends, or when too many wait, is counted as it
/// is.
struct SessionJoin: Sendable {
    /// Named sessions that wait: more than a busy district's firewall has open at a time; about 30 MB.
    static let limit = 65_536

    private struct Waiting: Sendable {
        /// All its texts are in its scratch.
        var record: LogRecord
        /// Names seen in the session; with more than one the volume belongs to none of them.
        var hasFurtherName = false
        var number: UInt64
    }

    private var waiting: [SessionKey: Waiting] = [:]
    /// Keys in the order in which they came, for whoever waits longest.
    private var order: [(key: SessionKey, number: UInt64)] = []
    private var orderStart = 0
    private var nextNumber: UInt64 = 0

    init() {}

    /// Takes the record of a line that states a name. Nil, or why it could not be counted.
    mutating func takeName(_ record: LogRecord, of line: RawSpan, key: SessionKey, into chunk: inout LogChunk)
        -> LogReason?
    {
        guard var held = waiting[key] else {
            return wait(record.detached(from: line), key: key, into: &chunk)
        }
        if held.record.hasSameName(as: record, of: line) {
            held.record.widen(by: record)
            waiting[key] = held
            return nil
        }
        // A connection over which several hosts were asked, one after the other.
        held.hasFurtherName = true
        waiting[key] = held
        return chunk.contacts.add(record, line: line) ? nil : .tableFull
    }

    private mutating func wait(_ record: LogRecord, key: SessionKey, into chunk: inout LogChunk) -> LogReason?
    {
        var isCounted = true
        if waiting.count >= SessionJoin.limit { isCounted = dropOldest(into: &chunk) }
        waiting[key] = Waiting(record: record, number: nextNumber)
        order.append((key, nextNumber))
        nextNumber &+= 1
        return isCounted ? nil : .tableFull
    }

    /// Takes the record of a line that states the volume of a session that has ended.
    mutating func takeVolume(
        _ record: LogRecord, of line: RawSpan, key: SessionKey, into chunk: inout LogChunk
    )
        -> LogReason?
    {
        guard let held = waiting.removeValue(forKey: key) else {
            return chunk.contacts.add(record, line: line) ? nil : .tableFull
        }
        if held.hasFurtherName {
            var rest = record
            rest.count = 0
            let both = SessionJoin.add(held.record, to: &chunk) && chunk.contacts.add(rest, line: line)
            return both ? nil : .tableFull
        }
        var joined = held.record
        joined.widen(by: record)
        joined.bytesUp = record.bytesUp
        joined.bytesDown = record.bytesDown
        joined.bytesScope = record.bytesScope
        if joined.service == .unknown { joined.service = record.service }
        if joined.action == .allowed { joined.action = record.action }
        return SessionJoin.add(joined, to: &chunk) ? nil : .tableFull
    }

    /// Counts whoever still waits; for the end of the file.
    mutating func finish(into chunk: inout LogChunk) {
        while dropOldest(into: &chunk), !waiting.isEmpty {}
    }

    /// Counts the one that has waited longest as it is; false when it did not fit.
    private mutating func dropOldest(into chunk: inout LogChunk) -> Bool {
        while orderStart < order.count {
            let (key, number) = order[orderStart]
            orderStart += 1
            if orderStart > SessionJoin.limit {
                order.removeFirst(orderStart)
                orderStart = 0
            }
            guard let held = waiting[key], held.number == number else { continue }
            waiting[key] = nil
            return SessionJoin.add(held.record, to: &chunk)
        }
        return true
    }

    private static func add(_ record: LogRecord, to chunk: inout LogChunk) -> Bool {
        chunk.contacts.add(record, line: RawSpan())
    }
}

extension LogRecord {
    /// A copy whose texts do not stand in the line, so that it can outlive it.
    func detached(from line: RawSpan) -> LogRecord {
        var copy = self
        copy.scratch = []
        for path in [\LogRecord.clientHost, \LogRecord.user, \LogRecord.name]
        where self[keyPath: path].isPresent {
            let bytes = self.copy(self[keyPath: path], of: line)
            copy[keyPath: path] = LogText(start: copy.scratch.count, count: bytes.count, isInScratch: true)
            copy.scratch += bytes
        }
        return copy
    }

    /// Whether this detached record has the name that `other`, of `line`, has.
    func hasSameName(as other: LogRecord, of line: RawSpan) -> Bool {
        guard name.count == other.name.count else { return false }
        return copy(name, of: RawSpan()) == other.copy(other.name, of: line)
    }

    /// Takes in the time, the flags and, where both state them, the bytes of another record of the same exchange.
    mutating func widen(by other: LogRecord) {
        start = min(start, other.start)
        end = max(end, other.end)
        flags.formUnion(other.flags)
        if let up = other.bytesUp { bytesUp = (bytesUp ?? 0) &+ up }
        if let down = other.bytesDown { bytesDown = (bytesDown ?? 0) &+ down }
        if other.action == .blocked { action = .blocked }
    }
}
