import Bytes

/// HAProxy's HTTP and TCP log formats (configuration manual, chapter 8.2), without the syslog header:
///
///     10.20.30.40:51334 [02/Mar/2026:08:01:02.114] fe be/srv 1/0/3/20/231 200 14132 - - ---- 3/3/1/1/0 0/0
///         {a.example} {} "GET / HTTP/1.1"
///     10.20.30.40:51334 [02/Mar/2026:08:01:02.114] fe be/srv 1/3/21388 14132 -- 3/3/1/1/0 0/0 {a.example}
///
/// The time is when the connection or request came, in local time without zone. The name is that of an absolute URL
/// or of a CONNECT; else the only value in the braces of captured request headers that is a host name, which in the
/// TCP format is the captured server name. The port asked for is not logged unless a name states it.
package struct HAProxyLog: LogLineParser {
    package static let kind = "haproxy"
    package static let knowsItsEnd = false

    private var clock = LogClock()

    package init(head: RawSpan) {}

    package mutating func use(_ settings: LogSettings) { clock = settings.clock }

    package mutating func parse(_ line: RawSpan, into record: inout LogRecord) -> LogReason? {
        var words = SpacedFields(line)
        guard let client = words.next(), let time = words.next(), let frontend = words.next(),
            let backend = words.next(), let timers = words.next(), let sixth = words.next()
        else { return .fieldsMissing }
        guard let socket = Destination.readSocket(line, cell(client)) else { return .clientInvalid }
        record.client = socket.address
        guard line.byte(at: time.start) == UInt8(ascii: "["),
            line.byte(at: time.end - 1) == UInt8(ascii: "]"),
            let civil = CivilTime.commonLog(line, from: time.start + 1, to: time.end - 1),
            let moment = civil.moment(clock)
        else { return .timeInvalid }
        guard let times = HAProxyTimers(line, timers) else { return .numberInvalid }
        record.setTime(moment)
        record.setTime(start: moment.time, lasting: times.total)
        if line.byte(at: frontend.end - 1) == UInt8(ascii: "~") { record.service = .tls }
        var answer = HAProxyAnswer(line, backend, times)
        if times.count == 5 {
            guard let size = words.next(), words.next() != nil, words.next() != nil, let state = words.next()
            else {
                return .fieldsMissing
            }
            answer.status = HAProxyTimers.number(line, sixth.start, sixth.end)
            answer.size = size
            answer.state = state
        } else {
            guard let state = words.next() else { return .fieldsMissing }
            answer.size = sixth
            answer.state = state
        }
        guard words.next() != nil, let queues = words.next() else { return .fieldsMissing }
        if let reason = answer.judge(line, into: &record) { return reason }
        return readDestination(line, from: queues.end, isHTTP: times.count == 5, into: &record)
    }

    private func cell(_ field: FieldRange) -> CSVCell { CSVCell(start: field.start, end: field.end) }

    /// Braces of captured values, then in the HTTP format the quoted request.
    private func readDestination(
        _ line: RawSpan, from start: Int, isHTTP: Bool, into record: inout LogRecord
    ) -> LogReason? {
        var index = start
        var captured: CSVCell?
        while line.byte(at: index) == UInt8(ascii: " "), line.byte(at: index + 1) == UInt8(ascii: "{") {
            // HAProxy writes braces and bars inside a captured value as #XX.
            guard let brace = line.firstIndex(of: UInt8(ascii: "}"), from: index) else {
                return .fieldsMissing
            }
            if captured == nil { captured = CSVCell(start: index + 2, end: brace) }
            index = brace + 1
        }
        if isHTTP {
            guard line.byte(at: index) == UInt8(ascii: " "), line.byte(at: index + 1) == UInt8(ascii: "\"")
            else {
                return .fieldsMissing
            }
            if let reason = readRequest(line, from: index + 2, into: &record) { return reason }
            if record.name.isPresent || record.server != nil { return nil }
        }
        guard let captured, let host = onlyHost(line, captured) else { return .noDestination }
        let source: LogNameSource = isHTTP ? .logHost : .logSNI
        if let reason = Destination.readHostPort(line, host, source: source, into: &record) { return reason }
        if !isHTTP { record.service = .tls }
        if isHTTP, record.service == .unknown { record.service = .http }
        return nil
    }

    /// `METHOD target HTTP/x.y"`; `<BADREQ>` when there was none.
    private func readRequest(_ line: RawSpan, from start: Int, into record: inout LogRecord) -> LogReason? {
        var words = SpacedFields(line, from: start, to: line.byteCount)
        guard let method = words.next() else { return .fieldsMissing }
        if line.byte(at: method.start) == UInt8(ascii: "<") { return .noDestination }
        guard let target = words.next() else { return .fieldsMissing }
        record.method = ProxyRequest.method(line, method)
        let first = line.byte(at: target.start)
        if first == UInt8(ascii: "/") || first == UInt8(ascii: "*") { return nil }
        let isTLS = record.service == .tls
        let reason = ProxyRequest.readDestination(line, target, into: &record)
        if record.method == .connect { record.bytesScope = .layer4Payload }
        if isTLS, record.service == .http { record.service = .tls }
        return reason
    }

    /// The one value between bars that is a host name of two labels or more; nil when there are several.
    private func onlyHost(_ line: RawSpan, _ captured: CSVCell) -> CSVCell? {
        var found: CSVCell?
        var start = captured.start
        for index in captured.start...max(captured.start, captured.end) {
            guard index == captured.end || line.byte(at: index) == UInt8(ascii: "|") else { continue }
            let value = CSVCell(start: start, end: index)
            start = index + 1
            guard isHost(line, value) else { continue }
            if found != nil { return nil }
            found = value
        }
        return found
    }

    private func isHost(_ line: RawSpan, _ cell: CSVCell) -> Bool {
        guard !cell.isEmpty, let split = HostText.splitPort(line, from: cell.start, to: cell.end),
            let shape = HostText.shape(of: line, from: cell.start, to: split.hostEnd), !shape.endsInNumber
        else { return false }
        return line.clamped(from: 0, count: shape.end).firstIndex(of: UInt8(ascii: "."), from: cell.start)
            != nil
    }
}

/// `TR/Tw/Tc/Tr/Ta` or `Tw/Tc/Tt`, in milliseconds; -1 for what did not come to pass.
struct HAProxyTimers {
    /// 5 in the HTTP format, 3 in the TCP format.
    var count = 0
    /// Whether the connection to the server was made.
    var isConnected = false
    /// From the request or connection to its end; `+` in front says that it went on.
    var total: UInt64 = 0

    init?(_ line: RawSpan, _ field: FieldRange) {
        var start = field.start
        var values: [UInt64?] = []
        for index in field.start...field.end {
            guard index == field.end || line.byte(at: index) == UInt8(ascii: "/") else { continue }
            let from = line.byte(at: start) == UInt8(ascii: "+") ? start + 1 : start
            let isMissing = line.byte(at: from) == UInt8(ascii: "-")
            let value = HAProxyTimers.number(line, isMissing ? from + 1 : from, index)
            guard let value, values.count < 5 else { return nil }
            values.append(isMissing ? nil : value)
            start = index + 1
        }
        guard values.count == 5 || values.count == 3 else { return nil }
        count = values.count
        isConnected = values[count == 5 ? 2 : 1] != nil
        total = (values.last ?? 0) ?? 0
    }

    static func number(_ line: RawSpan, _ start: Int, _ end: Int) -> UInt64? {
        DecimalText.read(line, from: start, to: end, maxDigits: 15)
    }
}

/// What came of a connection or request.
private struct HAProxyAnswer {
    var backend: FieldRange
    var times: HAProxyTimers
    var status: UInt64?
    var size = FieldRange(start: 0, end: 0)
    var state = FieldRange(start: 0, end: 0)

    init(_ line: RawSpan, _ backend: FieldRange, _ times: HAProxyTimers) {
        self.backend = backend
        self.times = times
    }

    /// The first letter of the termination state says who ended the session: `P` is a rule of the proxy's own.
    func judge(_ line: RawSpan, into record: inout LogRecord) -> LogReason? {
        let from = line.byte(at: size.start) == UInt8(ascii: "+") ? size.start + 1 : size.start
        guard let bytes = HAProxyTimers.number(line, from, size.end) else { return .numberInvalid }
        guard state.count == (times.count == 5 ? 4 : 2), let cause = line.byte(at: state.start) else {
            return .resultInvalid
        }
        record.bytesDown = bytes
        record.bytesScope = times.count == 5 ? .httpTotal : .layer4Payload
        let noServer =
            line.clamped(from: 0, count: backend.end).byte(at: backend.end - 1) == UInt8(ascii: ">")
        if cause == UInt8(ascii: "P"), noServer || !times.isConnected {
            record.action = .blocked
        } else if noServer || !times.isConnected {
            record.action = .attempted
        } else {
            record.action = .allowed
        }
        return nil
    }
}
