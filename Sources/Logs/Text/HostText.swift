package import Bytes

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

extension IPAddress {
    /// The IPv4 address inside an IPv4-mapped one (RFC 4291 §2.5.5.2), which means the same host; else
    /// itself.
    package var unmapped: IPAddress {
        guard !isIPv4, high == 0, low >> 32 == 0xffff else { return self }
        return IPAddress(ipv4: UInt32(truncatingIfNeeded: low))
    }

    /// Dotted-quad text, read without leaving the registers: what nearly every client field is.
    static func quickIPv4(_ line: RawSpan, from start: Int, to end: Int) -> IPAddress? {
        guard end &- start <= 15 else { return nil }
        var bits: UInt32 = 0
        var octet: UInt32 = 0
        var digits = 0
        var dots = 0
        var index = start
        while index < end, let byte = line.byte(at: index) {
            if byte == UInt8(ascii: ".") {
                guard digits > 0, octet <= 255, dots < 3 else { return nil }
                bits = bits &<< 8 | octet
                octet = 0
                digits = 0
                dots &+= 1
            } else {
                let digit = byte &- UInt8(ascii: "0")
                guard digit <= 9, digits < 3 else { return nil }
                octet = octet &* 10 &+ UInt32(digit)
                digits &+= 1
            }
            index &+= 1
        }
        guard dots == 3, digits > 0, octet <= 255 else { return nil }
        return IPAddress(ipv4: bits &<< 8 | octet)
    }
}

/// Decimal numbers in text.
package enum DecimalText {
    /// The number that fills `start ..< end`; nil when there is none, when another byte stands in it, or when
    /// it has more than `maxDigits` digits (18 at most, so that it always fits).
    @inline(__always)
    static func read(_ line: RawSpan, from start: Int, to end: Int, maxDigits: Int = 18) -> UInt64? {
        guard end > start, end &- start <= min(maxDigits, 18) else { return nil }
        var value: UInt64 = 0
        var index = start
        while index < end {
            guard let byte = line.byte(at: index) else { return nil }
            let digit = byte &- UInt8(ascii: "0")
            guard digit <= 9 else { return nil }
            value = value &* 10 &+ UInt64(digit)
            index &+= 1
        }
        return value
    }
}
