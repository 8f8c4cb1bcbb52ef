import Bytes
import Flows
import TestSupport
import Testing

@Suite struct InspectionTests {
    @Test func aTLSFlowIsResolvedAndCostsNothingMore() {
        var flow = Dialogue(tcp: 443)
        flow.client(Hellos.client("a.example"))
        #expect(flow.isOpen)
        flow.server(Hellos.server())
        flow.client(Hellos.changeCipherSpec + Hellos.applicationData)
        #expect(!flow.isOpen)
        let found = flow.finish()
        #expect(found.sightings == ["tls_sni a.example"])
        #expect(found.labels.map(\.name) == ["a.example"] && found.labels[0].service == .tls)
        #expect(!found.labels[0].handshakeFailed)
    }

    @Test func aRetryBringsASecondHello() {
        var flow = Dialogue(tcp: 443)
        flow.client(Hellos.client("outer.example"))
        flow.server(Hellos.server(retry: true))
        flow.client(Hellos.changeCipherSpec + Hellos.client("second.example"))
        flow.server(Hellos.server())
        let found = flow.finish()
        #expect(found.sightings == ["tls_sni outer.example", "tls_sni second.example"])
        #expect(found.labels.map(\.name) == ["outer.example"])
    }

    @Test func aClientsAlertMarksTheHandshake() {
        var flow = Dialogue(tcp: 443)
        flow.client(Hellos.client("pinned.example"))
        flow.server(Hellos.server())
        flow.client(Hellos.alert)
        #expect(flow.finish().labels.first?.handshakeFailed == true)
    }

    @Test(arguments: [
        ["220 mail.example ESMTP\r\n", "EHLO me\r\n", "250 STARTTLS\r\n", "STARTTLS\r\n", "220 go\r\n"],
        ["* OK IMAP\r\n", "a1 STARTTLS\r\n", "a1 OK\r\n"],
        ["220 FTP\r\n", "AUTH TLS\r\n", "234 go\r\n"],
        ["+OK POP3\r\n", "STLS\r\n", "+OK\r\n"],
        // XMPP (RFC 6120 §5.4.2): the client speaks first, so the server's first line is its answer's beginning.
        [
            "<?xml version='1.0'?>", "<stream:stream to='mail.example' xmlns='jabber:client'>",
            "<stream:features><starttls/></stream:features>",
            "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>", "<proceed/>",
        ],
    ])
    func findsTheHelloBehindSTARTTLS(lines: [String]) {
        var flow = Dialogue(tcp: 2525)
        for (index, line) in lines.enumerated() {
            if index % 2 == 0 { flow.server(line) } else { flow.client(line) }
        }
        flow.client(Hellos.client("starttls.example"))
        flow.server(Hellos.server())
        #expect(flow.finish().sightings == ["tls_sni starttls.example"])
    }

    /// LDAP (RFC 4511 §4.14): an extended request by its object identifier, and its answer.
    @Test func findsTheHelloBehindLDAPsStartTLS() {
        var flow = Dialogue(tcp: 389)
        flow.client(
            hex("301d020101 7718 8016") + Array("1.3.6.1.4.1.1466.20037".utf8))
        flow.server(hex("300c020101 7807 0a0100 0400 0400"))
        flow.client(Hellos.client("directory.example"))
        flow.server(Hellos.server())
        #expect(flow.finish().sightings == ["tls_sni directory.example"])
    }

    @Test func findsTheHelloBehindADatabasesRequest() {
        var flow = Dialogue(tcp: 5432)
        flow.client(hex("00000008 04d2162f"))
        flow.server("S")
        flow.client(Hellos.client("db.example"))
        #expect(flow.finish().sightings == ["tls_sni db.example"])
        var mysql = Dialogue(tcp: 3306)
        mysql.client(
            hex("20000001 85aeff19 00000001") + [UInt8](repeating: 0, count: 24) + Hellos.client("my.example")
        )
        #expect(mysql.finish().sightings == ["tls_sni my.example"])
    }

    @Test func aHelloInsideOfOtherDataIsNoName() {
        var flow = Dialogue(tcp: 4000)
        flow.client([1, 2, 3] + Hellos.client("file.example"))
        flow.server([9, 9, 9] + Hellos.server())
        #expect(flow.finish().sightings.isEmpty)
    }

    @Test func theSearchEnds() {
        var flow = Dialogue(tcp: 4000)
        for _ in 0..<30 {
            flow.client([1, 2, 3])
            flow.server([4, 5, 6])
        }
        #expect(!flow.isOpen)
        flow.client(Hellos.client("late.example"))
        #expect(flow.finish().sightings.isEmpty)
    }

    @Test func whatLooksLikeAHelloAndIsNoneDoesNotHang() {
        var flow = Dialogue(tcp: 4000)
        flow.client("x\r\n")
        flow.client(hex("1603010010 01000100 0303") + [UInt8](repeating: 0x55, count: 300))
        flow.server(hex("1603010010 02000001 0303") + [UInt8](repeating: 0x55, count: 300))
        _ = flow.finish()
    }

    @Test func namesTheTargetOfSOCKS5AndWhatIsInside() {
        var flow = Dialogue(tcp: 1080)
        flow.client(hex("05 02 00 02"))
        flow.server(hex("05 02"))
        flow.client(hex("01 01 61 01 62"))
        flow.server(hex("01 00"))
        flow.client(hex("05 01 00 03 0d") + Array("socks.example".utf8) + hex("01bb"))
        flow.server(hex("05 00 00 01 00000000 0000"))
        flow.client(Hellos.client("inner.example"))
        flow.server(Hellos.server())
        let found = flow.finish()
        #expect(found.sightings == ["socks_host socks.example", "tls_sni inner.example"])
        #expect(
            found.labels.count == 1 && found.labels[0].name == "socks.example"
                && found.labels[0].service == .tls)
    }

    @Test func aRefusedTunnelIsMarked() {
        var flow = Dialogue(tcp: 1080)
        flow.client(hex("04 01 01bb 00000001 00") + Array("old.example".utf8) + [0])
        flow.server(hex("00 5b 0000 00000000"))
        let found = flow.finish()
        #expect(found.labels.first?.name == "old.example" && found.labels.first?.handshakeFailed == true)
    }

    @Test func readsBehindAProxyHeaderAndInsideOfCONNECT() {
        var flow = Dialogue(tcp: 8080)
        flow.client("PROXY TCP4 192.0.2.7 198.51.100.1 50000 443\r\n")
        flow.client("CONNECT mail.example:25 HTTP/1.1\r\nHost: proxy.example\r\n\r\n")
        flow.server("HTTP/1.1 200 OK\r\n\r\n")
        flow.server("220 mail.example\r\n")
        flow.client("STARTTLS\r\n")
        flow.server("220 go\r\n")
        flow.client(Hellos.client("mx.example"))
        let found = flow.finish()
        // The Host field of a CONNECT is listed too, and names nothing.
        #expect(
            found.sightings == [
                "http_connect mail.example", "http_host proxy.example", "tls_sni mx.example",
            ])
        #expect(found.labels.map(\.name) == ["mail.example"] && found.labels[0].service == .tls)
    }

    @Test func readsHTTP2WithPriorKnowledgeAndAfterAnUpgrade() {
        let preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
        var direct = Dialogue(tcp: 80)
        direct.client(Array(preface.utf8) + hex("000011 01 05 00000001 828684 418cf1e3c2e5f23a6ba0ab90f4ff"))
        direct.server(hex("000000 04 00 00000000"))
        let found = direct.finish()
        #expect(found.sightings == ["h2_authority www.example.com"])
        #expect(found.labels.first?.service == .http2)
        var upgraded = Dialogue(tcp: 80)
        upgraded.client("GET / HTTP/1.1\r\nHost: first.example\r\nUpgrade: h2c\r\n\r\n")
        upgraded.server("HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n")
        upgraded.client(
            Array(preface.utf8) + hex("000011 01 05 00000003 828684 418cf1e3c2e5f23a6ba0ab90f4ff"))
        #expect(upgraded.finish().sightings == ["http_host first.example", "h2_authority www.example.com"])
    }

    @Test func knowsSSHAndLetsItBe() {
        var flow = Dialogue(tcp: 22)
        flow.server("SSH-2.0-OpenSSH_9.9\r\n")
        #expect(!flow.isOpen)
        #expect(flow.finish().labels.first?.service == .ssh)
    }

    @Test func countsQUICWithoutAName() {
        var flow = Dialogue(udp: 443)
        flow.client(
            hex("c000000001 08 0102030405060708 04 01020304 00 4064") + [UInt8](repeating: 7, count: 1200))
        let found = flow.finish()
        #expect(found.labels.first?.service == .quic && found.tally.quicUndecryptable == 1)
        var other = Dialogue(udp: 9999)
        for _ in 0..<4 {
            other.client([1, 2, 3, 4])
            other.server([1, 2, 3, 4])
        }
        #expect(!other.isOpen)
    }
}
