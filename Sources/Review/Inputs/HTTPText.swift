import Bytes

/// A message of HTTP/1 as it stood on the wire (RFC 9112), as Fiddler archives keep it.
struct HTTPText {
    /// The request or status line, in its parts.
    var line: [String]
    var message: Exchange.Message

    /// A head beyond that is none.
    private static let headLimit = 1 << 20

    /// Nil when the bytes do not begin with a line and headers.
    init?(_ bytes: [UInt8]) {
        guard let end = HTTPText.headEnd(bytes) else { return nil }
        let lines = bytes[..<end].split(separator: 0x0a).map { $0.last == 0x0d ? $0.dropLast() : $0 }
        guard let first = lines.first, !first.isEmpty else { return nil }
        line = String(decoding: first, as: UTF8.self).split(separator: " ", maxSplits: 2).map(String.init)
        guard line.count >= 2 else { return nil }
        message = Exchange.Message()
        for text in lines.dropFirst() {
            guard let colon = text.firstIndex(of: UInt8(ascii: ":")) else { continue }
            let value = text[(colon + 1)...].drop { $0 == 0x20 || $0 == 0x09 }
            let name = String(decoding: text[..<colon], as: UTF8.self)
            message.headers.append(Exchange.Header(name: name, value: Array(value)))
        }
        let body = Array(bytes[end...])
        let coding = message.header("transfer-encoding").map {
            String(decoding: $0, as: UTF8.self).lowercased()
        }
        message.body = coding?.contains("chunked") == true ? HTTPText.unchunked(body) : body
        message.mediaType = message.header("content-type").map(mediaType) ?? ""
        message.bytes = UInt64(bytes.count)
    }

    /// Behind the empty line.
    private static func headEnd(_ bytes: [UInt8]) -> Int? {
        for index in 0..<min(bytes.count, headLimit) where bytes[index] == 0x0a {
            if index + 1 < bytes.count, bytes[index + 1] == 0x0a { return index + 2 }
            if index + 2 < bytes.count, bytes[index + 1] == 0x0d, bytes[index + 2] == 0x0a {
                return index + 3
            }
        }
        return bytes.count <= headLimit && bytes.last == 0x0a ? bytes.count : nil
    }

    /// The chunks put together (RFC 9112 §7.1); what is broken ends them, and what was never chunked stays as it is.
    private static func unchunked(_ body: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        var index = 0
        while index < body.count {
            guard let lineEnd = body[index...].firstIndex(of: 0x0a) else { break }
            let digits = body[index..<lineEnd].prefix { isASCIIAlphanumeric($0) }
            guard digits.count <= 8, let size = Int(String(decoding: digits, as: UTF8.self), radix: 16) else {
                return out.isEmpty ? body : out
            }
            if size == 0 { break }
            let start = lineEnd + 1
            out += body[min(start, body.count)..<min(start + size, body.count)]
            index = start + size + 2
        }
        return out
    }
}
