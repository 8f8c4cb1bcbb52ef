import Bytes

/// The search for one kind of handshake message, a client's hello or a server's certificate, in DTLS
/// datagrams (RFC 6347 §4.1 and §4.2, RFC 9147 §5.2), with fragments in any order and over several records
/// and datagrams.
///
/// ```
/// record:  type 1 | version 2 | epoch 2 | sequence 6 | length 2
/// message: type 1 | length 3 | message_seq 2 | fragment_offset 3 | fragment_length 3
/// ```
package struct DTLSSearch: Sendable {
    private var pieces = PieceBuffer()
    private var length = 0
    private var sequence: UInt16?

    private static let handshake: UInt8 = 22
    private static let clientHello: UInt8 = 1
    private static let certificate: UInt8 = 11

    private let messageType: UInt8
    /// Something came that ends the handshake in clear: a ChangeCipherSpec, data, or an alert.
    package private(set) var isOver = false
    /// A fatal alert came in clear: this side refused the handshake.
    package private(set) var isRefused = false

    /// A search in the client's datagrams, or in the server's.
    package init(inServer: Bool = false) {
        messageType = inServer ? DTLSSearch.certificate : DTLSSearch.clientHello
    }

    /// Whether a datagram begins with the record of a ClientHello: at most 14 bytes read, nothing allocated.
    package static func probe(_ datagram: RawSpan) -> Bool {
        guard datagram.byte(at: 0) == handshake, datagram.byteCount >= 25 else { return false }
        // 0xfeff is DTLS 1.0, 0xfefd 1.2 (and 1.3's legacy version); 0x0100 was OpenSSL's before the RFC.
        let isVersion =
            datagram.byte(at: 1) == 0xfe || datagram.byte(at: 1) == 0x01 && datagram.byte(at: 2) == 0
        return isVersion && datagram.byte(at: 3) == 0 && datagram.byte(at: 4) == 0
            && datagram.byte(at: 13) == clientHello
    }

    /// Takes in a client's datagram; returns the hello once it is whole. The second hello, after the server's
    /// HelloVerifyRequest, has a sequence number of its own and begins anew.
    package mutating func takeHello(_ datagram: RawSpan) -> ClientHello? {
        message(datagram)?.withRawSpan { ClientHello.parse(body: $0, dtls: true) }
    }

    /// Takes in a server's datagram; returns the names of its first certificate once the message is whole (up
    /// to DTLS 1.2: list <3> of certificates <3>).
    package mutating func takeCertificate(_ datagram: RawSpan) -> CertificateNames? {
        message(datagram)?.withRawSpan { body -> CertificateNames? in
            var reader = ByteReader(body)
            guard (try? reader.u24()) != nil, let length = try? reader.u24(),
                let first = try? reader.take(Int(length))
            else { return nil }
            return CertificateNames.parse(first)
        }
    }

    private mutating func message(_ datagram: RawSpan) -> [UInt8]? {
        var reader = ByteReader(datagram)
        // Each round consumes at least a record header of 13 bytes.
        while reader.remaining >= 13 {
            guard let record = try? nextRecord(&reader) else { return nil }
            var fragments = ByteReader(datagram.clamped(from: record.lowerBound, count: record.count))
            while !fragments.isAtEnd {
                guard (try? takeFragment(&fragments)) != nil else { return nil }
                guard length > 0, pieces.bytes.count >= length else { continue }
                let whole = Array(pieces.bytes.prefix(length))
                (pieces, length, sequence) = (PieceBuffer(), 0, nil)
                return whole
            }
        }
        return nil
    }

    /// The flow ended: what is there of a hello that never became whole, if it has a name.
    package func finish() -> ClientHello? {
        guard messageType == DTLSSearch.clientHello, !pieces.bytes.isEmpty else { return nil }
        let hello = pieces.bytes.withRawSpan { ClientHello.parse(body: $0, dtls: true) }
        return hello.serverName == nil ? nil : hello
    }

    /// Passes over one record; the place of its content, empty unless that is a handshake in clear (epoch
    /// 0).
    private mutating func nextRecord(_ reader: inout ByteReader) throws(DecodeFault) -> Range<Int> {
        let type = try reader.u8()
        _ = try reader.u16()
        let epoch = try reader.u16()
        try reader.skip(6)
        let length = Int(try reader.u16())
        let start = reader.offset
        // Level 2 is fatal (RFC 5246 §7.2); an encrypted alert has another epoch.
        if type == TLSRecordHeader.alert, epoch == 0, length == 2, reader.peek() == 2 { isRefused = true }
        // A record that the capture cut is used as far as it goes.
        try reader.skip(min(length, reader.remaining))
        if type != DTLSSearch.handshake { isOver = true }
        return type == DTLSSearch.handshake && epoch == 0 ? start..<reader.offset : start..<start
    }

    private mutating func takeFragment(_ reader: inout ByteReader) throws(DecodeFault) {
        let type = try reader.u8()
        let messageLength = Int(try reader.u24())
        let messageSequence = try reader.u16()
        let offset = Int(try reader.u24())
        let count = Int(try reader.u24())
        let content = try reader.take(min(count, reader.remaining))
        guard type == messageType else { return }
        guard messageLength > 0, messageLength <= HandshakeExtent.messageLimit,
            offset + count <= messageLength
        else {
            throw .malformed
        }
        if sequence != messageSequence {
            sequence = messageSequence
            pieces = PieceBuffer()
            length = messageLength
        }
        pieces.add(content, at: offset)
    }
}
