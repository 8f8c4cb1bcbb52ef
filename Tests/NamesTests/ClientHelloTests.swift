import Bytes
import Names
import TestSupport
import Testing

/// A ClientHello built by hand (RFC 8446 §4.1.2), so that each test states only what it is about.
struct HelloForge {
    var extensions: [UInt8] = []
    var ciphers: [Int] = [0x0a0a, 0x1301, 0xc02b]

    mutating func add(_ type: Int, _ content: [UInt8]) {
        extensions += bigEndian(type, 2) + counted(2, content)
    }

    mutating func addName(_ name: String) {
        add(0, counted(2, [0] + counted(2, name.bytes)))
    }

    func body(cookie: [UInt8]? = nil) -> [UInt8] {
        var body: [UInt8] = [3, 3] + [UInt8](repeating: 7, count: 32) + counted(1, [1, 2, 3, 4])
        if let cookie { body += counted(1, cookie) }
        body += counted(2, ciphers.flatMap { bigEndian($0, 2) })
        return body + counted(1, [0]) + counted(2, extensions)
    }

    var message: [UInt8] { [1] + counted(3, body()) }

    /// The message in records of at most `size` bytes.
    func records(of size: Int) -> [UInt8] {
        stride(from: 0, to: message.count, by: size).flatMap { start in
            [22, 3, 1] + counted(2, Array(message[start..<min(start + size, message.count)]))
        }
    }
}

@Suite struct ClientHelloTests {
    private func parse(_ stream: [UInt8], ended: Bool = false) -> Progress<ClientHello> {
        stream.withRawSpan { ClientHello.parse(stream: $0, ended: ended) }
    }

    @Test func aTLS13HelloTellsNameProtocolsAndFingerprintParts() throws {
        let hello = try #require(parse(Golden.hello13).value)
        #expect(hello.serverName?.text == "www.golden.example")
        #expect(hello.alpn == ["h2".bytes, "http/1.1".bytes])
        #expect(hello.offers("h2") && !hello.offers("h3"))
        #expect(hello.legacyVersion == 0x0303)
        #expect(hello.supportedVersions == [0x0304, 0x0303])
        #expect(hello.highestVersion == 0x0304)
        #expect(hello.keyShareGroups == [0x001d])
        #expect(hello.supportedGroups.prefix(2) == [0x001d, 0x0017])
        #expect(hello.signatureAlgorithms.first == 0x0403)
        #expect(hello.cipherSuites.prefix(3) == [0x1302, 0x1303, 0x1301])
        #expect(hello.extensions == [0, 11, 10, 35, 16, 22, 23, 13, 43, 45, 51, 21])
        #expect(hello.sessionIDLength == 32)
        #expect(hello.ech == nil)
        #expect(hello.fault == nil)
        #expect(!hello.offersResumption)
    }

    @Test func aTLS12HelloHasNoSupportedVersions() throws {
        let hello = try #require(parse(Golden.hello12).value)
        #expect(hello.serverName?.text == "www.golden.example")
        #expect(hello.highestVersion == 0x0303)
        #expect(hello.keyShareGroups.isEmpty)
    }

    @Test func everyPrefixIsUndecidedUntilTheLastByte() {
        checkStream(Golden.hello13) { ClientHello.parse(stream: $0, ended: $1) }
        checkStream(Golden.hello12) { ClientHello.parse(stream: $0, ended: $1) }
    }

    @Test(arguments: [1, 2, 3, 4, 5, 17, 64, 1000])
    func aHelloMaySpanRecordsOfAnySize(size: Int) throws {
        var forge = HelloForge()
        forge.add(21, [UInt8](repeating: 0, count: 300))
        forge.addName("split.example")
        let stream = forge.records(of: size)
        #expect(parse(stream).value?.serverName?.text == "split.example")
        checkStream(stream) { ClientHello.parse(stream: $0, ended: $1) }
        checkStream(stream + noise(40, seed: 1)) { ClientHello.parse(stream: $0, ended: $1) }
    }

    @Test func probesAgreeWithThePrefixesOfAHello() {
        everyPrefix(of: Golden.hello13) { prefix in
            if !ClientHello.probe(prefix) { Issue.record("refused at \(prefix.byteCount)") }
        }
        for other in ["GET / HTTP/1.1\r\n", "SSH-2.0-x", "\u{16}\u{3}\u{3}\u{0}\u{0}\u{2}"] {
            #expect(!other.bytes.withRawSpan { ClientHello.probe($0) })
        }
    }

    @Test func aHelloCutAfterTheNameStillTellsIt() throws {
        var forge = HelloForge()
        forge.addName("early.example")
        forge.add(51, counted(2, bigEndian(0x11ec, 2) + counted(2, noise(1216, seed: 3))))
        let cut = Array(forge.records(of: 16384).prefix(400))
        #expect(parse(cut).needsMore)
        let hello = try #require(parse(cut, ended: true).value)
        #expect(hello.serverName?.text == "early.example")
        #expect(hello.fault == .truncated)
    }

    @Test func aHelloCutWithinTheNameTellsNone() throws {
        var forge = HelloForge()
        forge.addName("early.example")
        let stream = forge.records(of: 16384)
        let hello = try #require(parse(Array(stream.dropLast(3)), ended: true).value)
        #expect(hello.serverName == nil)
        #expect(hello.fault == .truncated)
    }

    @Test func greaseIsKeptAndToldApart() throws {
        var forge = HelloForge()
        forge.add(0x5a5a, [])
        forge.add(43, counted(1, [0xfa, 0xfa, 3, 4, 3, 3]))
        forge.addName("grease.example")
        let hello = try #require(parse(forge.records(of: 9000)).value)
        #expect(hello.cipherSuites == [0x0a0a, 0x1301, 0xc02b])
        #expect(hello.extensions == [0x5a5a, 43, 0])
        #expect(hello.highestVersion == 0x0304)
        #expect(hello.serverName?.text == "grease.example")
        #expect(TLSValue.isGREASE(0x0a0a) && TLSValue.isGREASE(0xfafa))
        #expect(!TLSValue.isGREASE(0x0a1a) && !TLSValue.isGREASE(0x0b0b))
    }

    @Test func encryptedClientHelloShowsItsOuterPart() throws {
        var forge = HelloForge()
        forge.addName("public.example")
        forge.add(
            0xfe0d, [0, 0, 1, 0, 1, 42] + counted(2, noise(32, seed: 4)) + counted(2, noise(208, seed: 5)))
        let hello = try #require(parse(forge.records(of: 9000)).value)
        #expect(
            hello.ech
                == EncryptedClientHello(
                    isOuter: true, configID: 42, kdf: 1, aead: 1, encapsulatedKeyLength: 32,
                    payloadLength: 208))
    }

    @Test func resumptionShowsInATicketOrAPreSharedKey() throws {
        var empty = HelloForge()
        empty.add(35, [])
        #expect(parse(empty.records(of: 9000)).value?.offersResumption == false)
        var ticket = HelloForge()
        ticket.add(35, [1])
        #expect(parse(ticket.records(of: 9000)).value?.offersResumption == true)
        var key = HelloForge()
        key.add(41, [0, 0])
        #expect(parse(key.records(of: 9000)).value?.offersResumption == true)
    }

    @Test func theFirstHostNameCountsAndASecondExtensionIsAFault() throws {
        var forge = HelloForge()
        forge.add(0, counted(2, [9] + counted(2, [1]) + [0] + counted(2, "a.example".bytes)))
        forge.addName("b.example")
        let hello = try #require(parse(forge.records(of: 9000)).value)
        #expect(hello.serverName?.text == "a.example")
        #expect(hello.fault == .malformed)
    }

    @Test func aServerNameThatIsNoneSaysWhy() throws {
        var forge = HelloForge()
        forge.addName("not a name")
        let hello = try #require(parse(forge.records(of: 9000)).value)
        #expect(hello.serverName == nil)
        #expect(hello.serverNameRefusal == .character)
    }

    @Test func aBrokenExtensionLeavesTheOthersTheirMeaning() throws {
        var forge = HelloForge()
        forge.add(16, [0, 9, 1])
        forge.addName("still.example")
        let hello = try #require(parse(forge.records(of: 9000)).value)
        #expect(hello.serverName?.text == "still.example")
        #expect(hello.fault == .malformed)
    }

    @Test func aHelloWithoutExtensionsIsWhole() throws {
        let body = HelloForge().body()
        let hello = body.dropLast(2).withSpanOfCopy { ClientHello.parse(body: $0) }
        #expect(hello.fault == nil)
        #expect(hello.extensions.isEmpty)
    }

    @Test func datagramHellosHaveACookie() {
        var forge = HelloForge()
        forge.addName("dtls.example")
        let hello = forge.body(cookie: noise(20, seed: 6)).withRawSpan {
            ClientHello.parse(body: $0, dtls: true)
        }
        #expect(hello.serverName?.text == "dtls.example")
        #expect(hello.framing == .dtls)
    }

    @Test func bareMessagesServeQUIC() {
        var forge = HelloForge()
        forge.addName("quic.example")
        checkStream(forge.message) { ClientHello.parse(handshakeMessage: $0, ended: $1) }
    }

    @Test func version2FramingIsRecognisedAndNameless() throws {
        let stream: [UInt8] =
            [0x80, 0x1f, 1, 3, 1, 0, 6, 0, 0, 0, 16, 0, 0, 4, 1, 0, 0x80] + noise(16, seed: 7)
        let hello = try #require(parse(stream).value)
        #expect(hello.framing == .sslv2)
        #expect(hello.legacyVersion == 0x0301)
        #expect(hello.serverName == nil)
        checkStream(stream) { ClientHello.parse(stream: $0, ended: $1) }
    }

    @Test func otherStreamsAreNotMine() {
        #expect(parse("GET / HTTP/1.1\r\n\r\n".bytes) == .notMine(.unknown))
        #expect(parse([22, 3, 1, 0, 4, 2, 0, 0, 0]) == .notMine(.unknown), "a server's hello")
        #expect(parse([22, 3, 1, 0xff, 0xff, 1]) == .notMine(.malformed), "a record of 64 KiB")
        #expect(parse([22, 3, 1, 0, 4, 1, 0xff, 0, 0]) == .notMine(.malformed), "a hello of 16 MiB")
        #expect(parse([], ended: true) == .notMine(.truncated))
    }

    @Test func damagedHellosAreAnswered() {
        var forge = HelloForge()
        forge.addName("damage.example")
        forge.add(0xfe0d, [0, 0, 1, 0, 1, 42] + counted(2, [1]) + counted(2, [2, 3]))
        forge.add(16, counted(2, counted(1, "h2".bytes)))
        forge.add(43, counted(1, [3, 4]))
        forge.add(51, counted(2, [0, 29] + counted(2, [1, 2])))
        for stream in [forge.records(of: 30), Golden.hello12] {
            everyDamage(of: stream) { bytes in
                for ended in [false, true] {
                    if case .needMore(let until) = ClientHello.parse(stream: bytes, ended: ended) {
                        #expect(!ended && until > bytes.byteCount)
                    }
                }
            }
        }
        for seed in 0..<200 {
            let bytes: [UInt8] = [22, 3, 1] + noise(100, seed: UInt64(seed))
            _ = parse(bytes, ended: true)
        }
    }
}

extension Collection<UInt8> {
    /// Runs `body` over a copy of the bytes: for slices, which have no storage of their own.
    func withSpanOfCopy<R>(_ body: (RawSpan) throws -> R) rethrows -> R {
        try Array(self).withRawSpan { (bytes: RawSpan) throws in try body(bytes) }
    }
}
