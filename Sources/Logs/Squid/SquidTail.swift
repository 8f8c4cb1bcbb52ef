import Bytes

/// Columns 8-10 of a native line, `user hierarchy/peer type`, and whatever an administrator appended.
struct SquidTail {
    var route: SquidHierarchy.Route
    /// Nil when the peer is `-`, a host name, or not to be trusted.
    var peer: IPAddress?
}

extension SquidNative {
    /// Reads the tail, which starts at the space after the URL, and sets the record's user. Nil when there is
    /// no hierarchy code in it.
    mutating func readTail(_ line: RawSpan, from start: Int, into record: inout LogRecord) -> SquidTail? {
        let end = SquidNative.withoutHeaders(line, from: start)
        // What nearly every line has: three words, the second of them the hierarchy.
        var words = SpacedFields(line, from: start, to: end)
        guard let user = words.next(), let second = words.next(), words.next() != nil else { return nil }
        if words.next() == nil {
            guard let found = hierarchy(line, second) else { return nil }
            SquidNative.readUser(line, user, into: &record)
            return found
        }
        return readLongTail(line, from: start, to: end, into: &record)
    }

    /// More than three words: a user name with spaces, a URL with spaces, or appended columns. The hierarchy
    /// must be the only word that looks like one; with two, nothing of what a client could have written is
    /// believed.
    private mutating func readLongTail(
        _ line: RawSpan, from start: Int, to end: Int, into record: inout LogRecord
    ) -> SquidTail? {
        var words = SpacedFields(line, from: start, to: end)
        var found: SquidTail?
        var hierarchyStart = start
        var matches = 0
        var isFirst = true
        var userStart = start
        var hasType = false
        while let word = words.next() {
            if isFirst {
                isFirst = false
                userStart = word.start
                continue
            }
            if found != nil { hasType = true }
            guard let next = hierarchy(line, word) else { continue }
            matches += 1
            if found == nil {
                found = next
                hierarchyStart = word.start
            } else if next.route != .nowhere {
                found?.route = .proxy
            }
        }
        guard let found, hasType else { return nil }
        var userEnd = hierarchyStart
        while userEnd > userStart, line.byte(at: userEnd - 1) == UInt8(ascii: " ") { userEnd -= 1 }
        let user = FieldRange(start: userStart, end: userEnd)
        if matches > 1 || SquidNative.looksLikeURLRest(line, user) {
            record.flags.insert(.ambiguousLine)
            return SquidTail(route: found.route, peer: matches > 1 ? nil : found.peer)
        }
        SquidNative.readUser(line, user, into: &record)
        return found
    }

    @inline(__always)
    private mutating func hierarchy(_ line: RawSpan, _ word: FieldRange) -> SquidTail? {
        guard
            let slash = line.clamped(from: 0, count: word.end).firstIndex(
                of: UInt8(ascii: "/"), from: word.start),
            slash &+ 1 < word.end,
            let code = hierarchies.meaning(
                of: line, from: word.start, to: slash, work: { SquidHierarchy($0) })
        else { return nil }
        if line.isDash(FieldRange(start: slash &+ 1, end: word.end)) {
            return SquidTail(route: .nowhere, peer: nil)
        }
        guard code.route == .origin else { return SquidTail(route: code.route, peer: nil) }
        let peer = IPAddress.quickIPv4(line, from: slash &+ 1, to: word.end)
        if peer != nil { return SquidTail(route: .origin, peer: peer) }
        return SquidTail(route: .origin, peer: SquidNative.peerAddress(line, from: slash + 1, to: word.end))
    }

    private static func peerAddress(_ line: RawSpan, from start: Int, to end: Int) -> IPAddress? {
        let isBracketed =
            line.byte(at: start) == UInt8(ascii: "[") && line.byte(at: end - 1) == UInt8(ascii: "]")
        let trim = isBracketed ? 1 : 0
        return IPAddress(ascii: line.clamped(from: start + trim, count: end - start - 2 * trim))?.unmapped
    }

    /// Where the tail ends without the two bracketed columns of `log_mime_hdrs`. A `[` in a user name is
    /// escaped, so the first ` [` is theirs.
    private static func withoutHeaders(_ line: RawSpan, from start: Int) -> Int {
        guard line.byte(at: line.byteCount - 1) == UInt8(ascii: "]") else { return line.byteCount }
        var index = start
        while let bracket = line.firstIndex(of: UInt8(ascii: "["), from: index) {
            if bracket > start, line.byte(at: bracket - 1) == UInt8(ascii: " ") { return bracket - 1 }
            index = bracket + 1
        }
        return line.byteCount
    }

    /// Whether what stands before the hierarchy is several words with marks of a URL in them: then a space of
    /// the URL, not the column's, may be the first, and the user cannot be told.
    static func looksLikeURLRest(_ line: RawSpan, _ user: FieldRange) -> Bool {
        var hasSpace = false
        var hasMark = false
        for index in user.start..<max(user.start, user.end) {
            switch line.byte(at: index) {
            case UInt8(ascii: " "): hasSpace = true
            case UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "="), UInt8(ascii: "&"): hasMark = true
            default: break
            }
        }
        return hasSpace && hasMark
    }

    /// Sets the record's user, with Squid's escapes undone (`src/format/Quoting.cc`): `%XX`, `\\`, `\r`,
    /// `\n`.
    @inline(__always)
    static func readUser(_ line: RawSpan, _ field: FieldRange, into record: inout LogRecord) {
        if line.isDash(field) { return }
        if field.count > LogRecord.userLimit {
            record.flags.insert(.userTooLong)
            return
        }
        record.user = SquidNative.unescape(line, field, into: &record)
    }

    private static func unescape(_ line: RawSpan, _ field: FieldRange, into record: inout LogRecord)
        -> LogText
    {
        var isEscaped = false
        for index in field.start..<field.end {
            let byte = line.byte(at: index)
            if byte == UInt8(ascii: "%") || byte == UInt8(ascii: "\\") { isEscaped = true }
        }
        guard isEscaped else { return LogText(start: field.start, count: field.count) }
        let start = record.scratch.count
        var index = field.start
        while index < field.end, let byte = line.byte(at: index) {
            index += 1
            if byte == UInt8(ascii: "%"), index + 1 < field.end, let high = hexDigit(line.byte(at: index)),
                let low = hexDigit(line.byte(at: index + 1))
            {
                record.scratch.append(high << 4 | low)
                index += 2
            } else if byte == UInt8(ascii: "\\"), index < field.end, let next = line.byte(at: index) {
                switch next {
                case UInt8(ascii: "r"): record.scratch.append(UInt8(ascii: "\r"))
                case UInt8(ascii: "n"): record.scratch.append(UInt8(ascii: "\n"))
                default: record.scratch.append(next)
                }
                index += 1
            } else {
                record.scratch.append(byte)
            }
        }
        return LogText(start: start, count: record.scratch.count - start, isInScratch: true)
    }

    private static func hexDigit(_ byte: UInt8?) -> UInt8? {
        switch byte {
        case .some(let digit) where digit >= 0x30 && digit <= 0x39: digit - 0x30
        case .some(let digit) where digit | 0x20 >= 0x61 && digit | 0x20 <= 0x66: (digit | 0x20) - 0x61 + 10
        default: nil
        }
    }
}
