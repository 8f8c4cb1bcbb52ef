import Bytes

/// Ways in which formats write a quote inside quotes.
enum CellEscape: Sendable {
    case doubledQuotes
    /// `\"`, `\\`.
    case backslash
}

extension LogRecord {
    /// Sets the user, unescaped; words that stand for none leave it absent.
    mutating func setUser(_ line: RawSpan, _ cell: CSVCell?, escape: CellEscape = .backslash) {
        guard let cell, !cell.isEmpty, !line.isNothing(cell) else { return }
        if cell.count > LogRecord.userLimit {
            flags.insert(.userTooLong)
            return
        }
        user = unescape(line, cell, escape)
    }

    private mutating func unescape(_ line: RawSpan, _ cell: CSVCell, _ escape: CellEscape) -> LogText {
        guard cell.hasEscape else { return LogText(start: cell.start, count: cell.count) }
        let start = scratch.count
        let mark = escape == .backslash ? UInt8(ascii: "\\") : UInt8(ascii: "\"")
        var index = cell.start
        while index < cell.end, let byte = line.byte(at: index) {
            if byte == mark, index + 1 < cell.end, let next = line.byte(at: index + 1) {
                scratch.append(next)
                index += 2
            } else {
                scratch.append(byte)
                index += 1
            }
        }
        return LogText(start: start, count: scratch.count - start, isInScratch: true)
    }

    /// Sets the client's host name where it is one; anything else leaves it absent.
    mutating func setClientHost(_ line: RawSpan, _ cell: CSVCell?) {
        guard let cell, !cell.isEmpty, !line.isNothing(cell) else { return }
        clientHost = HostText.clientName(line, from: cell.start, to: cell.end, into: &self)
    }

    /// Sets the moment at which the exchange ended; `milliseconds` before it, it began.
    mutating func setTime(end moment: Timestamp, lasting milliseconds: UInt64) {
        end = moment
        start = moment
        guard let nanoseconds = Int64(exactly: milliseconds)?.multipliedReportingOverflow(by: 1_000_000),
            !nanoseconds.overflow, nanoseconds.partialValue <= moment.nanoseconds
        else { return }
        start = Timestamp(nanoseconds: moment.nanoseconds - nanoseconds.partialValue)
    }

    /// Sets the moment at which the exchange began; `milliseconds` after it, it ended.
    mutating func setTime(start moment: Timestamp, lasting milliseconds: UInt64) {
        start = moment
        end = moment
        guard let nanoseconds = Int64(exactly: milliseconds)?.multipliedReportingOverflow(by: 1_000_000),
            !nanoseconds.overflow
        else { return }
        let sum = moment.nanoseconds.addingReportingOverflow(nanoseconds.partialValue)
        if !sum.overflow { end = Timestamp(nanoseconds: sum.partialValue) }
    }
}

extension RawSpan {
    /// Whether the cell holds a word that means "no value" in some log.
    func isNothing(_ cell: CSVCell) -> Bool {
        switch cell.count {
        case 0: return true
        case 1: return byte(at: cell.start) == UInt8(ascii: "-")
        case 2...9:
            return ["N/A", "NA", "None", "null", "anonymous"].contains { says(cell, $0) }
        default: return false
        }
    }

    /// Whether the cell is `word`, whatever the case of its ASCII letters.
    func says(_ cell: CSVCell, _ word: String) -> Bool {
        guard cell.count == word.utf8.count else { return false }
        var index = cell.start
        for letter in word.utf8 {
            guard let byte = byte(at: index), RawSpan.lowered(byte) == RawSpan.lowered(letter) else {
                return false
            }
            index += 1
        }
        return true
    }

    /// Whether `word` stands at `start`, whatever the case of its ASCII letters.
    func begins(at start: Int, with word: String) -> Bool {
        says(CSVCell(start: start, end: start + word.utf8.count), word)
    }

    private static func lowered(_ byte: UInt8) -> UInt8 {
        byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
    }

    /// The address that fills the cell; IPv4-mapped ones as IPv4.
    func address(_ cell: CSVCell?) -> IPAddress? {
        guard let cell, !cell.isEmpty else { return nil }
        if let address = IPAddress.quickIPv4(self, from: cell.start, to: cell.end) { return address }
        return IPAddress(ascii: clamped(from: cell.start, count: cell.count))?.unmapped
    }

    /// The number that fills the cell.
    func number(_ cell: CSVCell?) -> UInt64? {
        guard let cell else { return nil }
        return DecimalText.read(self, from: cell.start, to: cell.end)
    }

    /// The port that fills the cell; 0 is one too.
    func port(_ cell: CSVCell?) -> UInt16? {
        guard let cell, let value = DecimalText.read(self, from: cell.start, to: cell.end, maxDigits: 5)
        else {
            return nil
        }
        return UInt16(exactly: value)
    }
}
