import Bytes

/// What makes two records count together, as ids of one aggregator. 32 bytes, compared as integers.
struct LogRowKey: Equatable, Sendable {
    /// Client in the high half, user in the low one.
    var who: UInt64
    /// Destination in the high half, hour in the low one.
    var whereAndWhen: UInt64
    /// Format, port, transport, service, name source, action, scope: see `what`.
    var what: UInt64

    /// Marks an id as that of a text where addresses and texts may stand (clients, destinations).
    static let textBit: UInt32 = 0x8000_0000
    /// Stands for "none" where an id may be missing.
    static let noID: UInt32 = 0xffff_ffff

    init(client: UInt32, user: UInt32, destination: UInt32, hour: UInt32, what: UInt64) {
        who = UInt64(client) &<< 32 | UInt64(user)
        whereAndWhen = UInt64(destination) &<< 32 | UInt64(hour)
        self.what = what
    }

    static func what(_ record: LogRecord) -> UInt64 {
        var packed = UInt64(record.format) &<< 56 | UInt64(record.port) &<< 40
        packed |= UInt64(record.transport.rawValue) &<< 32
        packed |= UInt64(record.service.rawValue) &<< 24
        packed |= UInt64(record.nameSource.rawValue) &<< 16
        packed |= UInt64(record.action.rawValue) &<< 8
        return packed | UInt64(record.bytesScope.rawValue)
    }

    var client: UInt32 { UInt32(truncatingIfNeeded: who &>> 32) }
    var user: UInt32 { UInt32(truncatingIfNeeded: who) }
    var destination: UInt32 { UInt32(truncatingIfNeeded: whereAndWhen &>> 32) }
    var hour: UInt32 { UInt32(truncatingIfNeeded: whereAndWhen) }
    var format: UInt8 { UInt8(truncatingIfNeeded: what &>> 56) }
    var port: UInt16 { UInt16(truncatingIfNeeded: what &>> 40) }
    var transport: LogTransport { LogTransport(rawValue: UInt8(truncatingIfNeeded: what &>> 32)) ?? .tcp }
    var service: LogService { LogService(rawValue: UInt8(truncatingIfNeeded: what &>> 24)) ?? .unknown }
    var nameSource: LogNameSource { LogNameSource(rawValue: UInt8(truncatingIfNeeded: what &>> 16)) ?? .none }
    var action: LogAction { LogAction(rawValue: UInt8(truncatingIfNeeded: what &>> 8)) ?? .attempted }
    var bytesScope: LogBytesScope { LogBytesScope(rawValue: UInt8(truncatingIfNeeded: what)) ?? .unknown }

    var hash: UInt32 {
        let mixed = mix(who ^ what &* 0x9e37_79b9_7f4a_7c15, whereAndWhen)
        return UInt32(truncatingIfNeeded: mixed ^ mixed &>> 32)
    }
}

/// The counters of one key.
struct LogRow: Sendable {
    var key: LogRowKey
    var first: Int64
    var last: Int64
    /// Minutes of the hour in which a record began, as bits.
    var starts: UInt64
    var records: UInt64
    var bytesUp: UInt64
    var bytesDown: UInt64
    var bytesAside: UInt64
    var recordsFromCache: UInt32
    /// The first two distinct servers; further ones stand in the aggregator's `moreServers`.
    var server0: UInt32
    var server1: UInt32
    var flags: LogFlags
    /// Bit 0: some record stated bytes up; bit 1: bytes down.
    var known: UInt8

    /// A row for its first record.
    init(_ record: PendingRecord) {
        key = record.key
        first = record.first
        last = record.last
        starts = 0
        records = 0
        bytesUp = 0
        bytesDown = 0
        bytesAside = 0
        recordsFromCache = 0
        server0 = LogRowKey.noID
        server1 = LogRowKey.noID
        flags = []
        known = 0
    }

    @inline(__always)
    mutating func add(_ record: PendingRecord) {
        first = min(first, record.first)
        last = max(last, record.last)
        starts |= LogRow.minuteBit(record.first)
        records &+= UInt64(record.count)
        flags.formUnion(record.flags)
        if record.flags.contains(.servedFromCache) { recordsFromCache &+= record.count }
        if record.isAside {
            bytesAside &+= record.bytesUp &+ record.bytesDown
            return
        }
        bytesUp &+= record.bytesUp
        bytesDown &+= record.bytesDown
        known |= record.known
    }

    mutating func add(_ other: LogRow) {
        first = min(first, other.first)
        last = max(last, other.last)
        starts |= other.starts
        records &+= other.records
        bytesUp &+= other.bytesUp
        bytesDown &+= other.bytesDown
        bytesAside &+= other.bytesAside
        recordsFromCache &+= other.recordsFromCache
        flags.formUnion(other.flags)
        known |= other.known
    }
}

extension LogRow {
    /// The minute of the UTC hour at `nanoseconds` since 1970, as a bit.
    @inline(__always)
    static func minuteBit(_ nanoseconds: Int64) -> UInt64 {
        let minute = nanoseconds / 60_000_000_000 % 60
        // Before 1970 the remainder is negative; no log is that old, and it must not trap.
        return 1 &<< UInt64(truncatingIfNeeded: minute < 0 ? minute + 60 : minute)
    }
}

/// A record whose names are numbered and which waits to be counted (see `LogAggregator.settle`).
struct PendingRecord: Sendable {
    var key: LogRowKey
    var first: Int64
    var last: Int64
    var bytesUp: UInt64
    var bytesDown: UInt64
    var hash: UInt32
    var server: UInt32
    var count: UInt32
    var flags: LogFlags
    /// Bit 0: bytes up are stated; bit 1: bytes down.
    var known: UInt8
    /// Whether the bytes did not pass between client and destination.
    var isAside: Bool

    @inline(__always)
    init(_ record: LogRecord, key: LogRowKey, server: UInt32) {
        self.key = key
        self.server = server
        first = record.start.nanoseconds
        last = record.end.nanoseconds
        bytesUp = record.bytesUp ?? 0
        bytesDown = record.bytesDown ?? 0
        hash = key.hash
        count = record.count
        flags = record.flags
        known = (record.bytesUp == nil ? 0 : 1) | (record.bytesDown == nil ? 0 : 2)
        isAside =
            record.action != .allowed || !record.flags.isDisjoint(with: [.servedFromCache, .replyBlocked])
    }
}
