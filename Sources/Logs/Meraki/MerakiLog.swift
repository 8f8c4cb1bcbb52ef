import Bytes

/// Cisco Meraki's syslog, whose header looks like RFC 5424 and states seconds since 1970 instead:
///
///     <134>1 1772460062.114201345 MX_LAKESIDE urls src=10.20.30.40:51334 dst=198.51.100.20:443
///         mac=00:00:5E:00:53:2A request: UNKNOWN https://quiz.example.org/...
///
/// `urls` lines name what a client asked for. `flows` and `ip_flow_*` lines are a rule's word on one packet:
/// nothing in them shows an answer, so they are attempts. There are no byte counts.
package struct MerakiLog: LogLineParser {
    package static let kind = "meraki"
    package static let knowsItsEnd = false

    private enum Key: Int, CaseIterable {
        case src, dst, `protocol`, sport, dport, url, server
    }

    private var values = KeyValues(
        KeyList(Key.allCases.map { "\($0)" }),
        style: KeyValues.Style(quote: UInt8(ascii: "'"), hasBackslash: false))

    package init(head: RawSpan) {}

    private subscript(_ key: Key) -> CSVCell? { values[key.rawValue] }

    package mutating func parse(_ line: RawSpan, into record: inout LogRecord) -> LogReason? {
        var words = SpacedFields(line, from: line.afterPriority, to: line.byteCount)
        guard var stamp = words.next() else { return .fieldsMissing }
        if stamp.count == 1, line.byte(at: stamp.start) == UInt8(ascii: "1") {
            guard let next = words.next() else { return .fieldsMissing }
            stamp = next
        }
        guard stamp.count >= 12, line.byte(at: stamp.start + 10) == UInt8(ascii: "."),
            let time = EpochText.read(line, from: stamp.start, to: stamp.end)
        else { return .timeInvalid }
        record.start = time
        record.end = time
        guard words.next() != nil, let type = words.next() else { return .fieldsMissing }
        let kind = CSVCell(start: type.start, end: type.end)
        if line.says(kind, "urls") { return readURL(line, from: type.end, into: &record) }
        if line.says(kind, "flows") || line.says(kind, "firewall") || line.says(kind, "ip_flow_end") {
            return readFlow(line, from: type.end, into: &record)
        }
        if line.says(kind, "ip_flow_start") { return .flowStart }
        if line.says(kind, "events") || line.says(kind, "security_event") {
            return readEvent(line, from: type.end)
        }
        let isKnown = ["airmarshal_events", "ids-alerts", "vpn_firewall", "cellular_firewall"].contains {
            line.says(kind, $0)
        }
        return isKnown ? .notTraffic : .fieldsMissing
    }

    /// The request stands behind the last ` request: `: what stands before may be a User-Agent that imitates one.
    private mutating func readURL(_ line: RawSpan, from start: Int, into record: inout LogRecord)
        -> LogReason?
    {
        guard let request = MerakiLog.lastRequest(line) else { return .fieldsMissing }
        // A User-Agent may hold quotes of its own; the sockets stand before it.
        let agent = MerakiLog.agent(line, from: start) ?? request
        guard values.read(line, from: start, to: min(agent, request)) else { return .quoteOpen }
        guard let client = MerakiLog.socket(line, self[.src]) else { return .clientInvalid }
        guard let server = MerakiLog.socket(line, self[.dst]) else { return .noDestination }
        record.client = client.address
        var words = SpacedFields(line, from: request, to: line.byteCount)
        guard words.next() != nil, let method = words.next(), let url = words.next() else {
            return .fieldsMissing
        }
        record.method = ProxyRequest.method(line, method)
        record.action = .allowed
        let cell = CSVCell(start: url.start, end: url.end)
        if let reason = Destination.readURL(line, cell, source: .logHost, into: &record) { return reason }
        record.server = server.address
        record.port = server.port
        return nil
    }

    private mutating func readFlow(_ line: RawSpan, from start: Int, into record: inout LogRecord)
        -> LogReason?
    {
        guard values.read(line, from: start, to: line.byteCount) else { return .quoteOpen }
        guard let client = line.address(self[.src]) else { return .clientInvalid }
        guard let server = line.address(self[.dst]) else { return .noDestination }
        guard let name = self[.protocol] else { return .fieldsMissing }
        if line.says(name, "udp") {
            record.transport = .udp
        } else if !line.says(name, "tcp") {
            return .otherTransport
        }
        record.client = client
        record.server = server
        record.port = line.port(self[.dport]) ?? 0
        record.service = record.port == 443 ? (record.transport == .tcp ? .tls : .quic) : .unknown
        record.action = says(line, "deny", from: start) ? .blocked : .attempted
        return nil
    }

    /// Whether the rule's word stands right behind the type or in the pattern.
    private func says(_ line: RawSpan, _ word: String, from start: Int) -> Bool {
        var words = SpacedFields(line, from: start, to: line.byteCount)
        var previous = CSVCell(start: 0, end: 0)
        var isFirst = true
        while let next = words.next() {
            let cell = CSVCell(start: next.start, end: next.end)
            if isFirst || line.says(previous, "pattern:"), line.says(cell, word) { return true }
            (previous, isFirst) = (cell, false)
        }
        return false
    }

    private func readEvent(_ line: RawSpan, from start: Int) -> LogReason? {
        // A blocked page names its server and its host but not its client.
        var words = SpacedFields(line, from: start, to: line.byteCount)
        guard let event = words.next() else { return .fieldsMissing }
        let isBlock = line.says(CSVCell(start: event.start, end: event.end), "content_filtering_block")
        return isBlock ? .noClient : .notTraffic
    }

    private static func lastRequest(_ line: RawSpan) -> Int? {
        var index = line.byteCount - 10
        while index >= 0 {
            if line.word(at: index) == 0x7473_6575_7165_7220, line.byte(at: index + 8) == UInt8(ascii: ":"),
                line.byte(at: index + 9) == UInt8(ascii: " ")
            {
                return index
            }
            index -= 1
        }
        return nil
    }

    private static func agent(_ line: RawSpan, from start: Int) -> Int? {
        var index = start
        while index + 7 <= line.byteCount {
            if line.word(at: index, count: 7) == 0x3d_746e_6567_6120 { return index }
            index += 1
        }
        return nil
    }

    /// `address:port`, `[v6]:port`, or an uncompressed IPv6 address with the port behind another colon.
    private static func socket(_ line: RawSpan, _ cell: CSVCell?) -> (address: IPAddress, port: UInt16)? {
        if let socket = Destination.readSocket(line, cell) { return socket }
        return line.address(cell).map { ($0, 0) }
    }
}
