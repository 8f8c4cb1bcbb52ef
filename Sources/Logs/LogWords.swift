/// The words in which logs state facts. Each is one byte in the tables; `word` is what outputs print and what
/// the same-named types of the Contacts room use as raw values.

/// Where a record's destination name stood.
package enum LogNameSource: UInt8, Sendable, CaseIterable {
    /// No name: the address stands alone.
    case none
    /// The target of a CONNECT, as the client asked for it.
    case httpConnect
    /// The host of a URL that a proxy fetched.
    case proxyURL
    /// A TLS server name that the log states.
    case logSNI
    /// Another host field that the log states.
    case logHost

    package var word: String {
        switch self {
        case .none: "none"
        case .httpConnect: "http_connect"
        case .proxyURL: "proxy_url"
        case .logSNI: "log_sni"
        case .logHost: "log_host"
        }
    }
}

/// Whether data flowed (see `SquidNative.judge` for how one format decides).
package enum LogAction: UInt8, Sendable, CaseIterable {
    case allowed
    /// A filter or proxy refused it.
    case blocked
    /// The other side was not reached, or nothing shows that it was.
    case attempted

    package var word: String {
        switch self {
        case .allowed: "allowed"
        case .blocked: "blocked"
        case .attempted: "attempted"
        }
    }
}

package enum LogTransport: UInt8, Sendable, CaseIterable {
    case tcp
    case udp

    package var word: String { self == .tcp ? "tcp" : "udp" }
}

/// What was spoken, as far as the log says.
package enum LogService: UInt8, Sendable, CaseIterable {
    case unknown
    case http
    case tls
    case quic
    case dns
    case ftp

    package var word: String {
        switch self {
        case .unknown: "unknown"
        case .http: "http"
        case .tls: "tls"
        case .quic: "quic"
        case .dns: "dns"
        case .ftp: "ftp"
        }
    }
}

/// What a record's byte numbers count.
package enum LogBytesScope: UInt8, Sendable, CaseIterable {
    case unknown
    case layer3
    case layer4Payload
    case httpTotal
    case httpBody

    package var word: String {
        switch self {
        case .unknown: "unknown"
        case .layer3: "l3"
        case .layer4Payload: "l4-payload"
        case .httpTotal: "http-total"
        case .httpBody: "http-body"
        }
    }
}

package enum LogMethod: UInt8, Sendable, CaseIterable {
    case none
    case get
    case head
    case post
    case put
    case delete
    case options
    case patch
    case connect
    case other
}

/// What is odd about a record or about some record of a row.
package struct LogFlags: OptionSet, Sendable, Hashable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) { self.rawValue = rawValue }

    /// The proxy answered from its cache: the destination was not contacted for it.
    package static let servedFromCache = LogFlags(rawValue: 1)
    /// The destination answered, and the proxy withheld the answer.
    package static let replyBlocked = LogFlags(rawValue: 2)
    /// The line can be split in more than one way: user and server were left out rather than guessed.
    package static let ambiguousLine = LogFlags(rawValue: 4)
    /// A user name was left out because it is longer than `LogRecord.userLimit`.
    package static let userTooLong = LogFlags(rawValue: 8)
    /// The line states no time zone and nobody named one: UTC was assumed.
    package static let zoneAssumed = LogFlags(rawValue: 16)
    /// The line states no year: it was taken from when the file was written (see `LogClock.year`).
    package static let yearInferred = LogFlags(rawValue: 32)

    /// What a reader of the report must know to judge the times.
    package static let assumptions: LogFlags = [.zoneAssumed, .yearInferred]
}
