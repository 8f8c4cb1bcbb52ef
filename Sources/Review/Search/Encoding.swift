/// How a value was written where it was found, from the outside in. The raw values are the words of every output.
package enum Encoding: String, Sendable, CaseIterable, Comparable {
    case url
    case json
    case base64
    case jwt
    case hex
    case gzip
    case deflate
    case brotli
    case zstd
    case md5
    case sha1
    case sha256

    package var isHash: Bool { self == .md5 || self == .sha1 || self == .sha256 }

    package var words: String {
        switch self {
        case .url: "URL-encoded"
        case .json: "JSON-escaped"
        case .base64: "base64"
        case .jwt: "in a JWT"
        case .hex: "hexadecimal"
        case .md5: "MD5"
        case .sha1: "SHA-1"
        case .sha256: "SHA-256"
        default: rawValue
        }
    }

    package static func < (a: Encoding, b: Encoding) -> Bool { a.rawValue < b.rawValue }
}
