import Bytes

/// The first rows of an export, cut into columns, and what the cells of each column have in common.
struct CSVSample {
    /// Rows that are looked at: more would not change the answer.
    static let rowLimit = 200

    struct Column {
        /// The heading; the column's number in a file without headings.
        var heading: String
        /// Cells that are not empty, without spaces around.
        var cells: [[UInt8]]

        /// Whether nine of ten cells are such: an export may have an odd one.
        func mostly(_ isSuch: (RawSpan) -> Bool) -> Bool {
            guard !cells.isEmpty else { return false }
            let count = cells.reduce(0) { $0 + ($1.withRawSpan(isSuch) ? 1 : 0) }
            return count * 10 >= cells.count * 9
        }

        func all(_ isSuch: (RawSpan) -> Bool) -> Bool {
            !cells.isEmpty && cells.allSatisfy { $0.withRawSpan(isSuch) }
        }
    }

    let separator: UInt8
    let hasHeadings: Bool
    let columns: [Column]

    /// Nil when the lines are no table of three columns or more.
    init?(head: RawSpan) {
        let lines = CSVSample.lines(head)
        var best: (rows: [[[UInt8]]], separator: UInt8)?
        for (_, separator) in CSVMapping.separators {
            let rows = CSVSample.rows(lines, separator)
            if rows.count * (rows.first?.count ?? 0) > (best?.rows.count ?? 0)
                * (best?.rows.first?.count ?? 0)
            {
                best = (rows, separator)
            }
        }
        guard let best, let first = best.rows.first, best.rows.count >= 2 else { return nil }
        separator = best.separator
        hasHeadings = CSVSample.isHeadings(first)
        let rows = hasHeadings ? best.rows.dropFirst() : best.rows[...]
        let names =
            hasHeadings
            ? first.map { String(decoding: $0, as: UTF8.self) } : (1...first.count).map { "\($0)" }
        columns = names.enumerated().map { place, name in
            Column(heading: name, cells: rows.map { $0[place] }.filter { !$0.isEmpty })
        }
    }

    private static func lines(_ head: RawSpan) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        var cursor = LineCursor(head, isLast: true, state: .fileStart)
        while lines.count < rowLimit, let bounds = cursor.next() {
            // A last line without a line end may be cut.
            guard bounds.count > 0, bounds.isTerminated || lines.count < 2 else { continue }
            lines.append(head.clamped(from: bounds.start, count: bounds.count).copied())
        }
        return lines
    }

    /// The rows with as many cells as most rows have; none with fewer than three.
    private static func rows(_ lines: [[UInt8]], _ separator: UInt8) -> [[[UInt8]]] {
        var cells = CSVCells(separator: separator)
        var rows: [[[UInt8]]] = []
        var counts: [Int: Int] = [:]
        for line in lines {
            line.withRawSpan { text in
                guard cells.read(text), cells.count >= 3 else { return }
                let row = cells.cells.map { cell in
                    let trimmed = text.trimmed(cell)
                    return text.clamped(from: trimmed.start, count: trimmed.count).copied()
                }
                rows.append(row)
                counts[row.count, default: 0] += 1
            }
        }
        let most = counts.max { ($0.value, $0.key) < ($1.value, $1.key) }
        return rows.filter { $0.count == most?.key }
    }

    /// Headings are distinct words: no addresses, times, numbers or hosts.
    private static func isHeadings(_ row: [[UInt8]]) -> Bool {
        guard Set(row).count == row.count else { return false }
        return row.allSatisfy { cell in
            cell.withRawSpan { text in
                !text.isEmpty && !CSVGuess.isAddress(text) && !CSVGuess.isNumber(text)
                    && !CSVGuess.isURL(text)
                    && !CSVGuess.isHost(text) && !CSVGuess.isMoment(text)
            }
        }
    }
}

/// What a cell may be.
enum CSVGuess {
    static func cell(_ text: RawSpan) -> CSVCell { CSVCell(start: 0, end: text.byteCount) }

    static func isAddress(_ text: RawSpan) -> Bool { text.address(cell(text)) != nil }

    static func isNumber(_ text: RawSpan) -> Bool { SizeText.read(text, cell(text), unit: 1) != nil }

    /// A scheme, `://` and a host that can be read.
    static func isURL(_ text: RawSpan) -> Bool {
        guard text.byteCount > 0, URLText(text, FieldRange(start: 0, end: text.byteCount)) != nil else {
            return false
        }
        var record = LogRecord()
        return Destination.readURL(text, cell(text), source: .logHost, into: &record) == nil
    }

    /// A host name with a dot, alone or with port and path behind it.
    static func isHost(_ text: RawSpan) -> Bool {
        var record = LogRecord()
        guard text.byteCount > 0, text.firstIndex(of: UInt8(ascii: "@")) == nil,
            Destination.readURL(text, cell(text), source: .logHost, into: &record) == nil,
            record.name.isPresent
        else { return false }
        return record.copy(record.name, of: text).contains(UInt8(ascii: "."))
    }

    static func isPath(_ text: RawSpan) -> Bool { text.firstIndex(of: UInt8(ascii: "/")) != nil }

    static func isMail(_ text: RawSpan) -> Bool { text.firstIndex(of: UInt8(ascii: "@")) != nil }

    static func isMoment(_ text: RawSpan) -> Bool {
        whole.contains { $0.moment(text, clock: LogClock()) != nil }
    }

    /// Formats of a whole moment, in the order in which they are tried.
    static let wholeFormats = [
        "iso", "epoch", "M/d/yyyy h:mm:ss a", "M/d/yyyy h:mm a", "M/d/yyyy H:mm:ss", "M/d/yyyy H:mm",
        "M/d/yyyy, h:mm:ss a", "M/d/yyyy, h:mm a", "M/d/yy h:mm a", "M/d/yy H:mm", "d/M/yyyy H:mm:ss",
        "d/M/yyyy H:mm", "d/M/yyyy h:mm:ss a", "d.M.yyyy H:mm:ss", "d.M.yyyy H:mm", "yyyy-MM-dd HH:mm",
        "MMM d, yyyy h:mm:ss a", "MMM d, yyyy h:mm a", "MMM d, yyyy, h:mm:ss a", "MMM d, yyyy, h:mm a",
        "E MMM d HH:mm:ss yyyy", "E, MMM d, yyyy h:mm a", "d MMM yyyy H:mm:ss", "d-MMM-yyyy H:mm:ss",
        "d/MMM/yyyy:HH:mm:ss Z", "yyyyMMddHHmmss",
    ]
    static let dateFormats = [
        "yyyy-MM-dd", "yyyy/MM/dd", "M/d/yyyy", "d/M/yyyy", "d.M.yyyy", "MMM d, yyyy", "yyyyMMdd",
    ]
    static let clockFormats = ["H:mm:ss", "h:mm:ss a", "H:mm", "h:mm a", "H:mm:ss.SSS"]

    private static let whole = wholeFormats.compactMap { try? CSVTimeFormat($0) }

    /// Words for what a filter did, in lower case.
    static let allowedWords: Set<String> = [
        "allowed", "allow", "permitted", "permit", "accessed", "accepted", "accept", "passed", "pass",
        "granted",
    ]
    static let blockedWords: Set<String> = [
        "blocked", "block", "denied", "deny", "redirected", "rejected", "reject", "dropped", "drop",
        "refused",
    ]
}
