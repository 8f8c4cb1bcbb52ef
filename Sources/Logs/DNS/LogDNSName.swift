import Bytes

/// Question names as resolvers log them.
enum LogDNSName {
    /// The name in `start ..< end` of `line` in lower case without its trailing dot; nil unless it is one that a
    /// host can have: letters, digits, `-`, `_`, `.`, and no number at its end, which makes an address. The root,
    /// names with escapes, and what clients with a broken configuration ask for lead to no destination.
    static func read(_ line: RawSpan, from start: Int, to end: Int) -> String? {
        guard let shape = HostText.shape(of: line, from: start, to: end), !shape.endsInNumber else {
            return nil
        }
        let text = String(ascii: line.clamped(from: start, count: shape.end - start))
        return shape.hasUpperCase ? text.lowercased() : text
    }

    static func read(_ line: RawSpan, _ field: FieldRange) -> String? {
        read(line, from: field.start, to: field.end)
    }
}
