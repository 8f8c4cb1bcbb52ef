import Bytes
import Logs

/// Chrome's own log of its network stack (chrome://net-export): requests with their initiators, and as far as the log
/// was told to keep them, headers and what answers held ("include raw bytes"). Bodies of requests are in none.
///
/// Events of one request share a source; the constants, which come first, say what the numbers mean.
struct NetLog {
    private var types = Constants()
    private var places: [UInt64: Int] = [:]
    private(set) var exchanges: [Exchange] = []
    /// Events that are no JSON.
    private(set) var unreadable = 0

    /// Requests that are kept: a day of a browser has some ten thousand.
    private static let limit = 1_000_000
    /// Bytes of headers and answers that are kept until the log's end: a request's events lie all over it.
    private static let contentLimit = 256 << 20
    private var contentBytes = 0

    mutating func take(_ piece: HARCutter.Piece) {
        let isRead = piece.bytes.withRawSpan { (span: RawSpan) -> Bool in
            let event = JSONDocument.withEntry(span) { document -> Event? in
                piece.kind == .program
                    ? .constants(Constants(document)) : Event.read(document, types)
            }
            guard let event else { return false }
            if let event { apply(event) }
            return true
        }
        if !isRead { unreadable += 1 }
    }

    /// Numbers of the kinds of events that are read; nil when the log does not know the kind.
    private struct Constants {
        var startJob: UInt64?
        var bytesRead: UInt64?
        /// What a page gets: a coding of the content is taken off.
        var contentRead: UInt64?
        var requestHead: [UInt64] = []
        var responseHead: UInt64?
        /// Milliseconds to add to an event's ticks, for milliseconds since 1970.
        var tickOffset: UInt64 = 0

        init() {}

        init(_ document: borrowing JSONDocument) {
            for member in document.member(JSONDocument.root, "logEventTypes").map({ document.members($0) })
                ?? []
            {
                guard let number = document.unsigned(member) else { continue }
                switch document.key(member) {
                case "URL_REQUEST_START_JOB": startJob = number
                case "URL_REQUEST_JOB_BYTES_READ": bytesRead = number
                case "URL_REQUEST_JOB_FILTERED_BYTES_READ": contentRead = number
                case "HTTP_TRANSACTION_SEND_REQUEST_HEADERS", "HTTP_TRANSACTION_HTTP2_SEND_REQUEST_HEADERS",
                    "HTTP_TRANSACTION_QUIC_SEND_REQUEST_HEADERS":
                    requestHead.append(number)
                case "HTTP_TRANSACTION_READ_RESPONSE_HEADERS": responseHead = number
                default: break
                }
            }
            tickOffset = document.unsigned(document.member(JSONDocument.root, "timeTickOffset")) ?? 0
        }
    }

    private enum Event {
        case constants(Constants)
        case start(source: UInt64, ticks: UInt64?, Exchange)
        case bytes(source: UInt64, UInt64)
        case content(source: UInt64, [UInt8], isWhole: Bool)
        case requestHead(source: UInt64, [Exchange.Header])
        case responseHead(source: UInt64, status: Int?, [Exchange.Header])

        static func read(_ document: borrowing JSONDocument, _ types: Constants) -> Event? {
            guard let type = document.unsigned(document.member(JSONDocument.root, "type")),
                let parameters = document.member(JSONDocument.root, "params"),
                let owner = document.member(JSONDocument.root, "source"),
                let source = document.unsigned(document.member(owner, "id"))
            else { return nil }
            if type == types.startJob { return start(document, parameters, source) }
            if type == types.bytesRead,
                let count = document.unsigned(document.member(parameters, "byte_count"))
            {
                return .bytes(source: source, count)
            }
            if type == types.contentRead, let range = document.text(document.member(parameters, "bytes")) {
                let (bytes, isWhole) = Base64Text.decode(
                    document.texts, from: range.start, to: range.start + range.count)
                return .content(source: source, bytes, isWhole: isWhole)
            }
            if types.requestHead.contains(type) {
                return .requestHead(source: source, headers(document, parameters).headers)
            }
            if type == types.responseHead {
                let (line, headers) = headers(document, parameters)
                let words = line.split(separator: " ")
                return .responseHead(
                    source: source, status: words.count > 1 ? Int(words[1]) : nil, headers)
            }
            return nil
        }

        private static func start(
            _ document: borrowing JSONDocument, _ parameters: Int, _ source: UInt64
        ) -> Event? {
            guard let url = document.string(document.member(parameters, "url")) else { return nil }
            var exchange = Exchange()
            exchange.url = URLParts(url)
            exchange.method = document.string(document.member(parameters, "method")) ?? "GET"
            exchange.request.bytes = UInt64(url.utf8.count + 16)
            // An origin, or "not an origin" for what the browser itself asks.
            if let initiator = document.string(document.member(parameters, "initiator")),
                URLParts(initiator).host != nil
            {
                exchange.initiator = Exchange.Initiator(kind: "document", urls: [initiator])
            }
            // Most logs have no status of most answers; that a job began says that it was sent.
            exchange.status = 200
            return .start(
                source: source, ticks: document.unsigned(document.member(JSONDocument.root, "time")), exchange
            )
        }

        /// `"Name: value"` each; the first one of an answer is the status line. Pseudo-headers (RFC 9113
        /// §8.3) repeat the URL and are left out.
        private static func headers(
            _ document: borrowing JSONDocument, _ parameters: Int
        ) -> (first: String, headers: [Exchange.Header]) {
            var first = ""
            var headers: [Exchange.Header] = []
            for line in document.member(parameters, "headers").map({ document.members($0) }) ?? [] {
                guard let text = document.string(line) else { continue }
                if first.isEmpty { first = text }
                guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")), colon > text.startIndex else {
                    continue
                }
                let value = text.utf8[text.utf8.index(after: colon)...].drop { $0 == 0x20 }
                headers.append(Exchange.Header(name: String(text[..<colon]), value: Array(value)))
            }
            return (first, headers)
        }
    }

    private mutating func apply(_ event: Event) {
        switch event {
        case .constants(let constants):
            // The last events of some logs stand under a second, empty list of constants.
            if constants.startJob != nil { types = constants }
        case .start(let source, let ticks, var exchange):
            guard exchanges.count < NetLog.limit else { return }
            let milliseconds = ticks.flatMap { Int64(exactly: saturating($0, types.tickOffset)) }
            exchange.start = milliseconds.flatMap {
                Timestamp(seconds: $0 / 1000, nanoseconds: $0 % 1000 * 1_000_000)
            }
            places[source] = exchanges.count
            exchanges.append(exchange)
        case .bytes(let source, let count):
            guard let place = places[source] else { return }
            exchanges[place].response.bytes = saturating(exchanges[place].response.bytes, count)
        case .content(let source, let bytes, let isWhole):
            guard let place = places[source] else { return }
            if !isWhole { exchanges[place].note(.brokenBase64) }
            guard keeps(bytes.count) else { return exchanges[place].note(.bodyCut) }
            exchanges[place].response.body += bytes
        case .requestHead(let source, let headers):
            guard let place = places[source], keeps(headers) else { return }
            exchanges[place].request.headers = headers
        case .responseHead(let source, let status, let headers):
            guard let place = places[source], keeps(headers) else { return }
            answer(&exchanges[place], status, headers)
        }
    }

    private func answer(_ exchange: inout Exchange, _ status: Int?, _ headers: [Exchange.Header]) {
        exchange.response.headers = headers
        exchange.response.mediaType = exchange.response.header("content-type").map(mediaType) ?? ""
        exchange.cookiesSet = CookieNames.read(headers)
        guard let status else { return }
        exchange.status = status
        if (300...399).contains(status) {
            exchange.redirect = exchange.response.header("location").map {
                String(decoding: $0, as: UTF8.self)
            }
        }
    }

    private mutating func keeps(_ headers: [Exchange.Header]) -> Bool {
        keeps(headers.reduce(0) { $0 + $1.name.utf8.count + $1.value.count + 64 })
    }

    private mutating func keeps(_ count: Int) -> Bool {
        guard contentBytes + count <= NetLog.contentLimit else { return false }
        contentBytes += count
        return true
    }
}
