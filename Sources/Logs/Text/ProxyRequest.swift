import Bytes

/// The client, method and target of a proxied request, which all of Squid's formats state alike.
enum ProxyRequest {
    /// Sets the record's destination from the target of a request, whose method the record already has.
    @inline(__always)
    static func readDestination(
        _ line: RawSpan, _ target: FieldRange, into record: inout LogRecord
    ) -> LogReason? {
        record.method == .connect
            ? readTarget(line, target, into: &record) : readURL(line, target, into: &record)
    }

    static func readClient(_ line: RawSpan, _ field: FieldRange, into record: inout LogRecord) -> LogReason? {
        if let address = IPAddress.quickIPv4(line, from: field.start, to: field.end) {
            record.client = address
            return nil
        }
        if line.isDash(field) { return .internalRequest }
        if let address = IPAddress(ascii: line.clamped(from: field.start, count: field.count)) {
            record.client = address.unmapped
            return nil
        }
        record.clientHost = HostText.clientName(line, from: field.start, to: field.end, into: &record)
        return record.clientHost.isPresent ? nil : .clientInvalid
    }

    /// `host:port` of a CONNECT.
    private static func readTarget(_ line: RawSpan, _ field: FieldRange, into record: inout LogRecord)
        -> LogReason?
    {
        if line.isDash(field) || isError(line, field) { return .noDestination }
        guard let split = HostText.splitPort(line, from: field.start, to: field.end), let port = split.port
        else {
            return .portInvalid
        }
        record.port = port
        // The log does not say what ran inside. On 443 it is TLS but for oddities; elsewhere it stays
        // unknown.
        record.service = port == 443 ? .tls : .unknown
        return HostText.readHost(
            line, from: field.start, to: split.hostEnd, source: .httpConnect, into: &record)
    }

    private static func readURL(_ line: RawSpan, _ field: FieldRange, into record: inout LogRecord)
        -> LogReason?
    {
        guard let url = URLText(line, field) else {
            let isPath = line.byte(at: field.start) == UInt8(ascii: "/")
            let isNone = isPath || line.isDash(field) || isError(line, field)
            return isNone ? .noDestination : .targetInvalid
        }
        if url.scheme == .internalObject { return .internalRequest }
        guard let split = HostText.splitPort(line, from: url.hostStart, to: url.authorityEnd) else {
            return .portInvalid
        }
        record.service = url.scheme.service
        record.port = split.port ?? url.scheme.port
        return HostText.readHost(
            line, from: url.hostStart, to: split.hostEnd, source: .proxyURL, into: &record)
    }

    private static func isError(_ line: RawSpan, _ field: FieldRange) -> Bool {
        field.count >= 6 && line.word(at: field.start, count: 6) == 0x3a72_6f72_7265  // "error:"
    }

    @inline(__always)
    static func method(_ line: RawSpan, _ field: FieldRange) -> LogMethod {
        guard field.count <= 8 else { return .other }
        return switch line.word(at: field.start, count: field.count) {
        case 0x54_4547: .get
        case 0x4441_4548: .head
        case 0x5453_4f50: .post
        case 0x54_5550: .put
        case 0x54_4345_4e4e_4f43: .connect
        case 0x4554_454c_4544: .delete
        case 0x53_4e4f_4954_504f: .options
        case 0x48_4354_4150: .patch
        case 0x2d: .none
        default: .other
        }
    }
}
