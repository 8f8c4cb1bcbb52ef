import Bytes

/// The parts of a dnstap message that are used (`dnstap.proto`, messages `Dnstap`, `Message` and `Policy`).
struct DNSTapMessage {
    static let clientQuery: UInt64 = 5
    static let clientResponse: UInt64 = 6

    /// `Message.Type`.
    private(set) var type: UInt64 = 0
    private(set) var carrier = LogDNSRow.Carrier.udp
    private(set) var queryAddress: IPAddress?
    private(set) var responseAddress: IPAddress?
    private(set) var queryTime: Timestamp?
    private(set) var responseTime: Timestamp?
    private(set) var queryMessage: [UInt8]?
    private(set) var responseMessage: [UInt8]?
    private(set) var isBlocked = false

    private var querySeconds: UInt64?
    private var queryNanoseconds: UInt32 = 0
    private var responseSeconds: UInt64?
    private var responseNanoseconds: UInt32 = 0

    init(_ frame: RawSpan) throws(DecodeFault) {
        var fields = ProtocolBuffer(frame)
        while let field = try fields.next() {
            if field.number == 14, case .bytes(let start, let count) = field.value {
                try readMessage(frame.clamped(from: start, count: count))
            }
        }
        queryTime = DNSTapMessage.time(querySeconds, queryNanoseconds)
        responseTime = DNSTapMessage.time(responseSeconds, responseNanoseconds)
    }

    private mutating func readMessage(_ message: RawSpan) throws(DecodeFault) {
        var fields = ProtocolBuffer(message)
        while let field = try fields.next() {
            switch field.value {
            case .varint(let value): takeNumber(field.number, value)
            case .fixed32(let value):
                if field.number == 9 { queryNanoseconds = value }
                if field.number == 13 { responseNanoseconds = value }
            case .fixed64: break
            case .bytes(let start, let count):
                try takeBytes(field.number, message.clamped(from: start, count: count))
            }
        }
    }

    private mutating func takeNumber(_ number: UInt64, _ value: UInt64) {
        switch number {
        case 1: type = value
        // SocketProtocol: 1 UDP, 2 TCP, 3 DOT, 4 DOH, 5 and 6 DNSCrypt over UDP and TCP, 7 DOQ.
        case 3:
            switch value {
            case 2, 6: carrier = .tcp
            case 3: carrier = .tls
            case 4: carrier = .https
            case 7: carrier = .quic
            default: carrier = .udp
            }
        case 8: querySeconds = value
        case 12: responseSeconds = value
        default: break
        }
    }

    private mutating func takeBytes(_ number: UInt64, _ bytes: RawSpan) throws(DecodeFault) {
        switch number {
        case 4: queryAddress = DNSTapMessage.address(bytes)
        case 5: responseAddress = DNSTapMessage.address(bytes)
        case 10: queryMessage = bytes.copied()
        case 14: responseMessage = bytes.copied()
        case 15: try readPolicy(bytes)
        default: break
        }
    }

    /// Policy.action: 1 NXDOMAIN, 2 NODATA, 3 PASS, 4 DROP, 5 TRUNCATE, 6 LOCAL_DATA.
    private mutating func readPolicy(_ policy: RawSpan) throws(DecodeFault) {
        var fields = ProtocolBuffer(policy)
        while let field = try fields.next() {
            if field.number == 3, case .varint(let action) = field.value {
                isBlocked = [1, 2, 4, 6].contains(action)
            }
        }
    }

    private static func address(_ bytes: RawSpan) -> IPAddress? {
        var reader = ByteReader(bytes)
        if bytes.byteCount == 4 { return (try? reader.u32()).map { IPAddress(ipv4: $0) } }
        guard bytes.byteCount == 16, let high = try? reader.u64(), let low = try? reader.u64() else {
            return nil
        }
        return IPAddress(ipv6High: high, low: low).unmapped
    }

    private static func time(_ seconds: UInt64?, _ nanoseconds: UInt32) -> Timestamp? {
        guard let seconds, let whole = Int64(exactly: seconds), nanoseconds < 1_000_000_000 else {
            return nil
        }
        return Timestamp(seconds: whole, nanoseconds: Int64(nanoseconds))
    }
}

/// The fields of one message in the wire format of Protocol Buffers (protobuf.dev/programming-guides/encoding), one
/// after the other. Unknown fields are the caller's to pass over; groups, given up long ago, are refused.
struct ProtocolBuffer: ~Escapable {
    enum Value: Equatable {
        case varint(UInt64)
        case fixed64(UInt64)
        case fixed32(UInt32)
        /// A range of the message: bytes, text or a message.
        case bytes(start: Int, count: Int)
    }

    struct Field: Equatable {
        var number: UInt64
        var value: Value
    }

    private var reader: ByteReader

    @_lifetime(copy message)
    init(_ message: RawSpan) { reader = ByteReader(message) }

    /// The next field; nil at the end. Each consumes a byte at least.
    mutating func next() throws(DecodeFault) -> Field? {
        if reader.isAtEnd { return nil }
        let key = try varint()
        let value: Value
        switch key & 7 {
        case 0: value = .varint(try varint())
        case 1: value = .fixed64(try reader.u64LE())
        case 2:
            guard let count = Int(exactly: try varint()) else { throw .malformed }
            let start = reader.offset
            try reader.skip(count)
            value = .bytes(start: start, count: count)
        case 5: value = .fixed32(try reader.u32LE())
        default: throw .malformed
        }
        return Field(number: key >> 3, value: value)
    }

    /// At most ten bytes of seven bits each, lowest first.
    private mutating func varint() throws(DecodeFault) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while shift < 70 {
            let byte = try reader.u8()
            value |= UInt64(byte & 0x7f) &<< shift
            // The tenth byte holds one bit.
            guard shift < 63 || byte <= 1 else { throw .malformed }
            if byte & 0x80 == 0 { return value }
            shift += 7
        }
        throw .malformed
    }
}
