import Bytes

/// Which connection a line speaks of, exactly: no two connections of one sensor have the same key.
struct LogConnectionKey: Hashable, Sendable {
    var high: UInt64
    var low: UInt64

    /// Suricata's `flow_id`.
    init(number: UInt64) {
        high = .max
        low = number
    }

    /// Zeek's `uid`: up to 20 letters and digits, read as digits of a number to the base 63, so that different texts
    /// give different numbers. Nil for anything else.
    init?(uid text: RawSpan, _ field: FieldRange) {
        guard field.count > 0, field.count <= 20 else { return nil }
        (high, low) = (0, 0)
        for index in field.start..<field.end {
            guard let byte = text.byte(at: index), let digit = LogConnectionKey.digit(byte) else {
                return nil
            }
            let product = low.multipliedFullWidth(by: 63)
            let sum = product.low.addingReportingOverflow(digit)
            high = high &* 63 &+ product.high &+ (sum.overflow ? 1 : 0)
            low = sum.partialValue
        }
    }

    /// 1 to 62: there is no digit 0, so that length counts.
    private static func digit(_ byte: UInt8) -> UInt64? {
        switch byte {
        case 0x30...0x39: UInt64(byte - 0x30 + 1)
        case 0x41...0x5a: UInt64(byte - 0x41 + 11)
        case 0x61...0x7a: UInt64(byte - 0x61 + 37)
        default: nil
        }
    }

    /// By which keys are left out when there are too many; the same in every run, unlike `hashValue`.
    var hash: UInt64 { mix(high, low) }
}

/// What one line says of a connection: either what it transported (`flow`) or a name (`name`).
struct LogConnectionPart: Sendable {
    var key: LogConnectionKey
    /// Of the connection's ends, those that the line states.
    var client: IPAddress
    var server: IPAddress
    var port: UInt16
    var transport: LogTransport
    var start: Timestamp
    var end: Timestamp
    var service = LogService.unknown
    var action = LogAction.attempted
    var bytesUp: UInt64?
    var bytesDown: UInt64?
    var bytesScope = LogBytesScope.unknown
    var flags: LogFlags = []
    /// The format's number, as in `LogRecord`.
    var format: UInt8 = 0
    /// A number in the table's texts; nil for a flow.
    var name: UInt32?
    /// Whether it tells one direction only, beside which the other's part may stand.
    var isHalf = false
    var nameSource = LogNameSource.none

    /// Of the names of one connection those of the best rank count: what TLS or QUIC was asked for, then what HTTP
    /// was.
    var rank: UInt8 {
        switch nameSource {
        case .httpConnect: 0
        case .logSNI: 1
        case .logHost: 2
        case .proxyURL: 3
        case .none: 4
        }
    }

    /// Fills a record that the caller has reset.
    func fill(_ record: inout LogRecord) {
        record.start = start
        record.end = end
        record.client = client
        record.server = server
        record.port = port
        record.transport = transport
        record.service = service
        record.action = action
        record.bytesUp = bytesUp
        record.bytesDown = bytesDown
        record.bytesScope = bytesScope
        record.flags = flags
        record.format = format
    }

    func isBetweenSameHosts(_ other: LogConnectionPart) -> Bool {
        client == other.client && server == other.server || client == other.server && server == other.client
    }

    /// Whether `other` tells the direction that this part does not, at the same time.
    func completes(_ other: LogConnectionPart) -> Bool {
        (bytesUp == nil) == (other.bytesDown == nil) && start <= other.end && other.start <= end
    }

    /// Adds the other direction.
    mutating func add(_ other: LogConnectionPart) {
        start = min(start, other.start)
        end = max(end, other.end)
        bytesUp = bytesUp ?? other.bytesUp
        bytesDown = bytesDown ?? other.bytesDown
        if other.action == .allowed { action = .allowed }
        isHalf = false
    }

    /// Whether both lines can speak of the same connection. Not every log states the transport.
    func hasSameEnds(_ other: LogConnectionPart) -> Bool {
        client == other.client && server == other.server && port == other.port
    }
}

extension LogChunk {
    /// Counts a connection for which no other line can have a name; nil, or why not.
    mutating func add(_ part: LogConnectionPart) -> LogReason? {
        let format = record.format
        record.reset()
        part.fill(&record)
        record.format = format
        return contacts.add(record, line: RawSpan()) ? nil : .tableFull
    }
}
