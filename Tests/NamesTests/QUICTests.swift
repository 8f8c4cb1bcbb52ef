import Bytes
import Names
import TestSupport
import Testing

@Suite struct QUICTests {
    /// Shows the search datagrams of alternating origin; returns its steps.
    private func steps(_ datagrams: [(fromA: Bool, bytes: [UInt8])]) -> [QUICSearch.Step] {
        var search = QUICSearch()
        return datagrams.map { datagram in
            datagram.bytes.withRawSpan { search.take($0, fromA: datagram.fromA) }
        }
    }

    private func name(_ step: QUICSearch.Step?) -> String? {
        switch step {
        case .hello(let hello): hello.serverName?.text
        case .google(let hello): hello.serverName?.text
        default: nil
        }
    }

    private let id: [UInt8] = [9, 8, 7, 6, 5, 4, 3, 2]

    @Test func opensTheExampleOfRFC9001() throws {
        let seen = steps([(true, GoldenQUIC.clientV1), (false, GoldenQUIC.serverV1)])
        #expect(name(seen.first) == "example.com")
        #expect(seen.last == .answered(refused: false))
        guard case .hello(let hello) = seen.first else { return }
        #expect(hello.cipherSuites == [0x1301, 0x1302])
        #expect(hello.has(TLSValue.quicTransportParameters))
    }

    @Test func opensTheExampleOfRFC9369() {
        #expect(name(steps([(false, GoldenQUIC.clientV2)]).first) == "example.com")
    }

    @Test func theServerFirstIsNoTrap() {
        let seen = steps([(false, GoldenQUIC.serverV1), (true, GoldenQUIC.clientV1)])
        #expect(seen.first == .undecided)
        #expect(name(seen.last) == "example.com")
    }

    @Test func joinsPiecesInAnyOrderOverSeveralInitials() throws {
        let hello = GoldenQUIC.hello
        let sealer = QUICSealer(id: id)
        // Offsets 0, 50, 120 and 200; backwards, overlapping, with PADDING, PING and an ACK between.
        let first = try sealer.seal(
            QUICSealer.crypto(hello[120..<205], at: 120) + [0, 0, 1]
                + QUICSealer.crypto(hello[50..<125], at: 50),
            number: 0)
        let second = try sealer.seal(
            [2, 0, 0, 0, 0, 1] + QUICSealer.crypto(hello[200...], at: 200) + [1]
                + QUICSealer.crypto(hello[0..<60], at: 0), number: 1)
        #expect(name(steps([(true, first), (true, second)]).last) == "example.com")
        #expect(name(steps([(true, second), (true, first)]).last) == "example.com")
        #expect(name(steps([(true, first + second)]).last) == "example.com", "coalesced")
        #expect(steps([(true, first), (true, first)]).last == .undecided)
    }

    @Test func followsARetry() throws {
        let hello = GoldenQUIC.hello
        let first = try QUICSealer(id: id).seal(QUICSealer.crypto(hello[0..<100], at: 0))
        let retry = hex(
            "f000000001 04 01020304 08 a1a2a3a4a5a6a7a8 746f6b656e 000102030405060708090a0b0c0d0e0f")
        let again = QUICSealer(id: [0xa1, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7, 0xa8])
        let second = try again.seal(QUICSealer.crypto(hello[0..<120], at: 0), number: 1, token: "token".bytes)
        let third = try again.seal(QUICSealer.crypto(hello[120...], at: 120), number: 2, token: "token".bytes)
        let seen = steps([(true, first), (false, retry), (true, second), (true, third)])
        #expect(name(seen.last) == "example.com")
    }

    /// RFC 9000 §6 and §17.2.1: the server knows nothing of what was offered, and the client begins anew.
    @Test func followsAVersionNegotiation() throws {
        var sealer = QUICSealer(id: id)
        sealer.version = 0x0a1a_2a3a
        sealer.salt = id
        let first = try sealer.seal(QUICSealer.crypto(GoldenQUIC.hello, at: 0))
        let list = hex("80 00000000 04 01020304 08 0908070605040302 00000001 6b3343cf")
        let again = try QUICSealer(id: [7, 7, 7, 7, 8, 8, 8, 8]).seal(
            QUICSealer.crypto(GoldenQUIC.hello, at: 0))
        list.withRawSpan { #expect(QUICProbe($0) == .negotiation) }
        #expect(name(steps([(true, first), (false, list), (true, again)]).last) == "example.com")
    }

    /// RFC 9000 §17.2.3: data that the client sends before the handshake, beside its Initial or ahead of it.
    @Test func earlyDataIsPassedOver() throws {
        let early =
            hex("d0 00000001 08 0908070605040302 04 01020304 4020") + [UInt8](repeating: 0x5a, count: 32)
        let hello = GoldenQUIC.hello
        let first = try QUICSealer(id: id).seal(QUICSealer.crypto(hello[0..<100], at: 0))
        let second = try QUICSealer(id: id).seal(QUICSealer.crypto(hello[100...], at: 100), number: 1)
        #expect(name(steps([(true, first + early), (true, early), (true, second)]).last) == "example.com")
        #expect(
            name(steps([(true, early), (true, first + early), (true, second + early)]).last) == "example.com")
    }

    @Test func keepsKeysWhenTheClientTurnsToTheServersID() throws {
        let hello = GoldenQUIC.hello
        let first = try QUICSealer(id: id).seal(QUICSealer.crypto(hello[0..<100], at: 0))
        var moved = QUICSealer(id: id)
        moved.destinationID = [0x55, 0x66]
        let second = try moved.seal(QUICSealer.crypto(hello[100...], at: 100), number: 1)
        #expect(name(steps([(true, first), (true, second)]).last) == "example.com")
    }

    @Test func noticesARefusal() throws {
        let client = try QUICSealer(id: id).seal(QUICSealer.crypto(GoldenQUIC.hello, at: 0))
        var server = QUICSealer(id: id)
        server.side = "server in"
        server.destinationID = [1, 2, 3, 4]
        // CONNECTION_CLOSE with a TLS alert (0x128, handshake_failure) in answer to CRYPTO.
        let close = try server.seal([0x1c, 0x41, 0x28, 0x06, 0x00])
        #expect(steps([(true, client), (false, close)]).last == .answered(refused: true))
    }

    @Test func triesKnownKeysOnUnknownVersions() throws {
        var sealer = QUICSealer(id: id)
        sealer.version = 0x1a2a_3a4a
        let private1 = try sealer.seal(
            QUICSealer.crypto(GoldenQUIC.hello, at: 0) + [UInt8](repeating: 0, count: 1000))
        private1.withRawSpan { #expect(QUICProbe($0) == .unknownVersion) }
        #expect(name(steps([(true, private1)]).last) == "example.com")
        sealer.salt = id
        let foreign = try sealer.seal(QUICSealer.crypto(GoldenQUIC.hello, at: 0))
        var search = QUICSearch()
        #expect(foreign.withRawSpan { search.take($0, fromA: true) } == .undecided)
        #expect(search.finish() == .failed(.unknownVersion))
    }

    @Test func saysWhyThereIsNoName() throws {
        var search = QUICSearch()
        let part = try QUICSealer(id: id).seal(QUICSealer.crypto(GoldenQUIC.hello[100...], at: 100))
        _ = part.withRawSpan { search.take($0, fromA: true) }
        #expect(search.finish() == .failed(.incomplete))
        #expect(search.finish() == .undecided, "said once")
        var other = QUICSearch()
        var damaged = GoldenQUIC.clientV1
        damaged[600] ^= 1
        var last = QUICSearch.Step.undecided
        for _ in 0..<20 { last = damaged.withRawSpan { other.take($0, fromA: true) } }
        #expect(last == .undecided, "after the reason was given")
        var third = QUICSearch()
        var reasons: [QUICSearch.Step] = []
        for _ in 0..<16 { reasons.append(damaged.withRawSpan { third.take($0, fromA: true) }) }
        #expect(reasons.contains(.failed(.undecryptable)))
    }

    @Test func aChangedBitNeverYieldsAName() {
        var found = 0
        oneFlipPerByte(of: GoldenQUIC.clientV1) { bytes in
            var search = QUICSearch()
            if name(search.take(bytes, fromA: true)) != nil { found += 1 }
        }
        // The source connection id's length and the token are authenticated too: nothing may be changed.
        #expect(found == 0)
    }

    @Test func survivesAnyDamage() throws {
        let small = try QUICSealer(id: id).seal(QUICSealer.crypto(GoldenQUIC.hello[0..<40], at: 0))
        everyDamage(of: small) { bytes in
            var search = QUICSearch()
            _ = search.take(bytes, fromA: true)
            _ = search.take(bytes, fromA: false)
            _ = search.finish()
            _ = QUICProbe(bytes)
        }
        for seed in 0..<200 {
            noise(64, seed: UInt64(seed)).withRawSpan { bytes in
                var search = QUICSearch()
                _ = search.take(bytes, fromA: seed % 2 == 0)
            }
        }
    }

    @Test func framesSurviveAnyDamage() {
        // Damage inside of what is sealed: frames are decoded as an attacker's client may have sealed them.
        let frames =
            [2, 0, 0, 1, 0, 0, 0, 1] + QUICSealer.crypto(GoldenQUIC.hello[0..<30], at: 0) + [0x1c, 0, 0, 0]
            + QUICSealer.crypto(GoldenQUIC.hello[30..<50], at: 30)
        everyDamage(of: frames) { bytes in FuzzEntry.quicFrames(bytes) }
    }

    // MARK: Google's versions

    /// A CHLO with SNI and one more tag.
    private func chlo(_ host: String) -> [UInt8] {
        let values = host.bytes + "xyz".bytes
        var message = "CHLO".bytes + [2, 0, 0, 0]
        message += "SNI\0".bytes + [UInt8(host.utf8.count), 0, 0, 0]
        message += "VER\0".bytes + [UInt8(values.count), 0, 0, 0]
        return message + values
    }

    private func stream(_ data: [UInt8], bigEndianLength: Bool) -> [UInt8] {
        let length = bigEndian(data.count, 2)
        return [0xa0, 1] + (bigEndianLength ? length : length.reversed()) + data
    }

    @Test func readsGooglesPublicHeader() {
        let hash = [UInt8](repeating: 0xee, count: 12)
        let newer =
            [0x09] + [UInt8](repeating: 7, count: 8) + "Q043".bytes + [1] + hash
            + stream(chlo("g.example"), bigEndianLength: true)
        #expect(name(steps([(true, newer)]).last) == "g.example")
        let older =
            [0x0d] + [UInt8](repeating: 7, count: 8) + "Q024".bytes + [1] + hash + [1]
            + stream(chlo("g.example"), bigEndianLength: false)
        #expect(name(steps([(false, older)]).last) == "g.example")
        newer.withRawSpan { #expect(QUICProbe($0) == .googlePublic) }
        everyDamage(of: newer) { bytes in
            var search = QUICSearch()
            _ = search.take(bytes, fromA: true)
        }
    }

    @Test func readsGooglesLongHeader() {
        let packet =
            [0xc3] + "Q046".bytes + [0x50] + [UInt8](repeating: 7, count: 8) + [0, 0, 0, 1]
            + [UInt8](repeating: 0xee, count: 12) + stream(chlo("g46.example"), bigEndianLength: true)
        #expect(name(steps([(true, packet)]).last) == "g46.example")
        packet.withRawSpan { #expect(QUICProbe($0) == .known) }
    }

    @Test func opensQ050() throws {
        var sealer = QUICSealer(id: id)
        sealer.version = 0x5130_3530
        sealer.salt = hex("504574EFD066FE2F9D945CFCDBD3A7F0D3B56B45")
        var frame = QUICSealer.crypto(chlo("g50.example"), at: 0)
        frame[0] = 8
        #expect(name(steps([(true, try sealer.seal(frame))]).last) == "g50.example")
    }

    @Test func leavesOtherProtocolsAlone() {
        let others: [[UInt8]] = [
            [], [0x80], hex("80 60 1234 00000001 00000002") + [UInt8](repeating: 0, count: 1300),
            hex("16 fefd 0000 0000000000000000"), hex("1234 0100 0001 0000 0000 0000"),
            [0x40] + [UInt8](repeating: 3, count: 1300),
        ]
        for bytes in others { bytes.withRawSpan { #expect(QUICProbe($0) == .notQUIC) } }
    }
}
