package import Bytes

/// What the records of one key add up to, with names and addresses spelt out: what a contact is made of.
package struct LogContactRow: Equatable, Sendable {
    package var client: IPAddress?
    /// Set instead of `client` when the log names its clients.
    package var clientHost: String?
    package var clientUser: String?
    /// Lower case, no trailing dot; nil when the destination is an address only.
    package var name: String?
    package var nameSource: LogNameSource
    /// The first `serverListLimit` distinct addresses in ascending order.
    package var servers: [IPAddress]
    /// All distinct addresses.
    package var serverCount: Int
    /// 0 when unknown.
    package var port: UInt16
    package var transport: LogTransport
    package var service: LogService
    package var action: LogAction
    /// UTC clock hours since 1970, of the records' start.
    package var hour: Int64
    /// The earliest start and the latest end, which may lie in a later hour.
    package var first: Timestamp
    package var last: Timestamp
    /// Minutes of `hour` in which a record began; bit 0 is the hour's first minute.
    package var starts: UInt64
    package var records: UInt64
    /// Of these, answered from the proxy's cache: the destination was not contacted for them.
    package var recordsFromCache: UInt64
    /// Client to server; nil when no record says.
    package var bytesUp: UInt64?
    /// Server to client; nil when no record says.
    package var bytesDown: UInt64?
    package var bytesScope: LogBytesScope
    /// Bytes that did not pass between client and destination: the proxy's own pages and its cache.
    package var bytesAside: UInt64
    package var flags: LogFlags
    /// The number of the records' format in `LogSettings`; 0 when it is the file's own.
    package var format: UInt8

    /// As many as a contact lists.
    package static let serverListLimit = 16
}

extension LogAggregator {
    /// All rows, sorted by client (addresses first), user, destination (unnamed first), port, transport,
    /// service, name source, action, scope and hour. Equal for equal input, however it was cut into chunks.
    package func makeRows() -> [LogContactRow] {
        var result: [LogContactRow] = []
        result.reserveCapacity(count)
        forEachRow { result.append($0) }
        return result
    }

    /// `makeRows` without the array, for when there are millions.
    package func forEachRow(_ body: (LogContactRow) -> Void) {
        let order = sortedIndices()
        var names = [String?](repeating: nil, count: texts.count)
        func text(_ id: UInt32) -> String? {
            guard Int(id) < names.count else { return nil }
            if let known = names[Int(id)] { return known }
            let text = texts.text(Int(id))
            names[Int(id)] = text
            return text
        }
        var more: [UInt32: [UInt32]] = [:]
        for entry in moreServers {
            more[UInt32(truncatingIfNeeded: entry >> 32), default: []].append(
                UInt32(truncatingIfNeeded: entry))
        }
        for index in order {
            body(makeRow(rows[Int(index)], more: more[index] ?? [], text: text))
        }
    }

    private func address(_ id: UInt32) -> IPAddress? {
        Int(id) < addresses.addresses.count ? addresses.addresses[Int(id)] : nil
    }

    private func makeRow(_ row: LogRow, more: [UInt32], text: (UInt32) -> String?) -> LogContactRow {
        let key = row.key
        let hasClient = key.client != LogRowKey.noID
        let isClientText = hasClient && key.client & LogRowKey.textBit != 0
        let hasName = key.destination != LogRowKey.noID && key.destination & LogRowKey.textBit != 0
        var servers = [row.server0, row.server1].compactMap { address($0) }
        if !more.isEmpty { servers += more.compactMap { address($0) } }
        servers.sort()
        return LogContactRow(
            client: hasClient && !isClientText ? address(key.client) : nil,
            clientHost: isClientText ? text(key.client & ~LogRowKey.textBit) : nil,
            clientUser: key.user == LogRowKey.noID ? nil : text(key.user),
            name: hasName ? text(key.destination & ~LogRowKey.textBit) : nil,
            nameSource: key.nameSource,
            servers: Array(servers.prefix(LogContactRow.serverListLimit)), serverCount: servers.count,
            port: key.port, transport: key.transport, service: key.service, action: key.action,
            hour: Int64(Int32(truncatingIfNeeded: key.hour)),
            first: Timestamp(nanoseconds: row.first), last: Timestamp(nanoseconds: row.last),
            starts: row.starts, records: row.records, recordsFromCache: UInt64(row.recordsFromCache),
            bytesUp: row.known & 1 != 0 ? row.bytesUp : nil,
            bytesDown: row.known & 2 != 0 ? row.bytesDown : nil,
            bytesScope: key.bytesScope, bytesAside: row.bytesAside, flags: row.flags,
            format: key.format)
    }

    private struct SortKey {
        var who: UInt64
        var destination: UInt64
        var what: UInt64
        var hour: Int32
        var index: UInt32

        static func precedes(_ a: SortKey, _ b: SortKey) -> Bool {
            if a.who != b.who { return a.who < b.who }
            if a.destination != b.destination { return a.destination < b.destination }
            return a.what != b.what ? a.what < b.what : a.hour < b.hour
        }
    }

    private func sortedIndices() -> [UInt32] {
        let textRanks = texts.ranks()
        let addressRanks = addresses.ranks()
        func rank(_ id: UInt32) -> UInt64 {
            if id == LogRowKey.noID { return 0 }
            if id & LogRowKey.textBit == 0 { return 1 + UInt64(addressRanks[Int(id)]) }
            return 0x8000_0000 + UInt64(textRanks[Int(id & ~LogRowKey.textBit)])
        }
        var keys: [SortKey] = []
        keys.reserveCapacity(rows.count)
        for (index, row) in rows.enumerated() {
            let user = row.key.user == LogRowKey.noID ? 0 : 1 + UInt64(textRanks[Int(row.key.user)])
            keys.append(
                SortKey(
                    who: rank(row.key.client) << 32 | user, destination: rank(row.key.destination),
                    what: row.key.what, hour: Int32(truncatingIfNeeded: row.key.hour),
                    index: UInt32(truncatingIfNeeded: index)))
        }
        keys.sort(by: SortKey.precedes)
        return keys.map(\.index)
    }
}
