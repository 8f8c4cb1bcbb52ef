import Bytes
import Names
import TestSupport
import Testing

@Suite struct JA4Tests {
    /// The example of FoxIO's technical details: Chrome over TCP, GREASE among its values, in no sorted
    /// order.
    @Test func computesTheExampleOfTheSpecification() {
        var hello = ClientHello()
        hello.legacyVersion = 0x0303
        hello.supportedVersions = [0x8a8a, 0x0304, 0x0303]
        hello.cipherSuites = [
            0x2a2a, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014,
            0x009c,
            0x009d, 0x002f, 0x0035,
        ]
        hello.extensions = [
            0x1a1a, 0x001b, 0x0000, 0x0033, 0x0010, 0x4469, 0x0017, 0x002d, 0x000d, 0x0005, 0x0023, 0x0012,
            0x002b,
            0xff01, 0x000b, 0x000a, 0x0015, 0xdada,
        ]
        hello.alpn = ["h2".bytes, "http/1.1".bytes]
        hello.signatureAlgorithms = [0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601]
        #expect(JA4.fingerprint(hello, transport: .tcp) == "t13d1516h2_8daaf6152771_e5627efa2ab1")
        hello.alpn = [[0xab, 0xcd]]
        hello.extensions = []
        hello.cipherSuites = []
        #expect(JA4.fingerprint(hello, transport: .quic) == "q13i0000ad_000000000000_000000000000")
    }

    @Test func dtlsCountsDownwards() {
        var hello = ClientHello()
        hello.framing = .dtls
        hello.supportedVersions = [0xfefd, 0xfefc]
        #expect(JA4.fingerprint(hello, transport: .dtls).hasPrefix("dd3i0000"))
    }

    @Test func tellsDatagramsApart() {
        func probe(_ bytes: [UInt8], _ port: UInt16 = 9999) -> DatagramProbe? {
            bytes.withRawSpan { DatagramProbe($0, ports: (40_000, port)) }
        }
        let zeros = [UInt8](repeating: 0, count: 300)
        #expect(probe([1, 0, 0, 0] + noise(144, seed: 1)) == .wireGuard)
        #expect(probe([1, 0, 0, 0] + noise(145, seed: 1)) == nil)
        #expect(probe([0x38] + noise(8, seed: 1) + [0, 0, 0, 0, 0]) == .openVPN)
        #expect(probe(hex("0001 0000 2112a442") + zeros[0..<12]) == .stun)
        #expect(probe([0x23] + zeros[0..<47], 123) == .ntp)
        #expect(probe([1] + zeros[0..<239], 67) == .dhcp)
        let ike = hex("0102030405060708 0000000000000000 21 20 22 08 00000000 0000001c")
        #expect(probe(ike, 500) == .ike && probe([0, 0, 0, 0] + ike, 4500) == .ike && probe(ike) == nil)
        #expect(probe(noise(64, seed: 3), 4500) == .espInUDP)
        #expect(probe("M-SEARCH * HTTP/1.1\r\n".bytes, 1900) == .ssdp)
        #expect(probe(zeros) == nil && probe([]) == nil)
        for port: UInt16 in [53, 67, 123, 137, 500, 1194, 1900, 4500, 5353, 5355] {
            everyPrefix(of: ike) { _ = DatagramProbe($0, ports: (port, 1)) }
        }
    }
}
