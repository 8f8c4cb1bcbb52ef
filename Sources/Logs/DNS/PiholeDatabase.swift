package import Bytes
import Names

/// Pi-hole's long-term database, `pihole-FTL.db` (`src/database/query-table.c`): a row per lookup. It holds no
/// answers, so that it gives lookups and no names for addresses.
package enum PiholeDatabase {
    /// The word for reports.
    package static let kind = "pihole-ftl"

    /// What reading gave, and why it ended before the end; nil when it did not.
    package struct Content {
        package var chunk: LogChunk
        package var fault: String?
    }

    /// Whether a file begins as SQLite databases do (sqlite.org/fileformat2.html §1.3).
    package static func recognises(_ prefix: RawSpan) -> Bool {
        prefix.byteCount >= 16 && prefix.starts(with: "SQLite format 3\0", at: 0)
    }

    /// Why the database at `path` is none that can be read; nil when it is one.
    package static func refusal(path: String) -> String? {
        do throws(SQLiteReader.Fault) {
            let database = try SQLiteReader(path: path)
            return query(database) == nil ? "an SQLite database, and not Pi-hole's" : nil
        } catch {
            return "an SQLite database that cannot be read: \(error.reason)"
        }
    }

    package static func read(path: String) -> Content {
        var content = Content(chunk: LogChunk(lineState: .fileStart), fault: nil)
        do throws(SQLiteReader.Fault) {
            let database = try SQLiteReader(path: path)
            guard let query = query(database) else {
                content.fault = "not Pi-hole's tables"
                return content
            }
            try database.forEachRow(query, limit: database.byteCount) { take($0, into: &content.chunk) }
        } catch {
            content.fault = "the database breaks: \(error.reason)"
        }
        content.chunk.isComplete = true
        return content
    }

    /// Schema 10 and later keep texts in tables of their own and numbers (or, of rows from before, texts) in
    /// `query_storage`; earlier ones have all in `queries`.
    private static func query(_ database: SQLiteReader) -> String? {
        if ["query_storage", "domain_by_id", "client_by_id"].allSatisfy(database.isPlainTable) {
            return """
                SELECT q.timestamp, q.type, q.status, q.reply_type,
                  CASE typeof(q.domain) WHEN 'integer' THEN (SELECT domain FROM domain_by_id WHERE id = q.domain)
                    ELSE q.domain END,
                  CASE typeof(q.client) WHEN 'integer' THEN (SELECT ip FROM client_by_id WHERE id = q.client)
                    ELSE q.client END
                FROM query_storage AS q
                """
        }
        guard database.isPlainTable("queries"), database.isPlainTable("ftl") else { return nil }
        return "SELECT timestamp, type, status, NULL, domain, client FROM queries"
    }

    private static func take(_ row: SQLiteReader.Row, into chunk: inout LogChunk) {
        let domain = row.text(4)
        let client = row.text(5)
        let bytes = UInt64(domain.utf8.count + client.utf8.count)
        guard row.isNumber(0), let time = moment(row.real(0)) else {
            return chunk.tally.setAside(.timeInvalid, bytes: bytes)
        }
        guard let address = IPAddress(client)?.unmapped else {
            return chunk.tally.setAside(.clientInvalid, bytes: bytes)
        }
        // What Pi-hole writes at its higher privacy levels.
        if address.isUnspecified { return chunk.tally.setAside(.clientHidden, bytes: bytes) }
        guard let name = Array(domain.utf8).withRawSpan({ LogDNSName.read($0, from: 0, to: $0.byteCount) })
        else {
            return chunk.tally.setAside(.nameOfNoHost, bytes: bytes)
        }
        var lookup = LogDNSRow(
            time: time, client: address, name: name, type: type(row.integer(1)), stage: .answer)
        lookup.isBlocked = blockedStatuses.contains(row.integer(2))
        if row.isNumber(3) { setReply(row.integer(3), of: &lookup) }
        guard chunk.dns.take(lookup) else { return chunk.tally.setAside(.tableFull, bytes: bytes) }
        chunk.tally.use(bytes: bytes, from: time, to: time, flags: [])
    }

    /// Seconds since 1970, with a fraction since schema 4.
    private static func moment(_ seconds: Double) -> Timestamp? {
        // The years up to 2262 that a time can have; not a number compares false.
        guard seconds >= 0, seconds < 9_223_372_036, let whole = Int64(exactly: seconds.rounded(.down)),
            let microseconds = Int64(exactly: ((seconds - seconds.rounded(.down)) * 1_000_000).rounded())
        else { return nil }
        return Timestamp(seconds: whole, nanoseconds: microseconds * 1000)
    }

    /// `enum query_status`: 1 gravity, 4 regex, 5 denied, 6 to 8 by the upstream, 9 to 11 by an alias, 15 database
    /// busy, 16 special domain, 18 by the upstream with an extended error.
    private static let blockedStatuses: Set<Int64> = [1, 4, 5, 6, 7, 8, 9, 10, 11, 15, 16, 18]

    /// `enum query_type`: 1 to 16 are counted up, from 100 on stands the record type plus 100.
    private static func type(_ number: Int64) -> DNSType? {
        let types: [UInt16] = [1, 28, 255, 33, 6, 12, 16, 35, 15, 43, 46, 48, 2, 0, 64, 65]
        if number >= 100 { return UInt16(exactly: number - 100).map { DNSType(rawValue: $0) } }
        guard number >= 1, number <= 16, let index = Int(exactly: number - 1), types[index] > 0 else {
            return nil
        }
        return DNSType(rawValue: types[index])
    }

    /// `enum reply_type`: 1 NODATA, 2 NXDOMAIN, 3 to 6, 10, 11, 13 an answer of some sort, 7 SERVFAIL, 8 REFUSED,
    /// 9 NOTIMP; 0 and 12 none.
    private static func setReply(_ number: Int64, of lookup: inout LogDNSRow) {
        switch number {
        case 1:
            lookup.code = .noError
            lookup.answers = []
        case 2: lookup.code = .nameError
        case 3, 4, 5, 6, 10, 11, 13: lookup.code = .noError
        case 7: lookup.code = .serverFailure
        case 8: lookup.code = .refused
        case 9: lookup.code = .notImplemented
        default: break
        }
    }
}
