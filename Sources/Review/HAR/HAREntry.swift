import Bytes
import Logs

/// Reads one entry of a HAR (HTTP Archive 1.2 §entries, and what browsers add under names that begin with `_`).
///
/// Every member may be missing: exporters leave out what they do not know.
enum HAREntry {
    /// Nil when the bytes are no JSON object with a `request` that has a `url`.
    static func read(_ piece: HARCutter.Piece) -> Exchange? {
        let read = piece.bytes.withRawSpan { span in
            JSONDocument.withEntry(span) { document in HAREntryReader(document).exchange() }
        }
        guard var exchange = read ?? nil else { return nil }
        for _ in 0..<piece.cutStrings { exchange.note(.bodyCut) }
        return exchange
    }
}

private struct HAREntryReader: ~Escapable {
    private let document: JSONDocument

    @_lifetime(copy document)
    init(_ document: borrowing JSONDocument) { self.document = copy document }

    func exchange() -> Exchange? {
        guard let request = document.member(JSONDocument.root, "request"),
            let url = document.string(document.member(request, "url"))
        else { return nil }
        var exchange = Exchange()
        exchange.url = URLParts(url)
        exchange.start = time(document.member(JSONDocument.root, "startedDateTime"))
        exchange.method = document.string(document.member(request, "method")) ?? "GET"
        exchange.request = message(request)
        readPostData(request, &exchange)
        exchange.cookiesSent = pairs(document.member(request, "cookies"))
        if let response = document.member(JSONDocument.root, "response") { read(response, into: &exchange) }
        if exchange.status == 0, !exchange.hasFailed { exchange.note(.noAnswer) }
        exchange.initiator = initiator()
        // Chrome writes IPv6 addresses in brackets.
        exchange.server = document.string(document.member(JSONDocument.root, "serverIPAddress")).flatMap {
            IPAddress($0.hasPrefix("[") && $0.hasSuffix("]") ? String($0.dropFirst().dropLast()) : $0)
        }
        readSocket(into: &exchange)
        count(request, &exchange)
        return exchange
    }

    private func time(_ index: Int?) -> Timestamp? {
        document.text(index).flatMap { HARTime.read(document.texts.clamped(from: $0.start, count: $0.count)) }
    }

    private func bytes(_ index: Int?) -> [UInt8]? {
        document.text(index).map { document.texts.clamped(from: $0.start, count: $0.count).copied() }
    }

    /// A list of objects with `name` and `value`, as headers, cookies and parameters are.
    private func pairs(_ index: Int?) -> [Exchange.Header] {
        guard let index else { return [] }
        return document.members(index).compactMap { member in
            guard let name = document.string(document.member(member, "name")) else { return nil }
            return Exchange.Header(name: name, value: bytes(document.member(member, "value")) ?? [])
        }
    }

    private func message(_ index: Int) -> Exchange.Message {
        var message = Exchange.Message()
        message.headers = pairs(document.member(index, "headers"))
        message.mediaType = message.header("content-type").map(mediaType) ?? ""
        return message
    }

    // MARK: - Request

    private func readPostData(_ request: Int, _ exchange: inout Exchange) {
        guard let post = document.member(request, "postData") else {
            if let size = document.unsigned(document.member(request, "bodySize")), size > 0 {
                exchange.note(.bodyNotRecorded)
            }
            return
        }
        if let type = bytes(document.member(post, "mimeType")), !type.isEmpty {
            exchange.request.mediaType = mediaType(type)
        }
        if let text = bytes(document.member(post, "text")), !text.isEmpty {
            exchange.request.body = decoded(text, member: post, &exchange)
        } else {
            // Firefox and others list a form's fields, and sometimes nothing else.
            let fields = pairs(document.member(post, "params"))
            exchange.request.body = Array(
                fields.map { Array("\($0.name)=".utf8) + $0.value }.joined(separator: "&".utf8))
        }
    }

    /// The text itself, or what it is base64 of.
    private func decoded(_ text: [UInt8], member: Int, _ exchange: inout Exchange) -> [UInt8] {
        let encoding = document.string(document.member(member, "encoding"))
        guard encoding?.lowercased() == "base64" else { return text }
        let (bytes, isWhole) = text.withRawSpan { Base64Text.decode($0, from: 0, to: $0.byteCount) }
        if !isWhole { exchange.note(.brokenBase64) }
        return bytes
    }

    // MARK: - Response

    private func read(_ response: Int, into exchange: inout Exchange) {
        exchange.response = message(response)
        exchange.status =
            document.unsigned(document.member(response, "status"))
            .flatMap { Int(exactly: $0) } ?? 0
        let error = document.string(document.member(response, "_error")) ?? ""
        exchange.hasFailed = exchange.status == 0 && NotSent.says(error)
        let location = document.string(document.member(response, "redirectURL")) ?? ""
        if !location.isEmpty {
            exchange.redirect = location
        } else if (300...399).contains(exchange.status), let header = exchange.response.header("location") {
            exchange.redirect = String(decoding: header, as: UTF8.self)
        }
        let listed = pairs(document.member(response, "cookies")).map(\.name)
        exchange.cookiesSet = CookieNames.read(exchange.response.headers, listed: listed)
        readContent(response, into: &exchange)
    }

    private func readContent(_ response: Int, into exchange: inout Exchange) {
        guard let content = document.member(response, "content") else { return }
        if let type = bytes(document.member(content, "mimeType")), !type.isEmpty {
            exchange.response.mediaType = mediaType(type)
        }
        let size = document.unsigned(document.member(content, "size")) ?? 0
        guard let text = bytes(document.member(content, "text")) else {
            if size > 0 { exchange.note(.bodyNotRecorded) }
            return
        }
        exchange.response.body = decoded(text, member: content, &exchange)
        // Sizes count bytes and browsers cut by megabytes: half is no matter of line ends.
        if size > 4096, UInt64(text.count) < size / 2 { exchange.note(.bodyCut) }
    }

    // MARK: - Sizes

    private func count(_ request: Int, _ exchange: inout Exchange) {
        let body = size(request, "bodySize") ?? UInt64(exchange.request.body.count)
        exchange.request.bytes = saturating(headBytes(request, exchange.request, exchange.url), body)
        guard let response = document.member(JSONDocument.root, "response"), exchange.status > 0 else {
            return
        }
        if let transferred = size(response, "_transferSize"), transferred > 0 {
            exchange.response.bytes = transferred
            return
        }
        let content = document.member(response, "content").flatMap { size($0, "size") } ?? 0
        let down = size(response, "bodySize") ?? content
        exchange.response.bytes = saturating(headBytes(response, exchange.response, nil), down)
    }

    /// A size that is known: -1 says that it is not, and so do fractions.
    private func size(_ object: Int, _ key: JSONKey) -> UInt64? {
        document.unsigned(document.member(object, key))
    }

    /// Bytes of a head as stated, or as its lines add up.
    private func headBytes(_ object: Int, _ message: Exchange.Message, _ url: URLParts?) -> UInt64 {
        if let stated = size(object, "headersSize"), stated > 0 { return stated }
        let lines = message.headers.reduce(0) { $0 + $1.name.utf8.count + $1.value.count + 4 }
        return UInt64(lines + (url?.text.utf8.count ?? 0) + 16)
    }

    // MARK: - Initiator

    /// Chrome's `_initiator`: a type, a URL, and a call stack whose parents are the calls that led to it.
    private func initiator() -> Exchange.Initiator? {
        guard let member = document.member(JSONDocument.root, "_initiator") else { return nil }
        let kind = document.string(document.member(member, "type")) ?? "other"
        var urls: [String] = []
        var stack = document.member(member, "stack")
        while let frames = stack, urls.count < HAREntryReader.frameLimit {
            for frame in document.member(frames, "callFrames").map({ document.members($0) }) ?? [] {
                guard let url = document.string(document.member(frame, "url")), !url.isEmpty else { continue }
                if urls.last != url { urls.append(url) }
            }
            stack = document.member(frames, "parent")
        }
        if let url = document.string(document.member(member, "url")), !url.isEmpty, !urls.contains(url) {
            urls.append(url)
        }
        return Exchange.Initiator(kind: kind, urls: urls)
    }

    /// Distinct scripts of one call stack; the innermost foreign one is among the first.
    private static let frameLimit = 64

    // MARK: - WebSocket

    /// `_webSocketMessages` of Chrome and mitmproxy.
    private func readSocket(into exchange: inout Exchange) {
        guard let list = document.member(JSONDocument.root, "_webSocketMessages") else { return }
        for message in document.members(list) {
            guard var data = bytes(document.member(message, "data")) else { continue }
            let isSent = document.string(document.member(message, "type")) == "send"
            // Opcode 2 is binary (RFC 6455 §5.2), which is written down as base64.
            if document.unsigned(document.member(message, "opcode")) == 2 {
                let (bytes, isWhole) = data.withRawSpan { Base64Text.decode($0, from: 0, to: $0.byteCount) }
                if isWhole { data = bytes }
            }
            exchange.socket.append(Exchange.SocketMessage(isSent: isSent, data: data))
            if isSent {
                exchange.request.bytes = saturating(exchange.request.bytes, UInt64(data.count))
            } else {
                exchange.response.bytes = saturating(exchange.response.bytes, UInt64(data.count))
            }
        }
    }
}

/// Errors of Chrome (net_error_list.h) after which nothing was sent. An aborted request, or one whose answer was kept
/// from the page, had been.
enum NotSent {
    private static let marks = [
        "ERR_BLOCKED_BY", "ERR_NAME_NOT_RESOLVED", "ERR_CONNECTION_REFUSED", "ERR_CONNECTION_TIMED_OUT",
        "ERR_ADDRESS_UNREACHABLE", "ERR_INTERNET_DISCONNECTED", "ERR_CERT_", "ERR_SSL_",
        "ERR_PROXY_CONNECTION_FAILED",
        "ERR_TUNNEL_CONNECTION_FAILED", "ERR_UNSAFE_PORT", "ERR_DISALLOWED_URL_SCHEME",
    ]

    static func says(_ error: String) -> Bool { marks.contains { error.contains($0) } }
}

/// The media type before its parameters, in lower case.
func mediaType(_ header: [UInt8]) -> String {
    let end = header.firstIndex(of: UInt8(ascii: ";")) ?? header.count
    return String(decoding: header[..<end].filter { $0 != 0x20 }, as: UTF8.self).lowercased()
}

/// The sum, or the largest number when it is larger.
func saturating(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let (sum, overflow) = a.addingReportingOverflow(b)
    return overflow ? .max : sum
}

/// Names of the cookies that an answer sets (RFC 6265 §4.1); values are never kept.
enum CookieNames {
    static func read(_ headers: [Exchange.Header], listed: [String] = []) -> [String] {
        var names = Set(listed)
        for header in headers where header.name == "set-cookie" {
            // Exporters join several headers of one name with line ends.
            for line in header.value.split(separator: UInt8(ascii: "\n")) {
                guard let equals = line.firstIndex(of: UInt8(ascii: "=")) else { continue }
                let name = line[..<equals].filter { $0 > 0x20 && $0 < 0x7f }
                if !name.isEmpty { names.insert(String(decoding: name, as: UTF8.self)) }
            }
        }
        return names.sorted()
    }
}
