import Bytes

/// Where a mapping's columns are in a file: found from its line of headings.
struct CSVHeadings: Sendable {
    /// Lines in front of the headings (a report's title, its filters) that are looked through.
    static let preambleLimit = 30

    let separator: UInt8
    /// Non-empty lines through the headings.
    private(set) var lines = 0
    /// The line of headings as it stands, which joined exports repeat.
    private(set) var line: [UInt8] = []
    private(set) var time: [Int] = []
    private(set) var columns: [CSVMapping.Field: Int] = [:]
    private(set) var action: Int?

    /// Nil when no line near the start of `head` has all that the mapping needs.
    init?(_ mapping: CSVMapping, head: RawSpan) {
        guard mapping.hasHeadings else {
            self.init(numbered: mapping)
            return
        }
        let separators = mapping.separator.map { [$0] } ?? CSVMapping.separators.map(\.byte)
        var cursor = LineCursor(head, isLast: true, state: .fileStart)
        var seen = 0
        while seen < CSVHeadings.preambleLimit, let bounds = cursor.next() {
            if bounds.count == 0 { continue }
            seen += 1
            let text = head.clamped(from: bounds.start, count: bounds.count)
            for separator in separators {
                var cells = CSVCells(separator: separator)
                guard cells.read(text) else { continue }
                let names = cells.cells.map { CSVHeadings.plain(text, $0) }
                guard var found = CSVHeadings(mapping, names, separator) else { continue }
                found.lines = seen
                found.line = text.copied()
                self = found
                return
            }
        }
        return nil
    }

    private init?(numbered mapping: CSVMapping) {
        let names = (1...CSVCells.limit).map { "\($0)" }
        self.init(mapping, names, mapping.separator ?? UInt8(ascii: ","))
    }

    private init?(_ mapping: CSVMapping, _ names: [String], _ separator: UInt8) {
        self.separator = separator
        func place(_ headings: [String]) -> Int? {
            for heading in headings {
                if let index = names.firstIndex(of: CSVHeadings.plain(heading)) { return index }
            }
            return nil
        }
        for headings in mapping.time {
            guard let index = place(headings) else { return nil }
            time.append(index)
        }
        for (field, headings) in mapping.columns { columns[field] = place(headings) }
        action = place(mapping.actions.column)
        guard !time.isEmpty, mapping.actions.column.isEmpty || action != nil,
            [.client, .user, .device].contains(where: { columns[$0] != nil }),
            [.url, .host, .server].contains(where: { columns[$0] != nil })
        else { return nil }
    }

    /// A heading as it is compared: without case, spaces and marks.
    static func plain(_ heading: String) -> String {
        String(String.UnicodeScalarView(heading.lowercased().unicodeScalars.filter { !isMark($0) }))
    }

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x80 && !(scalar.value >= 0x30 && scalar.value <= 0x39)
            && !(scalar.value >= 0x61 && scalar.value <= 0x7a)
    }

    private static func plain(_ line: RawSpan, _ cell: CSVCell) -> String {
        let bytes = line.clamped(from: cell.start, count: cell.count).copied()
        return plain(String(decoding: bytes, as: UTF8.self))
    }
}
