import Bytes

/// Proxy logs in the W3C Extended Log File Format: Symantec (Blue Coat) ProxySG, Edge SWG and Cloud SWG, Forefront
/// TMG. A `#Fields:` line says what the columns are and holds until the next one.
/// `date` and `time` are UTC by the format; they tell when the exchange ended.
package struct ELFFLog: LogLineParser {
    package static let kind = "elff"
    package static let hasHeader = true
    package static let knowsItsEnd = false

    /// Nil until a `#Fields` line has come.
    private var columns: ELFFColumns?
    /// As the lines in front of the file's first data line say.
    private let first: ELFFColumns?
    private var cells = ELFFCells()
    private var clock = LogClock()
    private var outcomes = TokenMemo<ELFFOutcome>()
    private var exceptions = TokenMemo<ELFFOutcome>()

    package init(head: RawSpan) {
        var found: ELFFColumns?
        var cursor = LineCursor(head, isLast: true, state: .fileStart)
        while let bounds = cursor.next() {
            if bounds.count == 0 { continue }
            let line = head.clamped(from: bounds.start, count: bounds.count)
            guard line.byte(at: 0) == UInt8(ascii: "#") else { break }
            if bounds.isTerminated, let next = ELFFColumns(line) { found = next }
        }
        columns = found
        first = found
    }

    package mutating func use(_ settings: LogSettings) { clock = settings.clock }

    package mutating func read(_ line: RawSpan, into chunk: inout LogChunk) -> LogReason? {
        chunk.record.reset()
        if line.byte(at: 0) == UInt8(ascii: "#") {
            if let next = ELFFColumns(line) { columns = next }
            if columns != first { chunk.needsWholeFile = true }
            return .comment
        }
        return parse(line, into: &chunk.record) ?? chunk.addRecord(of: line)
    }

    package mutating func parse(_ line: RawSpan, into record: inout LogRecord) -> LogReason? {
        guard let columns else { return .headerMissing }
        guard columns.isSufficient else { return .headerMissing }
        guard cells.read(line, count: columns.count) else { return .fieldsMissing }
        guard readTime(line, columns, into: &record) else { return .timeInvalid }
        guard let client = cells[columns[.client]], !client.isEmpty else { return .clientInvalid }
        if let reason = ProxyRequest.readClient(line, client.range, into: &record) { return reason }
        record.setUser(line, cells[columns[.user]])
        if record.client == nil { record.setClientHost(line, cells[columns[.clientHost]]) }
        readBytes(line, columns, into: &record)
        if let reason = readDestination(line, columns, into: &record) { return reason }
        judge(line, columns, into: &record)
        return nil
    }

    private func readTime(_ line: RawSpan, _ columns: ELFFColumns, into record: inout LogRecord) -> Bool {
        var end: Timestamp?
        if let date = cells[columns[.date]], let time = cells[columns[.time]] {
            if date.count == 10, let day = CivilTime.date(line, from: date.start),
                var civil = CivilTime.clock(line, on: day, from: time.start, to: time.end)
            {
                civil.offset = civil.offset ?? 0
                end = civil.moment(clock)?.time
            }
        } else if let cell = cells[columns[.epoch]] {
            end = EpochText.read(line, from: cell.start, to: cell.end)
        } else if let cell = cells[columns[.localTime]] {
            // `[02/Mar/2026:08:01:02 -0600]`: its space makes it two cells unless it is quoted.
            end = ClockText.commonLog(
                line, at: cell.start + (line.byte(at: cell.start) == UInt8(ascii: "[") ? 1 : 0))
        }
        guard let end else { return false }
        record.setTime(end: end, lasting: line.number(cells[columns[.taken]]) ?? 0)
        return true
    }

    private func readBytes(_ line: RawSpan, _ columns: ELFFColumns, into record: inout LogRecord) {
        record.bytesUp = line.number(cells[columns[.bytesUp]])
        record.bytesDown = line.number(cells[columns[.bytesDown]])
        record.bytesScope = record.bytesUp == nil && record.bytesDown == nil ? .unknown : .httpTotal
    }

    /// Name, server, port and service. A tunnel's host is what the client asked for, or the server name of an
    /// intercepted connection.
    private func readDestination(
        _ line: RawSpan, _ columns: ELFFColumns, into record: inout LogRecord
    ) -> LogReason? {
        let method = cells[columns[.method]].map { ProxyRequest.method(line, $0.range) } ?? .none
        record.method = method
        let scheme = cells[columns[.scheme]]
        func isScheme(_ word: String) -> Bool { scheme.map { line.says($0, word) } ?? false }
        let isTunnel = method == .connect || isScheme("ssl") || isScheme("tcp") || isScheme("SSL-tunnel")
        if let port = line.port(cells[columns[.port]]), port > 0 { record.port = port }
        if isScheme("https") || isScheme("wss") || isScheme("ssl") { record.service = .tls }
        if isScheme("http") || isScheme("ws") { record.service = .http }
        if isScheme("ftp") { record.service = .ftp }
        let source: LogNameSource =
            method == .connect
            ? .httpConnect : isScheme("ssl") ? .logHost : isTunnel ? .httpConnect : .proxyURL
        var reason: LogReason? = .noDestination
        if let host = cells[columns[.host]], !host.isEmpty, !line.isNothing(host) {
            reason = Destination.readHostPort(line, host, source: source, into: &record)
        } else if let url = cells[columns[.url]], !line.isNothing(url) {
            reason = Destination.readURL(line, url, source: source, into: &record)
        }
        if let reason { return reason }
        if record.port == 0 {
            record.port = record.service == .tls ? 443 : record.service == .http ? 80 : 0
        }
        if isTunnel {
            if record.port == 443 { record.service = .tls }
            if record.bytesScope == .httpTotal { record.bytesScope = .layer4Payload }
        }
        if record.name.isPresent {
            record.server =
                line.address(cells[columns[.originAddress]]) ?? line.address(cells[columns[.originName]])
        }
        return nil
    }

    /// What data flowed: the filter's word first, then the exception, the cache action and the status.
    private mutating func judge(_ line: RawSpan, _ columns: ELFFColumns, into record: inout LogRecord) {
        var outcome = ELFFOutcome.silent
        if let cell = cells[columns[.exception]], !cell.isEmpty, !line.isNothing(cell) {
            outcome = exceptions.meaning(of: line, from: cell.start, to: cell.end) {
                ELFFOutcome(exception: String(ascii: $0))
            }
        }
        for role in [ELFFColumns.Role.filterResult, .action, .cacheAction] {
            guard let cell = cells[columns[role]], !cell.isEmpty else { continue }
            let next = outcomes.meaning(of: line, from: cell.start, to: cell.end) {
                ELFFOutcome(String(ascii: $0))
            }
            outcome = max(outcome, next)
        }
        let status = line.number(cells[columns[.status]]) ?? 0
        // A challenge to log in is no refusal, though its filter result says DENIED: the client asks again.
        if status == 407 { outcome = .attempted }
        switch outcome {
        case .blocked: record.action = .blocked
        case .attempted: record.action = .attempted
        case .cached:
            record.action = .allowed
            record.flags.insert(.servedFromCache)
        case .silent, .reached: record.action = .allowed
        }
    }
}

/// What a word of the log says of an exchange; of two words the later case counts.
enum ELFFOutcome: Int, Comparable, Sendable {
    case silent, reached, cached, attempted, blocked

    static func < (a: ELFFOutcome, b: ELFFOutcome) -> Bool { a.rawValue < b.rawValue }

    /// A value of `sc-filter-result`, `action` (TMG) or `s-action`.
    init(_ word: String) {
        switch word.uppercased() {
        case "DENIED", "TCP_DENIED", "TCP_POLICY_REDIRECT", "TCP_AUTH_FORM", "TCP_AUTH_REDIRECT":
            self = word.uppercased().hasPrefix("TCP_AUTH") ? .attempted : .blocked
        case "FAILED", "TCP_ERR_MISS", "TCP_AUTH_HIT", "TCP_AUTH_MISS", "TCP_TUNNEL_ERROR", "FAILED_UNKNOWN":
            self = .attempted
        case "TCP_HIT", "TCP_MEM_HIT", "TCP_IMS_HIT", "TCP_SPLASHED", "TCP_PARTIAL_HIT", "TCP_NEGATIVE_HIT":
            self = .cached
        case "ALLOWED", "TUNNELED", "TCP_TUNNELED", "TCP_MISS", "TCP_NC_MISS", "TCP_CLIENT_REFRESH":
            self = .reached
        default:
            self = .silent
        }
    }

    /// A value of `x-exception-id`: a refusal by policy, or a failure on the way.
    init(exception word: String) {
        let text = word.lowercased()
        let isRefusal = ["denied", "blocked", "virus", "content_filter", "policy", "coach", "warn"].contains {
            text.contains($0)
        }
        self = isRefusal ? .blocked : .attempted
    }
}
