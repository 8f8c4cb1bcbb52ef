import Bytes
import Names

/// What a client's TCP stream shows of the fact: hellos, the first request head, what it asked a SOCKS proxy for.
struct ClientStream {
    let names: Set<String>
    /// The name comes from elsewhere: a hello that names nobody belongs to the fact.
    let isNameless: Bool
    private(set) var sawHello = false
    private(set) var sawConnect = false
    private(set) var sawSOCKS = false
    /// The names that were found.
    private(set) var carried: Set<String> = []
    /// Heads for others, which are shown without their hosts if one that is wanted comes behind them.
    private var others: [(range: Range<Int>, text: [UInt8])] = []

    init(names: Set<String>, isNameless: Bool) {
        self.names = names
        self.isNameless = isNameless
    }

    /// Messages looked for in one stream: a tunnel's request and two hellos, or requests to a proxy.
    private static let messageLimit = 64

    /// Keeps in `text` what carries the fact.
    mutating func take(_ text: inout FlowText) {
        var from = 0
        var starts = text.starts
        var messages = 0
        while !starts.isEmpty, messages < ClientStream.messageLimit {
            let start = starts.removeFirst()
            guard start >= from, start < text.bytes.count, let end = take(&text, from: start) else {
                continue
            }
            messages += 1
            from = end
            // What follows may stand in the same segment.
            starts.insert(end, at: 0)
        }
    }

    /// Keeps the message at `start`; returns where it ends, nil when there is none.
    private mutating func take(_ text: inout FlowText, from start: Int) -> Int? {
        let rest = Array(text.bytes[start...])
        switch rest.first {
        case 22: return hello(&text, rest, start)
        case 20 where sawHello && rest.count >= 6:
            return start + 6
        // A client's alert says that it did not accept the server (RFC 8446 section 6).
        case 21 where sawHello && rest.count >= 7 && rest[3] == 0 && rest[4] == 2:
            text.keep(start..<(start + 7), Array(rest[..<7]), .alert)
            return start + 7
        case 1, 4, 5: return start == 0 || sawSOCKS ? socks(&text, rest, start) : nil
        default: return request(&text, rest, start)
        }
    }

    private mutating func hello(_ text: inout FlowText, _ rest: [UInt8], _ start: Int) -> Int? {
        guard rest.withRawSpan({ ClientHello.strictProbe($0) }) == true,
            let record = RecordedMessage(text.bytes, from: start)
        else { return cutHello(&text, rest, start) }
        var message = record.bytes
        guard HelloBlanks.apply(to: &message) else { return nil }
        let name = message.withRawSpan { ClientHello.parse(handshakeMessage: $0) }.value?.serverName?.text
        guard isWanted(name) else { return nil }
        let changed = record.text(text.bytes, from: start, with: message)
        text.keep(start..<record.end, changed, .clientHello)
        note(name)
        return record.end
    }

    /// A hello that the capture cut: as far as its name, when that is there.
    private mutating func cutHello(_ text: inout FlowText, _ rest: [UInt8], _ start: Int) -> Int? {
        guard rest.withRawSpan({ ClientHello.strictProbe($0) }) == true,
            let hello = rest.withRawSpan({ ClientHello.parse(stream: $0, ended: true) }).value,
            hello.serverName != nil, isWanted(hello.serverName?.text),
            let changed = HelloBlanks.cut(rest)
        else { return nil }
        text.keep(start..<(start + changed.count), changed, .clientHello)
        note(hello.serverName?.text)
        return start + rest.count
    }

    private func isWanted(_ name: String?) -> Bool { name.map { names.contains($0) } ?? isNameless }

    private mutating func note(_ name: String?) {
        sawHello = true
        if let name { carried.insert(name) }
    }

    private mutating func request(_ text: inout FlowText, _ rest: [UInt8], _ start: Int) -> Int? {
        guard let request = RequestBlanks.request(rest, names: names),
            carried.insert(request.host).inserted
        else {
            guard let other = RequestBlanks.withoutHost(rest) else { return nil }
            others.append((start..<(start + other.count), other))
            return start + other.count
        }
        for other in others { text.keep(other.range, other.text, .blanked) }
        others = []
        text.keep(start..<(start + request.text.count), request.text, .httpRequest)
        sawConnect = sawConnect || request.isConnect
        return start + request.text.count
    }

    // MARK: SOCKS

    private mutating func socks(_ text: inout FlowText, _ rest: [UInt8], _ start: Int) -> Int? {
        guard let part = SOCKSBlanks.message(rest, isFirst: !sawSOCKS, names: names) else { return nil }
        text.keep(start..<(start + part.text.count), part.text, .socksRequest)
        sawSOCKS = true
        if let host = part.host { carried.insert(host) }
        return start + part.text.count
    }
}
