import Bytes

/// One direction of a flow, as flow exporters write it.
struct FlowHalf: Sendable {
    struct Key: Hashable, Sendable {
        var source: IPAddress
        var sourcePort: UInt16
        var target: IPAddress
        var targetPort: UInt16
        var transport: LogTransport

        var reversed: Key {
            Key(
                source: target, sourcePort: targetPort, target: source, targetPort: sourcePort,
                transport: transport)
        }
    }

    var key: Key
    var start: Timestamp
    var end: Timestamp
    var bytes: UInt64
    /// Whether the source opened the connection: true for a SYN without ACK, false for one with, nil when untold.
    var isOpener: Bool?
    /// Whether all that the source sent was a reset: it refused the connection.
    var isRefusal = false
    var scope: LogBytesScope
    var flags: LogFlags = []
}

/// Puts the two directions of a flow together: client, bytes up and bytes down come from two records.
///
/// A record waits for the one of the other direction whose time overlaps its own. What still waits at the end, or
/// when too many wait, was never answered, unless the source is the side that serves.
struct FlowPairs: Sendable {
    /// Whether TCP flags, all of a direction together, are those of a refusal: a reset, and neither SYN, FIN nor data
    /// (RFC 9293 §3.1).
    static func isRefusal(flags: UInt64) -> Bool { flags & 0x0f == 4 }

    /// Records that wait: about 100 MB, an hour of a large district. A record's other half is a few seconds away.
    static let limit = 500_000
    /// Clocks of exporters are whole seconds, and the halves of a short flow may fall on either side of one.
    static let slack: Int64 = 1_000_000_000

    private var waiting: [FlowHalf.Key: [FlowHalf]] = [:]
    private var count = 0
    /// Keys in the order in which they came.
    private var order: [FlowHalf.Key] = []
    private var orderStart = 0

    init() {}

    /// Takes a record; false when a contact did not fit the table.
    mutating func take(_ half: FlowHalf, into chunk: inout LogChunk) -> Bool {
        let reversed = half.key.reversed
        if var others = waiting[reversed],
            let index = others.firstIndex(where: { FlowPairs.overlap($0, half) })
        {
            let first = others.remove(at: index)
            waiting[reversed] = others.isEmpty ? nil : others
            count -= 1
            return FlowPairs.add(first, half, to: &chunk)
        }
        waiting[half.key, default: []].append(half)
        order.append(half.key)
        count += 1
        return count <= FlowPairs.limit || dropOldest(into: &chunk)
    }

    mutating func finish(into chunk: inout LogChunk) {
        while count > 0 { _ = dropOldest(into: &chunk) }
        waiting = [:]
        order = []
        orderStart = 0
    }

    private mutating func dropOldest(into chunk: inout LogChunk) -> Bool {
        while orderStart < order.count {
            let key = order[orderStart]
            orderStart += 1
            if orderStart > FlowPairs.limit {
                order.removeFirst(orderStart)
                orderStart = 0
            }
            guard var halves = waiting[key] else { continue }
            let half = halves.removeFirst()
            waiting[key] = halves.isEmpty ? nil : halves
            count -= 1
            return FlowPairs.addAlone(half, to: &chunk)
        }
        count = 0
        return true
    }

    private static func overlap(_ a: FlowHalf, _ b: FlowHalf) -> Bool {
        a.start.nanoseconds <= b.end.nanoseconds.addingReportingOverflow(slack).partialValue
            && b.start.nanoseconds <= a.end.nanoseconds.addingReportingOverflow(slack).partialValue
    }

    /// Both directions were seen.
    private static func add(_ a: FlowHalf, _ b: FlowHalf, to chunk: inout LogChunk) -> Bool {
        let isClientA = clientIsSource(of: a, answeredBy: b)
        let (up, down) = isClientA ? (a, b) : (b, a)
        var record = contact(up.key, up)
        record.start = min(a.start, b.start)
        record.end = max(a.end, b.end)
        record.bytesUp = up.bytes
        record.bytesDown = down.bytes
        record.action = down.isRefusal ? .attempted : .allowed
        record.format = chunk.record.format
        return chunk.contacts.add(record, line: RawSpan())
    }

    /// Only one direction was seen: what a server sent was asked for; what a client sent was not answered.
    private static func addAlone(_ half: FlowHalf, to chunk: inout LogChunk) -> Bool {
        let isAnswer = half.isOpener == false || half.isOpener == nil && servesSource(half.key) == true
        var record = contact(isAnswer ? half.key.reversed : half.key, half)
        record.start = half.start
        record.end = half.end
        if isAnswer { record.bytesDown = half.bytes } else { record.bytesUp = half.bytes }
        record.action = isAnswer && !half.isRefusal ? .allowed : .attempted
        record.format = chunk.record.format
        return chunk.contacts.add(record, line: RawSpan())
    }

    private static func contact(_ key: FlowHalf.Key, _ half: FlowHalf) -> LogRecord {
        var record = LogRecord()
        record.client = key.source
        record.server = key.target
        record.port = key.targetPort
        record.transport = key.transport
        record.bytesScope = half.scope
        record.flags = half.flags
        return record
    }

    /// Who opened it; else whose peer has a port on which servers listen; else who spoke first.
    private static func clientIsSource(of a: FlowHalf, answeredBy b: FlowHalf) -> Bool {
        if let isOpener = a.isOpener, isOpener != b.isOpener { return isOpener }
        if a.isOpener == nil, let isOpener = b.isOpener { return !isOpener }
        if let serves = servesSource(a.key) { return !serves }
        return a.start <= b.start
    }

    /// Whether the source is the side that serves, by the ports; nil when they do not tell.
    private static func servesSource(_ key: FlowHalf.Key) -> Bool? {
        let source = ServicePort.contains(key.sourcePort)
        let target = ServicePort.contains(key.targetPort)
        return source == target ? nil : source
    }
}
