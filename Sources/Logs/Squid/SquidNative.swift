import Bytes

/// Squid's built-in `squid` format (`src/log/FormatSquidNative.cc`):
///
///     1772460062.114 231 10.20.30.40 TCP_MISS/200 8412 GET http://a.example/ s1 HIER_DIRECT/198.51.100.2 a/b
///     end time.ms elapsed client     result      bytes method URL           user hierarchy/peer         type
///
/// Columns are separated by one or more spaces; a user name may hold spaces, and so may a URL under
/// `uri_whitespace allow`. So columns 1-6 are read from the left, the URL up to its first space, and what is
/// left from the right. Times are UTC by format. Bytes are those sent to the client; the format has none of
/// the other way.
package struct SquidNative: LogLineParser {
    package static let kind = "squid"

    private var results = TokenMemo<SquidResult?>()
    var hierarchies = TokenMemo<SquidHierarchy?>()

    package init(head: RawSpan) {}

    package mutating func parse(_ line: RawSpan, into record: inout LogRecord) -> LogReason? {
        var fields = SpacedFields(line)
        if let reason = readTimes(&fields, line, into: &record) { return reason }
        guard let client = fields.next(), let code = fields.next() else { return .fieldsMissing }
        guard let result = readResult(line, code) else { return .resultInvalid }
        guard let size = fields.next(), let method = fields.next(), let url = fields.next() else {
            return .fieldsMissing
        }
        guard let bytes = readBytes(line, size) else { return .numberInvalid }
        record.method = ProxyRequest.method(line, method)
        guard let tail = readTail(line, from: fields.position, into: &record) else { return .fieldsMissing }
        if let reason = ProxyRequest.readClient(line, client, into: &record) { return reason }
        if result.tags.contains(.udp) { return .cacheQuery }

        let isConnect = record.method == .connect
        if let reason = ProxyRequest.readDestination(line, url, into: &record) { return reason }
        if record.name.isPresent, tail.route == .origin { record.server = tail.peer }
        let isReached = tail.route != .nowhere
        if isConnect, result.tags.contains(.bare), result.status == 200, bytes == 0, !isReached {
            // An intercepted connection before its name is known: it is logged again when it closes.
            return .tunnelSetup
        }
        // A connection that Squid opens: its requests are logged too, and it counts by these.
        if isConnect, result.tags.contains(.bare), result.status == 200, bytes == 0 { record.count = 0 }
        record.bytesDown = bytes
        record.bytesScope = isConnect ? .layer4Payload : .httpTotal
        SquidNative.judge(result, isReached: isReached, bytes: bytes ?? 0, into: &record)
        return nil
    }

    /// Columns 1 and 2. The stated time is when the exchange ended; the elapsed time tells when it began.
    @inline(__always)
    private func readTimes(
        _ fields: inout SpacedFields, _ line: RawSpan, into record: inout LogRecord
    ) -> LogReason? {
        guard let time = fields.next(), let elapsed = fields.next() else { return .fieldsMissing }
        let dot = time.end &- 4
        guard line.byte(at: dot) == UInt8(ascii: "."),
            let seconds = DecimalText.read(line, from: time.start, to: dot, maxDigits: 11),
            let millis = DecimalText.read(line, from: dot &+ 1, to: time.end, maxDigits: 3),
            let end = Timestamp(
                seconds: Int64(truncatingIfNeeded: seconds),
                nanoseconds: Int64(truncatingIfNeeded: millis) * 1_000_000)
        else { return .timeInvalid }
        record.end = end
        // Squid prints a negative duration when the clock was set back: it says nothing then.
        let isNegative = line.byte(at: elapsed.start) == UInt8(ascii: "-")
        guard
            let duration = DecimalText.read(
                line, from: elapsed.start &+ (isNegative ? 1 : 0), to: elapsed.end)
        else { return .numberInvalid }
        let (nanoseconds, overflow) = Int64(truncatingIfNeeded: duration).multipliedReportingOverflow(
            by: 1_000_000)
        if isNegative {
            record.start = end
        } else {
            guard !overflow, nanoseconds <= end.nanoseconds else { return .numberInvalid }
            record.start = Timestamp(nanoseconds: end.nanoseconds &- nanoseconds)
        }
        return nil
    }

    private mutating func readResult(_ line: RawSpan, _ field: FieldRange) -> SquidResult? {
        results.meaning(of: line, from: field.start, to: field.end) { SquidResult($0) }
    }

    /// `.some(nil)` for `-`.
    @inline(__always)
    private func readBytes(_ line: RawSpan, _ field: FieldRange) -> UInt64?? {
        if line.isDash(field) { return .some(nil) }
        guard let value = DecimalText.read(line, from: field.start, to: field.end) else { return nil }
        return .some(value)
    }
}

extension SquidNative {
    /// What data flowed, by result, status and route (LOG-FORMATS §1.3). Bytes of anything but an allowed
    /// record are those of the proxy's own page.
    static func judge(_ result: SquidResult, isReached: Bool, bytes: UInt64, into record: inout LogRecord) {
        let tags = result.tags
        if tags.contains(.denied) {
            if tags.contains(.reply) {
                record.flags.insert(.replyBlocked)
                record.action = .allowed
            } else {
                // An authentication challenge is no refusal: a retry follows.
                record.action = result.status == 407 ? .attempted : .blocked
            }
        } else if tags.contains(.none) && result.status == 403 || tags.contains(.redirect) {
            record.action = .blocked
        } else if result.status == 0 || result.status == 503 || tags.contains(.aborted) && bytes == 0 {
            record.action = .attempted
        } else if isReached {
            record.action = .allowed
        } else if tags.contains(.hit) || result.status == 304 {
            record.flags.insert(.servedFromCache)
            record.action = .allowed
        } else if result.status / 100 == 3 {
            // A redirector's answer: nothing was fetched, and the client was sent elsewhere.
            record.action = .blocked
        } else {
            let isTunnel = tags.contains(.tunnel) && result.status / 100 == 2 && bytes > 0
            record.action = isTunnel ? .allowed : .attempted
        }
    }
}
