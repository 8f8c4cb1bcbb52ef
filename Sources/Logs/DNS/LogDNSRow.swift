package import Bytes
package import Names

/// What a resolver's log says of one lookup. A parser appends it to `LogRecord.dns`; `LogDNSTable` adds it up.
///
/// A row is never data sent to the name's owner: it says that a client asked, and what it was told.
package struct LogDNSRow: Equatable, Sendable {
    /// Which part of a lookup the line tells. Logs that have a line for the question and another for the answer
    /// must not count the lookup twice.
    package enum Stage: Equatable, Sendable {
        /// The client asked.
        case question
        /// The client was answered; the line states the question too.
        case answer
        /// A filter decided; a line of its own in some logs.
        case decision
        /// More of a lookup that another row counts.
        case continuation
    }

    /// How the question travelled.
    package enum Carrier: UInt8, Equatable, Sendable {
        case udp
        case tcp
        case tls
        case https
        case quic

        /// The registered port (RFC 1035 §4.2, RFC 7858 §3.1, RFC 8484 §5, RFC 9250 §4.1.1).
        package var port: UInt16 {
            switch self {
            case .udp, .tcp: 53
            case .tls, .quic: 853
            case .https: 443
            }
        }

        package var transport: LogTransport { self == .udp || self == .quic ? .udp : .tcp }

        /// The word of contacts for what was spoken.
        package var service: String {
            switch self {
            case .udp, .tcp: "dns"
            case .tls: "dot"
            case .https: "doh"
            case .quic: "doq"
            }
        }
    }

    package var time: Timestamp
    /// Who asked; a forwarder when the log stands behind one.
    package var client: IPAddress
    /// Who was asked; nil when the log does not say (it is the log's own machine then).
    package var resolver: IPAddress?
    package var carrier = Carrier.udp
    /// The question's name: lower case, no trailing dot (see `LogDNSName`).
    package var name: String
    /// The question's type; nil when the log does not say.
    package var type: DNSType?
    package var stage: Stage
    /// Nil when the log does not say how the lookup ended.
    package var code: DNSResponseCode?
    /// Whether the log says that a filter decided the answer against the client.
    package var isBlocked: Bool
    /// The records that the client was given; nil when the log does not list them.
    package var answers: [LogDNSAnswer]?

    package init(
        time: Timestamp, client: IPAddress, resolver: IPAddress? = nil, name: String, type: DNSType? = nil,
        stage: Stage, code: DNSResponseCode? = nil, isBlocked: Bool = false, answers: [LogDNSAnswer]? = nil
    ) {
        self.time = time
        self.client = client
        self.resolver = resolver
        self.name = name
        self.type = type
        self.stage = stage
        self.code = code
        self.isBlocked = isBlocked
        self.answers = answers
    }

    /// How the lookup ended, as far as this row knows.
    package var outcome: LogDNSOutcome {
        if isBlocked { return .blocked }
        guard let code else { return .unanswered }
        if code == .nameError { return .nxdomain }
        guard code == .noError else { return .failed }
        guard let answers else { return .noError }
        var hasAddress = false
        var hasTrueAddress = false
        for case .address(let address) in answers.map(\.value) {
            hasAddress = true
            if !address.isUnspecified { hasTrueAddress = true }
        }
        // The unspecified addresses, which only filters answer with.
        if hasAddress { return hasTrueAddress ? .answered : .blocked }
        return answers.isEmpty ? .noData : .answered
    }
}

/// One record of an answer.
package struct LogDNSAnswer: Equatable, Sendable {
    package enum Value: Equatable, Sendable {
        /// A or AAAA.
        case address(IPAddress)
        /// The target of a CNAME.
        case alias(String)
        /// Anything else: that there was a record is all that is kept.
        case other
    }

    /// The name that owns the record, as `LogDNSRow.name`.
    package var name: String
    package var type: DNSType
    package var value: Value
    /// Seconds; 0 when the log does not say.
    package var ttl: UInt32

    package init(name: String, type: DNSType, value: Value, ttl: UInt32 = 0) {
        self.name = name
        self.type = type
        self.value = value
        self.ttl = ttl
    }
}

/// How a lookup ended. The order is that of strength: of several answers the first in this order stays.
package enum LogDNSOutcome: UInt8, Comparable, Sendable, CaseIterable {
    case answered
    case blocked
    /// Answered without an error, and the log does not say with what: weaker than a filter's word.
    case noError
    case noData
    case nxdomain
    case failed
    case unanswered

    package static func < (a: LogDNSOutcome, b: LogDNSOutcome) -> Bool { a.rawValue < b.rawValue }

    /// The word of every output.
    package var word: String {
        switch self {
        case .answered, .noError: "answered"
        case .blocked: "blocked"
        case .noData: "no_data"
        case .nxdomain: "nxdomain"
        case .failed: "failed"
        case .unanswered: "unanswered"
        }
    }
}

extension IPAddress {
    /// 0.0.0.0 or `::` (RFC 1122 §3.2.1.3, RFC 4291 §2.5.2): no host has it.
    var isUnspecified: Bool { high == 0 && low == 0 }
}
