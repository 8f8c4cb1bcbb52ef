import Bytes

/// SonicWall SonicOS syslog: `key=value` pairs, quoted only where need be; what a line tells is its message id `m`.
///
///     id=firewall sn=00005E0053F0 time="2026-03-02 14:01:02 UTC" fw=203.0.113.9 m=97
///         src=10.20.30.40:51334:X0 dst=198.51.100.20:443:X1 dstname=quiz.example.org
///
/// 97 and 16 name a web site, 14 says that it was denied, 537 states the volume of a closed connection, and 36 to 38
/// are dropped packets. Lines 97 and 537 of one connection are joined by their sockets. Times are local unless they
/// say UTC.
package struct SonicWallLog: LogLineParser {
    package static let kind = "sonicwall"
    package static let isSplittable = false
    package static let knowsItsEnd = false

    private enum Key: Int, CaseIterable {
        case id, sn, time, m, src, dst, srcV6, dstV6, proto, sent, rcvd, cdur, dstname, usr, user
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
        guard self[.id] != nil, self[.sn] != nil, let message = line.number(self[.m]) else {
            return .fieldsMissing
        }
        if values.hasRepeat { chunk.record.flags.insert(.ambiguousLine) }
        guard [14, 16, 36, 37, 38, 97, 98, 537].contains(message) else { return .notTraffic }
        guard let time = self[.time],
            let moment = CivilTime.iso(line, from: time.start, to: time.end)?.moment(clock)
        else { return .timeInvalid }
        chunk.record.setTime(moment)
        if message == 98 { return .flowStart }
        guard let (client, clientPort) = socket(line, self[.src], self[.srcV6]) else { return .clientInvalid }
        guard let (server, port) = socket(line, self[.dst], self[.dstV6]) else { return .noDestination }
        chunk.record.client = client
        chunk.record.server = server
        chunk.record.port = port
        guard readProtocol(line, into: &chunk.record) else { return .otherTransport }
        chunk.record.setUser(line, self[.usr] ?? self[.user])
        chunk.record.bytesUp = line.number(self[.sent])
        chunk.record.bytesDown = line.number(self[.rcvd])
        let key = SessionKey(session: 0, client: client, clientPort: clientPort, server: server, port: port)
        return finishLine(line, message, key, moment, into: &chunk)
    }

    private mutating func finishLine(
        _ line: RawSpan, _ message: UInt64, _ key: SessionKey, _ moment: LogMoment, into chunk: inout LogChunk
    ) -> LogReason? {
        switch message {
        case 14, 16, 97:
            chunk.record.action = message == 14 ? .blocked : .allowed
            chunk.record.bytesScope = chunk.record.bytesUp == nil ? .unknown : .httpTotal
            guard let name = self[.dstname] else { return .noDestination }
            // `dstname` is the host; an address when there was no name.
            let reason = Destination.readHostPort(line, name, source: .logHost, into: &chunk.record)
            if let reason { return reason }
            chunk.record.port = key.port
            chunk.record.server = key.server
            return join.takeName(chunk.record, of: line, key: key, into: &chunk)
        case 537:
            if let milliseconds = line.number(self[.cdur]) {
                chunk.record.setTime(end: moment.time, lasting: milliseconds)
            }
            chunk.record.action = (chunk.record.bytesDown ?? 0) == 0 ? .attempted : .allowed
            return join.takeVolume(chunk.record, of: line, key: key, into: &chunk)
        default:
            chunk.record.action = .blocked
            return chunk.addRecord(of: line)
        }
    }

    /// `proto=tcp/https`; nothing is TCP, which all web lines are.
    private func readProtocol(_ line: RawSpan, into record: inout LogRecord) -> Bool {
        if let proto = self[.proto] {
            if line.begins(at: proto.start, with: "udp") {
                record.transport = .udp
            } else if !line.begins(at: proto.start, with: "tcp") {
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

    /// `address:port:interface[:name]`; with an IPv6 address in a key of its own, `:port:interface`.
    private func socket(_ line: RawSpan, _ cell: CSVCell?, _ sixth: CSVCell?) -> (IPAddress, UInt16)? {
        guard let cell else { return nil }
        let text = line.clamped(from: 0, count: cell.end)
        let colon = text.firstIndex(of: UInt8(ascii: ":"), from: cell.start) ?? cell.end
        let portEnd = text.firstIndex(of: UInt8(ascii: ":"), from: colon + 1) ?? cell.end
        let address = line.address(CSVCell(start: cell.start, end: colon)) ?? line.address(sixth)
        let port = colon < portEnd ? line.port(CSVCell(start: colon + 1, end: portEnd)) : nil
        return address.map { ($0, port ?? 0) }
    }
}
