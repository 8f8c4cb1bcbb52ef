import Bytes

/// What the lines of Zeek's logs mean (`scripts/base/protocols/*/main.zeek`).
///
/// conn.log has the bytes of a connection, ssl.log, quic.log and http.log its names; `uid` ties them, in whichever
/// file they are. Bytes are counted once, from conn.log.
enum ZeekLine {
    static func take(
        _ facts: ZeekFacts, _ path: ZeekPath, text: RawSpan, into chunk: inout LogChunk
    ) -> LogReason? {
        if path == .other { return .otherProgram }
        guard let moment = facts.time else { return .timeInvalid }
        chunk.record.setTime(moment)
        if path == .dns { return takeLookup(facts, text, into: &chunk) }
        guard let client = facts.origin, let server = facts.responder else { return .clientInvalid }
        guard let port = facts.port else { return .portInvalid }
        guard let uid = facts.uid, let key = LogConnectionKey(uid: text, uid) else { return .fieldsMissing }
        var part = LogConnectionPart(
            key: key, client: client, server: server, port: port, transport: .tcp, start: moment.time,
            end: moment.time)
        part.flags = moment.assumed
        part.format = chunk.record.format
        switch path {
        case .conn: return takeConnection(&part, facts, text, into: &chunk)
        case .ssl, .quic: return takeServerName(&part, facts, path, text, into: &chunk)
        case .http: return takeRequest(&part, facts, text, into: &chunk)
        case .dns, .other: return .otherProgram
        }
    }

    private static func takeConnection(
        _ part: inout LogConnectionPart, _ facts: ZeekFacts, _ text: RawSpan, into chunk: inout LogChunk
    ) -> LogReason? {
        switch word(facts.proto, text) {
        case "tcp": part.transport = .tcp
        case "udp": part.transport = .udp
        default: return .otherTransport
        }
        let end = part.start.nanoseconds.addingReportingOverflow(facts.duration)
        guard !end.overflow else { return .numberInvalid }
        part.end = Timestamp(nanoseconds: end.partialValue)
        chunk.record.end = part.end
        part.service = service(word(facts.service, text))
        // States in which the responder took part; the others are attempts (base/protocols/conn/main.zeek).
        switch word(facts.state, text) {
        case "SF", "S1", "S2", "S3", "RSTO", "RSTR", "OTH": part.action = .allowed
        default: part.action = .attempted
        }
        if facts.origIPBytes != nil || facts.respIPBytes != nil {
            (part.bytesUp, part.bytesDown, part.bytesScope) = (facts.origIPBytes, facts.respIPBytes, .layer3)
        } else if facts.origBytes != nil || facts.respBytes != nil {
            (part.bytesUp, part.bytesDown, part.bytesScope) = (
                facts.origBytes, facts.respBytes, .layer4Payload
            )
        }
        // No other log names a connection that carried DNS alone: it need not wait.
        if part.service == .dns, word(facts.service, text) == "dns" { return chunk.add(part) }
        chunk.connections.add(flow: part)
        return nil
    }

    private static func service(_ word: String) -> LogService {
        switch word {
        case "": return .unknown
        case "ssl": return .tls
        case "dns": return .dns
        case "http": return .http
        default: break
        }
        let words = word.split(separator: ",")
        if words.contains("quic") { return .quic }
        if words.contains("ssl") { return .tls }
        if words.contains("http") { return .http }
        if words.contains("dns") { return .dns }
        return words.contains("ftp") || words.contains("ftp-data") ? .ftp : .unknown
    }

    private static func takeServerName(
        _ part: inout LogConnectionPart, _ facts: ZeekFacts, _ path: ZeekPath, _ text: RawSpan,
        into chunk: inout LogChunk
    ) -> LogReason? {
        guard let field = facts.serverName, field.count > 0 else { return .noDestination }
        part.service = path == .quic ? .quic : .tls
        part.transport = path == .quic ? .udp : .tcp
        part.action = facts.isEstablished || path == .quic ? .allowed : .attempted
        let reason = HostText.readHost(
            text, from: field.start, to: field.end, source: .logSNI, into: &chunk.record)
        return add(part, reason, text, into: &chunk)
    }

    private static func takeRequest(
        _ part: inout LogConnectionPart, _ facts: ZeekFacts, _ text: RawSpan, into chunk: inout LogChunk
    ) -> LogReason? {
        let isConnect = word(facts.method, text) == "CONNECT"
        guard let field = isConnect ? facts.uri : facts.host, field.count > 0 else { return .noDestination }
        part.service = .http
        part.action = facts.has(.statusCode) ? .allowed : .attempted
        guard let split = HostText.splitPort(text, from: field.start, to: field.end) else {
            return .portInvalid
        }
        let reason = HostText.readHost(
            text, from: field.start, to: split.hostEnd, source: isConnect ? .httpConnect : .logHost,
            into: &chunk.record)
        return add(part, reason, text, into: &chunk)
    }

    /// An address where a name is wanted says nothing that conn.log does not.
    private static func add(
        _ part: LogConnectionPart, _ reason: LogReason?, _ text: RawSpan, into chunk: inout LogChunk
    ) -> LogReason? {
        if let reason { return reason }
        guard chunk.record.name.isPresent else { return .noDestination }
        return chunk.connections.add(part, named: chunk.record, line: text) ? nil : .tableFull
    }

    static func word(_ field: FieldRange?, _ text: RawSpan) -> String {
        guard let field else { return "" }
        return String(ascii: text.clamped(from: field.start, count: min(field.count, 64)))
    }
}
