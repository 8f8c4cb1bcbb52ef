import Bytes

/// The columns of Zeek's logs that are used, by their names in `#fields` and in JSON.
enum ZeekColumn: UInt8, CaseIterable, Sendable {
    case ts, uid, proto, service, duration, origHost, respHost, respPort
    case origBytes, respBytes, origIPBytes, respIPBytes, connState
    case serverName, established, cipher, sslHistory
    case host, uri, method, transDepth, statusCode, dcid
    case query, rejected, answers, ttls, qtypeName, rcodeName, transID
    case path, uids, msgTypes

    /// By raw value.
    static let names = [
        "ts", "uid", "proto", "service", "duration", "id.orig_h", "id.resp_h", "id.resp_p",
        "orig_bytes", "resp_bytes", "orig_ip_bytes", "resp_ip_bytes", "conn_state",
        "server_name", "established", "cipher", "ssl_history",
        "host", "uri", "method", "trans_depth", "status_code", "client_initial_dcid",
        "query", "rejected", "answers", "TTLs", "qtype_name", "rcode_name", "trans_id",
        "_path", "uids", "msg_types",
    ]

    init?(name: String) {
        guard let place = ZeekColumn.names.firstIndex(of: name) else { return nil }
        self = ZeekColumn.allCases[place]
    }
}

/// What one line states, whichever way it was written; ranges are of the line (TSV) or of the document's texts
/// (JSON).
struct ZeekFacts {
    /// Columns that the line has a value for, one bit each.
    private var present: UInt64 = 0
    var time: LogMoment?
    var uid: FieldRange?
    var origin: IPAddress?
    var responder: IPAddress?
    var port: UInt16?
    var proto: FieldRange?
    var service: FieldRange?
    /// Nanoseconds.
    var duration: Int64 = 0
    var origBytes: UInt64?
    var respBytes: UInt64?
    var origIPBytes: UInt64?
    var respIPBytes: UInt64?
    var state: FieldRange?
    var serverName: FieldRange?
    var isEstablished = false
    var host: FieldRange?
    var uri: FieldRange?
    var method: FieldRange?
    var query: FieldRange?
    var queryType: FieldRange?
    var resultCode: FieldRange?
    var isRejected = false
    var answers: [FieldRange] = []
    /// Seconds, one for each answer.
    var lifetimes: [UInt64] = []

    func has(_ column: ZeekColumn) -> Bool { present & ZeekFacts.bit(column) != 0 }

    private static func bit(_ column: ZeekColumn) -> UInt64 { 1 &<< UInt64(column.rawValue) }

    /// Takes a value that stands as text.
    mutating func set(_ column: ZeekColumn, _ text: RawSpan, _ field: FieldRange) {
        present |= ZeekFacts.bit(column)
        func number() -> UInt64? { DecimalText.read(text, from: field.start, to: field.end) }
        switch column {
        case .ts: time = ZeekFacts.moment(text, field)
        case .uid: uid = field
        case .origHost: origin = ZeekFacts.address(text, field)
        case .respHost: responder = ZeekFacts.address(text, field)
        case .respPort: port = number().flatMap { UInt16(exactly: $0) }
        case .proto: proto = field
        case .service: service = field
        case .duration: duration = ZeekFacts.nanoseconds(text, field) ?? 0
        case .origBytes: origBytes = number()
        case .respBytes: respBytes = number()
        case .origIPBytes: origIPBytes = number()
        case .respIPBytes: respIPBytes = number()
        case .connState: state = field
        case .serverName: serverName = field
        case .established: isEstablished = text.byte(at: field.start) == UInt8(ascii: "T")
        case .host: host = field
        case .uri: uri = field
        case .method: method = field
        case .query: query = field
        case .qtypeName: queryType = field
        case .rcodeName: resultCode = field
        case .rejected: isRejected = text.byte(at: field.start) == UInt8(ascii: "T")
        case .sslHistory, .cipher, .transDepth, .statusCode, .dcid, .transID, .path, .uids, .msgTypes,
            .answers,
            .ttls:
            break
        }
    }

    /// Takes a value of a JSON line.
    mutating func set(_ column: ZeekColumn, _ document: borrowing JSONDocument, _ index: Int) {
        let kind = document.kind(index)
        guard kind != .null else { return }
        if let field = document.text(index) { return set(column, document.texts, field) }
        present |= ZeekFacts.bit(column)
        switch column {
        case .ts: time = ZeekFacts.moment(document, index)
        case .duration: duration = document.double(index).flatMap(ZeekFacts.nanoseconds) ?? 0
        case .respPort: port = document.port(index)
        case .origBytes: origBytes = document.unsigned(index)
        case .respBytes: respBytes = document.unsigned(index)
        case .origIPBytes: origIPBytes = document.unsigned(index)
        case .respIPBytes: respIPBytes = document.unsigned(index)
        case .established: isEstablished = document.bool(index) == true
        case .rejected: isRejected = document.bool(index) == true
        case .answers: answers = document.members(index).compactMap { document.text($0) }
        case .ttls:
            lifetimes = document.members(index).map { member in
                document.double(member).flatMap { UInt64(exactly: $0.rounded()) } ?? 0
            }
        default: break
        }
    }

    /// Seconds since 1970 with a fraction, or ISO 8601 in UTC.
    private static func moment(_ text: RawSpan, _ field: FieldRange) -> LogMoment? {
        if let value = nanoseconds(text, field) {
            return LogMoment(time: Timestamp(nanoseconds: value), assumed: [], end: field.end)
        }
        return ClockText.iso(text, at: field.start, clock: LogClock())
    }

    /// Seconds, or milliseconds when the number is of their size.
    private static func moment(_ document: borrowing JSONDocument, _ index: Int) -> LogMoment? {
        guard let value = document.double(index) else { return nil }
        return nanoseconds(value >= 1e11 ? value / 1000 : value).map {
            LogMoment(time: Timestamp(nanoseconds: $0), assumed: [], end: 0)
        }
    }

    /// A decimal number of seconds.
    private static func nanoseconds(_ text: RawSpan, _ field: FieldRange) -> Int64? {
        let end = text.clamped(from: 0, count: field.end).firstIndex(of: UInt8(ascii: "."), from: field.start)
        let dot = end ?? field.end
        guard let seconds = DecimalText.read(text, from: field.start, to: dot, maxDigits: 10) else {
            return nil
        }
        var index = dot
        let fraction = end == nil ? 0 : ClockText.fraction(text, &index)
        guard end == nil || index == field.end else { return nil }
        return Timestamp(seconds: Int64(truncatingIfNeeded: seconds), nanoseconds: fraction)?.nanoseconds
    }

    /// To the microsecond, which is what Zeek writes; finer digits are the floating point's.
    private static func nanoseconds(_ seconds: Double) -> Int64? {
        guard seconds >= 0, let micros = Int64(exactly: (seconds * 1e6).rounded()),
            micros < 9_000_000_000_000_000
        else { return nil }
        return micros * 1000
    }

    private static func address(_ text: RawSpan, _ field: FieldRange) -> IPAddress? {
        if let quick = IPAddress.quickIPv4(text, from: field.start, to: field.end) { return quick }
        return IPAddress(ascii: text.clamped(from: field.start, count: field.count))?.unmapped
    }
}

/// Which of Zeek's logs a line is of.
enum ZeekPath: Equatable, Sendable {
    case conn, dns, ssl, http, quic, other

    init(_ name: String) {
        switch name {
        case "conn": self = .conn
        case "dns": self = .dns
        case "ssl": self = .ssl
        case "http": self = .http
        case "quic": self = .quic
        default: self = .other
        }
    }

    /// By the columns that only one log has; nil when there is none of them.
    init?(_ has: (ZeekColumn) -> Bool) {
        if has(.connState) {
            self = .conn
        } else if has(.transDepth) {
            self = .http
        } else if has(.dcid) {
            self = .quic
        } else if has(.sslHistory) || has(.cipher) && has(.established) {
            self = .ssl
        } else if has(.msgTypes), has(.uids) {
            self = .other
        } else if has(.transID) || has(.qtypeName) && has(.origHost) {
            self = .dns
        } else {
            return nil
        }
    }
}
