package import Bytes

/// Changes the hello that a client's Initial packets carry, and seals them again: their keys follow from the connection
/// id, which stays (RFC 9001 §5.2). For showing a conversation to others without what identifies a device.
package enum QUICInitialEditor {
    /// Packets in one datagram that are looked at (RFC 9000 §12.2).
    private static let coalescedLimit = 8
    /// Keys tried in one conversation; each Retry or new attempt has its own.
    private static let keyLimit = 4

    /// One opened packet and where its CRYPTO data stands.
    private struct Packet {
        let datagram: Int
        let keys: QUICKeys
        var opened: QUICKeys.Opened
        var pieces: [Piece] = []
    }

    private struct Piece {
        /// In the packet's payload.
        let place: Int
        /// In the CRYPTO stream.
        let offset: Int
        let count: Int
    }

    /// The client's datagrams with their Initial packets alone, the hello changed by `edit`, tokens blanked. Nil for
    /// datagrams without a part of the hello; all nil when the hello is not whole or `edit` returns false.
    ///
    /// - Parameter edit: changes the handshake message in place, header included, without changing its length.
    package static func rewrite(
        _ datagrams: [[UInt8]], _ edit: (inout [UInt8]) -> Bool
    ) -> [[UInt8]?] {
        var result = [[UInt8]?](repeating: nil, count: datagrams.count)
        var packets: [Packet] = []
        var keys: [QUICKeys] = []
        for (index, datagram) in datagrams.enumerated() {
            datagram.withRawSpan { packets += open($0, index, &keys) }
        }
        guard var hello = join(packets), hello.keepingLength(edit) else { return result }
        for packet in packets where packet.pieces.contains(where: { $0.offset < hello.count }) {
            var changed = packet.opened
            for piece in packet.pieces {
                for place in 0..<piece.count where changed.payload.indices.contains(piece.place + place) {
                    let from = piece.offset + place
                    changed.payload[piece.place + place] = from < hello.count ? hello[from] : 0
                }
            }
            guard let sealed = packet.keys.seal(changed) else { continue }
            result[packet.datagram] = (result[packet.datagram] ?? []) + sealed
        }
        return result
    }

    /// The Initial packets that a datagram begins with; nil when it begins with something else.
    package static func initials(_ datagram: RawSpan) -> Range<Int>? {
        var end = 0
        for _ in 0..<coalescedLimit {
            guard let next = nextInitial(datagram, at: end) else { break }
            end = next.extent.upperBound
        }
        return end > 0 ? 0..<end : nil
    }

    private static func nextInitial(_ datagram: RawSpan, at offset: Int)
        -> (header: QUICHeader, version: QUICVersion, extent: Range<Int>)?
    {
        guard offset < datagram.byteCount, let header = try? QUICHeader(datagram, at: offset),
            let version = QUICVersion(header.version), version.family == .ietf || version.family == .ietf2,
            version.packetType(header.first) == .initial,
            let extent = try? header.extent(datagram, type: .initial)
        else { return nil }
        return (header, version, extent)
    }

    private static func open(_ datagram: RawSpan, _ index: Int, _ keys: inout [QUICKeys]) -> [Packet] {
        var packets: [Packet] = []
        var offset = 0
        for _ in 0..<coalescedLimit {
            guard let next = nextInitial(datagram, at: offset) else { break }
            let bytes = datagram.clamped(from: offset, count: next.extent.upperBound - offset)
            let number = next.extent.lowerBound - offset
            offset = next.extent.upperBound
            let id = datagram.clamped(
                from: next.header.destinationID.lowerBound, count: next.header.destinationID.count)
            guard var packet = open(bytes, number, index, &keys, next.version, id) else { continue }
            blankToken(&packet.opened, next.header)
            packet.pieces = packet.opened.payload.withRawSpan { pieces($0) }
            packets.append(packet)
        }
        return packets
    }

    private static func open(
        _ bytes: RawSpan, _ number: Int, _ index: Int, _ keys: inout [QUICKeys], _ version: QUICVersion,
        _ id: RawSpan
    ) -> Packet? {
        for known in keys {
            if let opened = known.openWhole(bytes, number: number) {
                return Packet(datagram: index, keys: known, opened: opened)
            }
        }
        guard keys.count < keyLimit else { return nil }
        let fresh = QUICKeys(version, connectionID: id, side: .client)
        guard let opened = fresh.openWhole(bytes, number: number) else { return nil }
        keys.append(fresh)
        return Packet(datagram: index, keys: fresh, opened: opened)
    }

    /// The token by which a server knows a client again (RFC 9000 §8.1.3) stands between the ids and the length.
    private static func blankToken(_ packet: inout QUICKeys.Opened, _ header: QUICHeader) {
        let start = header.afterIDs - header.start
        let token = packet.header.withRawSpan { (bytes: RawSpan) -> Range<Int>? in
            var reader = ByteReader(bytes, at: start)
            guard let length = try? reader.quicLength() else { return nil }
            let from = reader.offset
            return (try? reader.skip(length)) == nil ? nil : from..<reader.offset
        }
        for place in token ?? 0..<0 { packet.header[place] = 0 }
    }

    /// Where the CRYPTO frames' data stands (RFC 9000 §19.6); stops at a frame that does not belong into an Initial.
    private static func pieces(_ payload: RawSpan) -> [Piece] {
        var pieces: [Piece] = []
        var reader = ByteReader(payload)
        do throws(DecodeFault) {
            // Each round consumes at least one byte.
            while !reader.isAtEnd {
                switch try reader.u8() {
                case 0x00, 0x01: continue
                case 0x02: try QUICFrames.skipAcknowledgement(&reader, hasCounts: false)
                case 0x03: try QUICFrames.skipAcknowledgement(&reader, hasCounts: true)
                case 0x06:
                    let offset = try reader.quicLength()
                    let count = try reader.quicLength()
                    let place = reader.offset
                    try reader.skip(count)
                    guard offset < PieceBuffer.lengthLimit else { return pieces }
                    pieces.append(Piece(place: place, offset: offset, count: count))
                default: return pieces
                }
            }
        } catch {
            return pieces
        }
        return pieces
    }

    /// The hello's handshake message, once it is whole.
    private static func join(_ packets: [Packet]) -> [UInt8]? {
        var crypto = PieceBuffer()
        for packet in packets {
            packet.opened.payload.withRawSpan { payload in
                for piece in packet.pieces {
                    crypto.add(payload.clamped(from: piece.place, count: piece.count), at: piece.offset)
                }
            }
        }
        let bytes = crypto.bytes
        guard bytes.count >= 4, bytes[0] == 1 else { return nil }
        let length = 4 + Int(bytes[1]) << 16 + Int(bytes[2]) << 8 + Int(bytes[3])
        return bytes.count >= length ? Array(bytes.prefix(length)) : nil
    }
}

extension [UInt8] {
    /// Runs `edit`; false when it says so or has changed the length.
    fileprivate mutating func keepingLength(_ edit: (inout [UInt8]) -> Bool) -> Bool {
        let before = count
        return edit(&self) && count == before
    }
}
