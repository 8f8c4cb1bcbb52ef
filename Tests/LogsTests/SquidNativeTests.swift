import Bytes
import Testing

@testable import Logs

@Suite struct SquidNativeTests {
    @Test func readsEveryColumnOfAPlainRequest() {
        let line = ParsedLine(Sample.get)
        #expect(line.reason == nil)
        #expect(line.record.client == IPAddress("10.20.30.40"))
        #expect(line.name == "lessons.example.org")
        #expect(line.user == "s1042")
        #expect(line.record.nameSource == .proxyURL)
        #expect(line.record.server == IPAddress("198.51.100.20"))
        #expect(line.record.port == 80)
        #expect(line.record.service == .http)
        #expect(line.record.method == .get)
        #expect(line.record.action == .allowed)
        #expect(line.record.bytesDown == 8412)
        #expect(line.record.bytesUp == nil)
        #expect(line.record.bytesScope == .httpTotal)
        #expect(line.record.end.description == "2026-03-02T14:01:02.114000Z")
        #expect(line.record.start.description == "2026-03-02T14:01:01.883000Z")
    }

    @Test func readsATunnelOfAUserWithSpaceAndDomain() {
        let line = ParsedLine(Sample.tunnel)
        #expect(line.reason == nil)
        #expect(line.name == "quiz.example.org")
        #expect(line.user == #"LAKESIDE\jane doe"#)
        #expect(line.record.nameSource == .httpConnect)
        #expect(line.record.port == 443)
        #expect(line.record.service == .tls)
        #expect(line.record.bytesScope == .layer4Payload)
    }

    @Test func tellsRefusalsChallengesAndBookkeepingApart() {
        #expect(ParsedLine(Sample.denied).record.action == .blocked)
        #expect(ParsedLine(Sample.challenge).record.action == .attempted)
        #expect(ParsedLine(Sample.peeked).reason == .tunnelSetup)
        let spliced = ParsedLine(Sample.spliced)
        #expect(spliced.reason == nil)
        #expect(spliced.record.client == IPAddress("2001:db8:20::41"))
        #expect(spliced.record.server == IPAddress("2001:db8:99::20"))
    }

    struct Verdict: Sendable {
        var code: String
        var bytes: String
        var hierarchy: String
        var action: LogAction
        var flags: LogFlags

        init(
            _ code: String, _ bytes: String, _ hierarchy: String, _ action: LogAction, _ flags: LogFlags = []
        ) {
            self.code = code
            self.bytes = bytes
            self.hierarchy = hierarchy
            self.action = action
            self.flags = flags
        }
    }

    static let verdicts: [Verdict] = [
        Verdict("TCP_MISS/200", "812", "HIER_DIRECT/198.51.100.7", .allowed),
        Verdict("TCP_MISS/404", "812", "HIER_DIRECT/198.51.100.7", .allowed),
        Verdict("TCP_MISS/404", "812", "HIER_NONE/-", .attempted),
        Verdict("TCP_MISS/503", "4012", "HIER_DIRECT/198.51.100.7", .attempted),
        Verdict("TCP_MISS/503", "4012", "HIER_NONE/-", .attempted),
        Verdict("TCP_MISS_ABORTED/000", "0", "HIER_DIRECT/198.51.100.7", .attempted),
        Verdict("TCP_MISS_ABORTED/200", "0", "HIER_DIRECT/198.51.100.7", .attempted),
        Verdict("TCP_MISS_ABORTED/200", "77", "HIER_DIRECT/198.51.100.7", .allowed),
        Verdict("TCP_MEM_HIT/200", "812", "HIER_NONE/-", .allowed, .servedFromCache),
        Verdict("TCP_IMS_HIT/304", "300", "HIER_NONE/-", .allowed, .servedFromCache),
        Verdict("TCP_NEGATIVE_HIT/404", "300", "HIER_NONE/-", .allowed, .servedFromCache),
        Verdict("TCP_REFRESH_UNMODIFIED/304", "300", "HIER_DIRECT/198.51.100.7", .allowed),
        Verdict("TCP_CF_MISS/200", "300", "PINNED/198.51.100.7", .allowed),
        Verdict("TCP_MISS/200", "300", "FIRSTUP_PARENT/10.0.0.2", .allowed),
        Verdict("TCP_MISS/200", "300", "TIMEOUT_HIER_DIRECT/198.51.100.7", .allowed),
        Verdict("TCP_MISS/200", "300", "DIRECT/198.51.100.7", .allowed),
        Verdict("TCP_DENIED/200", "0", "HIER_NONE/-", .blocked),
        Verdict("TCP_DENIED_ABORTED/403", "0", "HIER_NONE/-", .blocked),
        Verdict("TCP_DENIED_REPLY/403", "3977", "HIER_DIRECT/198.51.100.7", .allowed, .replyBlocked),
        Verdict("NONE/403", "3977", "NONE/-", .blocked),
        Verdict("TAG_NONE/503", "3977", "HIER_NONE/-", .attempted),
        Verdict("NONE_NONE/400", "3977", "HIER_NONE/-", .attempted),
        Verdict("TCP_REDIRECT/302", "0", "HIER_NONE/-", .blocked),
        Verdict("TCP_MISS/307", "0", "HIER_NONE/-", .blocked),
        Verdict("TCP_A_TAG_OF_LATER_VERSIONS/200", "1", "HIER_NEW_ROUTE/198.51.100.7", .allowed),
    ]

    @Test(arguments: verdicts) func judgesByResultStatusAndRoute(verdict: Verdict) {
        let tail = "- \(verdict.hierarchy) text/html"
        let line = ParsedLine(Sample.line(code: verdict.code, bytes: verdict.bytes, tail: tail))
        #expect(line.reason == nil)
        #expect(line.record.action == verdict.action)
        #expect(line.record.flags == verdict.flags)
    }

    @Test func aParentProxyIsNotTheServer() {
        let line = ParsedLine(Sample.line(tail: "- FIRSTUP_PARENT/10.0.0.2 text/html"))
        #expect(line.record.server == nil)
        #expect(line.name == "a.example")
    }

    static let hosts: [(url: String, host: String, port: UInt16)] = [
        ("http://A.Example.:8080/x", "a.example", 8080),
        ("https://a.example", "a.example", 443),
        ("http://user:pw@a.example/", "a.example", 80),
        ("http://a.example?q=http://b.example/", "a.example", 80),
        ("http://198.51.100.9/x", "198.51.100.9", 80),
        ("https://[2001:db8::9]:8443/x", "2001:db8::9", 8443),
        ("HTTP://_dmarc.a.example/", "_dmarc.a.example", 80),
        ("coap://a.example/", "a.example", 0),
    ]

    @Test(arguments: hosts) func readsTheHostOfAURL(url: String, host: String, port: UInt16) {
        let line = ParsedLine(Sample.line(url: url, tail: "- HIER_NONE/- text/html"))
        let literal = IPAddress(host)
        #expect(line.reason == nil)
        #expect(line.name == (literal == nil ? host : nil))
        #expect(line.record.server == literal)
        #expect(line.record.nameSource == (literal == nil ? .proxyURL : .none))
        #expect(line.record.port == port)
    }

    static let refused: [(url: String, reason: LogReason)] = [
        ("http://a..example/", .hostInvalid), ("http://.example/", .hostInvalid),
        ("http://a.example:99999/", .portInvalid), ("http://a.example:/", .portInvalid),
        ("http:///x", .hostInvalid), ("http://1.2.3.4.5/", .hostInvalid), ("http://256.1.1.1/", .hostInvalid),
        ("http://[2001:db8::g]/", .hostInvalid), ("http://a%2eexample/", .hostInvalid),
        ("http://b\u{fc}cher.example/", .hostInvalid), ("http://good.example\\/", .hostInvalid),
        ("error:invalid-request", .noDestination), ("-", .noDestination), ("/path", .noDestination),
        ("cache_object://localhost/info", .internalRequest), ("nonsense", .targetInvalid),
        ("http://\(String(repeating: "a", count: 64)).example/", .hostInvalid),
        ("http://\(String(repeating: "a.", count: 127))example/", .hostInvalid),
    ]

    @Test(arguments: refused) func refusesWhatIsNoHost(url: String, reason: LogReason) {
        #expect(ParsedLine(Sample.line(url: url)).reason == reason)
    }

    @Test func userInformationNeverPassesForTheHost() {
        #expect(ParsedLine(Sample.line(url: "http://good.example\\@evil.example/")).name == "evil.example")
        #expect(ParsedLine(Sample.line(url: "http://a@b@evil.example/")).name == "evil.example")
    }

    @Test func readsConnectTargets() {
        let literal = ParsedLine(
            Sample.line(code: "TCP_TUNNEL/200", method: "CONNECT", url: "[2001:db8::1]:8443"))
        #expect(literal.record.server == IPAddress("2001:db8::1"))
        #expect(literal.record.port == 8443)
        #expect(literal.record.service == .unknown)
        #expect(literal.record.nameSource == .none)
        #expect(ParsedLine(Sample.line(method: "CONNECT", url: "a.example")).reason == .portInvalid)
        #expect(ParsedLine(Sample.line(method: "CONNECT", url: "a.example:0")).reason == .portInvalid)
        #expect(ParsedLine(Sample.line(method: "CONNECT", url: "error:x")).reason == .noDestination)
    }

    @Test func readsClients() {
        #expect(ParsedLine(Sample.line(client: "-")).reason == .internalRequest)
        #expect(
            ParsedLine(Sample.line(client: "Lab-7.lakeside.k12.example")).clientHost
                == "lab-7.lakeside.k12.example")
        #expect(ParsedLine(Sample.line(client: "::ffff:10.1.2.3")).record.client == IPAddress("10.1.2.3"))
        #expect(ParsedLine(Sample.line(client: "10.1.2.3.4")).reason == .clientInvalid)
        #expect(ParsedLine(Sample.line(client: "<b>")).reason == .clientInvalid)
    }

    @Test func setsAsideWhatIsNoRequestOfAClient() {
        #expect(ParsedLine(Sample.line(code: "UDP_MISS/000", method: "ICP_QUERY")).reason == .cacheQuery)
    }

    @Test(arguments: [
        "TCP_MISS", "TCP_MISS/20", "TCP_MISS/2000", "FOO_MISS/200", "tcp_miss/200", "/200", "TCP/2 0",
    ])
    func refusesWhatIsNoResult(code: String) {
        let reason = ParsedLine(Sample.line(code: code)).reason
        #expect(reason == .resultInvalid || reason == .numberInvalid)
    }

    @Test(arguments: [
        "x1772460062.114 1 10.0.0.1", "1772460062 1 10.0.0.1", "1772460062.1 1 10.0.0.1", ".114 1 10.0.0.1",
        "99999999999.000 1 10.0.0.1",
    ])
    func refusesWhatIsNoTime(start: String) {
        let line = ParsedLine("\(start) TCP_MISS/200 1 GET http://a.example/ - HIER_NONE/- -")
        #expect(line.reason == .timeInvalid)
    }

    @Test func refusesADurationLongerThanTheEpoch() {
        let rest = "10.0.0.1 TCP_MISS/200 1 GET http://a.example/ - HIER_NONE/- -"
        #expect(ParsedLine("1772460062.114 999999999999999999 \(rest)").reason == .numberInvalid)
        #expect(ParsedLine("1772460062.114 99999999999999999999999 \(rest)").reason == .numberInvalid)
        #expect(ParsedLine("1772460062.114 1772460062115 \(rest)").reason == .numberInvalid)
        let negative = ParsedLine("1772460062.114 -3 \(rest)")
        #expect(negative.reason == nil)
        #expect(negative.record.start == negative.record.end)
    }
}
