import Bytes

/// Where in an exchange a value stood. The raw values are the words of every output.
package enum HitPlace: String, Sendable, CaseIterable, Comparable {
    case url = "URL"
    case header
    case cookie
    case body
    case webSocket = "WebSocket message"

    package static func < (a: HitPlace, b: HitPlace) -> Bool { a.rawValue < b.rawValue }
}

/// A planted value that was found, without the value.
package struct ElementHit: Hashable, Sendable {
    package var element: Element
    /// Which part or spelling of it; empty for the value as it was planted.
    package var note: String
    /// From the outside in; empty for plain text.
    package var form: [Encoding]
    package var place: HitPlace
    /// The key or header beneath which it stood; empty when there was none.
    package var field: String
    /// By the app, and not in an answer to it.
    package var isSent: Bool
}

/// Finds a persona's values in exchanges.
package struct ElementSearch: Sendable {
    let forms: PlantedForms

    package init(_ persona: Persona) { forms = PlantedForms(persona) }

    /// A text may unpack to so many times its own size, over all layers together, and to a megabyte in any case.
    private static let budgetFactor = 8
    private static let budgetFloor = 1 << 20

    /// All hits of an exchange, each place and field once, sorted. Notes in `exchange` what could not be searched.
    package func search(_ exchange: inout Exchange) -> [ElementHit] {
        var found: Set<ElementHit> = []
        if exchange.url.leavesDevice {
            search(Array(exchange.url.text.utf8), .url, isForm: true, isSent: true, &found, &exchange)
        }
        let hasCookieHeader = exchange.request.header("cookie") != nil
        for header in exchange.request.headers { search(header, isSent: true, &found, &exchange) }
        for cookie in hasCookieHeader ? [] : exchange.cookiesSent {
            search(
                Array("\(cookie.name)=".utf8) + cookie.value, .cookie, isForm: true, isSent: true, &found,
                &exchange)
        }
        for header in exchange.response.headers { search(header, isSent: false, &found, &exchange) }
        searchBody(exchange.request, isSent: true, &found, &exchange)
        searchBody(exchange.response, isSent: false, &found, &exchange)
        for message in exchange.socket {
            search(message.data, .webSocket, isForm: false, isSent: message.isSent, &found, &exchange)
        }
        return distinct(found)
    }

    private func search(
        _ header: Exchange.Header, isSent: Bool, _ found: inout Set<ElementHit>, _ exchange: inout Exchange
    ) {
        // HTTP/2 pseudo-headers repeat the URL.
        guard !header.name.hasPrefix(":") else { return }
        let isCookie = header.name == "cookie" || header.name == "set-cookie"
        search(
            header.value, isCookie ? .cookie : .header, isForm: true, isSent: isSent,
            field: isCookie ? "" : header.name, &found, &exchange)
    }

    private func searchBody(
        _ message: Exchange.Message, isSent: Bool, _ found: inout Set<ElementHit>, _ exchange: inout Exchange
    ) {
        guard !message.body.isEmpty, !ElementSearch.isMedia(message.mediaType) else { return }
        let isForm = message.mediaType == "application/x-www-form-urlencoded"
        var bodies = [message.body]
        if let coding = message.header("content-encoding"), !Unescape.isText(message.body) {
            switch ContentDecoder.decode(message.body, coding: coding) {
            case .plain: break
            case .decoded(let bytes): bodies = [bytes]
            case .damaged(let bytes):
                exchange.note(.brokenCompression)
                bodies.append(bytes)
            case .unknown: exchange.note(.unknownCompression)
            }
        }
        for body in bodies { search(body, .body, isForm: isForm, isSent: isSent, &found, &exchange) }
    }

    /// Pictures, sounds and fonts: their bytes are no text, and what is written into a picture is nobody's guess.
    private static func isMedia(_ type: String) -> Bool {
        ["image/", "video/", "audio/", "font/", "application/wasm", "application/font"].contains {
            type.hasPrefix($0)
        }
            && !type.hasPrefix("image/svg")
    }

    private func search(
        _ bytes: [UInt8], _ place: HitPlace, isForm: Bool, isSent: Bool, field: String = "",
        _ found: inout Set<ElementHit>, _ exchange: inout Exchange
    ) {
        var text = TextSearch(
            forms, budget: max(bytes.count * ElementSearch.budgetFactor, ElementSearch.budgetFloor))
        text.search(bytes, isForm: isForm)
        if text.ranOut { exchange.note(.budget) }
        for hit in text.hits {
            let path = [field, hit.field].filter { !$0.isEmpty }.joined(separator: ".")
            found.insert(
                ElementHit(
                    element: hit.element, note: hit.note, form: hit.form, place: place, field: path,
                    isSent: isSent))
        }
    }

    /// A value is found again in every layer that leaves it as it is: the plainest one speaks, and of a value and its
    /// parts the whole.
    private func distinct(_ found: Set<ElementHit>) -> [ElementHit] {
        struct Key: Hashable {
            var element: Element
            var place: HitPlace
            var field: String
            var isSent: Bool
            var hash: Encoding?
        }
        var best: [Key: ElementHit] = [:]
        for hit in found {
            let hash = hit.form.last.flatMap { $0.isHash ? $0 : nil }
            let key = Key(
                element: hit.element, place: hit.place, field: hit.field, isSent: hit.isSent, hash: hash)
            if let other = best[key], !ElementHit.isPlainer(hit, other) { continue }
            best[key] = hit
        }
        return best.values.filter { !isPart($0, of: found) }.sorted(by: ElementHit.precedes)
    }

    /// Whether the value stood there only as a part of another one, such as a name within a mail address.
    private func isPart(_ hit: ElementHit, of found: Set<ElementHit>) -> Bool {
        guard let holders = forms.holders[hit.element] else { return false }
        return found.contains {
            holders.contains($0.element) && $0.place == hit.place && $0.field == hit.field
                && $0.isSent == hit.isSent
        }
    }
}

extension ElementHit {
    fileprivate static func isPlainer(_ a: ElementHit, _ b: ElementHit) -> Bool {
        let (first, second) = (a.note.isEmpty ? 0 : 1, b.note.isEmpty ? 0 : 1)
        if first != second { return first < second }
        if a.form.count != b.form.count { return a.form.count < b.form.count }
        return precedes(a, b)
    }

    package static func precedes(_ a: ElementHit, _ b: ElementHit) -> Bool {
        if a.isSent != b.isSent { return a.isSent }
        if a.element != b.element { return a.element < b.element }
        if a.place != b.place { return a.place < b.place }
        if a.field != b.field { return a.field < b.field }
        if a.form != b.form { return a.form.lexicographicallyPrecedes(b.form) }
        return a.note < b.note
    }
}
