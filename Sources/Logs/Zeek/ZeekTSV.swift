import Bytes

/// Zeek's logs as tab-separated values (`src/logging/writers/ascii/Ascii.cc`):
///
///     #separator \x09
///     #path	conn
///     #fields	ts	uid	id.orig_h	id.orig_p	...
///     1772460062.114201	CHpa11sExampleA1	10.20.30.40	51334	...
///
/// Columns are found by name, in whatever order and number the header gives; logs that were joined have several
/// headers.
package struct ZeekTSV: LogLineParser {
    package static let kind = "zeek"
    package static let hasHeader = true
    package static let knowsItsEnd = false

    /// What header lines say of the lines behind them.
    fileprivate struct Header: Equatable, Sendable {
        var separator = UInt8(ascii: "\t")
        var setSeparator = UInt8(ascii: ",")
        var unset = Array("-".utf8)
        var empty = Array("(empty)".utf8)
        var path: ZeekPath?
        /// What each column is; nil for those that are not used.
        var columns: [ZeekColumn?] = []
    }

    private var header = Header()
    /// As the lines in front of the file's first data line say.
    private var first = Header()

    package init(head: RawSpan) {
        var cursor = LineCursor(head, isLast: true, state: .fileStart)
        while let bounds = cursor.next() {
            if bounds.count == 0 { continue }
            let line = head.clamped(from: bounds.start, count: bounds.count)
            guard bounds.isTerminated, header.read(line) != nil else { break }
        }
        first = header
    }

    package mutating func read(_ line: RawSpan, into chunk: inout LogChunk) -> LogReason? {
        chunk.record.reset()
        if let reason = header.read(line) {
            if header != first { chunk.needsWholeFile = true }
            return reason
        }
        let columns = header.columns
        guard !columns.isEmpty else { return .headerMissing }
        var facts = ZeekFacts()
        let separator = header.separator
        var start = 0
        var number = 0
        while start <= line.byteCount {
            let end = line.firstIndex(of: separator, from: start) ?? line.byteCount
            guard number < columns.count else { return .fieldsMissing }
            if let column = columns[number] { set(column, line, FieldRange(start: start, end: end), &facts) }
            number += 1
            start = end + 1
        }
        guard number == columns.count else { return .fieldsMissing }
        guard let path = header.path ?? ZeekPath({ column in columns.contains(column) }) else {
            return .otherProgram
        }
        return ZeekLine.take(facts, path, text: line, into: &chunk)
    }

    private func set(_ column: ZeekColumn, _ line: RawSpan, _ field: FieldRange, _ facts: inout ZeekFacts) {
        let value = line.clamped(from: field.start, count: field.count)
        if header.stand(for: value) { return }
        guard column == .answers || column == .ttls else { return facts.set(column, line, field) }
        var start = field.start
        let text = line.clamped(from: 0, count: field.end)
        while start < field.end {
            let end = text.firstIndex(of: header.setSeparator, from: start) ?? field.end
            if column == .answers {
                facts.answers.append(FieldRange(start: start, end: end))
            } else {
                let dot =
                    text.clamped(from: 0, count: end).firstIndex(of: UInt8(ascii: "."), from: start) ?? end
                facts.lifetimes.append(DecimalText.read(text, from: start, to: dot) ?? 0)
            }
            start = end + 1
        }
    }

}

extension ZeekTSV.Header {
    /// Whether a value is the mark of one that is not there.
    @inline(__always)
    func stand(for value: RawSpan) -> Bool {
        value.equals(unset.span.bytesView) || value.equals(empty.span.bytesView)
    }

    /// Reads a header line; nil when the line is none.
    mutating func read(_ line: RawSpan) -> LogReason? {
        if line.byte(at: 0) == UInt8(ascii: "#") { return readMarked(line) }
        // A filter may write the names alone, without marks.
        guard line.word(at: 0, count: 3) == 0x09_7374, readNames(line, from: 0) else { return nil }
        path = nil
        return .comment
    }

    private mutating func readMarked(_ line: RawSpan) -> LogReason? {
        let end = line.firstIndex(of: UInt8(ascii: " ")) ?? line.firstIndex(of: separator) ?? line.byteCount
        let value = line.clamped(from: end + 1, count: line.byteCount)
        switch String(ascii: line.clamped(from: 0, count: min(end, 32))) {
        case "#separator":
            // Written as `\x09`, so that it cannot separate itself.
            guard let byte = UInt8(String(ascii: value.clamped(from: 2, count: 2)), radix: 16) else {
                return .headerInvalid
            }
            // The lines that follow say the rest. The same once more, where logs were joined, changes nothing.
            if byte != separator { (separator, columns, path) = (byte, [], nil) }
        default: readDirective(line)
        }
        return .comment
    }

    private mutating func readDirective(_ line: RawSpan) {
        let end = line.firstIndex(of: separator) ?? line.byteCount
        let value = line.clamped(from: end + 1, count: line.byteCount)
        switch String(ascii: line.clamped(from: 0, count: min(end, 32))) {
        case "#set_separator": setSeparator = value.byte(at: 0) ?? setSeparator
        case "#empty_field": empty = value.copied()
        case "#unset_field": unset = value.copied()
        case "#path": path = ZeekPath(String(ascii: value.clamped(from: 0, count: 64)))
        case "#fields": _ = readNames(line, from: end + 1)
        default: break
        }
    }

    /// Whether the names are those of one of Zeek's logs.
    private mutating func readNames(_ line: RawSpan, from start: Int) -> Bool {
        var names: [ZeekColumn?] = []
        var position = start
        while position <= line.byteCount, names.count < 512 {
            let end = line.firstIndex(of: separator, from: position) ?? line.byteCount
            names.append(
                ZeekColumn(
                    name: String(ascii: line.clamped(from: position, count: min(end - position, 64)))))
            position = end + 1
        }
        guard names.contains(.ts), names.contains(.uid) || names.contains(.uids) || start > 0 else {
            return false
        }
        columns = names
        return true
    }
}
