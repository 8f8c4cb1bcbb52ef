package import Bytes

/// A DNS message (RFC 1035 §4.1): its header, questions and answers. Names are text as `DNSName.read` gives
/// it.
///
/// Everything is bounded by the message: a question takes at least 5 bytes and a record at least 11, so that
/// the 64 KiB of the largest message hold some 6000 records with a name of up to 1 kB of text each.
package struct DNSMessage: Equatable, Sendable {
    package struct Question: Equatable, Sendable {
        package var name: String
        package var type: DNSType
        /// 1 is IN; the top bit is mDNS's wish for a unicast answer (RFC 6762 §5.4).
        package var dnsClass: UInt16

        package init(name: String, type: DNSType, dnsClass: UInt16 = DNSMessage.classIN) {
            self.name = name
            self.type = type
            self.dnsClass = dnsClass
        }
    }

    package struct Record: Equatable, Sendable {
        package var name: String
        package var type: DNSType
        /// 1 is IN; the top bit is mDNS's cache flush (RFC 6762 §10.2).
        package var dnsClass: UInt16
        /// Seconds; values with the top bit set count as 0 (RFC 2181 §8).
        package var ttl: UInt32
        package var data: Data

        package init(
            name: String, type: DNSType, dnsClass: UInt16 = DNSMessage.classIN, ttl: UInt32, data: Data
        ) {
            self.name = name
            self.type = type
            self.dnsClass = dnsClass
            self.ttl = ttl
            self.data = data
        }
    }

    package enum Data: Equatable, Sendable {
        /// A or AAAA.
        case address(IPAddress)
        /// The target of CNAME, DNAME, NS or PTR; which of them, the record's type says.
        case name(String)
        /// HTTPS or SVCB.
        case service(ServiceBinding)
        /// A type or class that is not interpreted.
        case other
        /// Data that contradicts its type.
        case malformed
    }

    /// EDNS (RFC 6891 §6.1.2), from the OPT record of the additional section.
    package struct EDNS: Equatable, Sendable {
        package var payloadSize: UInt16
        package var version: UInt8
        package var dnssecOK: Bool

        package init(payloadSize: UInt16, version: UInt8, dnssecOK: Bool) {
            self.payloadSize = payloadSize
            self.version = version
            self.dnssecOK = dnssecOK
        }
    }

    package var id: UInt16 = 0
    package var isResponse = false
    /// 0 is a query (RFC 1035); 5 an update, whose sections mean other things.
    package var opcode: UInt8 = 0
    package var isAuthoritative = false
    /// TC: the answer did not fit; the client asks again over TCP.
    package var isTruncated = false
    package var recursionDesired = false
    package var responseCode = DNSResponseCode.noError
    package var questions: [Question] = []
    package var answers: [Record] = []
    package var edns: EDNS?
    /// Why decoding stopped before the end; what stands above was whole.
    package var fault: DecodeFault?

    package static let classIN: UInt16 = 1
    static let headerSize = 12

    package init() {}

    package var isQuery: Bool { opcode == 0 }

    /// Whether the bytes can be a DNS message: a header that makes sense and a first question that is well
    /// formed. Reads the first name at most and allocates nothing. For ports other than 53, where it
    /// decides.
    package static func probe(_ message: RawSpan) -> Bool {
        var reader = ByteReader(message)
        do {
            try reader.skip(2)
            let flags = try reader.u16()
            let questions = try reader.u16()
            let answers = try reader.u16()
            let authorities = try reader.u16()
            let additionals = try reader.u16()
            let isResponse = flags & 0x8000 != 0
            // Opcodes 0 to 6 are assigned but for 3; Z must be zero (RFC 1035 §4.1.1).
            guard flags >> 11 & 15 <= 6, flags >> 11 & 15 != 3, flags & 0x40 == 0, questions == 1 else {
                return false
            }
            guard isResponse || (flags & 15 == 0 && answers == 0) else { return false }
            // More records than bytes for them contradict the message.
            let records = Int(answers) + Int(authorities) + Int(additionals)
            guard records * 11 <= message.byteCount else { return false }
            try DNSName.skip(&reader)
            let type = try reader.u16()
            let dnsClass = try reader.u16()
            return type != 0 && (dnsClass == 1 || dnsClass == 3 || dnsClass == 255)
        } catch {
            return false
        }
    }

    /// Decodes one message: the payload of a UDP datagram, or of one frame over TCP. Throws only when there
    /// is no whole header; whatever goes wrong later is the message's `fault`.
    package static func parse(_ bytes: RawSpan) throws(DecodeFault) -> DNSMessage {
        var message = DNSMessage()
        var reader = ByteReader(bytes)
        message.id = try reader.u16()
        let flags = try reader.u16()
        let questions = try reader.u16()
        let answers = try reader.u16()
        let authorities = try reader.u16()
        let additionals = try reader.u16()
        message.isResponse = flags & 0x8000 != 0
        message.opcode = UInt8(truncatingIfNeeded: flags >> 11 & 15)
        message.isAuthoritative = flags & 0x0400 != 0
        message.isTruncated = flags & 0x0200 != 0
        message.recursionDesired = flags & 0x0100 != 0
        message.responseCode = DNSResponseCode(rawValue: flags & 15)
        do throws(DecodeFault) {
            for _ in 0..<questions { message.questions.append(try readQuestion(&reader, in: bytes)) }
            for _ in 0..<answers { message.answers.append(try readRecord(&reader, in: bytes)) }
            for _ in 0..<authorities { try skipRecord(&reader) }
            for _ in 0..<additionals { try message.readAdditional(&reader) }
        } catch {
            message.fault = error
        }
        return message
    }

    private static func readQuestion(
        _ reader: inout ByteReader, in message: RawSpan
    ) throws(DecodeFault) -> Question {
        let name = try DNSName.read(&reader, in: message)
        return Question(name: name, type: DNSType(rawValue: try reader.u16()), dnsClass: try reader.u16())
    }

    /// RFC 1035 §4.1.3: name, type 2, class 2, TTL 4, data <2>. Data that is there in part is no record.
    private static func readRecord(
        _ reader: inout ByteReader, in message: RawSpan
    ) throws(DecodeFault) -> Record {
        let name = try DNSName.read(&reader, in: message)
        let type = DNSType(rawValue: try reader.u16())
        let dnsClass = try reader.u16()
        let ttl = try reader.u32()
        let length = Int(try reader.u16())
        let start = reader.offset
        try reader.skip(length)
        var data = Data.malformed
        do {
            data = try decode(
                ByteReader(message, at: start), length: length, type: type, dnsClass: dnsClass, in: message)
        } catch {
            // The record's bounds are known, so those behind it are read all the same.
        }
        return Record(
            name: name, type: type, dnsClass: dnsClass, ttl: ttl > UInt32(Int32.max) ? 0 : ttl, data: data)
    }

    private static func decode(
        _ data: ByteReader, length: Int, type: DNSType, dnsClass: UInt16, in message: RawSpan
    ) throws(DecodeFault) -> Data {
        guard dnsClass & 0x7fff == classIN else { return .other }
        var reader = ByteReader(message, at: data.offset)
        switch type {
        case .a:
            guard length == 4 else { return .malformed }
            return .address(IPAddress(ipv4: try reader.u32()))
        case .aaaa:
            guard length == 16 else { return .malformed }
            return .address(IPAddress(ipv6High: try reader.u64(), low: try reader.u64()))
        case .cname, .dname, .ns, .ptr:
            let name = try DNSName.read(&reader, in: message)
            return reader.offset == data.offset + length ? .name(name) : .malformed
        case .https, .svcb:
            return .service(try ServiceBinding.parse(data, end: data.offset + length, in: message))
        default:
            return .other
        }
    }

    private static func skipRecord(_ reader: inout ByteReader) throws(DecodeFault) {
        try DNSName.skip(&reader)
        try reader.skip(8)
        try reader.skip(Int(try reader.u16()))
    }

    /// Passes over an additional record, unless it is OPT, whose class and TTL hold EDNS.
    private mutating func readAdditional(_ reader: inout ByteReader) throws(DecodeFault) {
        try DNSName.skip(&reader)
        let type = DNSType(rawValue: try reader.u16())
        let dnsClass = try reader.u16()
        let ttl = try reader.u32()
        try reader.skip(Int(try reader.u16()))
        guard type == .opt, edns == nil else { return }
        edns = EDNS(
            payloadSize: dnsClass, version: UInt8(truncatingIfNeeded: ttl >> 16), dnssecOK: ttl & 0x8000 != 0)
        let extended = UInt16(truncatingIfNeeded: ttl >> 24)
        responseCode = DNSResponseCode(rawValue: extended << 4 | responseCode.rawValue)
    }
}

extension DNSMessage {
    /// The next message of DNS over TCP (RFC 1035 §4.2.2: a length of two bytes before each) in `stream` from
    /// `offset`: the range of its bytes. Go on with the range's upper bound for the message after it.
    ///
    /// `notMine(.malformed)` for a length under a header's 12 bytes: the stream has lost its frames.
    package static func nextFrame(
        in stream: RawSpan, from offset: Int, ended: Bool = false
    ) -> Progress<Range<Int>> {
        var reader = ByteReader(stream, at: offset)
        guard let length = try? reader.u16() else {
            return ended ? .notMine(.truncated) : .needMore(until: max(offset, 0) + 2)
        }
        guard length >= headerSize else { return .notMine(.malformed) }
        let start = reader.offset
        if Int(length) > reader.remaining {
            guard ended else { return .needMore(until: start + Int(length)) }
            // A cut message still tells its first records.
            return reader.isAtEnd ? .notMine(.truncated) : .done(start..<stream.byteCount)
        }
        return .done(start..<(start + Int(length)))
    }
}
