import Bytes
import Names

/// Record types and response codes as resolvers' logs spell them.
enum LogDNSWords {
    private static let types: [String: DNSType] = {
        var types: [String: DNSType] = [:]
        for number: UInt16 in 1...257 {
            let type = DNSType(rawValue: number)
            let word = type.description
            if !word.hasPrefix("TYPE") { types[word] = type }
        }
        return types
    }()

    /// The IANA registry's mnemonics (RFC 1035 §4.1.1, RFC 2136 §2.2, RFC 8945 §3).
    private static let codes: [String: UInt16] = [
        "NOERROR": 0, "FORMERR": 1, "SERVFAIL": 2, "NXDOMAIN": 3, "NOTIMP": 4, "NOTIMPL": 4, "REFUSED": 5,
        "YXDOMAIN": 6, "YXRRSET": 7, "NXRRSET": 8, "NOTAUTH": 9, "NOTZONE": 10, "BADVERS": 16,
    ]

    /// A mnemonic, `TYPE65` (RFC 3597 §5), `type=65` or `65`. Nil for what is no type at all; the registry's future
    /// words are refused with it, since nothing tells them from other words.
    static func type(_ line: RawSpan, _ field: FieldRange) -> DNSType? {
        guard field.count > 0, field.count <= 16 else { return nil }
        let text = String(ascii: line.clamped(from: field.start, count: field.count)).uppercased()
        if let type = types[text] { return type }
        var digits = field
        if text.hasPrefix("TYPE=") {
            digits.start += 5
        } else if text.hasPrefix("TYPE") {
            digits.start += 4
        }
        guard let number = DecimalText.read(line, from: digits.start, to: digits.end, maxDigits: 5) else {
            return nil
        }
        return UInt16(exactly: number).map { DNSType(rawValue: $0) }
    }

    static func code(_ line: RawSpan, _ field: FieldRange) -> DNSResponseCode? {
        guard field.count > 0, field.count <= 10 else { return nil }
        let text = String(ascii: line.clamped(from: field.start, count: field.count)).uppercased()
        if let code = codes[text] { return DNSResponseCode(rawValue: code) }
        // Codes that nobody needs by name: `RESERVED11`, `RCODE11`, `11`.
        var start = field.start
        for prefix in ["RESERVED", "RCODE"] where text.hasPrefix(prefix) { start += prefix.utf8.count }
        guard let number = DecimalText.read(line, from: start, to: field.end, maxDigits: 4) else {
            return nil
        }
        return UInt16(exactly: number).map { DNSResponseCode(rawValue: $0) }
    }
}

extension RawSpan {
    /// Whether the field holds exactly this text.
    func says(_ text: String, _ field: FieldRange) -> Bool {
        field.count == text.utf8.count && starts(with: text, at: field.start)
    }

    /// Whether this text stands at `start`.
    func starts(with text: String, at start: Int) -> Bool {
        var index = start
        for byte in text.utf8 {
            guard self.byte(at: index) == byte else { return false }
            index += 1
        }
        return true
    }

    /// The address that fills `start ..< end`, without a zone; an IPv4-mapped one as the IPv4 address that it means.
    func address(from start: Int, to end: Int) -> IPAddress? {
        if let quick = IPAddress.quickIPv4(self, from: start, to: end) { return quick }
        guard end > start, end - start <= 45 else { return nil }
        return IPAddress(ascii: clamped(from: start, count: end - start))?.unmapped
    }

    func address(_ field: FieldRange) -> IPAddress? { address(from: field.start, to: field.end) }

    /// The last place of `mark` in the field, or nil.
    func last(_ mark: Unicode.Scalar, in field: FieldRange) -> Int? {
        var index = field.end - 1
        while index >= field.start {
            if byte(at: index) == UInt8(ascii: mark) { return index }
            index -= 1
        }
        return nil
    }

    /// The words of `start ..< end`, at most `limit`; what follows them is left out.
    func words(from start: Int, to end: Int, limit: Int) -> [FieldRange] {
        var fields = SpacedFields(self, from: start, to: end)
        var words: [FieldRange] = []
        words.reserveCapacity(limit)
        while words.count < limit, let word = fields.next() { words.append(word) }
        return words
    }
}
