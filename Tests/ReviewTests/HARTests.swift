import Bytes
import TestSupport
import Testing

@testable import Review

/// Memory as a source, so many bytes at a time.
final class Feed: ByteSource {
    let path = "test.har"
    private var rest: [UInt8]
    private let step: Int

    init(_ bytes: [UInt8], step: Int = 1 << 20) {
        rest = bytes
        self.step = step
    }

    func readNext(into buffer: inout ByteBuffer, at offset: Int, count: Int) throws(FileFault) -> Int {
        let part = Array(rest.prefix(min(step, count)))
        rest.removeFirst(part.count)
        return part.withRawSpan { buffer.write($0, at: offset) }
    }
}

/// The same bytes again and again, without end.
final class Flood: ByteSource {
    let path = "flood.har"
    private let byte: UInt8
    private(set) var given = 0

    init(_ byte: UInt8) { self.byte = byte }

    func readNext(into buffer: inout ByteBuffer, at offset: Int, count: Int) throws(FileFault) -> Int {
        given += count
        return Array(repeating: byte, count: count).withRawSpan { buffer.write($0, at: offset) }
    }
}

enum Archive {
    static func read(_ bytes: [UInt8], step: Int = 1 << 20) -> (file: HARFile, exchanges: [Exchange?]) {
        var file = HARFile()
        var exchanges: [Exchange?] = []
        file.read(Feed(bytes, step: step), head: []) { pieces in exchanges += pieces.map { HAREntry.read($0) }
        }
        return (file, exchanges)
    }

    static func read(_ text: String, step: Int = 1 << 20) -> (file: HARFile, exchanges: [Exchange?]) {
        read(Array(text.utf8), step: step)
    }

    static func entry(_ text: String) throws -> Exchange {
        let (file, exchanges) = read(#"{"log":{"version":"1.2","entries":["# + text + "]}}")
        #expect(file.isComplete)
        #expect(exchanges.count == 1)
        return try #require(exchanges.first ?? nil)
    }
}

@Suite struct HARTests {
    // MARK: - What exporters write

    @Test func chrome() throws {
        let exchange = try Archive.entry(Dialects.chrome)
        #expect(exchange.start?.description == "2026-11-24T14:00:01.250000Z")
        #expect(exchange.method == "POST")
        #expect(exchange.url.host == "collect.tag.example")
        #expect(exchange.url.port == 443)
        #expect(exchange.request.mediaType == "application/json")
        #expect(exchange.request.body == Array(#"{"a":1}"#.utf8))
        #expect(exchange.response.bytes == 321)
        #expect(exchange.initiator?.kind == "script")
        #expect(
            exchange.initiator?.urls == [
                "https://cdn.tag.example/t.js", "https://app.quizly.example/main.js",
            ])
        #expect(exchange.cookiesSet == ["uid"])
        #expect(exchange.socket.map(\.isSent) == [true, false])
        // Binary messages are base64 in a HAR.
        #expect(exchange.socket.map(\.data) == [Array("hello".utf8), [1, 2, 3]])
    }

    @Test func firefox() throws {
        let exchange = try Archive.entry(Dialects.firefox)
        #expect(exchange.start?.description == "2026-11-24T14:00:01.250000Z")
        // A form without text, by its fields; sizes of -1 are unknown.
        #expect(exchange.request.body == Array("a=1&b=x y".utf8))
        #expect(exchange.response.body == [0xff, 0xd8, 0xff])
        #expect(exchange.response.bytes == 84)
        #expect(exchange.cookiesSet == ["one", "two"])
        #expect(exchange.gaps == [:])
    }

    @Test func safari() throws {
        let exchange = try Archive.entry(Dialects.safari)
        #expect(exchange.status == 302)
        #expect(exchange.redirect == "/next?x=1")
        #expect(exchange.url.resolved(exchange.redirect ?? "").text == "https://app.quizly.example/next?x=1")
        #expect(exchange.cookiesSent.map(\.name) == ["sid"])
    }

    @Test func charles() throws {
        let exchange = try Archive.entry(Dialects.charles)
        #expect(exchange.start?.description == "2026-11-24T14:00:01.250000Z")
        #expect(exchange.response.body == Array("{}".utf8))
        #expect(exchange.request.bytes == 210)
    }

    @Test func mitmproxy() throws {
        let exchange = try Archive.entry(Dialects.mitmproxy)
        #expect(exchange.start?.description == "2026-11-24T14:00:01.250123Z")
        #expect(exchange.request.body == Array("a=1".utf8))
        #expect(exchange.redirect == nil)
        #expect(!exchange.hasFailed)
    }

    // MARK: - What may be missing or broken

    @Test func everyMemberMayBeMissing() throws {
        let exchange = try Archive.entry(#"{"request":{"url":"https://a.example/"}}"#)
        #expect(exchange.start == nil)
        #expect(exchange.status == 0)
        let (file, exchanges) = Archive.read(
            #"{"log":{"entries":[{},{"request":{}},{"request":7}, [], 1, "x"]}}"#)
        #expect(file.isComplete)
        // What is no object is no entry.
        #expect(exchanges == [nil, nil, nil])
    }

    @Test func brokenBase64IsReadUpToTheBreak() throws {
        let exchange = try Archive.entry(
            #"{"request":{"url":"https://a.example/"},"response":{"status":200,"content":{"size":6,"#
                + #""mimeType":"text/plain","encoding":"base64","text":"aGFs*bG8="}}}"#)
        #expect(exchange.response.body == Array("hal".utf8))
        #expect(exchange.gaps == [.brokenBase64: 1])
    }

    @Test func bodiesThatTheBrowserCutOrLeftOutAreCounted() throws {
        let url = #""request":{"url":"https://a.example/","bodySize":90}"#
        let cut = try Archive.entry(
            "{\(url)," + #""response":{"status":200,"content":{"size":5000000,"text":"abc"}}}"#)
        #expect(cut.gaps == [.bodyCut: 1, .bodyNotRecorded: 1])
        let absent = try Archive.entry("{\(url)," + #""response":{"status":200,"content":{"size":5000000}}}"#)
        #expect(absent.gaps == [.bodyNotRecorded: 2])
    }

    /// A request whose answer the page did not get was sent all the same.
    @Test(
        arguments: [
            (200, "net::ERR_ABORTED", false, nil), (0, "net::ERR_FAILED", false, 1), (0, "", false, 1),
            (0, "net::ERR_BLOCKED_BY_CLIENT", true, nil), (0, "net::ERR_NAME_NOT_RESOLVED", true, nil),
        ] as [(Int, String, Bool, Int?)])
    func whatWasSent(_ status: Int, _ error: String, _ failed: Bool, _ gaps: Int?) throws {
        let exchange = try Archive.entry(
            #"{"request":{"url":"https://a.example/"},"response":{"status":\#(status),"_error":"\#(error)"}}"#
        )
        #expect(exchange.hasFailed == failed)
        #expect(exchange.gaps[.noAnswer] == gaps)
    }

    @Test func halvesOfSurrogatePairsAndRawBytesAreNoReasonToLoseAnEntry() throws {
        let text =
            Array(
                #"{"log":{"entries":[{"request":{"url":"https://a.example/\ud83d","postData":{"text":""#.utf8)
            + [0xff, 0xfe] + Array(#"\udc00\ud83d\ude00"}}}]}}"#.utf8)
        let (_, exchanges) = Archive.read(text)
        let exchange = try #require(exchanges.first ?? nil)
        #expect(exchange.url.host == "a.example")
        #expect(String(decoding: exchange.request.body, as: UTF8.self) == "ÿþ\u{fffd}😀")
    }

    @Test func aFileThatEndsEarlyGivesItsWholeEntries() {
        let entry = #"{"request":{"url":"https://a.example/"}}"#
        let text = #"{"log":{"entries":["# + entry + "," + entry.dropLast(5)
        let (file, exchanges) = Archive.read(String(text))
        #expect(exchanges.count == 1)
        #expect(!file.isComplete)
        #expect(file.problems == ["it ends in the middle of an entry; 1 entries before it are used"])
    }

    @Test func bracketsThatDoNotMatchAreAnError() {
        let (file, exchanges) = Archive.read(#"{"log":{"entries":[{"request":{"url":"https://a.example/"}}}"#)
        #expect(exchanges.count == 1)
        #expect(
            file.problems == [
                "at byte 59: a bracket closes what was not opened; 1 entries before it are used"
            ])
    }

    @Test(arguments: [
        (
            #"{"entries":[{"request":{"url":"https://a.example/"}}]}"#,
            "it has no list log.entries: it is no HTTP archive"
        ),
        (#"{"log":{"entries":{}}}"#, "it has no list log.entries: it is no HTTP archive"),
        ("{}", "it has no list log.entries: it is no HTTP archive"),
        ("[]", "at byte 0: a HAR is a JSON object; 0 entries before it are used"),
        ("hello", "at byte 0: no JSON object begins here; 0 entries before it are used"),
        (
            #"{"log":{"entries":[]}}{}"#,
            "at byte 22: another value follows the HAR; 0 entries before it are used"
        ),
    ])
    func whatIsNoArchiveIsAnError(_ text: String, _ problem: String) {
        let (file, exchanges) = Archive.read(text)
        #expect(exchanges.isEmpty)
        #expect(file.problems == [problem])
        #expect(!file.isComplete)
    }

    /// A gigabyte and more of brackets ends at the first that is too deep.
    @Test func endlessNestingIsAnErrorAtOnce() {
        var file = HARFile()
        let flood = Flood(UInt8(ascii: "["))
        file.read(flood, head: Array(#"{"log":{"entries":[{"request":"#.utf8)) { _ in }
        // 30 bytes come before the brackets, which begin at the fifth level.
        #expect(file.problems == ["at byte 538: nested deeper than 512 levels; 0 entries before it are used"])
        #expect(flood.given <= 2 << 20)
    }

    @Test func aLongStringIsCutAndTheRestOfTheEntryRead() throws {
        let long =
            String(repeating: "x", count: HARCutter.stringLimit - 3) + "\\u00e9"
            + String(repeating: "y", count: 9_000_000)
        let text =
            #"{"log":{"entries":[{"request":{"url":"https://a.example/","postData":{"text":""# + long
            + #"","mimeType":"text/plain"},"method":"PUT"}}]}}"#
        for step in [1 << 20, 77_777] {
            let exchange = try #require(Archive.read(text, step: step).exchanges.first ?? nil)
            #expect(exchange.method == "PUT")
            // The escape that the limit falls into is left out.
            #expect(exchange.request.body.count == HARCutter.stringLimit - 3)
            #expect(exchange.gaps == [.bodyCut: 1, .noAnswer: 1])
        }
    }

    // MARK: - Windows, prefixes, flips

    private static let archive = Array(
        ("\u{feff}"
            + #"{ "log" : {"version":"1.2","creator":{"name":"WebInspector","version":"537"},"pages":[{"id":"p"}],"#
            + #""entries":["# + Dialects.chrome + "," + Dialects.firefox + #"],"comment":"\"}]"}}"#).utf8)

    @Test(arguments: [1, 2, 3, 7, 64, 1000]) func windowsDoNotMatter(_ step: Int) {
        let whole = Archive.read(HARTests.archive)
        let parts = Archive.read(HARTests.archive, step: step)
        #expect(whole.exchanges.count == 2)
        #expect(!whole.exchanges.contains(nil))
        #expect(parts.exchanges == whole.exchanges)
        #expect(parts.file.program == "WebInspector 537")
        #expect(parts.file.isComplete)
    }

    @Test func everyPrefixIsReadOrRefused() {
        var complete = 0
        everyPrefix(of: HARTests.archive) { span in
            if Archive.read(span.copied()).file.isComplete { complete += 1 }
        }
        #expect(complete == 1)
    }

    @Test func everyFlipIsReadOrRefused() {
        oneFlipPerByte(of: HARTests.archive) { span in _ = Archive.read(span.copied()) }
    }

    @Test func recognition() {
        func recognises(_ text: String) -> Bool { Array(text.utf8).withRawSpan { HARFile.recognises($0) } }
        #expect(recognises(#"{"log":{}}"#))
        #expect(recognises("\u{feff} {\n  \"log\" : {"))
        #expect(!recognises(#"{"logs":{}}"#))
        #expect(!recognises(#"{"lo"#))
        #expect(!recognises(""))
    }

    @Test(arguments: [
        ("2026-11-24T14:00:01.25Z", "2026-11-24T14:00:01.250000Z"),
        ("2026-11-24T09:00:01-05:00", "2026-11-24T14:00:01.000000Z"),
        ("2026-11-24T15:00:01.250+0100", "2026-11-24T14:00:01.250000Z"),
        ("2026-11-24 14:00:01Z", "2026-11-24T14:00:01.000000Z"),
        ("2026-11-24T14:00:01", nil), ("2026-02-30T14:00:01Z", nil), ("2026-11-24T24:00:01Z", nil), ("", nil),
        ("2026-11-24T14:00:01.Zx", nil),
    ])
    func times(_ text: String, _ expected: String?) {
        #expect(Array(text.utf8).withRawSpan { HARTime.read($0)?.description } == expected)
    }
}

@Suite struct URLTests {
    @Test(
        arguments: [
            ("https://App.Quizly.example:8443/p?q=1#f", "https", "app.quizly.example", 8443, true),
            ("wss://ws.example", "wss", "ws.example", 443, true),
            ("http://user:pw@a.example/", "http", "a.example", 80, true),
            ("http://[2001:db8::1]:8080/", "http", "2001:db8::1", 8080, true),
            ("data:text/plain,https://a.example/", "data", nil, 0, false),
            ("blob:https://a.example/1", "blob", nil, 0, false),
            ("chrome-extension://abcdef/x.js", "chrome-extension", "abcdef", 0, false),
            ("about:blank", "about", nil, 0, false),
            ("", "", nil, 0, false), ("https://", "https", nil, 443, false),
            ("https:///x", "https", nil, 443, false),
        ] as [(String, String, String?, UInt16, Bool)])
    func parts(_ text: String, _ scheme: String, _ host: String?, _ port: UInt16, _ leaves: Bool) {
        let url = URLParts(text)
        #expect(url.scheme == scheme)
        #expect(url.host == host)
        #expect(url.port == port)
        #expect(url.leavesDevice == leaves)
    }

    @Test(arguments: [
        ("https://b.example/y", "https://b.example/y"), ("//b.example/y", "https://b.example/y"),
        ("/y?b=2", "https://a.example/y?b=2"), ("y", "https://a.example/d/y"), ("", "https://a.example/d/"),
    ])
    func references(_ reference: String, _ expected: String) {
        #expect(URLParts("https://a.example/d/x?a=1/2").resolved(reference).text == expected)
    }
}
