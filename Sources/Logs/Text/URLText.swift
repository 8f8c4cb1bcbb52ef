import Bytes

/// Where the host stands in an absolute URL. Path and query are never looked at.
struct URLText {
    enum Scheme {
        case http
        case https
        case ftp
        /// The proxy's own pages.
        case internalObject
        case other

        var service: LogService {
            switch self {
            case .http: .http
            case .https: .tls
            case .ftp: .ftp
            case .internalObject, .other: .unknown
            }
        }

        /// The port when the URL states none; 0 when the scheme's is not known.
        var port: UInt16 {
            switch self {
            case .http: 80
            case .https: 443
            case .ftp: 21
            case .internalObject, .other: 0
            }
        }
    }

    var scheme: Scheme
    /// After `://` and any user information, which is never read.
    var hostStart: Int
    var authorityEnd: Int

    /// Nil unless the field is `scheme://authority...` (RFC 3986 §3).
    init?(_ line: RawSpan, _ field: FieldRange) {
        let start: Int
        let word = line.word(at: field.start, count: min(8, field.count))
        if word == 0x2f2f_3a73_7074_7468 {  // "https://"
            (scheme, start) = (.https, field.start + 8)
        } else if word & 0xff_ffff_ffff_ffff == 0x2f_2f3a_7074_7468 {  // "http://"
            (scheme, start) = (.http, field.start + 7)
        } else {
            guard let other = URLText.readScheme(line, field) else { return nil }
            (scheme, start) = other
        }
        hostStart = start
        authorityEnd = field.end
        var index = start
        while index < field.end, let byte = line.byte(at: index) {
            if byte == UInt8(ascii: "/") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#") {
                authorityEnd = index
                break
            }
            if byte == UInt8(ascii: "@") { hostStart = index &+ 1 }
            index &+= 1
        }
    }

    private static func readScheme(_ line: RawSpan, _ field: FieldRange) -> (Scheme, Int)? {
        // No registered scheme is longer than 36 bytes; a colon further on belongs to something else.
        var index = field.start
        while index < min(field.end, field.start + 40), let byte = line.byte(at: index),
            byte != UInt8(ascii: ":")
        {
            let isLetter = byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z")
            let isOther = byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") || byte == UInt8(ascii: "+")
            guard isLetter || index > field.start && (isOther || byte == 0x2d || byte == 0x2e || byte == 0x5f)
            else {
                return nil
            }
            index += 1
        }
        guard index > field.start, index + 3 <= field.end, line.word(at: index, count: 3) == 0x2f_2f3a else {
            return nil
        }
        let name = String(ascii: line.clamped(from: field.start, count: index - field.start)).lowercased()
        let scheme: Scheme =
            switch name {
            case "http", "ws": .http
            case "https", "wss": .https
            case "ftp": .ftp
            case "cache_object": .internalObject
            default: .other
            }
        return (scheme, index + 3)
    }
}
