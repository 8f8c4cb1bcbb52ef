import Bytes

/// What stands around a message that came by syslog, peeled off before the message is looked at: RFC 3164, RFC 5424,
/// what rsyslog, relays, Kiwi and octet-counting (RFC 6587 §3.4.1) make of them.
struct SyslogHeader: Equatable, Sendable {
    /// Where the message stands, escapes of a relay's control characters at its end left out.
    var message: FieldRange
    /// The machine that sent it; nil when the header names none.
    var host: FieldRange?
    /// The program, without its process number; nil when the header names none.
    var tag: FieldRange?
    var moment: LogMoment?
    /// Where the line goes on behind octet count and priority.
    var body: Int

    /// Relays put headers in front of headers; more than these are part of the message.
    private static let depthLimit = 3

    /// Nil when the line has no such header, or nothing behind it.
    init?(_ line: RawSpan, clock: LogClock) {
        guard var header = SyslogHeader.one(line, from: 0, clock: clock, isInner: false) else { return nil }
        var depth = 1
        // A header without a program may be a relay's, in front of the sender's own.
        while header.tag == nil, depth < SyslogHeader.depthLimit,
            let inner = SyslogHeader.one(line, from: header.message.start, clock: clock, isInner: true)
        {
            let outer = header
            header = inner
            header.host = inner.host ?? outer.host
            header.moment = inner.moment ?? outer.moment
            depth += 1
        }
        self = header
        message.end = SyslogHeader.withoutEscapes(line, from: message.start, to: message.end)
        guard message.end > message.start else { return nil }
    }

    private init(from start: Int, to end: Int, body: Int) {
        message = FieldRange(start: start, end: end)
        self.body = body
    }

    /// The header at `start`. An inner one must begin with a priority or a time: anything else is the message.
    private static func one(_ line: RawSpan, from start: Int, clock: LogClock, isInner: Bool) -> SyslogHeader?
    {
        let counted = isInner ? start : behindCount(line, from: start)
        let behind = priority(line, at: counted)
        let body = behind ?? counted
        if behind != nil, let header = structured(line, from: body, clock: clock) { return header }
        if let header = kiwi(line, from: body, clock: clock) { return header }
        let moment =
            ClockText.monthDay(line, at: body, clock: clock) ?? ClockText.iso(line, at: body, clock: clock)
        guard let moment, line.byte(at: moment.end) == UInt8(ascii: " ") else {
            // A priority alone is what many devices send.
            guard behind != nil else { return nil }
            return SyslogHeader(from: body, to: line.byteCount, body: body)
        }
        var header = SyslogHeader(from: moment.end + 1, to: line.byteCount, body: body)
        header.moment = moment
        header.readNames(line)
        // Without any of these it is a line of a format that has its time in front.
        guard behind != nil || header.host != nil || header.tag != nil else { return nil }
        return header
    }

    /// `host tag[pid]: message`, `tag[pid]: message` or `host message`.
    private mutating func readNames(_ line: RawSpan) {
        var words = SpacedFields(line, from: message.start, to: message.end)
        guard let first = words.next() else { return }
        if let tag = SyslogHeader.tag(line, first) {
            self.tag = tag
            message.start = SyslogHeader.skipSpace(line, first.end)
            return
        }
        guard SyslogHeader.isHost(line, first) else { return }
        host = first
        message.start = SyslogHeader.skipSpace(line, first.end)
        guard let second = words.next(), let tag = SyslogHeader.tag(line, second) else { return }
        self.tag = tag
        message.start = SyslogHeader.skipSpace(line, second.end)
    }

    /// RFC 5424 §6: `1 TIME HOST APP PROCID MSGID SD MSG`; each `-` when missing.
    private static func structured(_ line: RawSpan, from start: Int, clock: LogClock) -> SyslogHeader? {
        guard line.word(at: start, count: 2) == 0x2031 else { return nil }  // "1 "
        var words = SpacedFields(line, from: start + 2, to: line.byteCount)
        guard let time = words.next(), let host = words.next(), let tag = words.next(), words.next() != nil,
            words.next() != nil, let data = words.next()
        else { return nil }
        let moment = ClockText.iso(line, at: time.start, clock: clock)
        guard line.isDash(time) || moment?.end == time.end else { return nil }
        guard let end = structuredDataEnd(line, from: data.start) else { return nil }
        var header = SyslogHeader(from: skipSpace(line, end), to: line.byteCount, body: start)
        // A byte order mark says that the message is UTF-8 (§6.4).
        if line.word(at: header.message.start, count: 3) == 0xbfbbef { header.message.start += 3 }
        header.host = line.isDash(host) ? nil : host
        header.tag = line.isDash(tag) ? nil : tag
        header.moment = moment
        return header
    }

    /// Behind `-` or `[id k="v" ...][...]`; within quotes `\` takes the next byte along (§6.3.3).
    private static func structuredDataEnd(_ line: RawSpan, from start: Int) -> Int? {
        if line.byte(at: start) == UInt8(ascii: "-") { return start + 1 }
        guard line.byte(at: start) == UInt8(ascii: "[") else { return nil }
        var index = start
        var isQuoted = false
        while let byte = line.byte(at: index) {
            index += 1
            if isQuoted {
                if byte == UInt8(ascii: "\\") { index += 1 }
                if byte == UInt8(ascii: "\"") { isQuoted = false }
            } else if byte == UInt8(ascii: "\"") {
                isQuoted = true
            } else if byte == UInt8(ascii: "]"), line.byte(at: index) != UInt8(ascii: "[") {
                return index
            }
        }
        return nil
    }

    /// Kiwi's files: `2026-03-02 08:01:02<TAB>Local0.Info<TAB>10.0.0.1<TAB>message`.
    private static func kiwi(_ line: RawSpan, from start: Int, clock: LogClock) -> SyslogHeader? {
        let tab = UInt8(ascii: "\t")
        guard let moment = ClockText.iso(line, at: start, clock: clock), line.byte(at: moment.end) == tab,
            let level = line.firstIndex(of: tab, from: moment.end + 1),
            let host = line.firstIndex(of: tab, from: level + 1), host > level + 1
        else { return nil }
        let word = line.clamped(from: moment.end + 1, count: level - moment.end - 1)
        guard word.byteCount < 20, word.firstIndex(of: UInt8(ascii: ".")) != nil else { return nil }
        var header = SyslogHeader(from: host + 1, to: line.byteCount, body: start)
        header.host = FieldRange(start: level + 1, end: host)
        header.moment = moment
        return header
    }
}

extension SyslogHeader {
    /// Behind `123 ` when a priority follows; else `start`.
    private static func behindCount(_ line: RawSpan, from start: Int) -> Int {
        var index = start
        while index < start + 7, let byte = line.byte(at: index), byte >= 0x30, byte <= 0x39 { index += 1 }
        guard index > start, line.word(at: index, count: 2) == 0x3c20 else { return start }  // " <"
        return index + 1
    }

    /// Behind `<0>` to `<191>` (RFC 5424 §6.2.1); nil when there is none.
    private static func priority(_ line: RawSpan, at start: Int) -> Int? {
        guard line.byte(at: start) == UInt8(ascii: "<"),
            let close = line.clamped(from: 0, count: start + 5).firstIndex(
                of: UInt8(ascii: ">"), from: start),
            let value = DecimalText.read(line, from: start + 1, to: close, maxDigits: 3), value <= 191
        else { return nil }
        return close + 1
    }

    /// `name:` or `name[123]:` of letters, digits and `-_./()`, RFC 3164 §4.1.3 and what programs make of it.
    private static func tag(_ line: RawSpan, _ word: FieldRange) -> FieldRange? {
        guard word.count >= 2, word.count <= 96, line.byte(at: word.end - 1) == UInt8(ascii: ":") else {
            return nil
        }
        var index = word.start
        while index < word.end - 1, let byte = line.byte(at: index) {
            let isLetter = byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7a
            let isMark = [0x2d, 0x5f, 0x2e, 0x2f, 0x28, 0x29].contains(byte)
            guard isLetter || isMark || byte >= 0x30 && byte <= 0x39 else { break }
            index += 1
        }
        guard index > word.start else { return nil }
        if index < word.end - 1 {
            guard line.byte(at: index) == UInt8(ascii: "["), line.byte(at: word.end - 2) == UInt8(ascii: "]")
            else {
                return nil
            }
        }
        return FieldRange(start: word.start, end: index)
    }

    /// A name or address: letters, digits and `.-_:/`, as in `fw.lakeside.example/10.0.0.1`.
    private static func isHost(_ line: RawSpan, _ word: FieldRange) -> Bool {
        guard word.count <= 255, line.byte(at: word.end - 1) != UInt8(ascii: ":") else { return false }
        for index in word.start..<word.end {
            guard let byte = line.byte(at: index) else { return false }
            let isLetter = byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7a
            guard isLetter || byte >= 0x2d && byte <= 0x3a || byte == 0x5f else { return false }
        }
        return true
    }

    private static func skipSpace(_ line: RawSpan, _ start: Int) -> Int {
        line.byte(at: start) == UInt8(ascii: " ") ? start + 1 : start
    }

    /// rsyslog writes a control character as `#` and three octal digits: `#012` and `#000` at the end are a relay's.
    private static func withoutEscapes(_ line: RawSpan, from start: Int, to end: Int) -> Int {
        var end = end
        while end - 4 >= start {
            let word = line.word(at: end - 4, count: 4)
            guard word == 0x3231_3023 || word == 0x3030_3023 || word == 0x3531_3023 else { break }
            end -= 4
        }
        while end > start, line.byte(at: end - 1) == UInt8(ascii: " ") { end -= 1 }
        return end
    }
}
