import Bytes
import Contacts
import Foundation
import Judgement
import Register
import TestSupport
import Testing

@testable import Review

@Suite struct InputTests {
    // MARK: - mitmproxy

    /// tnetstrings by their definition: length, colon, data, a letter for the type.
    private static func text(_ text: String) -> String { "\(text.utf8.count):\(text);" }
    private static func data(_ text: String) -> String { "\(text.utf8.count):\(text)," }
    private static func list(_ parts: [String]) -> String {
        "\(parts.joined().utf8.count):\(parts.joined())]"
    }
    private static func map(_ pairs: [(String, String)]) -> String {
        let body = pairs.map { text($0.0) + $0.1 }.joined()
        return "\(body.utf8.count):\(body)}"
    }

    static let flow = map([
        ("version", "2:20#"), ("type", text("http")),
        (
            "request",
            map([
                ("method", data("POST")), ("scheme", data("https")), ("host", text("192.0.2.7")),
                ("port", "3:443#"),
                ("authority", data("")), ("path", data("/c?x=1")), ("timestamp_start", "12:1795528801.5^"),
                (
                    "headers",
                    list([
                        list([data("Host"), data("collect.tag.example")]),
                        list([data("Content-Type"), data("application/json")]),
                    ])
                ),
                ("content", data(#"{"grade":"7"}"#)),
            ])
        ),
        (
            "response",
            map([
                ("status_code", "3:200#"),
                ("headers", list([list([data("Set-Cookie"), data("uid=1; Path=/")])])),
                ("content", data("ok")),
            ])
        ),
        ("websocket", map([("messages", list([list(["1:1#", "4:true!", data("S730441856"), "3:1.0^"])]))])),
    ])

    private static func dump(_ bytes: [UInt8]) -> (file: MitmproxyFile, exchanges: [Exchange]) {
        var file = MitmproxyFile()
        var exchanges: [Exchange] = []
        file.read(Feed(bytes, step: 100), head: []) { exchanges.append($0) }
        return (file, exchanges)
    }

    @Test func mitmproxyDump() throws {
        let other = InputTests.map([("type", InputTests.text("dns")), ("version", "2:20#")])
        let (file, exchanges) = InputTests.dump(Array((InputTests.flow + other + InputTests.flow).utf8))
        #expect(file.isComplete)
        #expect(file.flows == 3)
        #expect(file.others == 1)
        #expect(exchanges.count == 2)
        var exchange = try #require(exchanges.first)
        #expect(exchange.url.text == "https://collect.tag.example/c?x=1")
        #expect(exchange.start?.description == "2026-11-24T14:00:01.500000Z")
        #expect(exchange.method == "POST")
        #expect(exchange.status == 200)
        #expect(exchange.cookiesSet == ["uid"])
        let hits = try #require(Planted.search).search(&exchange)
        #expect(hits.map(\.element) == [.studentID, .grade])
        #expect(Array(InputTests.flow.utf8).withRawSpan { MitmproxyFile.recognises($0) })
        #expect(!Array("12:00:01 GET".utf8).withRawSpan { MitmproxyFile.recognises($0) })
    }

    @Test func mitmproxyDumpsThatEndEarlyOrLie() {
        let bytes = Array(InputTests.flow.utf8)
        var whole = 0
        everyPrefix(of: bytes) { span in
            let (file, exchanges) = InputTests.dump(span.copied())
            if file.isComplete, !exchanges.isEmpty { whole += 1 }
        }
        #expect(whole == 1)
        oneFlipPerByte(of: bytes) { span in _ = InputTests.dump(span.copied()) }
        let (file, _) = InputTests.dump(Array("99999999999:x".utf8))
        #expect(file.problems == ["a flow is longer than 64 MiB; 0 flows before it are used"])
        #expect(
            InputTests.dump(Array("hello".utf8)).file.problems == [
                "at byte 0: no mitmproxy flow begins here; 0 flows before it are used"
            ])
    }

    // MARK: - Fiddler

    @Test func fiddlerSession() throws {
        var session = FiddlerSession()
        var exchanges: [Exchange?] = []
        func take(_ name: String, _ bytes: [UInt8]) { exchanges += session.take(name, bytes) }
        take(
            "raw/1_c.txt", Array("CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\n\r\n".utf8))
        take(
            "raw/2_c.txt",
            Array(
                "POST https://collect.tag.example/c HTTP/1.1\r\nContent-Type: text/plain\r\n\r\ngrade=7".utf8)
        )
        take(
            "raw/2_s.txt",
            Array(
                "HTTP/1.1 302 Found\r\nLocation: /next\r\nSet-Cookie: u=1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
                    .utf8))
        take(
            "raw/2_m.xml",
            Array(#"<SessionTimers ClientBeginRequest="2026-11-24T09:00:01.5000000-05:00" />"#.utf8))
        take(
            "raw\\3_c.txt", Array("GET /p?sid=S730441856 HTTP/1.1\r\nHost: px.ads.example\r\n\r\n".utf8))
        take("raw/4_c.txt", Array("nonsense".utf8))
        take("_index.htm", [])
        // The second session was whole as soon as its third part came.
        #expect(exchanges.count == 1)
        let rest = session.rest()
        exchanges = rest.prefix(1) + exchanges + rest.dropFirst()
        #expect(exchanges.count == 4)
        // The tunnel itself is no request of the app's.
        #expect(exchanges[0]?.url.leavesDevice == false)
        var second = try #require(exchanges[1])
        #expect(second.start?.description == "2026-11-24T14:00:01.500000Z")
        #expect(second.redirect == "/next")
        #expect(second.response.body == Array("abcde".utf8))
        #expect(second.cookiesSet == ["u"])
        #expect(try #require(Planted.search).search(&second).map(\.element) == [.grade])
        #expect(exchanges[2]?.url.text == "https://px.ads.example/p?sid=S730441856")
        #expect(exchanges[2]?.gaps == [.noAnswer: 1])
        #expect(exchanges[3] == nil)
    }

    /// What waits for its other parts has a limit: then it is searched as it is, and parts that come later are counted.
    @Test func fiddlerSessionsThatNeverEnd() {
        var session = FiddlerSession(pendingLimit: 1000)
        let request = Array("GET https://a.example/ HTTP/1.1\r\n\r\n".utf8)
        var found: [Exchange?] = []
        for number in 0..<200 { found += session.take("raw/\(number)_c.txt", request) }
        #expect(found.count > 100 && found.count < 200)
        found += session.take("raw/0_s.txt", Array("HTTP/1.1 200 OK\r\n\r\n".utf8))
        #expect(session.take("raw/7_w.txt", [1]).isEmpty)
        found += session.rest()
        #expect(found.count == 200)
        #expect(found.allSatisfy { $0?.url.host == "a.example" })
        #expect(session.late == 1 && session.sockets == 1)
    }

    @Test func messagesOfHTTPDoNotTrap() {
        let text = Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\nabc".utf8)
        everyPrefix(of: text) { _ = HTTPText($0.copied()) }
        oneFlipPerByte(of: text) { _ = HTTPText($0.copied()) }
        #expect(HTTPText([]) == nil)
    }

    // MARK: - Netlog and App Privacy Report

    static let netlog = #"""
        {"constants": {"logEventTypes": {"URL_REQUEST_START_JOB": 110, "URL_REQUEST_JOB_BYTES_READ": 112}, "timeTickOffset": 1795528800000},
        "events": [
        {"params":{"url":"https://app.quizly.example/","method":"GET","initiator":"not an origin"},"phase":1,"source":{"id":5,"type":1},"time":"1000","type":110},
        {"params":{"url":"https://px.ads.example/p?x=1","method":"GET","initiator":"https://app.quizly.example"},"phase":1,"source":{"id":6,"type":1},"time":"2500","type":110},
        {"params":{"byte_count":300},"phase":0,"source":{"id":6,"type":1},"time":"2600","type":112},
        {"phase":2,"source":{"id":6,"type":1},"time":"2600","type":110}
        ]}
        """#

    @Test func netlog() throws {
        #expect(Array(InputTests.netlog.utf8).withRawSpan { SessionKind.recognise($0) } == .netlog)
        var file = HARFile(.netlog)
        var log = NetLog()
        file.read(Feed(Array(InputTests.netlog.utf8), step: 50), head: []) { pieces in
            for piece in pieces { log.take(piece) }
        }
        #expect(file.isComplete)
        #expect(log.exchanges.map(\.url.host) == ["app.quizly.example", "px.ads.example"])
        #expect(
            log.exchanges.map { $0.start?.description } == [
                "2026-11-24T14:00:01.000000Z", "2026-11-24T14:00:02.500000Z",
            ])
        #expect(log.exchanges[1].initiator?.urls == ["https://app.quizly.example"])
        #expect(log.exchanges[0].initiator == nil)
        #expect(log.exchanges[1].response.bytes == 300)
    }

    /// What Chrome logs when it is told to keep everything: heads, and answers in base64.
    @Test func netlogWithRawBytes() throws {
        let body = Data(#"{"student":"S730441856"}"#.utf8).base64EncodedString()
        let text = #"""
            {"constants": {"logEventTypes": {"URL_REQUEST_START_JOB": 1, "URL_REQUEST_JOB_FILTERED_BYTES_READ": 2,
            "HTTP_TRANSACTION_HTTP2_SEND_REQUEST_HEADERS": 3, "HTTP_TRANSACTION_READ_RESPONSE_HEADERS": 4}, "timeTickOffset": 0},
            "events": [
            {"params":{"url":"https://a.example/x","method":"GET"},"source":{"id":9},"time":"5","type":1},
            {"params":{"headers":[":method: GET",":path: /x","referer: https://app.quizly.example/","cookie: sid=S730441856"]},"source":{"id":9},"time":"6","type":3},
            {"params":{"headers":["HTTP/1.1 302","content-type: application/json; charset=utf-8","set-cookie: u=1; Path=/","location: /y"]},"source":{"id":9},"time":"7","type":4},
            {"params":{"byte_count":24,"bytes":"\#(body)"},"source":{"id":9},"time":"8","type":2},
            {"params":{"byte_count":3,"bytes":"YW!"},"source":{"id":9},"time":"8","type":2},
            {"params":{"byte_count":3,"bytes":"YWJj"},"source":{"id":10},"time":"8","type":2}
            ]}
            """#
        var file = HARFile(.netlog)
        var log = NetLog()
        file.read(Feed(Array(text.utf8), step: 50), head: []) { pieces in
            for piece in pieces { log.take(piece) }
        }
        var exchange = try #require(log.exchanges.first)
        #expect(log.exchanges.count == 1 && log.unreadable == 0)
        #expect(exchange.request.headers.map(\.name) == ["referer", "cookie"])
        #expect(exchange.status == 302 && exchange.redirect == "/y" && exchange.cookiesSet == ["u"])
        #expect(exchange.response.mediaType == "application/json")
        #expect(exchange.gaps == [.brokenBase64: 1])
        let hits = try #require(Planted.search).search(&exchange)
        #expect(Set(hits.map { "\($0.isSent) \($0.place.rawValue)" }) == ["true cookie", "false body"])
    }

    @Test func appPrivacyReport() {
        func read(_ text: String) -> AppPrivacyLine? {
            Array(text.utf8).withRawSpan { AppPrivacyLine.read($0) }
        }
        let line = read(
            #"{"domain":"px.ads.example","firstTimeStamp":"2026-11-24T09:00:01.000-05:00","timeStamp":"2026-11-24T09:05:00.000-05:00","hits":3,"bundleID":"com.quizly","type":"networkActivity"}"#
        )
        guard case .network(let bundle, let host, let hits, let first, let last) = line else {
            Issue.record("no network line")
            return
        }
        #expect([bundle, host] == ["com.quizly", "px.ads.example"])
        #expect(hits == 3)
        #expect(first?.description == "2026-11-24T14:00:01.000000Z")
        #expect(last?.description == "2026-11-24T14:05:00.000000Z")
        let access =
            #"{"accessor":{"identifier":"com.quizly","identifierType":"bundleID"},"category":"location","kind":"KIND","timeStamp":"2026-11-24T09:00:01.000-05:00","type":"access"}"#
        #expect(
            read(access.replacing("KIND", with: "intervalBegin"))
                == .access(
                    bundle: "com.quizly", category: "location",
                    time: Timestamp(nanoseconds: 1_795_528_801_000_000_000)))
        #expect(read(access.replacing("KIND", with: "intervalEnd")) == .other)
        #expect(read("{}") == .other)
        #expect(read("not JSON") == nil)
    }

    // MARK: - Several recordings

    private static func session(_ files: [(String, String)], bundle: String? = nil) throws -> Session {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "review-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let paths = try files.map { name, text in
            let url = folder.appendingPathComponent(name)
            try Data(text.utf8).write(to: url)
            return url.path
        }
        return Session(paths, search: Planted.search, bundle: bundle)
    }

    /// The dump repeats the HAR's request to collect.tag.example; the report knows a host more, and its clock is late.
    @Test func recordingsArePutTogetherAndContradictEachOther() throws {
        let report = [
            ("app.quizly.example", "2026-11-24T14:01:01.000Z", "com.quizly"),
            ("collect.tag.example", "2026-11-24T14:01:03.000Z", "com.quizly"),
            ("hidden.example", "2026-11-24T14:01:04.000Z", "com.quizly"),
            ("other.example", "2026-11-24T14:01:04.000Z", "com.other"),
        ].map { host, time, bundle in
            #"{"domain":"\#(host)","firstTimeStamp":"\#(time)","timeStamp":"\#(time)","hits":2,"bundleID":"\#(bundle)","type":"networkActivity"}"#
        }.joined(separator: "\n")
        let session = try InputTests.session(
            [
                ("a.har", Recorded.har(Array(Recorded.session.prefix(3)))), ("b.flow", InputTests.flow),
                ("c.ndjson", report),
            ],
            bundle: "com.quizly")
        #expect(session.inputs.map(\.kind) == ["har", "mitmproxy", "app-privacy-report"])
        #expect(session.isComplete)
        var builder = ReviewBuilder(
            session, ReviewQuestion(app: "Quizly", vendor: "quizly"), judge: try Recorded.judge())
        let review = builder.build()
        #expect(review.parties.map(\.domain).sorted() == ["hidden.example", "quizly.example", "tag.example"])
        // Two of the HAR; the dump's is one of them.
        #expect(review.parties.first { $0.domain == "tag.example" }?.requests == 2)
        #expect(Set(review.elements.filter(\.isSent).map(\.element)) == [.email, .grade, .studentID])
        let offset = try #require(review.corroboration.offsets.first { $0.of == .appReport })
        #expect(offset.milliseconds == 60_000)
        #expect(offset.hosts == 2)
        #expect(
            review.parties.first { $0.domain == "hidden.example" }?.first?.description
                == "2026-11-24T14:00:04.000000Z")
        let texts = review.corroboration.contradictions.map(\.text)
        #expect(texts.contains("the app report lists hidden.example, which the HAR never saw"))
        #expect(texts.contains("the HAR lists cdn.tag.example, which the app report never saw"))
        #expect(!texts.contains { $0.contains("other.example") })
    }

    /// The same visit as packets: TLS names every host that the HAR lists.
    @Test func aCaptureBesideTheHARContradictsNothing() throws {
        let review = try RecordedSessionTests.review(["session.har", "session.pcap"])
        #expect(review.corroboration.contradictions == [])
        #expect(review.inputs.map(\.kind) == ["har", "pcap"])
        let alone = try RecordedSessionTests.review()
        #expect(review.parties.map(\.domain) == alone.parties.map(\.domain))
        #expect(review.elements == alone.elements)
        let capture = try RecordedSessionTests.review(["session.pcap"])
        #expect(Set(capture.parties.map(\.domain)) == Set(alone.parties.map(\.domain)))
        #expect(capture.elements.isEmpty)
    }
}

@Suite struct PossibleTests {
    private static func kinds(_ query: String, body: String = "") -> [String] {
        var exchange = Exchange()
        exchange.url = URLParts("https://x.example\(query)")
        exchange.request.body = Array(body.utf8)
        return PossibleSearch.search(exchange, nil).map {
            "\($0.kind.rawValue) \($0.place.rawValue) \($0.field)"
        }
    }

    @Test(arguments: [
        ("/a?idfa=EA7583CD-A667-48BC-B806-42ECB2B48606", ["advertising id URL idfa"]),
        ("/a?idfa=00000000-0000-0000-0000-000000000000", []), ("/a?idfa=no", []),
        ("/a?id=EA7583CD-A667-48BC-B806-42ECB2B48606", []),
        ("/a?lat=42.3601&lon=-71.0589", ["coordinates URL lat"]),
        ("/a?lat=42.3601", []), ("/a?lat=42.3&lon=-71.0", []), ("/a?lat=92.3601&lon=-71.0589", []),
        ("/a?fp=9f86d081884c7d65", ["fingerprint URL fp"]), ("/a?fp=home", []),
        ("/rec/bundle?x=1", ["session recording URL "]), ("/records?x=1", []),
        ("/a?d=%7B%22gaid%22%3A%22ea7583cd-a667-48bc-b806-42ecb2b48606%22%7D", ["advertising id URL gaid"]),
    ])
    func inURLs(_ query: String, _ expected: [String]) { #expect(PossibleTests.kinds(query) == expected) }

    @Test func inBodies() {
        let body =
            #"{"device":{"ifa":"ea7583cd-a667-48bc-b806-42ecb2b48606"},"geo":{"lat":42.36012,"lon":-71.05891}}"#
        #expect(PossibleTests.kinds("/", body: body) == ["advertising id body ifa", "coordinates body lat"])
    }
}

@Suite struct LockfileTests {
    private static func behaviour(_ entries: [String]) throws -> Behaviour {
        Behaviour(
            try Recorded.review(Recorded.har(entries), vendor: "quizly").review, timezone: "America/New_York",
            evidence: ["session.har sha256 00"])
    }

    @Test func aLockfileIsReadBack() throws {
        let behaviour = try LockfileTests.behaviour(Recorded.session)
        let text = Lockfile.write(behaviour)
        #expect(try Lockfile.parse(text) == behaviour)
        #expect(behaviour.session?.description == "2026-11-24")
        #expect(
            text.contains(
                "  - {domain: \"ads.example\", verdict: \"no_agreement\", owner: \"Example Ads\", category: \"advertising\"}\n"
            ))
        #expect(
            text.contains(
                "  - {party: \"ads.example\", element: \"student id\", place: \"URL\", field: \"sid\"}\n"))
        // Values have no place in it.
        #expect(!text.contains("S730441856"))
        #expect(behaviour.drift(to: behaviour).isEmpty)
    }

    @Test func driftIsWhatChanged() throws {
        let before = try LockfileTests.behaviour(Array(Recorded.session.prefix(5)))
        var entries = Array(Recorded.session.prefix(3))
        entries.append(
            Recorded.entry(
                4, "https://px.ads.example/p?sid=S730441856&em=v.maressol4821@lakeside.k12.example"))
        entries.append(Recorded.entry(5, "https://rec.newcomer.example/rec/bundle"))
        entries.append(Recorded.entry(6, "https://px.ads.example/p?student=S730441856"))
        let drift = before.drift(to: try LockfileTests.behaviour(entries))
        #expect(
            drift.map { "\($0.kind.rawValue): \($0.party), \($0.text)" } == [
                "new party: newcomer.example, owner unknown, unknown_owner",
                "new data element: ads.example, e-mail in URL em",
                "data element in another place or form: ads.example, student id in URL student",
                "new possible identifier: newcomer.example, session recording",
            ])
        let back = try LockfileTests.behaviour(entries).drift(to: before)
        #expect(back.allSatisfy { !$0.kind.isNew })
        #expect(
            back.map(\.kind) == [.partyGone, .elementGone, .possibleGone])
    }

    @Test func aChangedVerdictIsDrift() throws {
        let before = try LockfileTests.behaviour(Array(Recorded.session.prefix(1)))
        var after = before
        after.parties[0].verdict = "expired"
        #expect(before.drift(to: after).map(\.kind) == [.verdictChanged])
        #expect(before.drift(to: after).first?.text == "covered -> expired")
    }

    @Test(arguments: [
        "", "app: x", "parties: []", "app: x\nregister: y\nelements: [{party: a}]", "app: [", "- a",
    ])
    func whatIsNoLockfileIsRefused(_ text: String) {
        #expect(throws: (any Error).self) { try Lockfile.parse(text) }
    }
}

@Suite struct DeclaredTests {
    private static func check(_ text: String, _ file: String) throws -> DeclarationCheck {
        let lists = try DeclaredFile.parse(text, file: file)
        let review = try Recorded.review(Recorded.har(Recorded.session), vendor: "quizly").review
        let vendor = try Recorded.judge().register.vendors.first
        return DeclarationCheck(review.parties, lists, vendor: vendor)
    }

    @Test func fourWays() throws {
        let check = try DeclaredTests.check(
            """
            declared:
              - {kind: allowlist, source: help.quizly.example/firewall, date: 2026-11-01, domains: ["*.quizly.example", tag.example, never.example]}
              - {kind: policy, source: privacy policy, domains: [ads.example]}
            """, "d.yaml")
        func row(_ domain: String) -> [Bool?] {
            check.rows.first { $0.domain == domain }.map {
                [$0.inAgreement, $0.inAllowlist, $0.inPolicy, $0.isDeclaredNowhere]
            } ?? []
        }
        #expect(row("quizly.example") == [true, true, false, false])
        #expect(row("cloud.example") == [true, false, false, false])
        #expect(row("tag.example") == [false, true, false, false])
        #expect(row("ads.example") == [false, false, true, false])
        #expect(row("tallyho.example") == [false, false, false, true])
        #expect(check.unseen == [DeclarationCheck.Unseen(domain: "never.example", declaredBy: ["allowlist"])])
        #expect(check.sources.first == "allowlist: help.quizly.example/firewall, read 2026-11-01")
    }

    @Test(arguments: [
        (
            "# kind: policy\n# source: a page\n# date: 2026-11-01\nhttps://Tag.example/x\n*.ads.example # pixel\n",
            "d.txt"
        ),
        (
            "domain,kind,source,date\ntag.example,policy,a page,2026-11-01\nads.example,policy,a page,2026-11-01\n",
            "d.csv"
        ),
    ])
    func textAndCSV(_ text: String, _ file: String) throws {
        let lists = try DeclaredFile.parse(text, file: file)
        #expect(lists.count == 1)
        #expect(lists.first?.kind == .policy)
        #expect(lists.first?.source == "a page")
        #expect(lists.first?.date?.description == "2026-11-01")
        #expect(lists.first?.entries.map(\.description) == ["tag.example", "ads.example"])
        #expect(
            try DeclaredTests.check(text, file).rows.first { $0.domain == "tag.example" }?.inAllowlist == nil)
    }

    @Test(arguments: [
        ("not a domain!\n", "d.txt"), ("", "d.txt"), ("host\na.example\n", "d.csv"),
        ("declared: [{kind: blog, domains: [a.example]}]", "d.yaml"),
        ("# date: yesterday\na.example\n", "d.txt"),
    ])
    func mistakesAreNamed(_ text: String, _ file: String) {
        #expect(throws: (any Error).self) { try DeclaredFile.parse(text, file: file) }
    }
}

@Suite struct FiddlerArchiveTests {
    /// A real zip archive, packed by Info-ZIP.
    @Test func anArchiveIsRead() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "review-\(UUID().uuidString)")
        let raw = folder.appendingPathComponent("raw")
        try FileManager.default.createDirectory(at: raw, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let parts = [
            (
                "1_c.txt",
                "GET https://px.ads.example/p?sid=S730441856 HTTP/1.1\r\nHost: px.ads.example\r\n\r\n"
            ),
            ("1_s.txt", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
            ("1_m.xml", #"<SessionTimers ClientBeginRequest="2026-11-24T09:00:01.0000000-05:00" />"#),
            ("2_c.txt", "nonsense"),
        ]
        for (name, text) in parts { try Data(text.utf8).write(to: raw.appendingPathComponent(name)) }
        let zip = Process()
        zip.executableURL = URL(fileURLWithPath: "/usr/bin/zip")
        zip.arguments = ["-q", "-r", "session.saz", "raw"]
        zip.currentDirectoryURL = folder
        try zip.run()
        zip.waitUntilExit()
        let session = Session([folder.appendingPathComponent("session.saz").path], search: Planted.search)
        #expect(session.inputs.map(\.kind) == ["fiddler"])
        #expect(session.inputs.map(\.records) == [2])
        #expect(session.inputs.map(\.problems) == [["1 of 2 sessions have no request that can be read"]])
        #expect(session.facts.map(\.host) == ["px.ads.example"])
        #expect(session.facts.first?.hits.map(\.element) == [.studentID])
        #expect(session.facts.first?.start?.description == "2026-11-24T14:00:01.000000Z")
    }
}
