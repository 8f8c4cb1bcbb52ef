import Bytes
import FuzzBodies
import TestSupport
import Testing

/// The inputs of the fuzzers of names: seeds made here, and whatever once crashed.
@Suite struct NameSeedTests {
    static let names = [
        "TLSFuzzer", "CertificateFuzzer", "DNSFuzzer", "HTTP1Fuzzer", "HTTP2Fuzzer", "QUICFuzzer",
        "DTLSFuzzer",
        "TunnelFuzzer", "ConversationFuzzer",
    ]

    static func run(_ fuzzer: String, _ input: [UInt8]) {
        input.withRawSpan { (span: RawSpan) in
            switch fuzzer {
            case "TLSFuzzer": NameBodies.tls(span)
            case "CertificateFuzzer": NameBodies.certificate(span)
            case "DNSFuzzer": NameBodies.dns(span)
            case "HTTP1Fuzzer": NameBodies.http1(span)
            case "HTTP2Fuzzer": NameBodies.http2(span)
            case "QUICFuzzer": NameBodies.quic(span)
            case "DTLSFuzzer": NameBodies.dtls(span)
            case "TunnelFuzzer": NameBodies.tunnels(span)
            default: NameBodies.conversation(span)
            }
        }
    }

    static func seeds(_ fuzzer: String) throws -> [FuzzSeed] {
        switch fuzzer {
        case "TLSFuzzer": tls
        case "CertificateFuzzer": [FuzzSeed(name: "self-made.der", bytes: certificate)]
        case "DNSFuzzer": dns
        case "HTTP1Fuzzer": http1
        case "HTTP2Fuzzer": http2
        case "QUICFuzzer": try quic()
        case "DTLSFuzzer": dtls
        case "TunnelFuzzer": tunnels
        default: conversations
        }
    }

    private static func seed(_ name: String, _ bytes: [UInt8]) -> FuzzSeed {
        FuzzSeed(name: name, bytes: bytes)
    }

    private static var tls: [FuzzSeed] {
        let body = Array(Golden.hello13.dropFirst(5))
        let record = { (part: ArraySlice<UInt8>) in [22, 3, 1] ++ counted(2, Array(part)) }
        return [
            seed("hello12", Golden.hello12), seed("hello13", Golden.hello13),
            seed("hello-in-two-records", record(body[..<100]) ++ record(body[100...])),
            seed("hello-message", body), seed("hello-body", Array(body.dropFirst(4))),
            seed("flight12", Golden.flight12), seed("flight13", Golden.flight13),
            seed("alert", [21, 3, 3, 0, 2, 2, 40]),
            seed("sslv2", hex("802e 01 0300 0015 0000 0010") ++ noise(37, seed: 3)),
        ]
    }

    /// The certificate inside of the golden flight: records' header 5, ServerHello 74, record 5, message 4, list 3,
    /// length 3.
    private static var certificate: [UInt8] {
        Array(Golden.flight12.dropFirst(5 + 74 + 5 + 4 + 3 + 3).prefix(0x201))
    }

    private static func name(_ text: String) -> [UInt8] {
        text.split(separator: ".").flatMap { counted(1, String($0).bytes) } + [0]
    }

    private static var dns: [FuzzSeed] {
        let question = hex("1234 0100 0001 0000 0000 0001") ++ name("www.seed.example") ++ hex("0001 0001")
        let query = question ++ hex("00 0029 04d0 00008000 0000")
        let answer =
            hex("1234 8180 0001 0003 0000 0000") ++ name("www.seed.example") ++ hex("0041 0001")
            ++ hex("c00c 0005 0001 0000012c 0006") ++ [3] ++ "cdn".bytes ++ hex("c010")
            ++ hex("c02e 0001 0001 0000003c 0004 c0000207") ++ hex("c02e 0041 0001 0000003c 0012")
            ++ hex("0001 00 0001 0003 026832 0004 0004 c0000207")
        let stream = counted(2, query) ++ counted(2, answer)
        let unicode =
            hex("1234 0100 0001 0000 0000 0000") ++ name("xn--bcher-kva.seed.example") ++ hex("0001 0001")
        return [
            seed("query", query), seed("unicode", unicode), seed("answer", answer), seed("stream", stream),
        ]
    }

    private static var http1: [FuzzSeed] {
        let get = "GET /a?b HTTP/1.1\r\nHost: a.example:80\r\nUser-Agent: x\r\n\r\n"
        let post = "POST http://u:p@b.example/ HTTP/1.1\r\nhost: b.example\r\nContent-Length: 3\r\n\r\nabc"
        let chunked =
            "PUT / HTTP/1.1\r\nHost: c.example\r\nTransfer-Encoding: gzip, chunked\r\n\r\n3;x=y\r\nabc\r\n"
        return [
            seed("pipeline", (get + post + chunked + "0\r\nT: v\r\n\r\n" + get).bytes),
            seed("connect", "CONNECT d.example:443 HTTP/1.1\r\nHost: d.example:443\r\n\r\n".bytes),
            seed("response", "HTTP/1.1 200 Connection established\r\nContent-Length: 0\r\n\r\n".bytes),
            seed("upgrade", "GET / HTTP/1.1\nHost: e.example\nUpgrade: h2c\n\n".bytes),
        ]
    }

    private static var http2: [FuzzSeed] {
        func frame(_ type: UInt8, _ flags: UInt8, _ payload: [UInt8]) -> [UInt8] {
            bigEndian(payload.count, 3) ++ [type, flags, 0, 0, 0, 1] ++ payload
        }
        let preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".bytes
        // RFC 7541 §C.4.1 to §C.4.3.
        let blocks = [
            "828684418cf1e3c2e5f23a6ba0ab90f4ff", "828684be5886a8eb10649cbf",
            "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf",
        ].map { hex($0) }
        let padded = [2] ++ [0, 0, 0, 0, 16] ++ blocks[0] ++ [0, 0]
        let body = frame(0, 1, [UInt8](repeating: 7, count: 40))
        return [
            seed("three-requests", preface ++ frame(4, 0, []) ++ blocks.flatMap { frame(1, 5, $0) } ++ body),
            seed(
                "continued",
                preface ++ frame(1, 0, Array(blocks[0][..<6])) ++ frame(9, 4, Array(blocks[0][6...]))),
            seed("padded", preface ++ frame(1, 0x2c, padded)), seed("block", blocks[2]),
        ]
    }

    /// Datagrams behind their lengths; the top bit says that the server sent it.
    private static func datagram(_ bytes: [UInt8], fromServer: Bool = false) -> [UInt8] {
        bigEndian(bytes.count | (fromServer ? 0x8000 : 0), 2) ++ bytes
    }

    private static func quic() throws -> [FuzzSeed] {
        let half = GoldenQUIC.hello.count / 2
        let first = QUICSealer.crypto(GoldenQUIC.hello[half...], at: half)
        let second = [1] ++ QUICSealer.crypto(GoldenQUIC.hello[..<half], at: 0)
        let sealer = QUICSealer(id: [1, 2, 3, 4, 5, 6, 7, 8])
        let split = datagram(try sealer.seal(first)) ++ datagram(try sealer.seal(second, number: 1))
        return [
            seed(
                "version1", datagram(GoldenQUIC.clientV1) ++ datagram(GoldenQUIC.serverV1, fromServer: true)),
            seed("version2", datagram(GoldenQUIC.clientV2)), seed("two-initials", split),
            seed("frames", second),
            seed("close", hex("1c 4128 06 03 616263 02 05 00 00 00")),
        ]
    }

    private static var dtls: [FuzzSeed] {
        let name = counted(2, [0] ++ counted(2, "dtls.example".bytes))
        let body =
            [0xfe, 0xfd] ++ noise(32, seed: 1) ++ [0, 0] ++ counted(2, [0xc0, 0x2b]) ++ counted(1, [0])
            ++ counted(2, [0, 0] ++ counted(2, name))
        func record(_ type: UInt8, _ content: [UInt8], _ part: Range<Int>) -> [UInt8] {
            let fragment = bigEndian(part.lowerBound, 3) ++ counted(3, Array(content[part]))
            let message = [type] ++ bigEndian(content.count, 3) ++ [0, 0] ++ fragment
            return [22, 0xfe, 0xff, 0, 0, 0, 0, 0, 0, 0, 0] ++ counted(2, message)
        }
        let whole = record(1, body, 0..<body.count)
        let pieces = record(1, body, 30..<body.count) ++ record(1, body, 0..<30)
        let chain = counted(3, counted(3, certificate))
        let server = record(11, chain, 0..<chain.count)
        return [
            seed("hello", datagram(whole) ++ datagram(server, fromServer: true)),
            seed("pieces", datagram(pieces)),
        ]
    }

    private static var tunnels: [FuzzSeed] {
        [
            seed("socks4a", hex("04 01 01bb 00000001 00") ++ "socks.example".bytes ++ [0]),
            seed("socks5", [5, 1, 0, 3] ++ counted(1, "socks.example".bytes) ++ [1, 0xbb]),
            seed("greeting5", hex("05 02 00 02")), seed("password5", hex("01 03 626f62 02 7077")),
            seed("reply5", hex("05 00 00 01 00000000 0000")),
            seed("openvpn", openVPNReset ++ openVPNServer),
            seed("proxy1", "PROXY TCP4 192.0.2.7 198.51.100.1 50000 443\r\nGET".bytes),
            seed("proxy2", hex("0d0a0d0a000d0a515549540a 21 11 000c c0000207 c6336401 c350 01bb")),
        ]
    }

    private static let session = hex("0102030405060708")
    private static let openVPNReset = counted(2, [0x38] ++ session ++ [0, 0, 0, 0, 0])

    /// The server's reset with its acknowledgement, and its flight in one control packet.
    private static var openVPNServer: [UInt8] {
        let acknowledgement = [1, 0, 0, 0, 0] ++ session
        let reset = counted(2, [0x40] ++ session ++ acknowledgement ++ [0, 0, 0, 0])
        return reset ++ counted(2, [0x20] ++ session ++ [0, 0, 0, 0, 1] ++ Golden.flight12)
    }

    private static var conversations: [FuzzSeed] {
        func client(_ bytes: [UInt8]) -> [UInt8] { bigEndian(bytes.count, 2) ++ bytes }
        func server(_ bytes: [UInt8]) -> [UInt8] { bigEndian(bytes.count | 0x1000, 2) ++ bytes }
        let (hello, flight) = (Golden.hello12, Golden.flight12)
        let smtp = server("220 mail ESMTP\r\n".bytes) ++ client("EHLO me\r\n".bytes)
        let secure = smtp ++ server("250 STARTTLS\r\n".bytes) ++ client("STARTTLS\r\n".bytes)
        let postgres =
            client(hex("00000008 04d2162f")) ++ server("S".bytes) ++ client(hello) ++ server(flight)
        let request = [5, 1, 0, 3] ++ counted(1, "socks.example".bytes) ++ [1, 0xbb]
        let socks = client(hex("05 01 00")) ++ server(hex("05 00")) ++ client(request)
        let connect =
            client("CONNECT t.example:443 HTTP/1.1\r\n\r\n".bytes) ++ server("HTTP/1.1 200 OK\r\n\r\n".bytes)
        let proxied = client("PROXY TCP4 192.0.2.7 198.51.100.1 1 443\r\n".bytes) ++ client(hello)
        return [
            seed("tls", [0] ++ client(hello) ++ server(flight)),
            seed("starttls", [2] ++ secure ++ server("220 go\r\n".bytes) ++ client(hello) ++ server(flight)),
            seed("postgres", [6] ++ postgres),
            seed("socks", [3] ++ socks ++ server(hex("05 00 00 01 00000000 0000")) ++ client(hello)),
            seed("connect", [5] ++ connect ++ client(hello) ++ server(flight)),
            seed("proxied", [0] ++ proxied),
            seed("dns-tcp", [1] ++ client(counted(2, dns[0].bytes)) ++ server(counted(2, dns[1].bytes))),
            seed("dns-udp", [9] ++ client(dns[0].bytes) ++ server(dns[1].bytes)),
            seed("openvpn", [4] ++ client(openVPNReset) ++ server(openVPNServer)),
            seed("quic", [8] ++ client(GoldenQUIC.clientV1) ++ server(GoldenQUIC.serverV1)),
        ]
    }

    @Test(arguments: NameSeedTests.names)
    func theCommittedSeedsAreThoseMadeHere(_ fuzzer: String) throws {
        let seeds = try NameSeedTests.seeds(fuzzer)
        #expect(Set(seeds.map(\.name)).count == seeds.count && !seeds.isEmpty)
        #expect(try FuzzFolder(fuzzer).differences(seeds) == [])
    }

    /// A body ends the process where a rule is broken, so that getting through is the test.
    @Test(arguments: NameSeedTests.names)
    func seedsAndWhatOnceCrashedAreReadToTheirEnd(_ fuzzer: String) throws {
        let inputs = try FuzzFolder(fuzzer).inputs()
        #expect(!inputs.isEmpty)
        for input in inputs { NameSeedTests.run(fuzzer, input) }
    }

    @Test(arguments: NameSeedTests.names)
    func noiseIsReadToItsEnd(_ fuzzer: String) throws {
        for input in FuzzFolder.damaged(try NameSeedTests.seeds(fuzzer)) { NameSeedTests.run(fuzzer, input) }
    }
}
