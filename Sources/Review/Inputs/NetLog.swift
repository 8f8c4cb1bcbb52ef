import Bytes
import Logs

/// Chrome's own log of its network stack (chrome://net-export): requests with their initiators, without bodies.
///
/// Events of one request share a source; the constants, which come first, say what the numbers mean.
struct NetLog {
    private var startJob: UInt64?
    private var bytesRead: UInt64?
    /// Milliseconds to add to an event's ticks, for milliseconds since 1970.
    private var tickOffset: UInt64 = 0
    private var places: [UInt64: Int] = [:]
    private(set) var exchanges: [Exchange] = []
    /// Events that are no JSON.
    private(set) var unreadable = 0

    /// Requests that are kept: a day of a browser has some ten thousand.
    private static let limit = 1_000_000

    mutating func take(_ piece: HARCutter.Piece) {
        let isRead = piece.bytes.withRawSpan { (span: RawSpan) -> Bool in
            let event = JSONDocument.withEntry(span) { document -> Event? in
                piece.kind == .program
                    ? .constants(Constants(document)) : Event.read(document, startJob, bytesRead)
            }
            guard let event else { return false }
            if let event { apply(event) }
            return true
        }
        if !isRead { unreadable += 1 }
    }

    private struct Constants {
        var startJob: UInt64?
        var bytesRead: UInt64?
        var tickOffset: UInt64

        init(_ document: borrowing JSONDocument) {
            if let types = document.member(JSONDocument.root, "logEventTypes") {
                startJob = document.unsigned(document.member(types, "URL_REQUEST_START_JOB"))
                bytesRead = document.unsigned(document.member(types, "URL_REQUEST_JOB_BYTES_READ"))
            }
            tickOffset = document.unsigned(document.member(JSONDocument.root, "timeTickOffset")) ?? 0
        }
    }

    private enum Event {
        case constants(Constants)
        case start(source: UInt64, ticks: UInt64?, Exchange)
        case bytes(source: UInt64, UInt64)

        static func read(_ document: borrowing JSONDocument, _ startJob: UInt64?, _ bytesRead: UInt64?)
            -> Event?
        {
            guard let type = document.unsigned(document.member(JSONDocument.root, "type")),
                let parameters = document.member(JSONDocument.root, "params"),
                let owner = document.member(JSONDocument.root, "source"),
                let source = document.unsigned(document.member(owner, "id"))
            else { return nil }
            if type == startJob, let url = document.string(document.member(parameters, "url")) {
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
                // The log has no status of most answers; that a job began says that it was sent.
                exchange.status = 200
                return .start(
                    source: source, ticks: document.unsigned(document.member(JSONDocument.root, "time")),
                    exchange)
            }
            if type == bytesRead, let count = document.unsigned(document.member(parameters, "byte_count")) {
                return .bytes(source: source, count)
            }
            return nil
        }
    }

    private mutating func apply(_ event: Event) {
        switch event {
        case .constants(let constants):
            startJob = constants.startJob ?? startJob
            bytesRead = constants.bytesRead ?? bytesRead
            if constants.tickOffset > 0 { tickOffset = constants.tickOffset }
        case .start(let source, let ticks, var exchange):
            guard exchanges.count < NetLog.limit else { return }
            let milliseconds = ticks.flatMap { Int64(exactly: saturating($0, tickOffset)) }
            exchange.start = milliseconds.flatMap {
                Timestamp(seconds: $0 / 1000, nanoseconds: $0 % 1000 * 1_000_000)
            }
            places[source] = exchanges.count
            exchanges.append(exchange)
        case .bytes(let source, let count):
            guard let place = places[source] else { return }
            exchanges[place].response.bytes = saturating(exchanges[place].response.bytes, count)
        }
    }
}
