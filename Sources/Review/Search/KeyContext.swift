import Bytes

/// The key beneath which a value stands, in whatever notation the text is: `key=value` of queries, forms and cookies,
/// `"key": "value"` of JSON, `Key: value` of headers, `name="key"` of multipart forms.
enum KeyContext {
    /// Bytes that are looked back over from a value's beginning to its key's end.
    private static let reach = 256
    private static let keyLimit = 64

    /// The key of the value that holds `place`; nil when none stands there.
    static func key(of place: Int, in text: RawSpan) -> [UInt8]? {
        var index = place - 1
        let stop = max(0, place - reach)
        while index >= stop, let byte = text.byte(at: index) {
            switch byte {
            case UInt8(ascii: "="):
                return wordEnding(at: index, in: text)
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                return quotedKey(before: index, in: text)
            case UInt8(ascii: ":"):
                // A time or a scheme has no quote and no space around its colon.
                guard let next = text.byte(at: index + 1), next == 0x20 || isASCIIDigit(next) else { break }
                return wordEnding(at: index, in: text)
            case UInt8(ascii: "\n"):
                return multipartName(before: index, in: text)
            case UInt8(ascii: "&"), UInt8(ascii: ";"), UInt8(ascii: "{"), UInt8(ascii: "}"),
                UInt8(ascii: "?"):
                return nil
            default:
                break
            }
            index -= 1
        }
        return nil
    }

    /// The word that ends before `end`, quoted or not.
    static func wordEnding(at end: Int, in text: RawSpan) -> [UInt8]? {
        var last = end
        while let byte = text.byte(at: last - 1), byte == 0x20 { last -= 1 }
        if let byte = text.byte(at: last - 1), byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
            last -= 1
        }
        // A backslash stands before the quote where JSON lies in a JSON string.
        while let byte = text.byte(at: last - 1), byte == UInt8(ascii: "\\") { last -= 1 }
        var first = last
        while first > 0, last - first < keyLimit, let byte = text.byte(at: first - 1), isKeyByte(byte) {
            first -= 1
        }
        return first < last ? text.clamped(from: first, count: last - first).copied() : nil
    }

    /// The key before `quote`, the quote that opens a value.
    private static func quotedKey(before quote: Int, in text: RawSpan) -> [UInt8]? {
        var index = quote - 1
        while let byte = text.byte(at: index),
            byte == UInt8(ascii: "\\") || byte <= 0x20 || byte == UInt8(ascii: "[")
        {
            index -= 1
        }
        guard let byte = text.byte(at: index), byte == UInt8(ascii: ":") || byte == UInt8(ascii: "=") else {
            return nil
        }
        return wordEnding(at: index, in: text)
    }

    /// `Content-Disposition: form-data; name="key"` above the empty line that `end` ends (RFC 7578 §4.2).
    private static func multipartName(before end: Int, in text: RawSpan) -> [UInt8]? {
        let isAfterEmptyLine =
            text.byte(at: end - 1) == UInt8(ascii: "\n")
            || text.byte(at: end - 1) == UInt8(ascii: "\r") && text.byte(at: end - 2) == UInt8(ascii: "\n")
        guard isAfterEmptyLine else { return nil }
        let from = max(0, end - reach)
        let head = text.clamped(from: from, count: end - from).copied()
        let mark = Array("name=\"".utf8)
        guard head.count > mark.count else { return nil }
        for start in stride(from: head.count - mark.count, through: 0, by: -1)
        where head[start...].starts(with: mark) && (start == 0 || head[start - 1] != UInt8(ascii: "e")) {
            let name = head[(start + mark.count)...].prefix { $0 != UInt8(ascii: "\"") }
            return name.isEmpty ? nil : Array(name)
        }
        return nil
    }

    private static func isKeyByte(_ byte: UInt8) -> Bool {
        isASCIIAlphanumeric(byte) || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
            || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "[") || byte == UInt8(ascii: "]")
            || byte == UInt8(ascii: "%")
    }
}
