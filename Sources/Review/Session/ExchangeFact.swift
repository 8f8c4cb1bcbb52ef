package import Bytes
import Contacts

/// What a review keeps of an exchange once its bytes are gone: no query, no value, no body.
package struct ExchangeFact: Equatable, Sendable {
    package var source: SessionKind
    package var start: Timestamp?
    /// An A-label or an address.
    package var host: String
    package var port: UInt16
    /// Requests, or flows of a capture, that this stands for.
    package var times: Int
    package var hasFailed: Bool
    package var isDocument: Bool
    package var bytesUp: UInt64
    package var bytesDown: UInt64
    package var cookiesSet: [String]
    package var hits: [ElementHit]
    package var possible: [PossibleHit]
    package var gaps: [Exchange.Gap: Int]
    /// The server's addresses, where the recording has them.
    package var servers: [IPAddress]
    /// To find redirects: digests stand for URLs, which may hold values.
    var url: Int
    var redirectsTo: Int?
    var initiatorKind: String?
    /// Hosts of the scripts or the document that caused it, from the innermost on.
    var initiatorHosts: [String]
    var refererHost: String?

    /// A host of which nothing more is known than that it was called.
    init(host: String, times: Int = 1, first: Timestamp?, source: SessionKind = .appReport) {
        self.source = source
        self.host = host
        self.times = times
        start = first
        (port, hasFailed, isDocument) = (443, false, false)
        (bytesUp, bytesDown) = (0, 0)
        (cookiesSet, hits, possible, gaps, servers) = ([], [], [], [:], [])
        (url, redirectsTo, initiatorKind, initiatorHosts, refererHost) = (0, nil, nil, [], nil)
    }
}

extension ExchangeFact {
    /// Nil for requests that never leave the device, such as `data:`.
    init?(_ exchange: Exchange, source: SessionKind, hits: [ElementHit], search: ElementSearch?) {
        guard exchange.url.leavesDevice, let host = exchange.url.host else { return nil }
        self.init(host: host, first: exchange.start, source: source)
        self.hits = hits
        possible = PossibleSearch.search(exchange, search?.forms)
        port = exchange.url.port
        hasFailed = exchange.hasFailed
        isDocument = exchange.response.mediaType == "text/html" && exchange.initiator?.kind != "script"
        bytesUp = exchange.request.bytes
        bytesDown = exchange.response.bytes
        cookiesSet = exchange.cookiesSet.map { FieldName.shown(Array($0.utf8), search?.forms) }
        gaps = exchange.gaps
        servers = exchange.server.map { [$0] } ?? []
        url = exchange.url.text.hashValue
        redirectsTo = exchange.redirect.map { exchange.url.resolved($0).text.hashValue }
        initiatorKind = exchange.initiator?.kind
        initiatorHosts = exchange.initiator?.urls.compactMap { URLParts($0).host } ?? []
        refererHost = exchange.request.header("referer")
            .flatMap { URLParts(String(decoding: $0, as: UTF8.self)).host }
    }

    /// A contact of a capture or log; nil when it has neither name nor address.
    init?(_ contact: Contact) {
        guard let host = contact.name ?? contact.servers.first?.description else { return nil }
        self.init(
            host: host, times: Int(clamping: max(contact.flows, 1)), first: contact.first, source: .capture)
        port = contact.port
        // A filter's refusal, or a connection that nobody answered.
        hasFailed = contact.action != .allowed
        bytesUp = contact.bytesUp
        bytesDown = contact.bytesDown
        servers = contact.servers
    }
}
