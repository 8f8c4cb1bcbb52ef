import Bytes

/// Takes one layer of writing off a text.
enum Unescape {
    /// Percent-decoded (RFC 3986 §2.1); nil when there is nothing to decode. Broken escapes stay as they are.
    static func percent(_ text: RawSpan, plusIsSpace: Bool) -> [UInt8]? {
        guard hasEscape(text) || plusIsSpace && text.firstIndex(of: UInt8(ascii: "+")) != nil else {
            return nil
        }
        var out: [UInt8] = []
        out.reserveCapacity(text.byteCount)
        var index = 0
        while index < text.byteCount {
            let byte = text.byte(at: index) ?? 0
            if byte == UInt8(ascii: "%"), let value = hexByte(text, at: index + 1) {
                out.append(value)
                index += 3
                continue
            }
            out.append(byte == UInt8(ascii: "+") ? 0x20 : byte)
            index += 1
        }
        return out
    }

    private static func hasEscape(_ text: RawSpan) -> Bool {
        var index = 0
        while let place = text.firstIndex(of: UInt8(ascii: "%"), from: index) {
            if hexByte(text, at: place + 1) != nil { return true }
            index = place + 1
        }
        return false
    }

    /// Without the backslashes of JSON strings (RFC 8259 §7); nil when there are none.
    static func json(_ text: RawSpan) -> [UInt8]? {
        guard text.firstIndex(of: UInt8(ascii: "\\")) != nil else { return nil }
        var out: [UInt8] = []
        out.reserveCapacity(text.byteCount)
        var index = 0
        while index < text.byteCount {
            let byte = text.byte(at: index) ?? 0
            guard byte == UInt8(ascii: "\\"), let next = text.byte(at: index + 1) else {
                out.append(byte)
                index += 1
                continue
            }
            index += 2
            switch next {
            case UInt8(ascii: "n"): out.append(0x0a)
            case UInt8(ascii: "r"): out.append(0x0d)
            case UInt8(ascii: "t"): out.append(0x09)
            case UInt8(ascii: "b"), UInt8(ascii: "f"): out.append(0x20)
            case UInt8(ascii: "u"): appendUnit(text, &index, &out)
            // JavaScript, not JSON, but beacons are written by hand.
            case UInt8(ascii: "x"):
                guard let value = hexByte(text, at: index) else { break }
                out.append(value)
                index += 2
            default: out.append(next)
            }
        }
        return out
    }

    /// `XXXX` behind `\u`, and the other half of a surrogate pair.
    private static func appendUnit(_ text: RawSpan, _ index: inout Int, _ out: inout [UInt8]) {
        guard let high = unit(text, at: index) else { return }
        index += 4
        var value = high
        if high & 0xfc00 == 0xd800, text.byte(at: index) == UInt8(ascii: "\\"),
            text.byte(at: index + 1) == UInt8(ascii: "u"), let low = unit(text, at: index + 2),
            low & 0xfc00 == 0xdc00
        {
            value = 0x10000 + ((high & 0x3ff) << 10) + (low & 0x3ff)
            index += 6
        }
        out += String(Character(Unicode.Scalar(value) ?? "\u{fffd}")).utf8
    }

    private static func unit(_ text: RawSpan, at index: Int) -> UInt32? {
        guard let high = hexByte(text, at: index), let low = hexByte(text, at: index + 2) else { return nil }
        return UInt32(high) << 8 | UInt32(low)
    }

    /// The bytes that an even number of hexadecimal digits of one case stands for; nil for anything else.
    static func hexadecimal(_ text: RawSpan, _ start: Int, _ end: Int) -> [UInt8]? {
        guard (end - start) % 2 == 0 else { return nil }
        var bytes: [UInt8] = []
        var index = start
        while index < end {
            guard let value = hexByte(text, at: index) else { return nil }
            bytes.append(value)
            index += 2
        }
        return bytes
    }

    static func hexByte(_ text: RawSpan, at index: Int) -> UInt8? {
        guard let high = text.byte(at: index).flatMap(nibble),
            let low = text.byte(at: index + 1).flatMap(nibble)
        else {
            return nil
        }
        return high << 4 | low
    }

    private static func nibble(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }

    /// Whether the first bytes look like text: no control characters, and mostly ASCII. Of nine random bytes one in
    /// six passes, of 24 one in a thousand.
    static func isText(_ bytes: [UInt8]) -> Bool {
        let head = bytes.prefix(24)
        guard !head.isEmpty else { return false }
        var beyond = 0
        for byte in head {
            if byte < 0x20 && byte != 0x09 && byte != 0x0a && byte != 0x0d || byte == 0x7f { return false }
            if byte >= 0x80 { beyond += 1 }
        }
        return beyond * 3 <= head.count
    }
}
