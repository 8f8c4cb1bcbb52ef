import Bytes

/// A cell of comma-separated values, without its quotes.
struct CSVCell: Equatable, Sendable {
    var start: Int
    var end: Int
    /// Whether a doubled quote stands in it.
    var hasEscape = false

    var count: Int { end - start }
    var isEmpty: Bool { end <= start }
    var range: FieldRange { FieldRange(start: start, end: end) }
}

/// The cells of one line of comma-separated values (RFC 4180 §2), as ranges of the line. A quoted cell is passed
/// over whole, whatever stands in it. Spaces before an opening quote are skipped, as some exports write them.
struct CSVCells: Sendable {
    /// Cells in a line: twice the widest format read (PAN-OS has 115).
    static let limit = 256

    private(set) var cells: [CSVCell] = []
    /// After a `read` that failed: the line ended within quotes, so that the next one may go on with the value.
    private(set) var isOpen = false
    private let separator: UInt8
    /// PAN-OS writes one column as `{a,b,c}` without quotes.
    private let keepsBraces: Bool

    init(separator: UInt8 = UInt8(ascii: ","), keepsBraces: Bool = false) {
        self.separator = separator
        self.keepsBraces = keepsBraces
    }

    var count: Int { cells.count }

    /// The cell in `column`, counted from 0; empty where the line has none.
    subscript(_ column: Int) -> CSVCell {
        column >= 0 && column < cells.count ? cells[column] : CSVCell(start: 0, end: 0)
    }

    /// Splits the line from `start`; false when a quote is not closed, something stands behind a closing quote,
    /// or there are more cells than `limit`.
    mutating func read(_ line: RawSpan, from start: Int = 0) -> Bool {
        cells.removeAll(keepingCapacity: true)
        isOpen = false
        var position = max(start, 0)
        while true {
            guard cells.count < CSVCells.limit else { return false }
            guard let next = readCell(line, from: position) else { return false }
            guard next < line.byteCount else { return true }
            position = next + 1
        }
    }

    /// Appends the cell at `start` and returns where its separator stands, or the line's end.
    private mutating func readCell(_ line: RawSpan, from start: Int) -> Int? {
        var opening = start
        while line.byte(at: opening) == UInt8(ascii: " ") { opening += 1 }
        if line.byte(at: opening) == UInt8(ascii: "\"") { return readQuoted(line, from: opening + 1) }
        var end = line.firstIndex(of: separator, from: start) ?? line.byteCount
        if keepsBraces, line.byte(at: start) == UInt8(ascii: "{"),
            let brace = line.firstIndex(of: UInt8(ascii: "}"), from: start)
        {
            end = line.firstIndex(of: separator, from: brace) ?? line.byteCount
        }
        cells.append(CSVCell(start: start, end: end))
        return end
    }

    private mutating func readQuoted(_ line: RawSpan, from start: Int) -> Int? {
        var index = start
        var hasEscape = false
        while let quote = line.firstIndex(of: UInt8(ascii: "\""), from: index) {
            if line.byte(at: quote + 1) == UInt8(ascii: "\"") {
                hasEscape = true
                index = quote + 2
                continue
            }
            var end = quote + 1
            while line.byte(at: end) == UInt8(ascii: " "), separator != UInt8(ascii: " ") { end += 1 }
            guard end >= line.byteCount || line.byte(at: end) == separator else { return nil }
            cells.append(CSVCell(start: start, end: quote, hasEscape: hasEscape))
            return min(end, line.byteCount)
        }
        isOpen = true
        return nil
    }
}
