import Bytes

/// TRAFFIC logs and URL logs (`THREAT,url`) of Palo Alto Networks firewalls, as comma-separated values without the
/// syslog header. Columns are only ever appended from version to version and are read by their place.
///
/// A URL line states the name, the TRAFFIC line of the same session the volume: they are joined. Times are those of
/// the firewall's clock without zone, but versions since 10.0 append one with its offset, which then holds for all.
package struct PANOSLog: LogLineParser {
    package static let kind = "pan-os"
    package static let isSplittable = false
    package static let knowsItsEnd = false

    private var cells = CSVCells(keepsBraces: true)
    private var clock = LogClock()
    private var join = SessionJoin()
    private var actions = TokenMemo<LogAction?>()

    package init(head: RawSpan) {}

    package mutating func use(_ settings: LogSettings) { clock = settings.clock }

    package mutating func read(_ line: RawSpan, into chunk: inout LogChunk) -> LogReason? {
        chunk.record.reset()
        guard cells.read(line) else { return .quoteOpen }
        guard cells.count >= 31, isTime(line, cells[1]), isTime(line, cells[6]) else { return .fieldsMissing }
        if line.says(cells[3], "TRAFFIC") { return readTraffic(line, into: &chunk) }
        guard line.says(cells[3], "THREAT") else { return isLogType(line) ? .notTraffic : .fieldsMissing }
        return line.says(cells[4], "url") ? readURL(line, into: &chunk) : .notTraffic
    }

    package mutating func finish(into chunk: inout LogChunk) { join.finish(into: &chunk) }

    private func isTime(_ line: RawSpan, _ cell: CSVCell) -> Bool {
        CivilTime.iso(line, from: cell.start, to: cell.end) != nil
    }

    private func isLogType(_ line: RawSpan) -> Bool {
        guard cells[3].count >= 3, cells[3].count <= 16 else { return false }
        return (cells[3].start..<cells[3].end).allSatisfy { index in
            guard let byte = line.byte(at: index) else { return false }
            return byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") || byte == UInt8(ascii: "-")
        }
    }

    /// Columns 8, 9, 13, 15, 23, 25, 26 and 30, which both kinds have.
    private func readSession(_ line: RawSpan, into record: inout LogRecord) -> (key: SessionKey, LogReason?) {
        let none = SessionKey(session: 0, client: .zero, clientPort: 0, server: .zero, port: 0)
        guard let client = line.address(cells[7]) else { return (none, .clientInvalid) }
        guard let server = line.address(cells[8]) else { return (none, .noDestination) }
        guard let session = line.number(cells[22]), let clientPort = line.port(cells[24]),
            let port = line.port(cells[25])
        else { return (none, .numberInvalid) }
        if line.says(cells[29], "udp") {
            record.transport = .udp
        } else if !line.says(cells[29], "tcp") {
            return (none, .otherTransport)
        }
        record.client = client
        record.server = server
        record.port = port
        record.service = service(line, port: port, transport: record.transport)
        record.setUser(line, cells[12], escape: .doubledQuotes)
        let key = SessionKey(
            session: session, client: client, clientPort: clientPort, server: server, port: port)
        return (key, nil)
    }

    private func service(_ line: RawSpan, port: UInt16, transport: LogTransport) -> LogService {
        let app = cells[14]
        if line.begins(at: app.start, with: "quic") { return .quic }
        if line.says(app, "ssl") || port == 443 { return transport == .tcp ? .tls : .quic }
        if line.says(app, "web-browsing") { return .http }
        return line.begins(at: app.start, with: "dns") && port == 53 ? .dns : .unknown
    }

    private mutating func readTraffic(_ line: RawSpan, into chunk: inout LogChunk) -> LogReason? {
        guard cells.count >= 46 else { return .fieldsMissing }
        if line.says(cells[4], "start") { return .flowStart }
        guard let start = moment(line, cells[35], highResolution: 102) else { return .timeInvalid }
        guard let up = line.number(cells[32]), let down = line.number(cells[33]),
            let lasted = line.number(cells[36]),
            lasted < 1 << 40
        else { return .numberInvalid }
        let (key, reason) = readSession(line, into: &chunk.record)
        if let reason { return reason }
        chunk.record.setTime(start)
        chunk.record.setTime(start: start.time, lasting: lasted * 1000)
        chunk.record.bytesUp = up
        chunk.record.bytesDown = down
        guard let action = action(line) else { return .resultInvalid }
        chunk.record.action = action
        if action == .allowed {
            if line.says(cells[46], "policy-deny") || line.says(cells[46], "threat") {
                chunk.record.action = .blocked
            } else if down == 0 {
                chunk.record.action = .attempted
            }
        }
        return join.takeVolume(chunk.record, of: line, key: key, into: &chunk)
    }

    private mutating func readURL(_ line: RawSpan, into chunk: inout LogChunk) -> LogReason? {
        guard cells.count >= 36 else { return .fieldsMissing }
        guard let time = moment(line, cells[6], highResolution: 107) else { return .timeInvalid }
        let (key, reason) = readSession(line, into: &chunk.record)
        if let reason { return reason }
        chunk.record.setTime(time)
        guard let action = action(line) else { return .resultInvalid }
        chunk.record.action = action
        let port = chunk.record.port
        if let reason = Destination.readURL(line, cells[31], source: .logHost, into: &chunk.record) {
            return reason
        }
        // A port in the URL is what the page said; the session's own is where it went.
        chunk.record.port = port
        chunk.record.server = key.server
        return join.takeName(chunk.record, of: line, key: key, into: &chunk)
    }

    /// Column 31. `alert` is how allowed URLs are logged; `continue` shows a page that the user may click through.
    private mutating func action(_ line: RawSpan) -> LogAction? {
        let cell = cells[30]
        return actions.meaning(of: line, from: cell.start, to: cell.end) {
            switch String(ascii: $0).lowercased() {
            case "allow", "alert", "continue", "override": .allowed
            case "deny", "drop", "drop icmp", "drop-icmp", "reset both", "reset-both", "reset client",
                "reset-client",
                "reset server", "reset-server", "block-url", "block-continue", "block-override",
                "override-lockout",
                "block", "block-ip", "sinkhole", "random-drop":
                .blocked
            default: nil
            }
        }
    }

    /// A local time of the firewall, with the offset that the high-resolution column states where there is one.
    private func moment(_ line: RawSpan, _ cell: CSVCell, highResolution column: Int) -> LogMoment? {
        guard var civil = CivilTime.iso(line, from: cell.start, to: cell.end) else { return nil }
        let fine = cells[column]
        if civil.offset == nil, !fine.isEmpty {
            civil.offset = CivilTime.iso(line, from: fine.start, to: fine.end)?.offset
        }
        return civil.moment(clock)
    }
}
