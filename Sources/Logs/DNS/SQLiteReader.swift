import CSQLite

/// A database file opened for reading only, as bytes that nobody changes: nothing is written beside it, no lock is
/// taken, and what stands in a write-ahead log is not seen.
///
/// The file is foreign: only queries of this program run, on plain tables (`isPlainTable`), so that no view, virtual
/// table or generated column of its own can make one run for ever.
@safe final class SQLiteReader {
    private var handle: OpaquePointer?

    /// Longest text or row, in bytes: a name has 253.
    private static let lengthLimit: Int32 = 1 << 20

    /// Why a database cannot be read, in SQLite's words.
    struct Fault: Error, Equatable {
        var reason: String
    }

    init(path: String) throws(Fault) {
        let flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX
        let status = unsafe sqlite3_open_v2(SQLiteReader.uri(path), &handle, flags, nil)
        guard status == SQLITE_OK, let handle = unsafe handle else { throw fault() }
        unsafe sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, SQLiteReader.lengthLimit)
        for pragma in ["PRAGMA trusted_schema = OFF", "PRAGMA cell_size_check = ON"] {
            _ = unsafe sqlite3_exec(handle, pragma, nil, nil, nil)
        }
    }

    deinit { unsafe sqlite3_close_v2(handle) }

    /// `file:PATH?mode=ro&immutable=1` with all but letters, digits and `/._-` in percent-encoding (RFC 3986 §2.1).
    static func uri(_ path: String) -> String {
        var text = "file:"
        for byte in path.utf8 {
            let isPlain =
                byte >= 0x30 && byte <= 0x39 || byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7a
                || [0x2d, 0x2e, 0x2f, 0x5f].contains(byte)
            if isPlain {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                text += "%" + (digits.utf8.count < 2 ? "0" : "") + digits
            }
        }
        return text + "?mode=ro&immutable=1"
    }

    private func fault() -> Fault {
        guard let handle = unsafe handle, let text = unsafe sqlite3_errmsg(handle) else {
            return Fault(reason: "out of memory")
        }
        return Fault(reason: unsafe String(cString: text))
    }

    /// Whether there is a table of this name that is neither view nor virtual and computes none of its columns.
    func isPlainTable(_ name: String) -> Bool {
        var isPlain = false
        try? forEachRow(
            "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = '\(name)'"
        ) { row in
            let text = row.text(0).uppercased()
            isPlain = text.hasPrefix("CREATE TABLE") && !text.contains(" AS (") && !text.contains(" AS(")
        }
        return isPlain
    }

    /// The size of the database in bytes, which no table has more rows than: pages that refer to each other in
    /// circles could feign any number.
    var byteCount: Int64 {
        var count: Int64 = 0
        try? forEachRow("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size", limit: 1) {
            count = $0.integer(0)
        }
        return count
    }

    /// Runs a query and hands over its rows, each valid during the call only. Throws when the query is refused or the
    /// file breaks in the middle: rows before that have been handed over.
    func forEachRow(_ query: String, limit: Int64 = .max, _ body: (Row) -> Void) throws(Fault) {
        var statement: OpaquePointer?
        let status = unsafe sqlite3_prepare_v2(handle, query, -1, &statement, nil)
        defer { unsafe sqlite3_finalize(statement) }
        guard status == SQLITE_OK, let prepared = unsafe statement else { throw fault() }
        var rows: Int64 = 0
        while true {
            switch unsafe sqlite3_step(prepared) {
            case SQLITE_ROW:
                rows += 1
                guard rows <= limit else { throw Fault(reason: "more rows than the file has bytes") }
                body(unsafe Row(prepared))
            case SQLITE_DONE: return
            default: throw fault()
            }
        }
    }

    /// The row that a statement stands on.
    @safe struct Row {
        private let statement: OpaquePointer

        fileprivate init(_ statement: OpaquePointer) { unsafe self.statement = statement }

        /// 0 for what is no number.
        func integer(_ column: Int32) -> Int64 { unsafe sqlite3_column_int64(statement, column) }

        func real(_ column: Int32) -> Double { unsafe sqlite3_column_double(statement, column) }

        func isNumber(_ column: Int32) -> Bool {
            let type = unsafe sqlite3_column_type(statement, column)
            return type == SQLITE_INTEGER || type == SQLITE_FLOAT
        }

        /// Empty for NULL.
        func text(_ column: Int32) -> String {
            guard let bytes = unsafe sqlite3_column_text(statement, column) else { return "" }
            return unsafe String(cString: bytes)
        }
    }
}
