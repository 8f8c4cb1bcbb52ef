import Bytes
import Testing

@testable import Logs

@Suite struct SquidCustomTests {
    static let district =
        "logformat hallpass %ts.%03tu %6tr %>a %>eui %>p %Ss/%03>Hs %>st %<st %rm %ru %[un %Sh/%<a %<p %mt"
        + " %ssl::bump_mode %ssl::>sni \"%{User-Agent}>h\" %transport::>connection_id"

    static func rows(_ format: String, _ lines: String...) throws -> [LogContactRow] {
        let text = Array((lines.joined(separator: "\n") + "\n").utf8)
        return read(text, as: LogFormat.squid(try SquidFormat(format))).contacts.makeRows()
    }

    @Test func readsTheFormatThatTheDocumentationRecommends() throws {
        let rows = try SquidCustomTests.rows(
            SquidCustomTests.district,
            "1772460083.502  21388 10.20.30.40 00:00:5e:00:53:2a 51334 TCP_TUNNEL/200 4300 14132 CONNECT quiz.example.org:443"
                + " LAKESIDE\\\\jane doe HIER_DIRECT/198.51.100.20 443 - splice quiz.example.org \"a \\\" b - HIER_NONE/- \" 48123",
            // The name of an intercepted connection; then an opened one, whose requests are logged by themselves.
            "1772460084.000 0 2001:db8:20::41 - 5 TCP_TUNNEL/200 10 20 CONNECT [2001:db8:99::20]:443 -"
                + " ORIGINAL_DST/2001:db8:99::20 443 - splice video.example.org \"-\" 7",
            "1772460085.000 0 10.20.30.42 - 5 NONE_NONE/200 0 0 CONNECT 198.51.100.20:443 - HIER_NONE/- - - bump a.example \"-\" 8",
            "1772460086.000 0 10.20.30.43 - 5 NONE_NONE/200 0 0 CONNECT ads.example:443 - HIER_NONE/- - - terminate ads.example \"-\" 9"
        )
        try #require(rows.count == 3)
        #expect(rows[0].clientUser == "LAKESIDE\\jane doe")
        #expect(rows[0].name == "quiz.example.org")
        #expect(rows[0].bytesUp == 4300)
        #expect(rows[0].bytesDown == 14132)
        #expect(rows[0].first.description == "2026-03-02T14:01:02.114000Z")
        #expect(rows[0].servers == [IPAddress("198.51.100.20")].compactMap { $0 })
        #expect(rows[1].client == IPAddress("10.20.30.43"))
        #expect(rows[1].action == .blocked)
        #expect(rows[2].name == "video.example.org")
        #expect(rows[2].nameSource == .logSNI)
        #expect(rows[2].servers == [IPAddress("2001:db8:99::20")].compactMap { $0 })
    }

    @Test func readsCommonTimesAndQuotedFields() throws {
        let rows = try SquidCustomTests.rows(
            "%>a [%tl] \"%rm %ru HTTP/%rv\" %>Hs %<st \"%{Referer}>h\" %Ss:%Sh %un",
            "10.20.30.40 [02/Mar/2026:08:01:02 -0600] \"GET http://a.example/x HTTP/1.1\" 200 77 \"http://b.example/ \\\" 403\""
                + " TCP_MISS:HIER_DIRECT s1")
        #expect(rows.map(\.name) == ["a.example"])
        #expect(rows.first?.clientUser == "s1")
        #expect(rows.first?.action == .allowed)
        #expect(rows.first?.bytesDown == 77)
        #expect(rows.first?.first.description == "2026-03-02T14:01:02.000000Z")
    }

    @Test func squidsOwnFormatGivesWhatItsOwnReaderGives() throws {
        let format = try SquidFormat("%ts.%03tu %6tr %>a %Ss/%03>Hs %<st %rm %ru %[un %Sh/%<a %mt")
        for line in Sample.all {
            let bytes = Array((line + "\n").utf8)
            let own = read(bytes).contacts.makeRows()
            let custom = read(bytes, as: .squid(format)).contacts.makeRows()
            #expect(own == custom, "\(line)")
        }
    }

    @Test func isRecognisedBeforeTheBuiltInFormats() throws {
        var settings = LogSettings.test
        settings.ownFormats = [
            .squid(try SquidFormat("%ts.%03tu %6tr %>a %Ss/%03>Hs %<st %rm %ru %[un %Sh/%<a %mt"))
        ]
        let head = Array((Sample.get + "\n" + Sample.tunnel + "\n").utf8)
        #expect(
            head.withRawSpan { LogFormat.recognise(head: $0, settings: settings)?.kind } == "squid-custom")
        #expect(head.withRawSpan { LogFormat.recognise(head: $0)?.kind } == "squid")
    }

    @Test(arguments: [
        ("%ts %>a", "the format does not state the URL (%ru)"),
        ("%>a %ru", "the format does not state a time (%ts, %tl or %tg)"),
        ("%ts %ru", "the format does not state the client (%>a or %>A)"),
        ("%ts %>a%ru", "nothing stands between %>a and %ru"),
        ("%ts %>a %ru %zz", "'%zz' is no code of Squid's logformat"),
        ("%{x %ts", "a '{' is not closed"),
        ("%tl{%H} %>a %ru", "%tl with a format of its own is not read; use %ts.%03tu or %tl alone"),
    ]) func saysWhatIsWrong(format: String, fault: String) {
        #expect(throws: SquidFormat.Fault(description: fault)) { try SquidFormat(format) }
    }

    @Test func nothingTraps() throws {
        let format = try SquidFormat(SquidCustomTests.district)
        let line = Array(
            "1772460083.502  21388 10.20.30.40 - 51334 TCP_TUNNEL/200 4300 14132 CONNECT q.example:443 j d HIER_DIRECT/198.51.100.20 443 - splice q.example \"a\" 48123\n"
                .utf8)
        for count in 0...line.count { _ = read(Array(line[..<count]), as: .squid(format)) }
        for index in line.indices {
            for value: UInt8 in [0, 10, 32, 34, 45, 92, 255] {
                var changed = line
                changed[index] = value
                let chunk = read(changed, as: .squid(format))
                let others = LogReason.allCases.reduce(UInt64(0)) { $0 + chunk.tally[$1].count }
                #expect(chunk.tally.linesRead == chunk.tally.linesUsed + others)
            }
        }
    }
}
