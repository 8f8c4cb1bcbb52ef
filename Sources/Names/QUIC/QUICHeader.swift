import Bytes

/// A long header (RFC 9000 §17.2) as places within its datagram; nothing is copied.
///
/// ```
/// first 1 | version 4 | DCID <1> | SCID <1> | [Initial: token <varint>]
///   | length varint | packet number | payload
/// ```
struct QUICHeader {
    let start: Int
    let first: UInt8
    let version: UInt32
    /// Destination connection id: on the client's first packets, the source of all Initial keys.
    let destinationID: Range<Int>
    let sourceID: Range<Int>
    /// Where what follows the connection ids begins.
    let afterIDs: Int

    /// RFC 9000 §17.2: 20 bytes in version 1. Drafts and other versions may have longer ones (RFC 8999 §5.1).
    static let connectionIDLimit = 20

    init(_ datagram: RawSpan, at start: Int) throws(DecodeFault) {
        var reader = ByteReader(datagram, at: start)
        self.start = start
        first = try reader.u8()
        guard first & 0x80 != 0 else { throw .unknown }
        version = try reader.u32()
        let destinationLength = Int(try reader.u8())
        guard destinationLength <= QUICHeader.connectionIDLimit else { throw .unknown }
        destinationID = reader.offset..<(reader.offset + destinationLength)
        try reader.skip(destinationLength)
        let sourceLength = Int(try reader.u8())
        guard sourceLength <= QUICHeader.connectionIDLimit else { throw .unknown }
        sourceID = reader.offset..<(reader.offset + sourceLength)
        try reader.skip(sourceLength)
        afterIDs = reader.offset
    }

    /// Where the packet number of a packet that has one begins, and where the packet ends.
    func extent(_ datagram: RawSpan, type: QUICPacketType) throws(DecodeFault) -> Range<Int> {
        guard type != .retry else { return datagram.byteCount..<datagram.byteCount }
        var reader = ByteReader(datagram, at: afterIDs)
        if type == .initial { try reader.skip(try reader.quicLength()) }
        let length = try reader.quicLength()
        let number = reader.offset
        try reader.skip(length)
        return number..<reader.offset
    }
}

extension ByteReader {
    /// A variable-length integer (RFC 9000 §16): one to eight bytes, the first two bits tell which.
    mutating func quicInteger() throws(DecodeFault) -> UInt64 {
        guard let first = peek() else { throw .truncated }
        switch first >> 6 {
        case 0: return UInt64(try u8())
        case 1: return UInt64(try u16() & 0x3fff)
        case 2: return UInt64(try u32() & 0x3fff_ffff)
        default: return try u64() & 0x3fff_ffff_ffff_ffff
        }
    }

    /// A variable-length integer that counts bytes: what no span can hold becomes the largest integer, so
    /// that the next read throws `truncated`.
    mutating func quicLength() throws(DecodeFault) -> Int { Int(clamping: try quicInteger()) }
}

/// The cheap look that decides whether a UDP datagram may begin a QUIC conversation: reads at most a few
/// bytes and allocates nothing.
package enum QUICProbe: Equatable, Sendable {
    case notQUIC
    /// A long header of a version that is known.
    case known
    /// A long header of an unknown version.
    case unknownVersion
    /// Version negotiation (RFC 9000 §17.2.1): the server knows none of what the client offered.
    case negotiation
    /// Google's versions before Q046, with the public header.
    case googlePublic

    package init(_ datagram: RawSpan) {
        guard let first = datagram.byte(at: 0) else {
            self = .notQUIC
            return
        }
        if first & 0x80 == 0 {
            self = GoogleQUIC.probePublic(datagram) ? .googlePublic : .notQUIC
            return
        }
        self = QUICProbe.long(datagram, first: first)
    }

    private static func long(_ datagram: RawSpan, first: UInt8) -> QUICProbe {
        var reader = ByteReader(datagram, at: 1)
        guard let version = try? reader.u32() else { return .notQUIC }
        if let known = QUICVersion(version) {
            if known.family == .googleLong { return .known }
            return (try? QUICHeader(datagram, at: 0)) == nil ? .notQUIC : .known
        }
        guard let header = try? QUICHeader(datagram, at: 0) else { return .notQUIC }
        if version == 0 {
            // A list of at least one version, and nothing but versions.
            let list = datagram.byteCount - header.afterIDs
            return list >= 4 && list % 4 == 0 && !header.sourceID.isEmpty ? .negotiation : .notQUIC
        }
        // The fixed bit, and a first Initial's size and ids (RFC 9000 §7.2 and §14.1): other protocols set
        // the top bit too (RTP: 0x80 to 0xbf).
        let isLikely = first & 0x40 != 0 && header.destinationID.count >= 8 && datagram.byteCount >= 1200
        return isLikely ? .unknownVersion : .notQUIC
    }
}
