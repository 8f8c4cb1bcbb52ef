import Bytes
import Names
import TestSupport
import Testing

@Suite struct RequestHeadTests {
    private func parse(_ text: String, ended: Bool = false) -> Progress<RequestHead> {
        text.bytes.withRawSpan { RequestHead.parse(stream: $0, ended: ended) }
    }

    private static let plain =
        "GET /path?q=1 HTTP/1.1\r\nUser-Agent: x\r\nhOsT: Quizly.Example:8080\r\nAccept: */*\r\n\r\n"

    @Test func theHostFieldNamesTheServer() throws {
        let head = try #require(parse(Self.plain).value)
        #expect(head.method == "GET")
        #expect(head.form == .origin)
        #expect(head.host?.text == "quizly.example")
        #expect(head.host?.port == 8080)
        #expect(head.minorVersion == 1)
        #expect(head.headLength == Self.plain.utf8.count)
        #expect(head.bodyFraming == .none)
        checkStream(Self.plain.bytes) { RequestHead.parse(stream: $0, ended: $1) }
        checkStream((Self.plain + Self.plain).bytes) { RequestHead.parse(stream: $0, ended: $1) }
    }

    @Test func anAbsoluteTargetOutranksTheHostField() throws {
        let head = try #require(
            parse(
                "GET http://me:secret@Target.example:81/x?u=http://other.example/ HTTP/1.1\r\nHost: b.example\r\n\r\n"
            )
            .value)
        #expect(head.form == .absolute)
        #expect(head.host?.text == "target.example")
        #expect(head.host?.port == 81)
        #expect(head.hostField?.text == "b.example")
    }

    @Test func connectNamesTheTunnelsEnd() throws {
        let head = try #require(
            parse("CONNECT quizly.example:443 HTTP/1.1\r\nHost: proxy.example\r\nContent-Length: 9\r\n\r\n")
                .value)
        #expect(head.isConnect && head.form == .authority)
        #expect(head.host?.text == "quizly.example")
        #expect(head.host?.port == 443)
        #expect(head.bodyFraming == .none)
        let refused = try #require(
            parse("CONNECT bad host:443 HTTP/1.1\r\nHost: proxy.example\r\n\r\n").value)
        #expect(refused.host == nil, "the proxy is not the destination")
        #expect(refused.refusal == .character)
        let trailing = try #require(parse("CONNECT mail.example:25 / HTTP/1.0\r\n\r\n").value)
        #expect(trailing.host?.text == "mail.example" && trailing.host?.port == 25)
    }

    @Test func asteriskAndOddTargetsFallBackToTheHostField() throws {
        let options = try #require(parse("OPTIONS * HTTP/1.1\r\nHost: a.example\r\n\r\n").value)
        #expect(options.form == .asterisk && options.host?.text == "a.example")
        let odd = try #require(parse("GET a b HTTP/1.0\r\nHost: a.example\r\n\r\n").value)
        #expect(odd.form == .other && odd.host?.text == "a.example" && odd.minorVersion == 0)
    }

    @Test func bareLineFeedsAndLeadingNewlinesAreTolerated() throws {
        let text = "\r\nGET / HTTP/1.1\nHost:a.example\n\nrest"
        let head = try #require(parse(text).value)
        #expect(head.host?.text == "a.example")
        #expect(head.headLength == text.utf8.count - 4)
    }

    @Test func foldedLinesAreNotFields() throws {
        let head = try #require(
            parse("GET / HTTP/1.1\r\nX: y\r\n Host: folded.example\r\nHost: a.example\r\n\r\n").value)
        #expect(head.host?.text == "a.example")
        #expect(!head.hostsConflict)
    }

    @Test func theFirstOfSeveralHostsCountsAndAConflictIsMarked() throws {
        let head = try #require(parse("GET / HTTP/1.1\r\nHost: a.example\r\nHost: b.example\r\n\r\n").value)
        #expect(head.host?.text == "a.example" && head.hostsConflict)
        let same = try #require(parse("GET / HTTP/1.1\r\nHost: a.example\r\nHost: A.example.\r\n\r\n").value)
        #expect(!same.hostsConflict)
        let none = try #require(parse("GET / HTTP/1.1\r\nHost:\r\n\r\n").value)
        #expect(none.host == nil && none.refusal == .empty)
    }

    private static let framings: [(String, HTTPBodyFraming)] = [
        ("Content-Length: 12\r\n", .length(12)),
        ("Content-Length: 0\r\n", .none),
        ("Content-Length: 5, 5\r\n", .length(5)),
        ("Content-Length: 5\r\nContent-Length: 6\r\n", .unknown),
        ("Content-Length: -1\r\n", .unknown),
        ("Content-Length: 99999999999999999999999\r\n", .unknown),
        ("Transfer-Encoding: gzip, Chunked\r\nContent-Length: 3\r\n", .chunked),
        ("Transfer-Encoding: gzip\r\n", .unknown),
        ("Transfer-Encoding: notchunked\r\n", .unknown),
    ]

    @Test(arguments: framings)
    func theFramingOfTheBodyIsToldFromItsFields(fields: String, framing: HTTPBodyFraming) {
        #expect(parse("POST / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n").value?.bodyFraming == framing)
    }

    @Test func anUpgradeToHTTP2IsSeen() throws {
        let head = try #require(parse("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\n\r\n").value)
        #expect(head.upgradesToHTTP2 && head.hasUpgrade)
        let socket = try #require(parse("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n").value)
        #expect(!socket.upgradesToHTTP2 && socket.hasUpgrade)
    }

    @Test func aCutHeadTellsTheLinesThatWereWhole() throws {
        let head = try #require(parse("GET / HTTP/1.1\r\nHost: a.example\r\nCookie: se", ended: true).value)
        #expect(head.host?.text == "a.example" && head.headLength == nil)
        let cut = try #require(parse("GET / HTTP/1.1\r\nHost: a.exam", ended: true).value)
        #expect(cut.host == nil)
    }

    @Test func aHeadThatNeverEndsIsDecidedAtTheLimit() throws {
        let endless = "GET / HTTP/1.1\r\nHost: a.example\r\nX: " + String(repeating: "x", count: 70_000)
        let head = try #require(parse(endless).value)
        #expect(head.host?.text == "a.example" && head.headLength == nil)
        #expect(parse("GET /" + String(repeating: "x", count: 70_000)) == .notMine(.truncated))
    }

    @Test(arguments: [
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n", "SSH-2.0-x\r\n",
        "INVITE sip:a SIP/2.0\r\n\r\n",
        "EHLO mail.example\r\n", "GET /path\r\n\r\n", "\u{16}\u{3}\u{1}", "GET\r\n", "A / HTTP/1.1\r\n\r\n",
        "USERNAMETHATISLONGERTHANANYMETHODEVERWAS / HTTP/1.1\r\n\r\n",
    ])
    func otherStreamsAreNotMine(text: String) {
        #expect(parse(text, ended: true) == .notMine(.unknown))
    }

    @Test func probesAgreeWithThePrefixesOfARequest() {
        everyPrefix(of: Self.plain.bytes) { prefix in
            if !RequestHead.probe(prefix) { Issue.record("refused at \(prefix.byteCount)") }
        }
    }

    @Test func damagedRequestsAreAnswered() {
        let text =
            "POST http://u@a.example:1/ HTTP/1.1\r\nHost: b\r\nContent-Length: 5, 5\r\nUpgrade: h2c\r\n\r\n"
        everyDamage(of: text.bytes) { bytes in
            for ended in [false, true] {
                if case .needMore(let until) = RequestHead.parse(stream: bytes, ended: ended) {
                    #expect(!ended && until > bytes.byteCount)
                }
            }
        }
    }
}

@Suite struct ResponseHeadTests {
    private func parse(_ text: String) -> Progress<ResponseHead> {
        text.bytes.withRawSpan { ResponseHead.parse(stream: $0) }
    }

    private static let responses: [(String, UInt16, HTTPBodyFraming)] = [
        ("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n", 200, .length(3)),
        ("HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\n\r\n", 200, .chunked),
        ("HTTP/1.0 200\r\n\r\n", 200, .untilClose),
        ("HTTP/1.1 204 No Content\r\nContent-Length: 3\r\n\r\n", 204, .none),
        ("HTTP/1.1 100 Continue\n\n", 100, .none),
    ]

    @Test(arguments: responses)
    func statusAndFramingAreRead(text: String, status: UInt16, framing: HTTPBodyFraming) throws {
        let head = try #require(parse(text).value)
        #expect(head.status == status)
        #expect(head.bodyFraming == framing)
        #expect(head.headLength == text.utf8.count)
        #expect(head.isInterim == (status == 100))
        checkStream(text.bytes) { ResponseHead.parse(stream: $0, ended: $1) }
    }

    @Test func otherStreamsAreNotMine() {
        #expect(parse("HTTP/2 200\r\n") == .notMine(.unknown))
        #expect(parse("HTTP/1.1 2x0 OK\r\n\r\n") == .notMine(.malformed))
        #expect(parse("HTTP/1.1 \r\n\r\n") == .notMine(.malformed))
    }

    @Test func damagedResponsesAreAnswered() {
        everyDamage(of: Self.responses[0].0.bytes) { _ = ResponseHead.parse(stream: $0, ended: true) }
    }
}

@Suite struct BodySkipperTests {
    private static let bodies: [(HTTPBodyFraming, String)] = [
        (.none, ""), (.length(5), "hello"), (.chunked, "0\r\n\r\n"),
        (.chunked, "5;name=\"v\"\r\nhello\r\n1A \r\nabcdefghijklmnopqrstuvwxyz\r\n000\r\nTrailer: x\r\n\r\n"),
        (.chunked, "1\na\n0\n\n"),
    ]

    @Test(arguments: bodies, [1, 2, 3, 7, 1000])
    func theNextMessageBeginsWhereTheBodyEnds(body: (HTTPBodyFraming, String), piece: Int) {
        let stream = (body.1 + "GET").bytes
        var skipper = BodySkipper(body.0)
        var consumed = 0
        while !skipper.isDone, consumed < stream.count {
            consumed += stream[consumed..<min(consumed + piece, stream.count)].withSpanOfCopy {
                skipper.skip($0)
            }
        }
        #expect(skipper.isDone && !skipper.isLost)
        #expect(consumed == body.1.utf8.count)
    }

    @Test func aBodyUntilCloseTakesEverythingAndBrokenChunksAreLost() {
        var open = BodySkipper(.untilClose)
        #expect([1, 2, 3].withRawSpan { open.skip($0) } == 3)
        #expect(!open.isDone)
        for text in ["x\r\n", "\r\n", "5\r\nhelloX", "11111111111111111\r\n"] {
            var skipper = BodySkipper(.chunked)
            _ = text.bytes.withRawSpan { skipper.skip($0) }
            #expect(skipper.isLost)
        }
    }

    @Test func missingBytesAreJumpedOverInsideOfCountedDataOnly() {
        var counted = BodySkipper(.length(10))
        counted.skipMissing(4)
        #expect([UInt8](repeating: 0, count: 9).withRawSpan { counted.skip($0) } == 6)
        #expect(counted.isDone)
        var exact = BodySkipper(.length(10))
        exact.skipMissing(10)
        #expect(exact.isDone)
        var beyond = BodySkipper(.length(10))
        beyond.skipMissing(11)
        #expect(beyond.isLost)
        var chunked = BodySkipper(.chunked)
        chunked.skipMissing(1)
        #expect(chunked.isLost)
    }

    @Test func damagedChunksAreAnswered() {
        everyDamage(of: Self.bodies[3].1.bytes) { bytes in
            var skipper = BodySkipper(.chunked)
            let consumed = skipper.skip(bytes)
            #expect(consumed == bytes.byteCount || skipper.isDone)
        }
        var huge = BodySkipper(.length(.max))
        #expect([1].withRawSpan { huge.skip($0) } == 1)
    }
}
