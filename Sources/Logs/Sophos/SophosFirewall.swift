import Bytes

/// Sophos Firewall (SFOS, XG and XGS) logs, with the keys of the older "standard" and of the newer "device standard"
/// format. "Content Filtering" lines state the name, "Firewall" lines the volume; lines with the same connection id
/// are joined. The time zone of the standard format is an abbreviation: only UTC and GMT are taken for what they are.
package struct SophosFirewall: LogLineParser {
    package static let kind = "sophos"
    package static let isSplittable = false
    package static let knowsItsEnd = false

    private enum Key: Int, CaseIterable {
        case device, device_name, device_model, date, time, timezone, timestamp, log_type, log_subtype, con_id
        case src_ip, dst_ip, src_port, dst_port, `protocol`, user_name, user, domain, url
        case sent_bytes, recv_bytes, bytes_sent, bytes_received, con_duration, duration, log_id
    }

    private var values = KeyValues(KeyList(Key.allCases.map { "\($0)" }))
    private var clock = LogClock()
    private var join = SessionJoin()

    package init(head: RawSpan) {}

    package mutating func use(_ settings: LogSettings) { clock = settings.clock }

    package mutating func finish(into chunk: inout LogChunk) { join.finish(into: &chunk) }

    private subscript(_ key: Key) -> CSVCell? { values[key.rawValue] }

    package mutating func read(_ line: RawSpan, into chunk: inout LogChunk) -> LogReason? {
        chunk.record.reset()
        guard values.read(line, from: line.afterPriority, to: line.byteCount) else { return .quoteOpen }
        guard self[.device] != nil || self[.device_model] != nil || self[.device_name] != nil,
            self[.log_id] != nil,
            let type = self[.log_type]
        else { return .fieldsMissing }
        let isWeb = line.says(type, "Content Filtering")
        guard isWeb || line.says(type, "Firewall") else { return .notTraffic }
        if values.hasRepeat { chunk.record.flags.insert(.ambiguousLine) }
        guard let moment = moment(line) else { return .timeInvalid }
        chunk.record.setTime(moment)
        guard let client = line.address(self[.src_ip]) else { return .clientInvalid }
        guard let server = line.address(self[.dst_ip]) else { return .noDestination }
        guard readProtocol(line, into: &chunk.record) else { return .otherTransport }
        chunk.record.client = client
        chunk.record.server = server
        chunk.record.setUser(line, self[.user_name] ?? self[.user])
        chunk.record.bytesUp = line.number(self[.sent_bytes]) ?? line.number(self[.bytes_sent])
        chunk.record.bytesDown = line.number(self[.recv_bytes]) ?? line.number(self[.bytes_received])
        guard readAction(line, isWeb: isWeb, into: &chunk.record) else { return .resultInvalid }
        let key = SessionKey(
            session: line.number(self[.con_id]) ?? 0, client: client,
            clientPort: line.port(self[.src_port]) ?? 0,
            server: server, port: chunk.record.port)
        if isWeb { return readName(line, key, into: &chunk) }
        if let seconds = line.number(self[.con_duration]) ?? line.number(self[.duration]), seconds < 1 << 40 {
            chunk.record.setTime(end: moment.time, lasting: seconds * 1000)
        }
        return join.takeVolume(chunk.record, of: line, key: key, into: &chunk)
    }

    private mutating func readName(_ line: RawSpan, _ key: SessionKey, into chunk: inout LogChunk)
        -> LogReason?
    {
        if chunk.record.bytesUp != nil || chunk.record.bytesDown != nil {
            chunk.record.bytesScope = .httpTotal
        }
        let reason: LogReason?
        if let domain = self[.domain] {
            reason = Destination.readHostPort(line, domain, source: .logHost, into: &chunk.record)
        } else if let url = self[.url] {
            reason = Destination.readURL(line, url, source: .logHost, into: &chunk.record)
        } else {
            reason = .noDestination
        }
        if let reason { return reason }
        if key.port != 0 { chunk.record.port = key.port }
        chunk.record.server = key.server
        return join.takeName(chunk.record, of: line, key: key, into: &chunk)
    }

    private func readProtocol(_ line: RawSpan, into record: inout LogRecord) -> Bool {
        record.port = line.port(self[.dst_port]) ?? 0
        if let name = self[.protocol] {
            if line.says(name, "UDP") || line.says(name, "17") {
                record.transport = .udp
            } else if !line.says(name, "TCP"), !line.says(name, "6") {
                return false
            }
        }
        switch (record.transport, record.port) {
        case (.tcp, 443): record.service = .tls
        case (.udp, 443): record.service = .quic
        case (.tcp, 80): record.service = .http
        case (_, 53): record.service = .dns
        default: break
        }
        return true
    }

    /// `Allowed`, `Denied`, `Drop`, and for pages that warn first `Warned` (not shown yet) and `Overridden` (shown).
    private func readAction(_ line: RawSpan, isWeb: Bool, into record: inout LogRecord) -> Bool {
        guard let word = self[.log_subtype] else { return false }
        func isOne(_ words: [String]) -> Bool { words.contains { line.says(word, $0) } }
        if isOne(["Allowed", "Overridden", "Override"]) {
            let isSilent = !isWeb && (record.bytesDown ?? 0) == 0
            record.action = isSilent ? .attempted : .allowed
        } else if isOne(["Denied", "Drop", "Dropped", "Warned", "Blocked"]) {
            record.action = .blocked
        } else {
            return false
        }
        return true
    }

    private func moment(_ line: RawSpan) -> LogMoment? {
        if let stamp = self[.timestamp] {
            return CivilTime.iso(line, from: stamp.start, to: stamp.end)?.moment(clock)
        }
        guard let date = self[.date], let time = self[.time], date.count == 10,
            let day = CivilTime.date(line, from: date.start),
            var civil = CivilTime.clock(line, on: day, from: time.start, to: time.end)
        else { return nil }
        if let zone = self[.timezone] {
            civil.offset = CivilTime.offset(line, from: zone.start, to: zone.end)
        }
        return civil.moment(clock)
    }
}
