import Bytes

/// What events of security products state under standard keys, whichever envelope they come in.
struct EventRecord {
    var time: FieldRange?
    var client: FieldRange?
    var clientHost: FieldRange?
    var user: FieldRange?
    var server: FieldRange?
    var host: FieldRange?
    var url: FieldRange?
    var port: FieldRange?
    var transport: FieldRange?
    var action: FieldRange?
    var bytesUp: FieldRange?
    var bytesDown: FieldRange?

    /// Fills the record; nil when it is a contact.
    func fill(_ record: inout LogRecord, _ line: RawSpan, clock: LogClock) -> LogReason? {
        if let reason = fillTime(&record, line, clock) { return reason }
        guard let client else { return .noDestination }
        if let reason = ProxyRequest.readClient(line, client, into: &record) { return reason }
        if let user, !line.isDash(user) {
            if user.count > LogRecord.userLimit {
                record.flags.insert(.userTooLong)
            } else if user.count > 0 {
                record.user = LogText(start: user.start, count: user.count)
            }
        }
        if record.client == nil, let clientHost {
            record.clientHost = HostText.clientName(
                line, from: clientHost.start, to: clientHost.end, into: &record)
        }
        if let reason = fillDestination(&record, line) { return reason }
        record.bytesUp = number(bytesUp, line)
        record.bytesDown = number(bytesDown, line)
        if let transport, EventRecord.word(transport, line) == "udp" { record.transport = .udp }
        record.action = verdict(line, isReached: (record.bytesDown ?? 0) > 0)
        return nil
    }

    private func fillTime(_ record: inout LogRecord, _ line: RawSpan, _ clock: LogClock) -> LogReason? {
        if let time, let moment = EventRecord.moment(time, line, clock) {
            record.setTime(moment)
        } else if let envelope = record.envelope {
            record.setTime(envelope)
        } else {
            return .timeInvalid
        }
        return nil
    }

    private func fillDestination(_ record: inout LogRecord, _ line: RawSpan) -> LogReason? {
        if let port, port.count > 0 {
            guard let value = DecimalText.read(line, from: port.start, to: port.end, maxDigits: 5),
                let number = UInt16(exactly: value)
            else { return .portInvalid }
            record.port = number
        }
        if let url, url.count > 0, let text = URLText(line, url) {
            guard let split = HostText.splitPort(line, from: text.hostStart, to: text.authorityEnd) else {
                return .portInvalid
            }
            record.service = text.scheme.service
            if record.port == 0 { record.port = split.port ?? text.scheme.port }
            let reason = HostText.readHost(
                line, from: text.hostStart, to: split.hostEnd, source: .proxyURL, into: &record)
            if let reason { return reason }
        } else if let host, host.count > 0, !line.isDash(host) {
            let reason = HostText.readHost(
                line, from: host.start, to: host.end, source: .logHost, into: &record)
            if let reason { return reason }
        }
        if let server, let address = IPAddress(ascii: line.clamped(from: server.start, count: server.count)) {
            record.server = address.unmapped
        }
        return record.name.isPresent || record.server != nil ? nil : .noDestination
    }

    /// Milliseconds since 1970 (13 digits), seconds (10), ISO 8601, or `Mar 02 2026 08:01:02`.
    private static func moment(_ field: FieldRange, _ line: RawSpan, _ clock: LogClock) -> LogMoment? {
        if let value = DecimalText.read(line, from: field.start, to: field.end) {
            let divisor: UInt64 = field.count == 13 ? 1000 : field.count == 10 ? 1 : 0
            guard divisor > 0 else { return nil }
            let nanoseconds = Int64(truncatingIfNeeded: value % divisor) * 1_000_000
            return Timestamp(seconds: Int64(truncatingIfNeeded: value / divisor), nanoseconds: nanoseconds)
                .map {
                    LogMoment(time: $0, assumed: [], end: field.end)
                }
        }
        return ClockText.iso(line, at: field.start, clock: clock)
            ?? ClockText.monthDay(line, at: field.start, clock: clock)
    }

    private func number(_ field: FieldRange?, _ line: RawSpan) -> UInt64? {
        field.flatMap { DecimalText.read(line, from: $0.start, to: $0.end) }
    }

    /// Without a word of the product a contact is an attempt unless an answer came.
    private func verdict(_ line: RawSpan, isReached: Bool) -> LogAction {
        if let action, let verdict = ActionWord.meaning(EventRecord.word(action, line)) { return verdict }
        return isReached ? .allowed : .attempted
    }

    private static func word(_ field: FieldRange, _ line: RawSpan) -> String {
        String(ascii: line.clamped(from: field.start, count: min(field.count, 40))).lowercased()
    }
}

/// The words by which products say what they did.
enum ActionWord {
    /// Nil for a word that says neither; `text` in lower case.
    static func meaning(_ text: String) -> LogAction? { words[text] }

    private static let words: [String: LogAction] = {
        var words: [String: LogAction] = [:]
        for word in [
            "allow", "allowed", "accept", "accepted", "pass", "passed", "passthrough", "permit", "permitted",
            "monitor", "monitored", "warn", "warned", "alert", "observed", "proxied", "forward", "forwarded",
        ] { words[word] = .allowed }
        for word in [
            "block", "blocked", "deny", "denied", "drop", "dropped", "reject", "rejected", "reset",
            "redirect",
            "redirected", "refuse", "refused", "restricted",
        ] { words[word] = .blocked }
        return words
    }()
}
