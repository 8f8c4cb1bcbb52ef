import Bytes

/// The search for the client's hello in one QUIC conversation, datagram by datagram, without knowing in
/// advance who the client is.
///
/// Each side's Initials are tried with the client keys that follow from their own destination connection id:
/// only the true client's open. The id changes with a Retry (RFC 9000 §17.2.5) and with a new attempt after
/// version negotiation; then the hello begins anew.
package struct QUICSearch: Sendable {
    package enum Step: Equatable, Sendable {
        /// Nothing yet; show the next datagram.
        case undecided
        case hello(ClientHello)
        case google(GoogleHello)
        /// The other side answered the hello; true when it refused the handshake.
        case answered(refused: Bool)
        case failed(Reason)
    }

    /// Why a conversation has no name.
    package enum Reason: Equatable, Sendable {
        /// No version that is known, and the keys of none opened it.
        case unknownVersion
        /// The client's first packets were not seen, or were changed.
        case undecryptable
        /// A part of the hello was never seen.
        case incomplete
    }

    private struct Side: Sendable {
        var keys: (version: QUICVersion, client: QUICKeys, id: [UInt8])?
        var crypto = PieceBuffer()
        /// Sets of keys that did not open a packet.
        var failures = 0
        var datagrams = 0
        var sawUnknownVersion = false
    }

    private var sideA = Side()
    private var sideB = Side()
    /// Whether A is the client, once one of its packets has opened.
    package private(set) var clientIsA: Bool?
    private var hasHello = false

    /// Datagrams of one side that are looked at. A hello takes one to three; more are retransmissions, 0-RTT,
    /// or a conversation that was joined in its middle.
    private static let datagramLimit = 16
    /// Deriving keys costs tens of microseconds; a flow cannot ask for it without end.
    private static let failureLimit = 12
    /// Packets in one datagram (RFC 9000 §12.2): one of each kind in practice.
    private static let coalescedLimit = 8

    package init() {}

    /// Takes in a datagram of side A or B.
    package mutating func take(_ datagram: RawSpan, fromA: Bool) -> Step {
        if let clientIsA, clientIsA != fromA { return takeServer(datagram) }
        if fromA {
            let step = takeClient(datagram, side: &sideA)
            if sideA.keys != nil { clientIsA = true }
            return note(step, of: sideA)
        }
        let step = takeClient(datagram, side: &sideB)
        if sideB.keys != nil { clientIsA = false }
        return note(step, of: sideB)
    }

    private mutating func note(_ step: Step, of side: Side) -> Step {
        switch step {
        case .hello, .google: hasHello = true
        case .undecided:
            let isWorn =
                side.datagrams >= QUICSearch.datagramLimit || side.failures >= QUICSearch.failureLimit
            if !hasHello, isWorn { return finish() }
        default: break
        }
        return step
    }

    /// No more datagrams will come (or none is wanted): what is there of the hello, or the reason for
    /// nothing.
    package mutating func finish() -> Step {
        guard !hasHello else { return .undecided }
        hasHello = true
        let client = clientIsA == false ? sideB : sideA
        if clientIsA == nil {
            return .failed(
                sideA.sawUnknownVersion || sideB.sawUnknownVersion ? .unknownVersion : .undecryptable)
        }
        if case .done(let hello) = client.crypto.bytes.withRawSpan({
            ClientHello.parse(handshakeMessage: $0, ended: true)
        }), hello.serverName != nil {
            return .hello(hello)
        }
        return .failed(.incomplete)
    }

    // MARK: The client's side

    private func takeClient(_ datagram: RawSpan, side: inout Side) -> Step {
        side.datagrams += 1
        if let first = datagram.byte(at: 0), first & 0x80 == 0 {
            return GoogleQUIC.parsePublic(datagram).map { .google($0) } ?? .undecided
        }
        var offset = 0
        var packets = 0
        while offset < datagram.byteCount, packets < QUICSearch.coalescedLimit {
            packets += 1
            guard let header = try? QUICHeader(datagram, at: offset), header.version != 0 else {
                return packets == 1 ? google046(datagram) : .undecided
            }
            let known = QUICVersion(header.version)
            if known?.family == .googleLong { return google046(datagram) }
            let versions = known.map { [$0] } ?? QUICVersion.guesses(for: header.version)
            if known == nil { side.sawUnknownVersion = true }
            guard let end = takePacket(datagram, header, versions, side: &side) else { return .undecided }
            offset = end
            if let step = helloStep(side) { return step }
        }
        return .undecided
    }

    private func google046(_ datagram: RawSpan) -> Step {
        guard let version = try? ByteReader(datagram, at: 1).peekVersion(),
            QUICVersion(version)?.family == .googleLong, let hello = GoogleQUIC.parseLong(datagram)
        else { return .undecided }
        return .google(hello)
    }

    /// Opens the packet at `header` if it is an Initial; returns where the next one begins.
    private func takePacket(
        _ datagram: RawSpan, _ header: QUICHeader, _ versions: [QUICVersion], side: inout Side
    ) -> Int? {
        var end: Int?
        for version in versions {
            let type = version.packetType(header.first)
            guard let extent = try? header.extent(datagram, type: type) else { continue }
            end = end ?? extent.upperBound
            guard type == .initial else { continue }
            let packet = datagram.clamped(from: header.start, count: extent.upperBound - header.start)
            let number = extent.lowerBound - header.start
            if open(packet, number, header, datagram, version, side: &side) { return extent.upperBound }
        }
        return end
    }

    private func open(
        _ packet: RawSpan, _ number: Int, _ header: QUICHeader, _ datagram: RawSpan, _ version: QUICVersion,
        side: inout Side
    ) -> Bool {
        if let keys = side.keys, keys.version == version,
            let payload = keys.client.open(packet, number: number)
        {
            payload.withRawSpan { _ = QUICFrames($0, family: version.family, into: &side.crypto) }
            return true
        }
        let id = datagram.clamped(from: header.destinationID.lowerBound, count: header.destinationID.count)
        if let keys = side.keys, keys.version == version, keys.id.withRawSpan({ $0.equals(id) }) {
            return false
        }
        guard side.failures < QUICSearch.failureLimit else { return false }
        let keys = QUICKeys(version, connectionID: id, side: .client)
        guard let payload = keys.open(packet, number: number) else {
            side.failures += 1
            return false
        }
        side.keys = (version, keys, id.copied())
        side.crypto = PieceBuffer()
        payload.withRawSpan { _ = QUICFrames($0, family: version.family, into: &side.crypto) }
        return true
    }

    private func helloStep(_ side: Side) -> Step? {
        guard let family = side.keys?.version.family, !side.crypto.bytes.isEmpty else { return nil }
        return side.crypto.bytes.withRawSpan { bytes -> Step? in
            if family == .googleEncrypted, bytes.byte(at: 0) == UInt8(ascii: "C") {
                return GoogleHello.parse(bytes).map { .google($0) }
            }
            switch ClientHello.parse(handshakeMessage: bytes) {
            case .done(let hello): return .hello(hello)
            case .needMore: return nil
            case .notMine: return .failed(.undecryptable)
            }
        }
    }

    // MARK: The server's side

    /// Looks whether the server took part or closed at once (RFC 9000 §10.2.3).
    private mutating func takeServer(_ datagram: RawSpan) -> Step {
        let client = clientIsA == true ? sideA : sideB
        guard let keys = client.keys else { return .undecided }
        if clientIsA == true { sideB.datagrams += 1 } else { sideA.datagrams += 1 }
        let seen = clientIsA == true ? sideB.datagrams : sideA.datagrams
        // A server's short header: the handshake is over.
        guard let header = try? QUICHeader(datagram, at: 0) else { return .answered(refused: false) }
        let isNegotiation = header.version == 0
        let type = keys.version.packetType(header.first)
        if !isNegotiation, type == .handshake { return .answered(refused: false) }
        if !isNegotiation, type == .initial, let frames = openServer(datagram, header, keys.version, keys.id)
        {
            if frames.hasCrypto { return .answered(refused: false) }
            if frames.closeCode != nil { return .answered(refused: true) }
        }
        return seen >= QUICSearch.datagramLimit ? .answered(refused: false) : .undecided
    }

    private func openServer(
        _ datagram: RawSpan, _ header: QUICHeader, _ version: QUICVersion, _ id: [UInt8]
    ) -> QUICFrames? {
        guard let extent = try? header.extent(datagram, type: .initial) else { return nil }
        let keys = id.withRawSpan { QUICKeys(version, connectionID: $0, side: .server) }
        let packet = datagram.clamped(from: header.start, count: extent.upperBound - header.start)
        var crypto = PieceBuffer()
        return keys.open(packet, number: extent.lowerBound - header.start).map { payload in
            payload.withRawSpan { QUICFrames($0, family: version.family, into: &crypto) }
        }
    }
}

extension ByteReader {
    /// The next four bytes as a version number.
    fileprivate func peekVersion() throws(DecodeFault) -> UInt32 {
        var reader = self
        return try reader.u32()
    }
}
