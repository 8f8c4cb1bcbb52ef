package import Bytes

/// A piece of text of a record: a range of its line or, when it had to be unescaped or folded, of the
/// record's scratch bytes. Nothing is copied until a table sees the text for the first time.
package struct LogText: Equatable, Sendable {
    package var start: Int
    /// In bytes; negative when the record has no such text.
    package var count: Int
    package var isInScratch: Bool

    package init(start: Int, count: Int, isInScratch: Bool = false) {
        self.start = start
        self.count = count
        self.isInScratch = isInScratch
    }

    package static let absent = LogText(start: 0, count: -1)

    package var isPresent: Bool { count >= 0 }
}

/// What one log line says, as integers and ranges: one value is reused for all lines of a chunk, so that
/// reading a line allocates nothing. A parser fills it; `LogAggregator` counts it.
package struct LogRecord: Sendable {
    /// When the exchange began and ended; equal when the log states one moment only.
    package var start: Timestamp
    package var end: Timestamp
    package var client: IPAddress?
    /// Set instead of `client` when the log names its clients; lower case.
    package var clientHost: LogText
    /// Unescaped.
    package var user: LogText
    /// The destination's name: lower case, no trailing dot, ASCII, never an address literal.
    package var name: LogText
    package var nameSource: LogNameSource
    /// The destination's address; a literal in the URL when `name` is absent, else what the proxy connected
    /// to.
    package var server: IPAddress?
    /// 0 when unknown.
    package var port: UInt16
    package var transport: LogTransport
    package var service: LogService
    package var method: LogMethod
    package var action: LogAction
    /// Client to server; nil when the log does not say.
    package var bytesUp: UInt64?
    /// Server to client; nil when the log does not say.
    package var bytesDown: UInt64?
    package var bytesScope: LogBytesScope
    package var flags: LogFlags
    /// How many connections or requests the line stands for: 1, more for a sum, 0 for a further name of a connection
    /// that was counted already.
    package var count: UInt32
    /// Which format the line has, as a number of `LogSettings`; 0 when it is the file's own. The frame sets it.
    package var format: UInt8
    /// What the envelope around the line stated as its time; nil without one.
    package var envelope: LogMoment?
    /// What the line says of DNS lookups, beside or instead of a contact.
    package var dns: [LogDNSRow]
    /// Bytes of texts that do not stand in the line as such.
    package var scratch: [UInt8]

    /// Bytes; a longer user name is left out and flagged. Squid caps a credential near this; real ones are
    /// short.
    package static let userLimit = 1024

    package init() {
        start = Timestamp(nanoseconds: 0)
        end = Timestamp(nanoseconds: 0)
        clientHost = .absent
        user = .absent
        name = .absent
        nameSource = .none
        port = 0
        transport = .tcp
        service = .unknown
        method = .none
        action = .allowed
        bytesScope = .unknown
        flags = []
        count = 1
        format = 0
        dns = []
        scratch = []
    }

    /// Forgets the previous line; keeps the scratch's memory.
    package mutating func reset() {
        client = nil
        clientHost = .absent
        user = .absent
        name = .absent
        nameSource = .none
        server = nil
        port = 0
        transport = .tcp
        service = .unknown
        method = .none
        action = .allowed
        bytesUp = nil
        bytesDown = nil
        bytesScope = .unknown
        flags = []
        count = 1
        if !dns.isEmpty { dns.removeAll(keepingCapacity: true) }
        if !scratch.isEmpty { scratch.removeAll(keepingCapacity: true) }
    }

    /// Whether there is a destination: a record of nothing but lookups has none and makes no contact.
    var hasDestination: Bool { name.isPresent || server != nil }

    /// Sets the time of a line that states one moment.
    package mutating func setTime(_ moment: LogMoment) {
        start = moment.time
        end = moment.time
        flags.formUnion(moment.assumed)
    }

    /// The bytes of `text`, for tests and for rare paths; empty when absent.
    package func copy(_ text: LogText, of line: RawSpan) -> [UInt8] {
        guard text.isPresent else { return [] }
        if text.isInScratch {
            return scratch.withRawSpan { $0.clamped(from: text.start, count: text.count).copied() }
        }
        return line.clamped(from: text.start, count: text.count).copied()
    }
}
