/// Rows of comma-separated values (RFC 4180): quoted fields may hold commas, quotes written twice, and line
/// ends.
package struct CSVText {
    package struct Row: Equatable {
        /// The line on which the row begins, from 1.
        package var line: Int
        package var fields: [String]
    }

    package private(set) var rows: [Row] = []
    /// The line on which a quoted field began that never ended; nil when all did.
    package private(set) var unclosedQuote: Int?

    /// Rows without any text are left out. A byte-order mark at the start is ignored.
    package init(_ text: String) {
        var bytes = Array(text.utf8)[...]
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { bytes = bytes.dropFirst(3) }
        var reader = Reader(bytes: Array(bytes))
        while let row = reader.row() {
            if row.fields.contains(where: { !$0.isEmpty }) { rows.append(row) }
        }
        unclosedQuote = reader.unclosedQuote
    }

    /// Replaces the fields of every row.
    mutating func mapRows(_ change: (Row) -> [String]) {
        for index in rows.indices { rows[index].fields = change(rows[index]) }
    }

    private struct Reader {
        let bytes: [UInt8]
        var position = 0
        var line = 1
        var unclosedQuote: Int?

        mutating func row() -> Row? {
            guard position < bytes.count else { return nil }
            var row = Row(line: line, fields: [])
            while true {
                row.fields.append(field())
                guard position < bytes.count else { return row }
                let separator = bytes[position]
                position += 1
                if separator == UInt8(ascii: ",") { continue }
                if separator == UInt8(ascii: "\r"), position < bytes.count,
                    bytes[position] == UInt8(ascii: "\n")
                {
                    position += 1
                }
                line += 1
                return row
            }
        }

        private mutating func field() -> String {
            guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
                return trimmed(bytes[plain()])
            }
            let start = line
            position += 1
            var text: [UInt8] = []
            while position < bytes.count {
                let byte = bytes[position]
                position += 1
                if byte == UInt8(ascii: "\"") {
                    guard position < bytes.count, bytes[position] == byte else {
                        // Anything between the closing quote and the separator belongs to the field.
                        text += bytes[plain()]
                        return trimmed(text[...])
                    }
                    position += 1
                }
                if byte == UInt8(ascii: "\n") { line += 1 }
                text.append(byte)
            }
            unclosedQuote = unclosedQuote ?? start
            return trimmed(text[...])
        }

        /// The range up to the next separator, which it goes to.
        private mutating func plain() -> Range<Int> {
            let start = position
            while position < bytes.count, !isSeparator(bytes[position]) { position += 1 }
            return start..<position
        }

        private func isSeparator(_ byte: UInt8) -> Bool {
            byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
        }

        private func trimmed(_ text: ArraySlice<UInt8>) -> String {
            let isSpace = { (byte: UInt8) in byte == 32 || (9...13).contains(byte) }
            let start = text.firstIndex { !isSpace($0) } ?? text.endIndex
            let end = text.lastIndex { !isSpace($0) }.map { $0 + 1 } ?? start
            return String(decoding: text[start..<max(start, end)], as: UTF8.self)
        }
    }
}
