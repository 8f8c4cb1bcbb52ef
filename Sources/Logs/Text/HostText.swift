import Bytes

/// Reads a destination out of a host or `host:port` text, for all formats alike.
package enum HostText {
    /// Longest name in its text form, without the trailing dot (RFC 1035 §2.3.4: 255 octets on the wire).
    package static let nameLimit = 253
    /// Longest label (RFC 1035 §2.3.4).
    package static let labelLimit = 63

    /// Bytes 0-63 and 64-127 that may stand in a name: letters, digits, `-`, `.` and `_` (service names have
    /// it). Everything else, non-ASCII and `%` included, makes a name invalid: it is never guessed at.
    private static let allowedLow: UInt64 = 0x03ff_6000_0000_0000
    private static let allowedHigh: UInt64 = 0x07ff_fffe_87ff_fffe

    /// Sets the record's name or, for an address literal, its server, from `start ..< end` of `line`, which
    /// holds a host without port. Nil when it is neither.
    static func readHost(
        _ line: RawSpan, from start: Int, to end: Int, source: LogNameSource, into record: inout LogRecord
    ) -> LogReason? {
        if line.byte(at: start) == UInt8(ascii: "[") {
            guard end - start > 2, line.byte(at: end - 1) == UInt8(ascii: "]"),
                let address = IPAddress(ascii: line.clamped(from: start + 1, count: end - start - 2))
            else { return .hostInvalid }
            record.server = address.unmapped
            return nil
        }
        guard let shape = shape(of: line, from: start, to: end) else { return .hostInvalid }
        if shape.endsInNumber {
            // A name whose last label is a number is an address or nothing (no such top-level domain can
            // exist).
            guard let address = IPAddress(ascii: line.clamped(from: start, count: shape.end - start)) else {
                return .hostInvalid
            }
            record.server = address
            return nil
        }
        record.name = fold(line, from: start, to: shape.end, hasUpperCase: shape.hasUpperCase, into: &record)
        record.nameSource = source
        return nil
    }

    /// Splits `host:port`, `[v6]:port` or a host alone at the port. Nil for `port` when there is none; the
    /// whole result is nil when the port is no number from 1 to 65535.
    static func splitPort(_ line: RawSpan, from start: Int, to end: Int) -> (hostEnd: Int, port: UInt16?)? {
        var colon = end
        var index = end &- 1
        while index >= start, let byte = line.byte(at: index) {
            if byte == UInt8(ascii: ":") {
                colon = index
                break
            }
            if byte == UInt8(ascii: "]") { break }
            index &-= 1
        }
        if colon == end { return (end, nil) }
        guard let port = DecimalText.read(line, from: colon + 1, to: end, maxDigits: 5),
            let value = UInt16(exactly: port), value > 0
        else { return nil }
        return (colon, value)
    }

    /// A client's host name, folded; absent when it is none.
    static func clientName(_ line: RawSpan, from start: Int, to end: Int, into record: inout LogRecord)
        -> LogText
    {
        guard let shape = shape(of: line, from: start, to: end), !shape.endsInNumber else { return .absent }
        return fold(line, from: start, to: shape.end, hasUpperCase: shape.hasUpperCase, into: &record)
    }

    struct Shape {
        /// Where the name ends, a trailing dot left out.
        var end: Int
        var hasUpperCase: Bool
        var endsInNumber: Bool
    }

    /// Checks that `start ..< end` is a name of non-empty labels of allowed bytes.
    static func shape(of line: RawSpan, from start: Int, to end: Int) -> Shape? {
        if isOrdinary(line, from: start, to: end) {
            return Shape(end: end, hasUpperCase: false, endsInNumber: false)
        }
        return carefulShape(of: line, from: start, to: end)
    }

    /// Whether `start ..< end` is a name of the most frequent sort, told eight bytes at a time: at most 63
    /// bytes, lower case, digits, `-` and `.` only, no empty label, a letter at the end. False decides
    /// nothing.
    @inline(__always)
    private static func isOrdinary(_ line: RawSpan, from start: Int, to end: Int) -> Bool {
        let count = end &- start
        guard count > 0, count <= labelLimit, let last = line.byte(at: end &- 1), last >= UInt8(ascii: "a")
        else {
            return false
        }
        let ones: UInt64 = 0x0101_0101_0101_0101
        let tops: UInt64 = 0x8080_8080_8080_8080
        var afterDot: UInt64 = 0x80  // a dot at the very start is an empty label, as one after a dot is
        var done = 0
        while done < count {
            let step = min(8, count &- done)
            // Padding is `a`, which is allowed and is no dot.
            var word = line.word(at: start &+ done, count: step)
            if step < 8 { word |= (ones &* 0x61) &<< UInt64(step &* 8) }
            // With all top bits clear, adding (0x80 - limit) sets a byte's top bit where byte >= limit.
            let letters = (word &+ ones &* (0x80 - 0x61)) & ~(word &+ ones &* (0x80 - 0x7b))
            let others = (word &+ ones &* (0x80 - 0x2d)) & ~(word &+ ones &* (0x80 - 0x3a))
            let slashes = ~((word ^ ones &* 0x2f) &+ ones &* 0x7f)
            let dots = ~((word ^ ones &* 0x2e) &+ ones &* 0x7f) & tops
            let allowed = (letters | others) & ~slashes & ~word & tops
            if allowed != tops || dots & (dots &<< 8 | afterDot) != 0 { return false }
            afterDot = dots &>> 56
            done &+= 8
        }
        return true
    }

    private static func carefulShape(of line: RawSpan, from start: Int, to end: Int) -> Shape? {
        var end = end
        if end > start, line.byte(at: end &- 1) == UInt8(ascii: ".") { end &-= 1 }
        guard end > start, end - start <= nameLimit else { return nil }
        var hasUpperCase = false
        var hasLetter = false
        var labelStart = start
        var index = start
        while index < end, let byte = line.byte(at: index) {
            if byte == UInt8(ascii: ".") {
                guard index > labelStart, index &- labelStart <= labelLimit else { return nil }
                labelStart = index &+ 1
                hasLetter = false
            } else {
                let allowed = byte < 64 ? allowedLow : byte < 128 ? allowedHigh : 0
                guard allowed &>> UInt64(byte & 63) & 1 == 1 else { return nil }
                if byte > UInt8(ascii: "9") || byte == UInt8(ascii: "-") { hasLetter = true }
                if byte >= UInt8(ascii: "A"), byte <= UInt8(ascii: "Z") { hasUpperCase = true }
            }
            index &+= 1
        }
        guard end > labelStart, end &- labelStart <= labelLimit else { return nil }
        return Shape(end: end, hasUpperCase: hasUpperCase, endsInNumber: !hasLetter)
    }

    private static func fold(
        _ line: RawSpan, from start: Int, to end: Int, hasUpperCase: Bool, into record: inout LogRecord
    ) -> LogText {
        guard hasUpperCase else { return LogText(start: start, count: end - start) }
        let scratchStart = record.scratch.count
        for index in start..<end {
            guard let byte = line.byte(at: index) else { break }
            let isUpper = byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")
            record.scratch.append(isUpper ? byte | 0x20 : byte)
        }
        return LogText(start: scratchStart, count: record.scratch.count - scratchStart, isInScratch: true)
    }
}
