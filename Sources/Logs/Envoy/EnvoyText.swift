import Bytes

/// Envoy's default text format (access log documentation, "Default format string"):
///
///     [2026-03-02T14:01:02.114Z] "GET /start HTTP/2" 200 - 0 14132 231 228 "10.20.30.40" "agent" "id"
///     start, UTC                 request             code flags up down ms ms X-Forwarded-For
///         "quiz.example.org" "198.51.100.20:443"
///         authority          upstream
///
/// The client is the last address of X-Forwarded-For, which is the one that Envoy appends itself; a line without it
/// tells no client. Bytes are those of bodies. Header values come with their quotes escaped.
package struct EnvoyText: LogLineParser {
    package static let kind = "envoy"

    private var clock = LogClock()
    private var cells = EnvoyCells()

    package init(head: RawSpan) {}

    package mutating func use(_ settings: LogSettings) { clock = settings.clock }

    package mutating func parse(_ line: RawSpan, into record: inout LogRecord) -> LogReason? {
        guard line.byte(at: 0) == UInt8(ascii: "["),
            let civil = CivilTime.iso(line, from: 1, to: line.byteCount),
            line.byte(at: civil.end) == UInt8(ascii: "]"), let moment = civil.moment(clock)
        else { return .timeInvalid }
        guard cells.read(line, from: civil.end + 1), cells.count >= 12 else { return .fieldsMissing }
        guard let code = line.number(cells[1]), let up = line.number(cells[3]),
            let down = line.number(cells[4]),
            let lasted = line.number(cells[5])
        else { return .numberInvalid }
        record.setTime(moment)
        record.setTime(start: moment.time, lasting: lasted)
        record.bytesUp = up
        record.bytesDown = down
        let request = cells[0]
        var words = SpacedFields(line, from: request.start, to: request.end)
        if let method = words.next() { record.method = ProxyRequest.method(line, method) }
        let isTunnel = record.method == .connect || record.method == .none
        record.bytesScope = isTunnel ? .layer4Payload : .httpBody
        EnvoyOutcome(line, flags: cells[2], upstream: cells[11], code: code).apply(to: &record)
        guard let client = EnvoyText.lastAddress(line, cells[7]) else { return .noClient }
        record.client = client
        return EnvoyText.readDestination(line, authority: cells[10], upstream: cells[11], into: &record)
    }

    /// The authority's name and port; the address of the upstream host; without a name, that address alone.
    static func readDestination(
        _ line: RawSpan, authority: CSVCell, upstream: CSVCell, into record: inout LogRecord
    ) -> LogReason? {
        let socket = Destination.readSocket(line, upstream)
        if authority.isEmpty || line.isNothing(authority) {
            guard let socket else { return .noDestination }
            record.server = socket.address
            record.port = socket.port
            return nil
        }
        let source: LogNameSource = record.method == .connect ? .httpConnect : .logHost
        if let reason = Destination.readHostPort(line, authority, source: source, into: &record) {
            return reason
        }
        if record.name.isPresent { record.server = socket?.address }
        if record.port == 0 { record.port = socket?.port ?? 0 }
        if record.service == .unknown, record.port == 443 { record.service = .tls }
        if record.service == .unknown, record.port == 80 { record.service = .http }
        return nil
    }

    /// The last entry of a comma-separated list of addresses.
    static func lastAddress(_ line: RawSpan, _ cell: CSVCell) -> IPAddress? {
        var start = cell.end
        while start > cell.start, line.byte(at: start - 1) != UInt8(ascii: ",") { start -= 1 }
        while start < cell.end, line.byte(at: start) == UInt8(ascii: " ") { start += 1 }
        return line.address(CSVCell(start: start, end: cell.end))
    }
}

/// Words and quoted values separated by spaces; a backslash takes the quote behind it its meaning.
struct EnvoyCells: Sendable {
    private var cells: [CSVCell] = []

    var count: Int { cells.count }

    subscript(_ column: Int) -> CSVCell {
        column >= 0 && column < cells.count ? cells[column] : CSVCell(start: 0, end: 0)
    }

    mutating func read(_ line: RawSpan, from start: Int) -> Bool {
        cells.removeAll(keepingCapacity: true)
        var index = start
        while let byte = line.byte(at: index) {
            guard cells.count < CSVCells.limit else { return false }
            if byte == UInt8(ascii: " ") {
                index += 1
            } else if byte == UInt8(ascii: "\"") {
                guard let quote = CommonLog.closingQuote(line, from: index + 1) else { return false }
                cells.append(CSVCell(start: index + 1, end: quote))
                index = quote + 1
            } else {
                let end = line.endOfField(from: index, to: line.byteCount)
                cells.append(CSVCell(start: index, end: end))
                index = end
            }
        }
        return true
    }
}

/// What came of a request, by Envoy's response flags.
struct EnvoyOutcome {
    private let action: LogAction

    /// Flags that say that no upstream was reached: none healthy, connection failed, no route or cluster, DNS failed.
    private static let unreached: Set<String> = ["UH", "UF", "NR", "NC", "DF", "UO", "RL", "LH", "FI"]
    /// Refused by external authorisation.
    private static let refused: Set<String> = ["UAEX"]

    init(_ line: RawSpan, flags: CSVCell, upstream: CSVCell, code: UInt64) {
        let words = String(ascii: line.clamped(from: flags.start, count: flags.count)).split(separator: ",")
        let hasUpstream = !upstream.isEmpty && !line.isNothing(upstream)
        if words.contains(where: { EnvoyOutcome.refused.contains(String($0)) }) {
            action = .blocked
        } else if !hasUpstream {
            // An answer of Envoy's own: 403 is that of its access rules (RBAC).
            action = code == 403 ? .blocked : .attempted
        } else if words.contains(where: { EnvoyOutcome.unreached.contains(String($0)) }) {
            action = .attempted
        } else {
            action = .allowed
        }
    }

    func apply(to record: inout LogRecord) { record.action = action }
}
