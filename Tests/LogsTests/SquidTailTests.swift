import Bytes
import Testing

@testable import Logs

@Suite struct SquidTailTests {
    @Test func undoesSquidsEscapes() {
        let tail = #"a%5bb%5d%25%C3%BC\\x\r HIER_NONE/- -"#
        #expect(ParsedLine(Sample.line(tail: tail)).user == "a[b]%\u{fc}\\x\r")
        // Broken escapes stay as they are.
        #expect(ParsedLine(Sample.line(tail: "a%zz% HIER_NONE/- -")).user == "a%zz%")
    }

    @Test func toleratesAppendedColumns() {
        let line = ParsedLine(
            Sample.line(tail: #"jane HIER_DIRECT/198.51.100.7 text/html "Mozilla/5.0 (X11)" 48123"#))
        #expect(line.reason == nil)
        #expect(line.user == "jane")
        #expect(line.record.server == IPAddress("198.51.100.7"))
    }

    @Test func toleratesHeaderColumns() {
        let line = ParsedLine(
            Sample.line(
                tail: "jane HIER_DIRECT/198.51.100.7 text/html [Host: HIER_DIRECT/6.6.6.6 x] [Via: y]"))
        #expect(line.reason == nil)
        #expect(line.user == "jane")
        #expect(line.record.server == IPAddress("198.51.100.7"))
    }

    @Test func believesNeitherOfTwoHierarchies() {
        // A user name, or an appended User-Agent, that looks like the hierarchy column.
        for tail in [
            "x HIER_DIRECT/6.6.6.6 y HIER_DIRECT/198.51.100.7 text/html",
            "x HIER_DIRECT/198.51.100.7 text/html HIER_DIRECT/6.6.6.6 y",
            "x HIER_NONE/- - HIER_DIRECT/6.6.6.6 y",
        ] {
            let line = ParsedLine(Sample.line(tail: tail))
            #expect(line.reason == nil)
            #expect(line.name == "a.example")
            #expect(line.user == nil)
            #expect(line.record.server == nil)
            #expect(line.record.flags.contains(.ambiguousLine))
        }
    }

    @Test func dropsTheUserWhenTheURLMayHoldSpaces() {
        let line = ParsedLine(Sample.line(url: "http://a.example/a b", tail: "c/d?e jane HIER_NONE/- -"))
        #expect(line.name == "a.example")
        #expect(line.user == nil)
        #expect(line.record.flags == .ambiguousLine)
    }

    @Test func textInAURLCannotChangeAnotherField() {
        let url = "http://a.example/?x=10.9.9.9|TCP_DENIED/403|CONNECT|evil.example:443|HIER_NONE/-"
        let line = ParsedLine(Sample.line(url: url))
        #expect(line.reason == nil)
        #expect(line.name == "a.example")
        #expect(line.record.client == IPAddress("10.20.30.40"))
        #expect(line.record.action == .allowed)
        #expect(line.record.server == IPAddress("198.51.100.7"))
    }

    @Test(arguments: [
        "", "-", "- HIER_DIRECT/198.51.100.7", "- x y", "- HIER_DIRECT text/html", "- /1 -", "a b c d e",
    ])
    func refusesATailWithoutHierarchy(tail: String) {
        #expect(ParsedLine(Sample.line(tail: tail)).reason == .fieldsMissing)
    }

    @Test func leavesOutAUserOfAbsurdLength() {
        let line = ParsedLine(Sample.line(tail: String(repeating: "u", count: 2000) + " HIER_NONE/- -"))
        #expect(line.reason == nil)
        #expect(line.user == nil)
        #expect(line.record.flags.contains(.userTooLong))
    }

    @Test func readsABracketedPeerAndAHostPeer() {
        #expect(
            ParsedLine(Sample.line(tail: "- HIER_DIRECT/[2001:db8::7] -")).record.server
                == IPAddress("2001:db8::7"))
        let named = ParsedLine(Sample.line(tail: "- DIRECT/a.example -"))
        #expect(named.record.server == nil)
        #expect(named.record.action == .allowed)
    }
}
