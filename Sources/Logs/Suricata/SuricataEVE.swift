import Bytes

/// Suricata's `eve.json`, one event a line (`doc/userguide/output/eve/eve-json-format.rst`, `etc/schema.json`).
///
/// A `flow` event has the bytes of a connection and comes last; `tls`, `quic` and `http` events have its names;
/// `flow_id` ties them, in whichever file they are. Bytes are those of whole frames.
package struct SuricataEVE: LogLineParser {
    package static let kind = "suricata"

    /// Answers of version 1 whose further records may follow.
    private var answers = SuricataAnswers()

    package init(head: RawSpan) {}

    package mutating func finish(into chunk: inout LogChunk) { answers.finish(into: &chunk) }

    package mutating func read(_ line: RawSpan, into chunk: inout LogChunk) -> LogReason? {
        chunk.record.reset()
        // pfSense writes `@cee: ` in front of an event that goes by syslog.
        let start = line.word(at: 0, count: 6) == 0x203a_6565_6340 ? 6 : 0
        guard line.byte(at: start) == UInt8(ascii: "{") else { return .fieldsMissing }
        let event = line.clamped(from: start, count: line.byteCount)
        let reason: LogReason?? = JSONDocument.with(event) { document in
            take(document, into: &chunk)
        }
        guard let reason else { return .jsonInvalid }
        return reason
    }

    private mutating func take(_ document: borrowing JSONDocument, into chunk: inout LogChunk) -> LogReason? {
        let root = JSONDocument.root
        guard let type = document.string(document.member(root, "event_type")),
            let stamp = document.text(document.member(root, "timestamp"))
        else { return .fieldsMissing }
        guard let moment = ClockText.iso(document.texts, at: stamp.start, clock: LogClock()) else {
            return .timeInvalid
        }
        chunk.record.setTime(moment)
        guard let kind = Event(rawValue: type) else { return .otherProgram }
        if kind == .dns { return SuricataLookup.take(document, moment.time, &answers, into: &chunk) }
        var part: LogConnectionPart
        switch SuricataEVE.ends(document, moment.time) {
        case .failure(let fault): return fault.reason
        case .success(let found): part = found
        }
        part.format = chunk.record.format
        guard let body = document.member(root, kind.key) else { return .fieldsMissing }
        switch kind {
        case .flow: return SuricataEVE.takeFlow(&part, document, body, into: &chunk)
        case .netflow: return SuricataEVE.takeHalf(&part, document, body, into: &chunk)
        case .http: return SuricataEVE.takeRequest(&part, document, body, into: &chunk)
        case .tls, .quic:
            return SuricataEVE.takeServerName(&part, document, body, isQUIC: kind == .quic, into: &chunk)
        case .dns: return .otherProgram
        }
    }

    /// The events that are read, each with its facts under its own name.
    private enum Event: String {
        case flow, netflow, tls, quic, http, dns

        var key: JSONKey {
            switch self {
            case .flow: "flow"
            case .netflow: "netflow"
            case .tls: "tls"
            case .quic: "quic"
            case .http: "http"
            case .dns: "dns"
            }
        }
    }

    private struct Fault: Error { var reason: LogReason }

    /// The connection and its ends: `src_ip` is who began it, in all event types that are read.
    private static func ends(_ document: borrowing JSONDocument, _ time: Timestamp)
        -> Result<LogConnectionPart, Fault>
    {
        let root = JSONDocument.root
        let transport: LogTransport
        switch document.string(document.member(root, "proto")) {
        case "TCP": transport = .tcp
        case "UDP": transport = .udp
        case .some: return .failure(Fault(reason: .otherTransport))
        case nil: return .failure(Fault(reason: .fieldsMissing))
        }
        guard let id = document.unsigned(document.member(root, "flow_id")) else {
            return .failure(Fault(reason: .fieldsMissing))
        }
        guard let client = document.address(document.member(root, "src_ip")),
            let server = document.address(document.member(root, "dest_ip"))
        else { return .failure(Fault(reason: .clientInvalid)) }
        guard let port = document.port(document.member(root, "dest_port")) else {
            return .failure(Fault(reason: .portInvalid))
        }
        return .success(
            LogConnectionPart(
                key: LogConnectionKey(number: id), client: client, server: server, port: port,
                transport: transport, start: time, end: time))
    }

    private static func takeFlow(
        _ part: inout LogConnectionPart, _ document: borrowing JSONDocument, _ body: Int,
        into chunk: inout LogChunk
    ) -> LogReason? {
        guard let start = moment(document, document.member(body, "start")),
            let end = moment(document, document.member(body, "end"))
        else { return .timeInvalid }
        part.start = start
        part.end = max(start, end)
        chunk.record.start = part.start
        chunk.record.end = part.end
        part.bytesUp = document.unsigned(document.member(body, "bytes_toserver"))
        part.bytesDown = document.unsigned(document.member(body, "bytes_toclient"))
        part.service = service(document.string(document.member(JSONDocument.root, "app_proto")) ?? "")
        part.action = action(part, document, body)
        // No other event names a connection that carried DNS: it need not wait.
        if part.service == .dns { return chunk.add(part) }
        chunk.connections.add(flow: part)
        return nil
    }

    /// A `netflow` event tells one direction. Which side is the client, the ports say: servers listen on registered
    /// ones, and those of clients are high (RFC 6335 §6).
    private static func takeHalf(
        _ part: inout LogConnectionPart, _ document: borrowing JSONDocument, _ body: Int,
        into chunk: inout LogChunk
    ) -> LogReason? {
        guard let source = document.port(document.member(JSONDocument.root, "src_port")) else {
            return .portInvalid
        }
        guard let start = moment(document, document.member(body, "start")),
            let end = moment(document, document.member(body, "end"))
        else { return .timeInvalid }
        part.start = start
        part.end = max(start, end)
        chunk.record.start = part.start
        chunk.record.end = part.end
        part.service = service(document.string(document.member(JSONDocument.root, "app_proto")) ?? "")
        part.isHalf = true
        let bytes = document.unsigned(document.member(body, "bytes"))
        if isFromServer(part, source) {
            (part.client, part.server, part.port) = (part.server, part.client, source)
            part.bytesDown = bytes
            part.action = .allowed
        } else {
            part.bytesUp = bytes
        }
        chunk.connections.add(flow: part)
        return nil
    }

    private static func isFromServer(_ part: LogConnectionPart, _ source: UInt16) -> Bool {
        let serves = ServicePort.contains(source)
        if serves != ServicePort.contains(part.port) { return serves }
        if source != part.port { return source < part.port }
        return part.server < part.client
    }

    private static func action(_ part: LogConnectionPart, _ document: borrowing JSONDocument, _ body: Int)
        -> LogAction
    {
        if document.string(document.member(body, "action")) == "drop" { return .blocked }
        guard (part.bytesDown ?? 0) > 0 else { return .attempted }
        // A server that answered with nothing but resets took no data: its flags (RFC 9293 §3.1) have no SYN then.
        if part.transport == .tcp, let tcp = document.member(JSONDocument.root, "tcp"),
            let flags = document.string(document.member(tcp, "tcp_flags_tc")).flatMap({ UInt8($0, radix: 16) }
            ),
            flags & 0x02 == 0, flags & 0x04 != 0
        {
            return .attempted
        }
        return .allowed
    }

    private static func moment(_ document: borrowing JSONDocument, _ index: Int?) -> Timestamp? {
        guard let field = document.text(index) else { return nil }
        return ClockText.iso(document.texts, at: field.start, clock: LogClock())?.time
    }

    private static func service(_ word: String) -> LogService {
        switch word {
        case "tls": .tls
        case "quic": .quic
        case "http", "http2": .http
        case "dns": .dns
        case "ftp", "ftp-data": .ftp
        default: .unknown
        }
    }

    private static func takeServerName(
        _ part: inout LogConnectionPart, _ document: borrowing JSONDocument, _ body: Int, isQUIC: Bool,
        into chunk: inout LogChunk
    ) -> LogReason? {
        guard let field = document.text(document.member(body, "sni")), field.count > 0 else {
            return .noDestination
        }
        part.service = isQUIC ? .quic : .tls
        // Without a flow event nothing shows more than that the client spoke; a version shows that TLS was agreed on.
        part.action = isQUIC || document.member(body, "version") != nil ? .allowed : .attempted
        let reason = HostText.readHost(
            document.texts, from: field.start, to: field.end, source: .logSNI, into: &chunk.record)
        return add(part, reason, document, into: &chunk)
    }

    /// `hostname` is the Host header; of a CONNECT the target stands in `url`.
    private static func takeRequest(
        _ part: inout LogConnectionPart, _ document: borrowing JSONDocument, _ body: Int,
        into chunk: inout LogChunk
    ) -> LogReason? {
        let isConnect = document.string(document.member(body, "http_method")) == "CONNECT"
        let place = document.member(body, isConnect ? "url" : "hostname")
        guard let field = document.text(place), field.count > 0 else { return .noDestination }
        part.service = .http
        part.action = document.unsigned(document.member(body, "status")) != nil ? .allowed : .attempted
        guard let split = HostText.splitPort(document.texts, from: field.start, to: field.end) else {
            return .portInvalid
        }
        let reason = HostText.readHost(
            document.texts, from: field.start, to: split.hostEnd, source: isConnect ? .httpConnect : .logHost,
            into: &chunk.record)
        return add(part, reason, document, into: &chunk)
    }

    private static func add(
        _ part: LogConnectionPart, _ reason: LogReason?, _ document: borrowing JSONDocument,
        into chunk: inout LogChunk
    ) -> LogReason? {
        if let reason { return reason }
        guard chunk.record.name.isPresent else { return .noDestination }
        return chunk.connections.add(part, named: chunk.record, line: document.texts) ? nil : .tableFull
    }
}
