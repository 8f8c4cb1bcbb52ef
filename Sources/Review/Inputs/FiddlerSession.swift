import Bytes

/// Puts the members of a Fiddler archive (SAZ) together: `raw/N_c.txt` is a request, `raw/N_s.txt` its answer,
/// `raw/N_m.xml` when it happened, `raw/N_w.txt` a WebSocket, whose messages are not read.
///
/// A session is handed out as soon as its parts are there, so that memory holds some sessions and not the archive.
struct FiddlerSession {
    private struct Pending {
        var number: Int
        var parts: [String: [UInt8]] = [:]
    }

    private var pending: [String: Pending] = [:]
    private var pendingBytes = 0
    private var done: Set<String> = []
    private var count = 0
    /// Parts that came after their session had been given up for the sake of memory.
    private(set) var late = 0
    /// Sessions with a WebSocket, whose messages are not read.
    private(set) var sockets = 0
    /// Parts that are longer than `partLimit` and are searched up to there.
    private(set) var cut = 0

    /// Bytes of one part that are kept: an answer beyond it is no form.
    static let partLimit = 64 << 20
    /// Bytes of sessions of which a part is missing yet. Fiddler writes a session's parts one after the other.
    private let pendingLimit: Int

    init(pendingLimit: Int = 256 << 20) { self.pendingLimit = pendingLimit }

    /// Whether a member is one of a session, and which part of which.
    static func part(_ member: String) -> (session: String, part: String)? {
        let path = member.replacing("\\", with: "/").lowercased()
        guard path.hasPrefix("raw/"), let name = path.split(separator: "/").last,
            let mark = name.firstIndex(of: "_")
        else { return nil }
        let part = String(name[name.index(after: mark)...])
        return ["c.txt", "s.txt", "m.xml", "w.txt"].contains(part) ? (String(name[..<mark]), part) : nil
    }

    /// Takes a member; sessions that are whole with it, nil for one without a request that can be read.
    mutating func take(_ member: String, _ bytes: [UInt8]) -> [Exchange?] {
        guard let (session, part) = FiddlerSession.part(member) else { return [] }
        if part == "w.txt" {
            sockets += 1
            return []
        }
        guard !done.contains(session) else {
            late += 1
            return []
        }
        if bytes.count >= FiddlerSession.partLimit { cut += 1 }
        if pending[session] == nil {
            pending[session] = Pending(number: count)
            count += 1
        }
        pending[session]?.parts[part] = bytes
        pendingBytes += bytes.count
        if pending[session]?.parts.count == 3 { return [finish(session)] }
        return pendingBytes > pendingLimit ? rest() : []
    }

    /// Sessions of which parts are missing, in the order of the archive.
    mutating func rest() -> [Exchange?] {
        pending.sorted { $0.value.number < $1.value.number }.map { finish($0.key) }
    }

    private mutating func finish(_ session: String) -> Exchange? {
        guard let parts = pending.removeValue(forKey: session)?.parts else { return nil }
        done.insert(session)
        pendingBytes -= parts.values.reduce(0) { $0 + $1.count }
        return exchange(parts)
    }

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
