package import Bytes

/// What a review keeps of an exchange once its bytes are gone: no query, no value, no body.
package struct ExchangeFact: Equatable, Sendable {
    package var start: Timestamp?
    /// An A-label or an address.
    package var host: String
    package var port: UInt16
    package var method: String
    package var status: Int
    package var hasFailed: Bool
    package var isDocument: Bool
    package var bytesUp: UInt64
    package var bytesDown: UInt64
    package var cookiesSet: [String]
    package var hits: [ElementHit]
    package var gaps: [Exchange.Gap: Int]
    /// To find redirects: digests stand for URLs, which may hold values.
    var url: Int
    var redirectsTo: Int?
    var initiatorKind: String?
    /// Hosts of the scripts or the document that caused it, from the innermost on.
    var initiatorHosts: [String]
    var refererHost: String?
}

extension ExchangeFact {
    /// Nil for requests that never leave the device, such as `data:`.
    init?(_ exchange: Exchange, hits: [ElementHit], search: ElementSearch?) {
        guard exchange.url.leavesDevice, let host = exchange.url.host else { return nil }
        self.host = host
        self.hits = hits
        start = exchange.start
        port = exchange.url.port
        method = exchange.method
        status = exchange.status
        hasFailed = exchange.hasFailed
        isDocument = exchange.response.mediaType == "text/html" && exchange.initiator?.kind != "script"
        bytesUp = exchange.request.bytes
        bytesDown = exchange.response.bytes
        cookiesSet = exchange.cookiesSet.map { search?.shown($0) ?? $0 }
        gaps = exchange.gaps
        url = exchange.url.text.hashValue
        redirectsTo = exchange.redirect.map { exchange.url.resolved($0).text.hashValue }
        initiatorKind = exchange.initiator?.kind
        initiatorHosts = exchange.initiator?.urls.compactMap { URLParts($0).host } ?? []
        refererHost = exchange.request.header("referer")
            .flatMap { URLParts(String(decoding: $0, as: UTF8.self)).host }
    }
}
