import Bytes

/// Traffic and web-filter logs of Fortinet FortiGate: `key=value` pairs, strings in quotes with `\"` inside.
///
/// A web-filter line states the name, the traffic line of the same session the volume: they are joined. Bytes of
/// web-filter lines are those of the moment and are not used. Of a long session the interim lines state what came
/// since the last one.
package struct FortiGateLog: LogLineParser {
    package static let kind = "fortigate"
    package static let isSplittable = false
    package static let knowsItsEnd = false

    private enum Key: Int, CaseIterable {
        case date, time, eventtime, tz, type, subtype, logid, action, utmaction
        case srcip, srcport, dstip, dstport, proto, service, sessionid, duration
        case user, unauthuser, hostname, url
        case sentbyte, rcvdbyte, sentdelta, rcvddelta, devid, vd
    }

    private static let keys = KeyList(Key.allCases.map { "\($0)" })
    private var spaced = KeyValues(FortiGateLog.keys)
    private var commaed = KeyValues(FortiGateLog.keys, style: KeyValues.Style(separator: UInt8(ascii: ",")))
    private var isCommaed = false
    private var clock = LogClock()
    private var join = SessionJoin()
    private var actions = TokenMemo<Outcome>()

    /// What `action` says.
    private enum Outcome {
        case passed, unanswered, started, refused
    }

    package init(head: RawSpan) {}

    package mutating func use(_ settings: LogSettings) { clock = settings.clock }

    package mutating func finish(into chunk: inout LogChunk) { join.finish(into: &chunk) }

    private subscript(_ key: Key) -> CSVCell? { isCommaed ? commaed[key.rawValue] : spaced[key.rawValue] }

    package mutating func read(_ line: RawSpan, into chunk: inout LogChunk) -> LogReason? {
        chunk.record.reset()
        let start = line.afterPriority
        // `set format csv` writes the same pairs with commas between them.
        isCommaed = line.begins(at: start, with: "date=") && line.byte(at: start + 15) == UInt8(ascii: ",")
        let isRead =
            isCommaed
            ? commaed.read(line, from: start, to: line.byteCount)
            : spaced.read(line, from: start, to: line.byteCount)
        guard isRead else { return .quoteOpen }
        guard let type = self[.type], let subtype = self[.subtype], self[.logid] != nil || self[.devid] != nil
        else {
            return .fieldsMissing
        }
        let isTraffic = line.says(type, "traffic")
        let isNamed =
            line.says(type, "utm") && ["webfilter", "ssl", "app-ctrl"].contains { line.says(subtype, $0) }
        guard isTraffic || isNamed else { return .notTraffic }
        if isCommaed ? commaed.hasRepeat : spaced.hasRepeat { chunk.record.flags.insert(.ambiguousLine) }
        guard let moment = moment(line) else { return .timeInvalid }
        chunk.record.setTime(moment)
        guard let client = line.address(self[.srcip]) else { return .clientInvalid }
        guard let server = line.address(self[.dstip]) else { return .noDestination }
        guard let proto = line.number(self[.proto]) else { return .numberInvalid }
        guard proto == 6 || proto == 17 else { return .otherTransport }
        chunk.record.client = client
        chunk.record.server = server
        chunk.record.port = line.port(self[.dstport]) ?? 0
        chunk.record.transport = proto == 17 ? .udp : .tcp
        chunk.record.service = service(line, chunk.record)
        chunk.record.setUser(line, self[.user] ?? self[.unauthuser])
        let key = SessionKey(
            session: line.number(self[.sessionid]) ?? 0, client: client,
            clientPort: line.port(self[.srcport]) ?? 0,
            server: server, port: chunk.record.port)
        return isTraffic ? readTraffic(line, key, moment, into: &chunk) : readName(line, key, into: &chunk)
    }

    private mutating func readTraffic(
        _ line: RawSpan, _ key: SessionKey, _ moment: LogMoment, into chunk: inout LogChunk
    ) -> LogReason? {
        guard let action = self[.action] else { return .resultInvalid }
        let outcome = outcome(line, action)
        if outcome == .started { return .flowStart }
        let isInterim = self[.logid].map { line.endsInInterim($0) } ?? false
        // Where deltas are stated, the totals hold what earlier lines told already.
        chunk.record.bytesUp = line.number(self[.sentdelta]) ?? line.number(self[.sentbyte])
        chunk.record.bytesDown = line.number(self[.rcvddelta]) ?? line.number(self[.rcvdbyte])
        if let seconds = line.number(self[.duration]), seconds < 1 << 40 {
            chunk.record.setTime(end: moment.time, lasting: seconds * 1000)
        }
        let isBlocked = outcome == .refused || (self[.utmaction].map { line.says($0, "block") } ?? false)
        let isSilent = (line.number(self[.rcvdbyte]) ?? 0) == 0
        chunk.record.action =
            isBlocked ? .blocked : outcome == .unanswered || isSilent ? .attempted : .allowed
        if isInterim {
            chunk.record.count = 0
            return chunk.addRecord(of: line)
        }
        return join.takeVolume(chunk.record, of: line, key: key, into: &chunk)
    }

    private mutating func readName(_ line: RawSpan, _ key: SessionKey, into chunk: inout LogChunk)
        -> LogReason?
    {
        guard let action = self[.action] else { return .resultInvalid }
        chunk.record.action = outcome(line, action) == .refused ? .blocked : .allowed
        let port = chunk.record.port
        let reason: LogReason?
        if let host = self[.hostname], !line.isNothing(host) {
            reason = Destination.readHostPort(line, host, source: .logHost, into: &chunk.record)
        } else if let url = self[.url], line.byte(at: url.start) != UInt8(ascii: "/") {
            reason = Destination.readURL(line, url, source: .logHost, into: &chunk.record)
        } else {
            reason = .noDestination
        }
        if let reason { return reason }
        chunk.record.port = port
        chunk.record.server = key.server
        return join.takeName(chunk.record, of: line, key: key, into: &chunk)
    }

    private mutating func outcome(_ line: RawSpan, _ cell: CSVCell) -> Outcome {
        actions.meaning(of: line, from: cell.start, to: cell.end) {
            switch String(ascii: $0).lowercased() {
            case "start": .started
            case "deny", "blocked", "block", "dropped", "reset", "redirected": .refused
            case "ip-conn", "dns": .unanswered
            default: .passed
            }
        }
    }

    private func service(_ line: RawSpan, _ record: LogRecord) -> LogService {
        let isHTTPS = self[.service].map { line.says($0, "HTTPS") || line.says($0, "SSL") } ?? false
        if record.transport == .udp {
            return record.port == 443 ? .quic : record.port == 53 ? .dns : .unknown
        }
        if isHTTPS || record.port == 443 { return .tls }
        return self[.service].map { line.says($0, "HTTP") } ?? false ? .http : .unknown
    }

    /// `eventtime` counts since 1970; else date and time with `tz`, or the firewall's clock.
    private func moment(_ line: RawSpan) -> LogMoment? {
        if let cell = self[.eventtime], let time = EpochText.read(line, from: cell.start, to: cell.end) {
            return LogMoment(time: time, assumed: [], end: cell.end)
        }
        guard let date = self[.date], let time = self[.time], date.count == 10,
            let day = CivilTime.date(line, from: date.start),
            var civil = CivilTime.clock(line, on: day, from: time.start, to: time.end)
        else { return nil }
        if let zone = self[.tz] { civil.offset = CivilTime.offset(line, from: zone.start, to: zone.end) }
        return civil.moment(clock)
    }
}

extension RawSpan {
    /// Behind `<PRI>`, which devices that send syslog put in front and some relays leave (RFC 3164 §4.1.1).
    var afterPriority: Int {
        guard byte(at: 0) == UInt8(ascii: "<") else { return 0 }
        var index = 1
        while index < 5, let digit = byte(at: index), digit >= 0x30, digit <= 0x39 { index += 1 }
        return index > 1 && byte(at: index) == UInt8(ascii: ">") ? index + 1 : 0
    }

    /// Whether a FortiGate log id is that of an interim line of a long session: its message number is 20.
    fileprivate func endsInInterim(_ cell: CSVCell) -> Bool {
        cell.count >= 6 && word(at: cell.end - 6, count: 6) == 0x3032_3030_3030
    }
}
