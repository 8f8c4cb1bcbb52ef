import Bytes

/// Comma-separated values (RFC 4180) whose columns the user described.
///
/// A quoted value may hold line ends; then the lines are one row, which is read when the quote closes.
struct MappedCSV: LogLineParser {
    static let kind = "csv"
    static let isSplittable = false
    static let knowsItsEnd = false

    /// Lines and bytes of one row: a page's title with line ends in it has a few. More means that a quote was never
    /// meant as one, and whatever it swallowed is counted as rejected.
    private static let rowLines: UInt64 = 100
    private static let rowBytes = 16 << 10

    private let mapping: CSVMapping
    private let headings: CSVHeadings?
    private var clock = LogClock()
    private var cells: CSVCells
    private var actions = TokenMemo<LogAction?>()
    private var scratch: [UInt8] = []
    private var linesRead = 0
    /// The lines of a row whose quote is still open.
    private var row: [UInt8] = []
    private var rowStart: (lines: UInt64, bytes: UInt64)?

    init(_ mapping: CSVMapping, head: RawSpan) {
        self.mapping = mapping
        headings = CSVHeadings(mapping, head: head)
        cells = CSVCells(separator: headings?.separator ?? UInt8(ascii: ","))
    }

    /// Without a mapping nothing is told.
    init(head: RawSpan) {
        self.init(CSVMapping(name: "csv", time: [], timeFormats: [], columns: [:]), head: head)
    }

    mutating func use(_ settings: LogSettings) {
        clock = mapping.periods.map { LogClock(periods: $0, latest: settings.clock.latest) } ?? settings.clock
    }

    /// A file that has the mapping's headings is meant, even if not one row can be read: then the rejected lines say
    /// why.
    mutating func score(_ head: RawSpan, envelope: LogMoment?) -> LogFormat.Score {
        guard headings != nil else { return LogFormat.Score() }
        return mapping.hasHeadings
            ? LogFormat.Score(lines: 1, used: 1, understood: 1) : scoreLines(head, envelope: envelope)
    }

    mutating func read(_ line: RawSpan, into chunk: inout LogChunk) -> LogReason? {
        chunk.record.reset()
        guard let headings else { return .headerMissing }
        linesRead += 1
        if mapping.hasHeadings, row.isEmpty, isHeading(line, headings) { return .comment }
        guard let rowStart else { return take(line, headings, into: &chunk) }
        row.append(UInt8(ascii: "\n"))
        line.append(to: &row)
        guard row.count <= MappedCSV.rowBytes, chunk.tally.linesRead &- rowStart.lines < MappedCSV.rowLines
        else {
            giveUp(into: &chunk)
            return .quoteOpen
        }
        let text = row
        return text.withRawSpan { take($0, headings, into: &chunk) }
    }

    mutating func finish(into chunk: inout LogChunk) { giveUp(into: &chunk) }

    /// Lines up to the headings, and the headings once more, where exports were joined.
    private func isHeading(_ line: RawSpan, _ headings: CSVHeadings) -> Bool {
        if linesRead <= headings.lines { return true }
        return line.byteCount == headings.line.count
            && line.equals(from: 0, count: line.byteCount, headings.line.span.bytesView, from: 0)
    }

    /// Counts the lines of an open row as rejected.
    private mutating func giveUp(into chunk: inout LogChunk) {
        guard let start = rowStart else { return }
        chunk.tally.rejectSetAside(since: start.lines, bytes: start.bytes, as: .quoteOpen)
        rowStart = nil
        row.removeAll()
    }

    private mutating func take(_ line: RawSpan, _ headings: CSVHeadings, into chunk: inout LogChunk)
        -> LogReason?
    {
        guard cells.read(line) else {
            guard cells.isOpen else { return endRow(.quoteOpen) }
            if rowStart == nil {
                rowStart = (chunk.tally.linesRead, chunk.tally[.partOfRequest].bytes)
                row = line.copied()
            }
            return .partOfRequest
        }
        return endRow(readRow(line, headings, into: &chunk.record) ?? chunk.addRecord(of: line))
    }

    private mutating func endRow(_ reason: LogReason?) -> LogReason? {
        rowStart = nil
        row.removeAll(keepingCapacity: true)
        return reason
    }
}

extension MappedCSV {
    private mutating func readRow(_ line: RawSpan, _ headings: CSVHeadings, into record: inout LogRecord)
        -> LogReason?
    {
        guard let moment = moment(line, headings) else { return .timeInvalid }
        record.setTime(moment)
        guard let action = action(line, headings) else { return .actionUnknown }
        record.action = action
        if let reason = readClient(line, headings, into: &record) { return reason }
        if let reason = readNumbers(line, headings, into: &record) { return reason }
        return readDestination(line, headings, into: &record)
    }

    /// The cell of a field, spaces around it left out; nil where the file has no such column or says nothing.
    private func cell(_ field: CSVMapping.Field, _ line: RawSpan, _ headings: CSVHeadings) -> CSVCell? {
        guard let column = headings.columns[field] else { return nil }
        let cell = line.trimmed(cells[column])
        return cell.isEmpty || line.isNothing(cell) ? nil : cell
    }

    private mutating func moment(_ line: RawSpan, _ headings: CSVHeadings) -> LogMoment? {
        scratch.removeAll(keepingCapacity: true)
        for column in headings.time {
            let cell = line.trimmed(cells[column])
            if !scratch.isEmpty { scratch.append(UInt8(ascii: " ")) }
            line.clamped(from: cell.start, count: cell.count).append(to: &scratch)
        }
        return scratch.withRawSpan { text in
            for format in mapping.timeFormats {
                if let moment = format.moment(text, clock: clock) { return moment }
            }
            return nil
        }
    }

    private mutating func action(_ line: RawSpan, _ headings: CSVHeadings) -> LogAction? {
        guard let column = headings.action else { return mapping.actions.all }
        let cell = line.trimmed(cells[column])
        if cell.isEmpty { return mapping.actions.empty }
        let words = mapping.actions.words
        return actions.meaning(of: line, from: cell.start, to: cell.end) {
            words[String(decoding: $0.copied(), as: UTF8.self).lowercased()]
        }
    }

    private func readClient(_ line: RawSpan, _ headings: CSVHeadings, into record: inout LogRecord)
        -> LogReason?
    {
        if let cell = cell(.client, line, headings) {
            guard let address = line.address(cell) else { return .clientInvalid }
            record.client = address
        }
        record.setUser(line, cell(.user, line, headings), escape: .doubledQuotes)
        if record.client == nil { record.setClientHost(line, cell(.device, line, headings)) }
        let isKnown = record.client != nil || record.clientHost.isPresent || record.user.isPresent
        return isKnown ? nil : .noClient
    }

    private func readNumbers(_ line: RawSpan, _ headings: CSVHeadings, into record: inout LogRecord)
        -> LogReason?
    {
        if let cell = cell(.port, line, headings) {
            guard let port = line.port(cell) else { return .portInvalid }
            record.port = port
        }
        if let cell = cell(.count, line, headings) {
            guard let count = line.number(cell).flatMap({ UInt32(exactly: $0) }) else {
                return .numberInvalid
            }
            record.count = count
        }
        if let cell = cell(.bytesUp, line, headings) {
            guard let bytes = SizeText.read(line, cell, unit: mapping.units[.bytesUp] ?? 1) else {
                return .numberInvalid
            }
            record.bytesUp = bytes
        }
        if let cell = cell(.bytesDown, line, headings) {
            guard let bytes = SizeText.read(line, cell, unit: mapping.units[.bytesDown] ?? 1) else {
                return .numberInvalid
            }
            record.bytesDown = bytes
        }
        return nil
    }

    /// The URL's host, else the host column, else the address alone.
    private func readDestination(_ line: RawSpan, _ headings: CSVHeadings, into record: inout LogRecord)
        -> LogReason?
    {
        let stated = record.port
        if let url = cell(.url, line, headings) {
            if let reason = Destination.readURL(line, url, source: .logHost, into: &record) { return reason }
        } else if let host = cell(.host, line, headings) {
            if let reason = Destination.readHostPort(line, host, source: .logHost, into: &record) {
                return reason
            }
        }
        if stated != 0 { record.port = stated }
        if let cell = cell(.server, line, headings), record.name.isPresent || record.server == nil {
            guard let address = line.address(cell) else { return .targetInvalid }
            record.server = address
        }
        return record.hasDestination ? nil : .noDestination
    }
}

/// Amounts of bytes as reports write them: `14132`, `14,132`, `1.2 MB`, `13.8 KiB`.
enum SizeText {
    /// Bytes in one of these; decimal prefixes are powers of 1000 and binary ones of 1024 (IEC 80000-13).
    static let units: [(word: String, bytes: UInt64)] = [
        ("B", 1), ("bytes", 1), ("KB", 1000), ("MB", 1_000_000), ("GB", 1_000_000_000),
        ("KiB", 1024), ("MiB", 1 << 20), ("GiB", 1 << 30),
    ]

    /// `unit` counts where the cell states none; nil for anything but a number. Fractions of a byte are dropped.
    static func read(_ line: RawSpan, _ cell: CSVCell, unit: UInt64) -> UInt64? {
        var index = cell.start
        var whole: UInt64 = 0
        var digits = 0
        while index < cell.end, let byte = line.byte(at: index) {
            if byte == UInt8(ascii: ","), digits > 0, isGroup(line, from: index + 1, to: cell.end) {
                index += 1
                continue
            }
            guard byte >= 0x30, byte <= 0x39 else { break }
            digits += 1
            // 15 digits times the largest unit still fit.
            guard digits <= 9 || unit == 1 && digits <= 15 else { return nil }
            whole = whole * 10 + UInt64(byte - 0x30)
            index += 1
        }
        guard digits > 0 else { return nil }
        let (numerator, denominator) = fraction(line, &index, to: cell.end)
        while index < cell.end, line.byte(at: index) == UInt8(ascii: " ") { index += 1 }
        var scale = unit
        if index < cell.end {
            let rest = CSVCell(start: index, end: cell.end)
            guard let known = units.first(where: { line.says(rest, $0.word) }) else { return nil }
            scale = known.bytes
        }
        let product = whole.multipliedReportingOverflow(by: scale)
        guard !product.overflow else { return nil }
        let part = numerator * scale / denominator
        return product.partialValue &+ part
    }

    /// Three digits and then none: a group of thousands.
    private static func isGroup(_ line: RawSpan, from start: Int, to end: Int) -> Bool {
        guard DecimalText.read(line, from: start, to: min(start + 3, end), maxDigits: 3) != nil,
            start + 3 <= end
        else { return false }
        guard start + 3 < end, let next = line.byte(at: start + 3) else { return true }
        return next < 0x30 || next > 0x39
    }

    /// Up to six digits behind a point, as a fraction; further ones are dropped.
    private static func fraction(_ line: RawSpan, _ index: inout Int, to end: Int) -> (UInt64, UInt64) {
        var (numerator, denominator): (UInt64, UInt64) = (0, 1)
        guard index < end, line.byte(at: index) == UInt8(ascii: ".") else { return (0, 1) }
        index += 1
        while index < end, let byte = line.byte(at: index), byte >= 0x30, byte <= 0x39 {
            if denominator < 1_000_000 {
                numerator = numerator * 10 + UInt64(byte - 0x30)
                denominator *= 10
            }
            index += 1
        }
        return (numerator, denominator)
    }
}

extension RawSpan {
    /// The cell without spaces at its ends.
    func trimmed(_ cell: CSVCell) -> CSVCell {
        var trimmed = cell
        while trimmed.start < trimmed.end, byte(at: trimmed.start) == UInt8(ascii: " ") { trimmed.start += 1 }
        while trimmed.end > trimmed.start, byte(at: trimmed.end - 1) == UInt8(ascii: " ") { trimmed.end -= 1 }
        return trimmed
    }
}
