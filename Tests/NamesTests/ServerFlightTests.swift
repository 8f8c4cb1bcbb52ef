import Bytes
import Names
import TestSupport
import Testing

@Suite struct ServerFlightTests {
    private func parse(_ stream: [UInt8], ended: Bool = false) -> Progress<ServerFlight> {
        stream.withRawSpan { ServerFlight.parse(stream: $0, ended: ended) }
    }

    private static let retryRandom = hex(
        "cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")

    private func record(_ type: UInt8, _ content: [UInt8]) -> [UInt8] { [type, 3, 3] + counted(2, content) }

    private func hello(
        version: UInt8 = 3, random: [UInt8] = [UInt8](repeating: 5, count: 32), _ extensions: [UInt8] = []
    ) -> [UInt8] {
        [2] + counted(3, [3, version] + random + [0, 0x13, 0x01, 0] + counted(2, extensions))
    }

    @Test func upToTLS12TheCertificateNamesTheServer() throws {
        let flight = try #require(parse(Golden.flight12).value)
        #expect(flight.version == 0x0303)
        #expect(flight.cipherSuite == 0xc02c)
        #expect(flight.alpn == "h2".bytes)
        #expect(flight.accepted)
        let certificate = try #require(flight.certificate)
        #expect(certificate.commonName == "WWW.Golden.example")
        #expect(certificate.commonHost == "www.golden.example")
        #expect(certificate.dnsNames == ["www.golden.example", "*.cdn.golden.example"])
        #expect(certificate.subjectOrganization == "Lakeside Test")
        #expect(certificate.issuerCommonName == "WWW.Golden.example")
        #expect(certificate.issuerOrganization == "Lakeside Test")
        #expect(certificate.fault == nil)
        checkStream(Golden.flight12) { ServerFlight.parse(stream: $0, ended: $1) }
    }

    @Test func inTLS13TheRestIsEncrypted() throws {
        let flight = try #require(parse(Golden.flight13).value)
        #expect(flight.version == 0x0304)
        #expect(flight.cipherSuite == 0x1302)
        #expect(flight.certificate == nil)
        #expect(flight.accepted)
        checkStream(Golden.flight13) { ServerFlight.parse(stream: $0, ended: $1) }
    }

    @Test func aRetryIsFollowedToTheSecondHello() throws {
        let version: [UInt8] = [0, 43, 0, 2, 3, 4]
        let stream =
            record(22, hello(random: Self.retryRandom, version + [0xfe, 0x0d, 0, 8] + noise(8, seed: 1)))
            + record(20, [1]) + record(22, hello(version))
        let flight = try #require(parse(stream).value)
        #expect(flight.retried && flight.retryHadECH)
        #expect(flight.version == 0x0304)
        checkStream(stream) { ServerFlight.parse(stream: $0, ended: $1) }
    }

    @Test func anAlertFirstIsAFailedHandshake() throws {
        let flight = try #require(parse(record(21, [2, 40])).value)
        #expect(flight.alert == TLSAlert(level: 2, code: TLSAlert.handshakeFailure))
        #expect(!flight.accepted)
    }

    @Test func aWarningIsNotAFailure() throws {
        let flight = try #require(parse(record(21, [1, 112]) + Golden.flight12).value)
        #expect(flight.warning?.code == TLSAlert.unrecognizedName)
        #expect(flight.accepted)
        #expect(flight.certificate?.dnsNames.count == 2)
    }

    @Test func aResumedSessionHasNoCertificate() throws {
        let flight = try #require(parse(record(22, hello()) + record(20, [1])).value)
        #expect(flight.accepted && flight.certificate == nil && flight.fault == nil)
    }

    @Test(arguments: [1, 3, 100, 500])
    func aCertificateMaySpanRecords(size: Int) throws {
        // Golden.flight12 holds one message per record; take the messages out and cut them anew.
        var messages: [UInt8] = []
        var rest = Golden.flight12[...]
        while rest.count >= 5 {
            let length = Int(rest[rest.startIndex + 3]) << 8 | Int(rest[rest.startIndex + 4])
            messages += rest.dropFirst(5).prefix(length)
            rest = rest.dropFirst(5 + length)
        }
        let stream = stride(from: 0, to: messages.count, by: size).flatMap {
            record(22, Array(messages[$0..<min($0 + size, messages.count)]))
        }
        #expect(parse(stream).value?.certificate?.dnsNames.count == 2)
        checkStream(stream) { ServerFlight.parse(stream: $0, ended: $1) }
    }

    @Test func whatCameBeforeAnEndIsKept() throws {
        let flight = try #require(parse(Array(Golden.flight12.prefix(300)), ended: true).value)
        #expect(flight.version == 0x0303)
        #expect(flight.certificate == nil)
        #expect(flight.fault == .truncated)
    }

    @Test func fatalAlertsAreFoundUntilEncryptionBegins() {
        func find(_ stream: [UInt8]) -> TLSAlert? { stream.withRawSpan { TLSAlert.firstFatal(in: $0) } }
        #expect(find(Golden.hello12 + record(21, [2, 48]))?.code == TLSAlert.unknownCA)
        #expect(find(Golden.hello12 + record(20, [1]) + record(21, [2, 48])) == nil)
        #expect(find(Golden.hello12 + record(21, [1, 0])) == nil)
    }

    @Test func otherStreamsAreNotMine() {
        #expect(parse("HTTP/1.1 400 Bad Request\r\n".bytes) == .notMine(.unknown))
        #expect(parse(Golden.hello12) == .notMine(.unknown))
        #expect(parse([22, 3, 3, 0, 4, 0, 0, 0, 0], ended: true) == .notMine(.truncated))
    }

    @Test func damagedFlightsAreAnswered() {
        everyDamage(of: Golden.flight12) { bytes in
            for ended in [false, true] {
                if case .needMore(let until) = ServerFlight.parse(stream: bytes, ended: ended) {
                    #expect(!ended && until > bytes.byteCount)
                }
            }
            _ = TLSAlert.firstFatal(in: bytes)
        }
    }
}

@Suite struct CertificateTests {
    private func der(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        content.count < 128 ? [tag, UInt8(content.count)] + content : [tag, 0x82] + counted(2, content)
    }

    private func name(_ attributes: [(UInt8, UInt8, [UInt8])]) -> [UInt8] {
        der(
            0x30,
            attributes.flatMap { type, tag, value in
                der(0x31, der(0x30, der(0x06, [0x55, 4, type]) + der(tag, value)))
            })
    }

    private func certificate(subject: [UInt8], names: [UInt8]) -> [UInt8] {
        let extensions = der(
            0x30, der(0x30, der(0x06, [0x55, 0x1d, 17]) + der(0x01, [0xff]) + der(0x04, der(0x30, names))))
        let body =
            der(0xa0, der(0x02, [2])) + der(0x02, [1]) + der(0x30, [])
            + name([(10, 0x0c, "Filter Ltd".bytes), (3, 0x13, "School Filter CA".bytes)]) + der(0x30, [])
            + subject + der(0x30, []) + der(0xa3, extensions)
        return der(0x30, der(0x30, body))
    }

    private func parse(_ bytes: [UInt8]) -> CertificateNames {
        bytes.withRawSpan { CertificateNames.parse($0) }
    }

    @Test func theLastCommonNameCountsAndOrganisationsAreText() {
        let subject = name([
            (3, 0x0c, "first".bytes), (10, 0x1e, [0, 0x51, 0, 0xfc]), (3, 0x14, [0x42, 0xfc]),
        ])
        let names = parse(certificate(subject: subject, names: []))
        #expect(names.commonName == "Bü")
        #expect(names.commonHost == nil)
        #expect(names.subjectOrganization == "Qü")
        #expect(names.issuerOrganization == "Filter Ltd")
        #expect(names.issuerCommonName == "School Filter CA")
        #expect(names.fault == nil)
    }

    @Test func onlyDNSNamesThatAreHostNamesAreKept() {
        let list =
            der(0x82, "A.Example".bytes) + der(0x87, [192, 0, 2, 1]) + der(0x81, "p@a.example".bytes)
            + der(0x82, "not a name".bytes) + der(0x82, "192.0.2.1".bytes) + der(0x82, "*.b.example".bytes)
        let names = parse(certificate(subject: name([]), names: list))
        #expect(names.dnsNames == ["a.example", "*.b.example"])
        #expect(names.dnsNamesRefused == 2)
    }

    @Test func textWithControlCharactersIsNotShown() {
        let names = parse(certificate(subject: name([(3, 0x0c, "a\u{1b}[2J".bytes)]), names: []))
        #expect(names.commonName == nil)
    }

    @Test func damagedCertificatesAreAnswered() {
        let whole = certificate(
            subject: name([(3, 0x0c, "a.example".bytes)]), names: der(0x82, "b.example".bytes))
        #expect(parse(whole).dnsNames == ["b.example"])
        everyDamage(of: whole) { _ = CertificateNames.parse($0) }
        #expect(parse([0x30, 0x80, 0, 0]).fault == .malformed, "indefinite length")
        #expect(parse([0x30, 0x84, 0xff, 0xff, 0xff, 0xff]).fault == .malformed, "four bytes of length")
    }
}
