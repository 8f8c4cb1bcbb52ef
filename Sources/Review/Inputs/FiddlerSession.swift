import Bytes

/// Puts the members of a Fiddler archive (SAZ) together: `raw/N_c.txt` is a request, `raw/N_s.txt` its answer,
/// `raw/N_m.xml` when it happened, `raw/N_w.txt` a WebSocket.
struct FiddlerSession {
    private var parts: [String: [String: [UInt8]]] = [:]
    private var order: [String] = []

    /// Whether a member is one of a session, and which part of which.
    static func part(_ member: String) -> (session: String, part: String)? {
        let path = member.replacing("\\", with: "/").lowercased()
        guard path.hasPrefix("raw/"), let name = path.split(separator: "/").last,
            let mark = name.firstIndex(of: "_")
        else { return nil }
        let part = String(name[name.index(after: mark)...])
        return ["c.txt", "s.txt", "m.xml"].contains(part) ? (String(name[..<mark]), part) : nil
    }

    mutating func take(_ member: String, _ bytes: [UInt8]) {
        guard let (session, part) = FiddlerSession.part(member) else { return }
        if parts[session] == nil { order.append(session) }
        parts[session, default: [:]][part] = bytes
    }

    /// Sessions in the order of the archive; nil for those without a request that can be read.
    func exchanges() -> [Exchange?] { order.map { exchange(parts[$0] ?? [:]) } }

    private func exchange(_ parts: [String: [UInt8]]) -> Exchange? {
        guard let request = parts["c.txt"].flatMap({ HTTPText($0) }) else { return nil }
        var exchange = Exchange()
        exchange.method = request.line[0]
        exchange.request = request.message
        // The line holds a whole URL, as for a proxy; where it does not, the Host header has the rest.
        var target = request.line[1]
        if target.hasPrefix("/"), let host = request.message.header("host") {
            target = "https://" + String(decoding: host, as: UTF8.self) + target
        }
        // CONNECT opens the tunnel that the other sessions went through.
        guard exchange.method != "CONNECT" else { return Exchange() }
        exchange.url = URLParts(target)
        if let response = parts["s.txt"].flatMap({ HTTPText($0) }) {
            exchange.response = response.message
            exchange.status = Int(response.line[1]) ?? 0
            exchange.cookiesSet = CookieNames.read(response.message.headers)
            if (300...399).contains(exchange.status) {
                exchange.redirect = response.message.header("location").map {
                    String(decoding: $0, as: UTF8.self)
                }
            }
        }
        if exchange.status == 0 { exchange.note(.noAnswer) }
        exchange.start = parts["m.xml"].flatMap(FiddlerSession.time)
        return exchange
    }

    /// `ClientBeginRequest="2026-11-24T09:00:01.2500000-05:00"` of the timers.
    private static func time(_ xml: [UInt8]) -> Timestamp? {
        let text = String(decoding: xml, as: UTF8.self)
        for name in ["ClientBeginRequest=\"", "ClientDoneRequest=\""] {
            guard let place = text.firstRange(of: name) else { continue }
            let value = Array(text[place.upperBound...].prefix { $0 != "\"" }.utf8)
            if let time = value.withRawSpan({ HARTime.read($0) }) { return time }
        }
        return nil
    }
}
