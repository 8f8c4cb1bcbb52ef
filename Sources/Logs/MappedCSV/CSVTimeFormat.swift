import Bytes

/// How an export writes its times: `iso`, `epoch`, or a pattern of letters as spreadsheets and Unicode's UTS #35 know
/// them, such as `M/d/yyyy h:mm:ss a`.
///
/// A letter alone reads one or two digits, doubled letters exactly two. Names of months and days are English.
package struct CSVTimeFormat: Equatable, Sendable {
    /// Why a text is no time format; for the user.
    package struct Fault: Error, Equatable, CustomStringConvertible {
        package let description: String
    }

    private enum Piece: Equatable, Sendable {
        case literal(UInt8)
        /// A number of that many digits at least and at most.
        case number(Part, Int, Int)
        case monthName
        case dayName
        /// `AM` or `PM`.
        case half
        /// Digits behind the second.
        case fraction
        /// `Z`, `+hh:mm`, `+hhmm`.
        case offset
    }

    private enum Part: Equatable, Sendable {
        case year, month, day, hour, hourOfHalf, minute, second
    }

    private enum Kind: Equatable, Sendable {
        case iso
        case epoch
        case pattern([Piece])
    }

    private let kind: Kind

    package init(_ text: String) throws(Fault) {
        switch text {
        case "iso": kind = .iso
        case "epoch": kind = .epoch
        default: kind = .pattern(try CSVTimeFormat.pieces(Array(text.utf8)))
        }
    }

    private static func pieces(_ text: [UInt8]) throws(Fault) -> [Piece] {
        var pieces: [Piece] = []
        var index = 0
        while index < text.count {
            let byte = text[index]
            if byte == UInt8(ascii: "'") {
                guard let close = text[(index + 1)...].firstIndex(of: byte) else {
                    throw Fault(description: "a quotation mark (') is not closed")
                }
                pieces += text[(index + 1)..<close].map { .literal($0) }
                index = close + 1
                continue
            }
            var end = index
            while end < text.count, text[end] == byte { end += 1 }
            let isLetter = byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z")
            if isLetter {
                pieces.append(try piece(byte, count: end - index))
            } else {
                pieces += text[index..<end].map { .literal($0) }
            }
            index = end
        }
        try check(pieces)
        return pieces
    }

    private static func piece(_ letter: UInt8, count: Int) throws(Fault) -> Piece {
        let most = max(2, count)
        switch (letter, count) {
        case (UInt8(ascii: "y"), 4): return .number(.year, 4, 4)
        case (UInt8(ascii: "y"), 2): return .number(.year, 2, 2)
        case (UInt8(ascii: "M"), 1...2): return .number(.month, count, most)
        case (UInt8(ascii: "M"), 3...4): return .monthName
        case (UInt8(ascii: "d"), 1...2): return .number(.day, count, most)
        case (UInt8(ascii: "H"), 1...2): return .number(.hour, count, most)
        case (UInt8(ascii: "h"), 1...2): return .number(.hourOfHalf, count, most)
        case (UInt8(ascii: "m"), 1...2): return .number(.minute, count, most)
        case (UInt8(ascii: "s"), 1...2): return .number(.second, count, most)
        case (UInt8(ascii: "S"), 1...9): return .fraction
        case (UInt8(ascii: "E"), 1...4): return .dayName
        case (UInt8(ascii: "a"), 1): return .half
        case (UInt8(ascii: "Z"), 1), (UInt8(ascii: "X"), 1...3): return .offset
        default:
            let word = String(repeating: String(UnicodeScalar(letter)), count: count)
            throw Fault(
                description:
                    "'\(word)' means nothing in a time format; known are yyyy yy M MM MMM d dd H HH h hh "
                    + "m mm s ss SSS a E Z and text in '...'")
        }
    }

    /// Without a day or an hour nobody could tell which device it was.
    private static func check(_ pieces: [Piece]) throws(Fault) {
        var parts: [Part] = []
        for case .number(let part, _, _) in pieces { parts.append(part) }
        if pieces.contains(.monthName) { parts.append(.month) }
        let hasHour = parts.contains(.hour) || parts.contains(.hourOfHalf) && pieces.contains(.half)
        guard parts.contains(.year), parts.contains(.month), parts.contains(.day) else {
            throw Fault(description: "the format needs a year, a month and a day (yyyy, M, d)")
        }
        guard hasHour, parts.contains(.minute) else {
            throw Fault(description: "the format needs the time of day (H:mm, or h:mm a)")
        }
    }

    /// The moment that fills the text; nil when it is none.
    func moment(_ text: RawSpan, clock: LogClock) -> LogMoment? {
        switch kind {
        case .iso:
            guard let civil = CivilTime.iso(text, from: 0, to: text.byteCount), civil.end == text.byteCount
            else {
                return nil
            }
            return civil.moment(clock)
        case .epoch:
            return EpochText.read(text, from: 0, to: text.byteCount).map {
                LogMoment(time: $0, assumed: [], end: text.byteCount)
            }
        case .pattern(let pieces):
            var reader = Reader(position: 0)
            for piece in pieces {
                guard reader.take(piece, text) else { return nil }
            }
            guard reader.position == text.byteCount else { return nil }
            return reader.civil?.moment(clock)
        }
    }
}

extension CSVTimeFormat {
    /// What has been read of a text so far.
    private struct Reader {
        var position: Int
        var year = 0
        var month = 0
        var day = 0
        var hour = 0
        var minute = 0
        var second = 0
        var nanoseconds: Int64 = 0
        var isAfternoon: Bool?
        var offset: Int64?

        mutating func take(_ piece: Piece, _ text: RawSpan) -> Bool {
            switch piece {
            case .literal(let byte):
                guard text.byte(at: position) == byte else { return false }
                position += 1
            case .number(let part, let least, let most):
                guard let value = number(text, least, most) else { return false }
                return set(part, value, digits: least)
            case .monthName:
                guard let found = ClockText.month(text, at: position) else { return false }
                month = found
                skipLetters(text)
            case .dayName:
                let start = position
                skipLetters(text)
                return position > start
            case .half: return takeHalf(text)
            case .fraction:
                let start = position - 1
                var index = start
                // The mark before it has been read as a literal.
                nanoseconds = ClockText.fraction(text, &index)
                guard index > start + 1 else { return false }
                position = index
            case .offset:
                var index = position
                guard let found = ClockText.offset(text, &index) else { return false }
                offset = found
                position = index
            }
            return true
        }

        private mutating func number(_ text: RawSpan, _ least: Int, _ most: Int) -> Int? {
            var count = 0
            while count < most, let byte = text.byte(at: position + count), byte >= 0x30, byte <= 0x39 {
                count += 1
            }
            guard count >= least, let value = DecimalText.read(text, from: position, to: position + count)
            else {
                return nil
            }
            position += count
            return Int(truncatingIfNeeded: value)
        }

        private mutating func set(_ part: Part, _ value: Int, digits: Int) -> Bool {
            switch part {
            case .year: year = digits == 2 ? 2000 + value : value
            case .month: month = value
            case .day: day = value
            case .hour:
                hour = value
                return value < 24
            case .hourOfHalf:
                hour = value % 12
                return (1...12).contains(value)
            case .minute:
                minute = value
                return value < 60
            case .second:
                second = value
                return value <= 60
            }
            return true
        }

        private mutating func takeHalf(_ text: RawSpan) -> Bool {
            let letter = (text.byte(at: position) ?? 0) | 0x20
            guard letter == UInt8(ascii: "a") || letter == UInt8(ascii: "p"),
                (text.byte(at: position + 1) ?? 0) | 0x20 == UInt8(ascii: "m")
            else { return false }
            isAfternoon = letter == UInt8(ascii: "p")
            position += 2
            return true
        }

        private mutating func skipLetters(_ text: RawSpan) {
            while let byte = text.byte(at: position), byte | 0x20 >= 0x61, byte | 0x20 <= 0x7a {
                position += 1
            }
        }

        var civil: CivilTime? {
            guard let date = CivilDay(year: year, month: month, day: day) else { return nil }
            let ofDay = (isAfternoon == true ? hour + 12 : hour) * 3600 + minute * 60 + second
            var time = CivilTime(
                seconds: date.daysSince1970 * 86400 + Int64(ofDay), nanoseconds: nanoseconds, end: position)
            time.offset = offset
            return time
        }
    }
}
