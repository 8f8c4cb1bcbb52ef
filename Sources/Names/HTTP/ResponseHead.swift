import Bytes

/// The head of an HTTP/1 response (RFC 9112 §4).
package struct ResponseHead: Equatable, Sendable {
    package var status: UInt16
    /// Bytes from the start of the stream to the first byte of the body; nil when the head was cut.
    package var headLength: Int?
    /// Without regard to the request: the answers to HEAD, and 2xx to CONNECT, have no body whatever this
    /// says.
    package var bodyFraming: HTTPBodyFraming

    package init(status: UInt16, headLength: Int?, bodyFraming: HTTPBodyFraming) {
        self.status = status
        self.headLength = headLength
        self.bodyFraming = bodyFraming
    }

    /// 1xx, after which another head follows; 101 is the last in HTTP/1.
    package var isInterim: Bool { status < 200 && status != 101 }

    /// Whether a stream can begin with a response; true also for a shorter prefix.
    package static func probe(_ stream: RawSpan) -> Bool {
        var index = 0
        for expected in "HTTP/1.".utf8 {
            guard let byte = stream.byte(at: index) else { return true }
            guard byte == expected else { return false }
            index += 1
        }
        return true
    }

    /// Decodes the response at the start of `stream`. `ended`: see `Progress`.
    package static func parse(stream: RawSpan, ended: Bool = false) -> Progress<ResponseHead> {
        guard probe(stream) else { return .notMine(.unknown) }
        let isFull = ended || stream.byteCount >= HTTPLimits.headLength
        let view = stream.clamped(from: 0, count: HTTPLimits.headLength)
        guard let newline = view.firstIndex(of: 0x0a) else {
            return isFull ? .notMine(.truncated) : .needMore(until: stream.byteCount + 1)
        }
        // "HTTP/1.1 200": a reason may follow.
        guard view.byte(at: 8) == 0x20, let code = view.clamped(from: 9, count: 3).decimal(),
            let status = UInt16(exactly: code), (100...999).contains(status), newline >= 12
        else { return .notMine(.malformed) }
        let fields = HTTPFields(stream, from: newline + 1)
        if fields.end == nil, !isFull { return .needMore(until: stream.byteCount + 1) }
        return .done(
            ResponseHead(status: status, headLength: fields.end, bodyFraming: framing(fields, status: status))
        )
    }

    /// RFC 9112 §6.3.
    private static func framing(_ fields: HTTPFields, status: UInt16) -> HTTPBodyFraming {
        if status < 200 || status == 204 || status == 304 { return .none }
        if fields.transferEncoding { return fields.isChunked ? .chunked : .untilClose }
        if fields.lengthsConflict { return .unknown }
        guard let length = fields.contentLength else { return .untilClose }
        return length > 0 ? .length(length) : .none
    }
}
