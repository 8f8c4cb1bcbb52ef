import Bytes

/// Counts records per client, user, destination, port, service, action and UTC hour.
///
/// Names and addresses are numbered once; the rows hold numbers only. Numbers depend on the order of the
/// lines, results do not: rows come out sorted by what the numbers stand for, and merging is associative and
/// commutative.
package struct LogAggregator: Sendable {
    private(set) var texts = TextInterner()
    private(set) var addresses = AddressInterner()
    private(set) var rows: [LogRow] = []
    /// `row << 32 | server` for the third and further servers of a row.
    private(set) var moreServers: Set<UInt64> = []
    private var table = IDTable()
    private var lastClient: (address: IPAddress, id: UInt32)?
    /// Records not yet counted in `rows`: never any between two buffers.
    private var pending: [PendingRecord] = []
    /// What `settle` read ahead; kept so that the reading is not optimised away.
    private var readAhead: UInt64 = 0

    /// Enough to keep the memory busy, few enough to stay in the first-level cache (2.5 kB).
    private static let pendingLimit = 32

    /// Entries of `moreServers`: enough for every CDN of a large district's day, and 64 MB at most.
    static let moreServersLimit = 4_000_000
    /// Servers that were not listed because of it.
    package private(set) var serversNotListed: UInt64 = 0

    package init() {}

    package var count: Int { rows.count }

    /// Counts a record of `line`; false when a table is full and it was not counted.
    @inline(__always)
    mutating func add(_ record: LogRecord, line: RawSpan) -> Bool {
        guard let client = clientID(record, line), let user = id(of: record.user, record, line) else {
            return false
        }
        var server = LogRowKey.noID
        if let address = record.server {
            guard let id = addresses.intern(address) else { return false }
            server = UInt32(truncatingIfNeeded: id)
        }
        var destination = server
        if record.name.isPresent {
            guard let id = id(of: record.name, record, line) else { return false }
            destination = id | LogRowKey.textBit
        }
        let hour = UInt32(truncatingIfNeeded: record.start.hour)
        let key = LogRowKey(
            client: client, user: user, destination: destination, hour: hour, what: LogRowKey.what(record))
        // Rows are counted later, so there must be room for whatever waits.
        guard table.count &+ pending.count < IDTable.limit else { return false }
        pending.append(PendingRecord(record, key: key, server: server))
        if pending.count >= LogAggregator.pendingLimit { settle() }
        return true
    }

    /// Counts the records that wait. There are more rows than any cache holds, and a processor waits for one
    /// miss as long as for ten that do not depend on each other: so first all slots are read, then all rows,
    /// and then each record finds its own in the cache.
    mutating func settle() {
        var seen: UInt64 = 0
        for record in pending { seen &+= table.firstSlot(record.hash) }
        for record in pending {
            let slot = table.firstSlot(record.hash)
            let id = Int(slot & 0xffff_ffff) &- 1
            if id >= 0, UInt32(truncatingIfNeeded: slot &>> 32) == record.hash, id < rows.count {
                seen &+= rows[id].records &+ UInt64(truncatingIfNeeded: rows[id].last)
            }
        }
        readAhead = seen
        for record in pending {
            guard let index = rowIndex(record) else { continue }
            rows[index].add(record)
            if record.server != LogRowKey.noID, rows[index].server0 != record.server {
                note(record.server, at: index)
            }
        }
        pending.removeAll(keepingCapacity: true)
    }

    /// The id of a text, `noID` when it is absent; nil when the table is full.
    @inline(__always)
    private mutating func id(of text: LogText, _ record: LogRecord, _ line: RawSpan) -> UInt32? {
        guard text.isPresent else { return LogRowKey.noID }
        let id =
            text.isInScratch
            ? texts.intern(record.scratch.span.bytesView, from: text.start, count: text.count)
            : texts.intern(line, from: text.start, count: text.count)
        return id.map { UInt32(truncatingIfNeeded: $0) }
    }

    @inline(__always)
    private mutating func clientID(_ record: LogRecord, _ line: RawSpan) -> UInt32? {
        guard let address = record.client else {
            guard record.clientHost.isPresent else { return LogRowKey.noID }
            return id(of: record.clientHost, record, line).map { $0 | LogRowKey.textBit }
        }
        if let lastClient, lastClient.address == address { return lastClient.id }
        guard let id = addresses.intern(address).map({ UInt32(truncatingIfNeeded: $0) }) else { return nil }
        lastClient = (address, id)
        return id
    }

    @inline(__always)
    private mutating func rowIndex(_ record: PendingRecord) -> Int? {
        if let index = table.find(record.hash, isSame: { rows[$0].key == record.key }) { return index }
        guard let index = table.append(record.hash) else { return nil }
        rows.append(LogRow(record))
        return index
    }

    @inline(__always)
    private func findRow(_ key: LogRowKey) -> Int? {
        table.find(key.hash) { rows[$0].key == key }
    }

    private mutating func note(_ server: UInt32, at index: Int) {
        if rows[index].server0 == LogRowKey.noID {
            rows[index].server0 = server
        } else if rows[index].server0 == server || rows[index].server1 == server {
            return
        } else if rows[index].server1 == LogRowKey.noID {
            rows[index].server1 = server
        } else {
            let entry = UInt64(truncatingIfNeeded: index) << 32 | UInt64(server)
            if moreServers.count >= LogAggregator.moreServersLimit, !moreServers.contains(entry) {
                serversNotListed &+= 1
                return
            }
            moreServers.insert(entry)
        }
    }
}

extension LogAggregator {
    /// Adds everything that `other` counted. Which of several chunks is merged into which does not matter.
    /// Returns how many records did not fit.
    @discardableResult
    package mutating func merge(_ other: LogAggregator) -> UInt64 {
        let texts = self.texts.absorb(other.texts)
        let addresses = self.addresses.absorb(other.addresses)
        var indices = [Int?](repeating: nil, count: other.rows.count)
        var lost: UInt64 = 0
        for (number, row) in other.rows.enumerated() {
            guard let key = LogAggregator.translate(row.key, texts: texts, addresses: addresses),
                let index = mergedRow(key, row)
            else {
                lost &+= row.records
                continue
            }
            indices[number] = index
            for server in [row.server0, row.server1] where server != LogRowKey.noID {
                if let id = LogAggregator.translate(server, addresses) { note(id, at: index) }
            }
        }
        for entry in other.moreServers {
            guard let index = indices[Int(entry >> 32)],
                let id = LogAggregator.translate(UInt32(truncatingIfNeeded: entry), addresses)
            else { continue }
            note(id, at: index)
        }
        serversNotListed &+= other.serversNotListed
        return lost
    }

    private mutating func mergedRow(_ key: LogRowKey, _ row: LogRow) -> Int? {
        if let index = findRow(key) {
            rows[index].add(row)
            return index
        }
        guard let index = table.append(key.hash) else { return nil }
        var copy = row
        copy.key = key
        copy.server0 = LogRowKey.noID
        copy.server1 = LogRowKey.noID
        rows.append(copy)
        return index
    }

    private static func translate(_ key: LogRowKey, texts: [Int?], addresses: [Int?]) -> LogRowKey? {
        guard let client = either(key.client, texts, addresses), let user = translate(key.user, texts),
            let destination = either(key.destination, texts, addresses)
        else { return nil }
        return LogRowKey(client: client, user: user, destination: destination, hour: key.hour, what: key.what)
    }

    private static func either(_ id: UInt32, _ texts: [Int?], _ addresses: [Int?]) -> UInt32? {
        if id == LogRowKey.noID { return id }
        if id & LogRowKey.textBit == 0 { return translate(id, addresses) }
        return translate(id & ~LogRowKey.textBit, texts).map { $0 | LogRowKey.textBit }
    }

    private static func translate(_ id: UInt32, _ map: [Int?]) -> UInt32? {
        if id == LogRowKey.noID { return id }
        guard Int(id) < map.count, let new = map[Int(id)] else { return nil }
        return UInt32(truncatingIfNeeded: new)
    }
}
