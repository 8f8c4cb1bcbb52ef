import Bytes

/// The head of an HTTP/1 request (RFC 9112 §3): whom it is for and where the next one begins. Path and query
/// are not kept.
package struct RequestHead: Equatable, Sendable {
    /// The four forms of a target (RFC 9112 §3.2).
    package enum Form: Equatable, Sendable {
        /// `/path`: the server itself is meant.
        case origin
        /// `http://host/path`: a proxy is asked.
        case absolute
        /// `host:port`, of CONNECT only: a tunnel is asked for.
        case authority
        /// `*`, of OPTIONS only.
        case asterisk
        /// None of these.
        case other
    }

    package var method: String
    package var form: Form
    /// The host in the target itself, of absolute and authority form.
    package var targetHost: HostName?
    /// The first Host field.
    package var hostField: HostName?
    /// Why a stated host is not a host name: the target's refusal, else that of the Host field.
    package var refusal: HostName.Refusal?
    /// Several Host fields that differ.
    package var hostsConflict = false
    /// 0 for HTTP/1.0, 1 for HTTP/1.1.
    package var minorVersion: UInt8
    /// Bytes from the start of the stream to the first byte of the body; nil when the head was cut.
    package var headLength: Int?
    package var bodyFraming: HTTPBodyFraming = .none
    package var hasUpgrade = false
    /// The target is the usual one of DNS over HTTPS, `/dns-query` (RFC 8484 §4.1 and §6), in origin form.
    package var isDNSQuery = false
    /// Asks to go on in HTTP/2 (`Upgrade: h2c`, RFC 7540 §3.2).
    package var upgradesToHTTP2 = false

    package init(method: String, form: Form, minorVersion: UInt8) {
        self.method = method
        self.form = form
        self.minorVersion = minorVersion
    }

    package var isConnect: Bool { method == "CONNECT" }

    /// Whom the request is for: an absolute or authority target outranks the Host field (RFC 9112 §3.2.2).
    package var host: HostName? { targetHost ?? (form == .authority ? nil : hostField) }

    /// Whether a stream can begin with a request: looks at the method alone, at most 33 bytes, and allocates
    /// nothing. True also for a shorter prefix that does not contradict it. HTTP/2's preface is not HTTP/1.
    package static func probe(_ stream: RawSpan) -> Bool {
        let start = leadingNewlines(stream)
        guard let length = methodLength(stream, from: start) else { return false }
        guard stream.byte(at: start + length) != nil else { return true }
        if let next = stream.byte(at: start + length + 1), next <= 0x20 || next == 0x7f { return false }
        return !stream.has("PRI * HTTP/2", at: start)
    }

    /// Decodes the request at the start of `stream`. Needs more until the empty line after the head has come
    /// or `HTTPLimits.headLength` is reached. `ended`: see `Progress`.
    package static func parse(stream: RawSpan, ended: Bool = false) -> Progress<RequestHead> {
        guard probe(stream) else { return .notMine(.unknown) }
        let isFull = ended || stream.byteCount >= HTTPLimits.headLength
        let start = leadingNewlines(stream)
        let view = stream.clamped(from: 0, count: HTTPLimits.headLength)
        guard let newline = view.firstIndex(of: 0x0a, from: start) else {
            return isFull ? .notMine(.truncated) : .needMore(until: stream.byteCount + 1)
        }
        var line = view.clamped(from: start, count: newline - start)
        if line.byte(at: line.byteCount - 1) == 0x0d {
            line = line.clamped(from: 0, count: line.byteCount - 1)
        }
        guard var head = readRequestLine(line) else { return .notMine(.unknown) }
        let fields = HTTPFields(stream, from: newline + 1)
        if fields.end == nil, !isFull { return .needMore(until: stream.byteCount + 1) }
        head.take(fields)
        return .done(head)
    }

    /// RFC 9112 §2.2: a server ignores an empty line before the request line; two are what old clients send
    /// after a body.
    private static func leadingNewlines(_ stream: RawSpan) -> Int {
        var index = 0
        while index < 4, let byte = stream.byte(at: index), byte == 0x0d || byte == 0x0a { index += 1 }
        return index
    }

    /// The length of the method at `start`, which is followed by a space or by the prefix's end; nil when
    /// there is none. Methods are tokens, case-sensitive; all in use are upper case with `-` or `_` (RFC
    /// 9110 §9.1).
    private static func methodLength(_ stream: RawSpan, from start: Int) -> Int? {
        var length = 0
        while let byte = stream.byte(at: start + length) {
            if byte == 0x20 { return length >= 2 ? length : nil }
            let isLetter = byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")
            let isOther = byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || isASCIIDigit(byte)
            guard isLetter || (length > 0 && isOther), length < HTTPLimits.methodLength else { return nil }
            length += 1
        }
        return length
    }

    /// `method SP target SP HTTP/1.x`. HTTP/0.9's bare `GET /path` is not recognised: it names nobody.
    private static func readRequestLine(_ line: RawSpan) -> RequestHead? {
        guard let length = methodLength(line, from: 0), length > 0 else { return nil }
        let versionStart = line.byteCount - 8
        guard versionStart >= length + 2, line.has("HTTP/1.", at: versionStart),
            let minor = line.byte(at: versionStart + 7), isASCIIDigit(minor),
            line.byte(at: versionStart - 1) == 0x20
        else { return nil }
        let method = line.clamped(from: 0, count: length).copied()
        let target = line.clamped(from: length + 1, count: versionStart - length - 2).trimmingBlanks()
        var head = RequestHead(
            method: String(decoding: method, as: UTF8.self), form: .other,
            minorVersion: minor - UInt8(ascii: "0"))
        head.readTarget(target)
        return head
    }

    private mutating func readTarget(_ target: RawSpan) {
        if isConnect {
            form = .authority
            // `host:port / HTTP/1.0` occurs: what follows a blank is ignored, if a port before it says that
            // the authority was whole.
            let blank = target.firstIndex(of: 0x20) ?? target.byteCount
            readTargetHost(HTTPAuthority.withoutUserinfo(target.clamped(from: 0, count: blank)))
            if blank < target.byteCount, targetHost?.port == nil {
                targetHost = nil
                refusal = refusal ?? .character
            }
        } else if target.byte(at: 0) == UInt8(ascii: "/") {
            form = .origin
            let end = target.byte(at: 10)
            isDNSQuery = target.has("/dns-query", at: 0) && (end == nil || end == UInt8(ascii: "?"))
        } else if target.byteCount == 1, target.byte(at: 0) == UInt8(ascii: "*") {
            form = .asterisk
        } else if let authority = HTTPAuthority.ofURI(target) {
            form = .absolute
            readTargetHost(authority)
        }
    }

    private mutating func readTargetHost(_ authority: RawSpan) {
        do {
            targetHost = try HostName.parse(authority)
        } catch {
            refusal = error
        }
    }

    private mutating func take(_ fields: HTTPFields) {
        hostField = fields.host
        refusal = refusal ?? (targetHost == nil ? fields.hostRefusal : nil)
        hostsConflict = fields.hostsConflict
        headLength = fields.end
        hasUpgrade = fields.hasUpgrade
        upgradesToHTTP2 = fields.upgradesToHTTP2
        // RFC 9112 §6.3: Transfer-Encoding outranks Content-Length; a request whose last coding is not
        // chunked has no end that can be known. What follows CONNECT is the tunnel.
        if isConnect {
            bodyFraming = .none
        } else if fields.transferEncoding {
            bodyFraming = fields.isChunked ? .chunked : .unknown
        } else if fields.lengthsConflict {
            bodyFraming = .unknown
        } else if let length = fields.contentLength, length > 0 {
            bodyFraming = .length(length)
        }
    }
}
