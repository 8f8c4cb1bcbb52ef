import Bytes
import Names
import TestSupport
import Testing

@Suite struct TunnelTests {
    @Test func readsSOCKS4() throws {
        let byAddress = try #require(
            hex("04 01 0050 c0000201 626f6200").withRawSpan { SOCKSRequest.parse4($0) }.value)
        #expect(
            byAddress.address?.description == "192.0.2.1" && byAddress.port == 80 && byAddress.length == 12)
        let byName = hex("04 01 01bb 00000001 00") + "socks.example".bytes + [0]
        let request = try #require(byName.withRawSpan { SOCKSRequest.parse4($0) }.value)
        #expect(
            request.host?.text == "socks.example" && request.port == 443 && request.length == byName.count)
        everyDamage(of: byName) { FuzzEntry.socks($0) }
    }

    @Test func readsSOCKS5() throws {
        let byName = [5, 1, 0, 3] + counted(1, "socks.example".bytes) + [1, 0xbb]
        let request = try #require(byName.withRawSpan { SOCKSRequest.parse5($0) }.value)
        #expect(request.host?.text == "socks.example" && request.length == byName.count)
        let sixth = hex("05 01 00 04 20010db8000000000000000000000001 0050")
        #expect(sixth.withRawSpan { SOCKSRequest.parse5($0) }.value?.address?.description == "2001:db8::1")
        everyPrefix(of: byName) { prefix in
            if prefix.byteCount < byName.count { #expect(SOCKSRequest.parse5(prefix).needsMore) }
        }
        everyDamage(of: byName) { FuzzEntry.socks($0) }
        everyDamage(of: sixth) { FuzzEntry.socks($0) }
    }

    @Test func tellsGreetingsFromOtherBytes() {
        func greeting(_ text: String) -> Int? { hex(text).withRawSpan { SOCKSRequest.greeting5($0) } }
        #expect(greeting("05 01 00") == 3)
        #expect(greeting("05 02 00 02") == 4)
        #expect(greeting("05 01 00 05 01 00 01") == 3)
        #expect(greeting("05 01") == nil)
        #expect(greeting("05 01 77") == nil)
        #expect(greeting("05 01 00 77") == nil)
        #expect(greeting("05 00") == nil)
        #expect(hex("01 03 626f62 02 7077").withRawSpan { SOCKSRequest.password5($0) } == 8)
        #expect(hex("05 00 00 01 00000000 0000").withRawSpan { SOCKSRequest.reply5($0)?.granted } == true)
        #expect(hex("05 05 00 01 00000000 0000").withRawSpan { SOCKSRequest.reply5($0)?.granted } == false)
    }

    @Test func readsProxyHeaders() throws {
        let line = "PROXY TCP4 192.0.2.7 198.51.100.1 50000 443\r\n"
        let first = try #require((line + "GET").bytes.withRawSpan { ProxyHeader.parse($0) }.value)
        #expect(first.client?.description == "192.0.2.7" && first.length == line.utf8.count)
        let unknown = try #require("PROXY UNKNOWN\r\n".bytes.withRawSpan { ProxyHeader.parse($0) }.value)
        #expect(unknown.client == nil && unknown.length == 15)
        let signature = "0d0a0d0a000d0a515549540a"
        let second = hex(signature + "21 11 000c c0000207 c6336401 c350 01bb")
        let header = try #require(second.withRawSpan { ProxyHeader.parse($0) }.value)
        #expect(header.client?.description == "192.0.2.7" && header.length == 28)
        let local = try #require(hex(signature + "20 00 0000").withRawSpan { ProxyHeader.parse($0) }.value)
        #expect(local.client == nil && local.length == 16)
        everyDamage(of: second) { FuzzEntry.socks($0) }
        everyDamage(of: line.bytes) { FuzzEntry.socks($0) }
        #expect("GET / HTTP/1.1".bytes.withRawSpan { ProxyHeader.parse($0) }.isMine == false)
    }
}
