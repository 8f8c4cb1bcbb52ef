import Bytes

/// Squid's built-in `common` and `combined` formats (`src/log/FormatHttpdCombined.cc`):
///
///     10.20.30.40 - s1 [02/Mar/2026:08:01:02 -0600] "GET http://a.example/ HTTP/1.1" 200 8412 TCP_MISS:HIER_DIRECT
///
/// `combined` has the quoted Referer and User-Agent before the last column. Squid writes both raw, quotes and
/// all, so nothing behind the byte count is believed but the last word of the line, which is Squid's own. The
/// time is when the exchange ended and states its offset. There is no server address.
package struct SquidCommon: LogLineParser {
    package static let kind = "squid-common"

    private var results = TokenMemo<SquidResult?>()
    private var hierarchies = TokenMemo<SquidHierarchy?>()

    package init(head: RawSpan) {}

    package mutating func parse(_ line: RawSpan, into record: inout LogRecord) -> LogReason? {
        var words = SpacedFields(line)
        guard let client = words.next(), let ident = words.next() else { return .fieldsMissing }
        // A `[` in a user name is escaped: the first ` [` is the column's.
        guard let bracket = SquidCommon.bracket(line, from: ident.end) else { return .fieldsMissing }
        let timeEnd = bracket + 1 + ClockText.commonLogLength
        guard let time = ClockText.commonLog(line, at: bracket + 1),
            line.word(at: timeEnd, count: 3) == 0x22205d
        else { return .timeInvalid }
        record.start = time
        record.end = time
        guard let code = lastWord(line), code.start > timeEnd else { return .fieldsMissing }

        let request = SpacedFields(line, from: timeEnd + 3, to: code.start)
        guard let answer = readRequest(line, request, into: &record) else { return .targetInvalid }
        guard let (result, route) = readResult(line, code, status: answer.status) else {
            return .resultInvalid
        }
        if let reason = ProxyRequest.readClient(line, client, into: &record) { return reason }
        if result.tags.contains(.udp) { return .cacheQuery }
        SquidNative.readUser(line, FieldRange(start: ident.end + 1, end: bracket - 1), into: &record)
        if let reason = ProxyRequest.readDestination(line, answer.target, into: &record) { return reason }

        let isConnect = record.method == .connect
        let isReached = route != .nowhere
        if isConnect, result.tags.contains(.bare), result.status == 200, answer.bytes == 0, !isReached {
            return .tunnelSetup
        }
        if isConnect, result.tags.contains(.bare), result.status == 200, answer.bytes == 0 {
            record.count = 0
        }
        record.bytesDown = answer.bytes
        record.bytesScope = isConnect ? .layer4Payload : .httpTotal
        SquidNative.judge(result, isReached: isReached, bytes: answer.bytes ?? 0, into: &record)
        return nil
    }

    /// Where the ` [` of the time column has its bracket: after a user of at least one byte.
    private static func bracket(_ line: RawSpan, from start: Int) -> Int? {
        var index = start + 2
        while let found = line.firstIndex(of: UInt8(ascii: "["), from: index) {
            if line.byte(at: found - 1) == UInt8(ascii: " "), found - 1 > start + 1 { return found }
            index = found + 1
        }
        return nil
    }

    private func lastWord(_ line: RawSpan) -> FieldRange? {
        var end = line.byteCount
        while end > 0, line.byte(at: end - 1) == UInt8(ascii: " ") { end -= 1 }
        var start = end
        while start > 0, line.byte(at: start - 1) != UInt8(ascii: " ") { start -= 1 }
        return end > start ? FieldRange(start: start, end: end) : nil
    }

    private struct Answer {
        var target: FieldRange
        var status: UInt16
        var bytes: UInt64?
    }

    /// `METHOD target HTTP/x.y" status bytes`. With spaces in the target, whoever wrote it could have written
    /// a status and bytes too: they are left out then, and the host, which is before the first space, stays.
    private func readRequest(
        _ line: RawSpan, _ fields: SpacedFields, into record: inout LogRecord
    ) -> Answer? {
        var fields = fields
        guard let method = fields.next(), let target = fields.next() else { return nil }
        record.method = ProxyRequest.method(line, method)
        guard let version = fields.next(), SquidCommon.isVersion(line, version),
            let status = fields.next(), let size = fields.next(),
            let code = DecimalText.read(line, from: status.start, to: status.end, maxDigits: 3)
        else {
            record.flags.insert(.ambiguousLine)
            // What the proxy did is told by its tags; 200 claims no refusal beyond them.
            return Answer(target: target, status: 200, bytes: nil)
        }
        let bytes = DecimalText.read(line, from: size.start, to: size.end)
        guard bytes != nil || line.isDash(size) else { return nil }
        return Answer(target: target, status: UInt16(truncatingIfNeeded: code), bytes: bytes)
    }

    /// `HTTP/1.1"`, with any single digits.
    private static func isVersion(_ line: RawSpan, _ field: FieldRange) -> Bool {
        field.count == 9 && line.word(at: field.start, count: 5) == 0x2f_5054_5448
            && line.byte(at: field.start + 6) == UInt8(ascii: ".")
            && line.byte(at: field.end - 1) == UInt8(ascii: "\"")
    }

    /// `TAGS:HIERARCHY`.
    private mutating func readResult(
        _ line: RawSpan, _ field: FieldRange, status: UInt16
    ) -> (SquidResult, SquidHierarchy.Route)? {
        let word = line.clamped(from: 0, count: field.end)
        guard let colon = word.firstIndex(of: UInt8(ascii: ":"), from: field.start),
            var result = results.meaning(
                of: line, from: field.start, to: colon, work: { SquidResult(tags: $0, status: 0) }),
            let hierarchy = hierarchies.meaning(
                of: line, from: colon + 1, to: field.end, work: { SquidHierarchy($0) })
        else { return nil }
        result.status = status
        return (result, hierarchy.route)
    }
}
