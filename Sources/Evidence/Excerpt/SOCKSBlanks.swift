import Bytes
import Names

/// What a client and a SOCKS proxy say to each other, without users, passwords and the proxy's addresses.
enum SOCKSBlanks {
    private static let blank = UInt8(ascii: "x")

    /// The client's message at the beginning of `bytes`: greeting, password or request of version 5 (RFC 1928, RFC
    /// 1929), request of version 4a. Nil when it is none of these, or asks for none of `names`.
    static func message(_ bytes: [UInt8], isFirst: Bool, names: Set<String>) -> (
        text: [UInt8], host: String?
    )? {
        switch bytes.first {
        case 4 where isFirst: return request4(bytes, names)
        case 5 where isFirst:
            guard let length = bytes.withRawSpan({ SOCKSRequest.greeting5($0) }), length <= bytes.count else {
                return nil
            }
            return (Array(bytes[..<length]), nil)
        case 1 where !isFirst:
            guard let length = bytes.withRawSpan({ SOCKSRequest.password5($0) }), length <= bytes.count,
                length >= 3
            else { return nil }
            // Version, a length and the user's name, a length and the password.
            var text = Array(bytes[..<length])
            let user = min(2 + Int(text[1]), length)
            text.fill(2..<user, with: blank)
            text.fill(min(user + 1, length)..<length, with: blank)
            return (text, nil)
        case 5:
            guard let request = bytes.withRawSpan({ SOCKSRequest.parse5($0) }).value,
                let host = request.host?.text, names.contains(host), request.length <= bytes.count
            else { return nil }
            return (Array(bytes[..<request.length]), host)
        default: return nil
        }
    }

    /// The user's name stands between the address and the host's.
    private static func request4(_ bytes: [UInt8], _ names: Set<String>) -> (text: [UInt8], host: String?)? {
        guard let request = bytes.withRawSpan({ SOCKSRequest.parse4($0) }).value,
            let host = request.host?.text, names.contains(host), request.length <= bytes.count
        else { return nil }
        var text = Array(bytes[..<request.length])
        text.fill(8..<(text[8...].firstIndex(of: 0) ?? 8), with: blank)
        return (text, host)
    }

    /// Keeps the proxy's replies: whether it granted the request, without the address from which it went out.
    static func keepReplies(_ server: inout FlowText) {
        let bytes = server.bytes
        var text: [UInt8] = []
        if bytes.first == 5 || bytes.first == 0 && bytes.count >= 8 && bytes[1] != 0 {
            if bytes[0] == 0 {
                text = [0, bytes[1]] + [UInt8](repeating: 0, count: 6)
            } else {
                text = replies5(bytes)
            }
        }
        server.keep(0..<text.count, text, .socksReply)
    }

    /// The method, the verdict on a password if there is one, and the reply.
    private static func replies5(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.count >= 2 else { return [] }
        var text = Array(bytes[..<2])
        if bytes.count >= 4, bytes[2] == 1 { text += bytes[2..<4] }
        let rest = Array(bytes[text.count...])
        guard rest.first == 5, let reply = rest.withRawSpan({ SOCKSRequest.reply5($0) }),
            reply.length >= 4, reply.length <= rest.count
        else { return text }
        var last = Array(rest[..<reply.length])
        // Behind the address type only its length stays, where it has one.
        last.fill((last[3] == 3 ? 5 : 4)..<last.count)
        return text + last
    }
}
