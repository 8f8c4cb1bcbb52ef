import Bytes
import Testing

@testable import Logs

@Suite struct RecognitionTests {
    private func kind(_ text: String) -> String? {
        Array(text.utf8).withRawSpan { LogFormat.recognise(head: $0)?.kind }
    }

    @Test func recognisesSquid() {
        #expect(kind(Sample.all.joined(separator: "\n")) == "squid")
        #expect(kind(Sample.get) == "squid")
        #expect(kind("\n\n" + Sample.get + "\r\n" + String(Sample.tunnel.prefix(30))) == "squid")
        #expect(kind(String(decoding: Sample.log(300), as: UTF8.self)) == "squid")
    }

    @Test func refusesOtherText() {
        for text in [
            "", "\n", "hello\n", "{\"a\":1}\n", "a,b,c\n1,2,3\n", String(repeating: "\0", count: 1000),
            Sample.get + "\nx\ny\n", String(Sample.get.dropLast(60)),
            "10.20.30.40 - s1042 [02/Mar/2026:08:01:02 -0600] \"GET /own/page HTTP/1.1\" 200 8412",
        ] {
            #expect(kind(text) == nil)
        }
    }
}
