import Bytes
import Testing

@testable import Logs

/// The shim in front of simdjson, and the reading of what it hands over: RFC 8259 and hostile bytes.
@Suite struct JSONDocumentTests {
    /// The document as text: kinds, keys and values in document order. Nil when it is refused.
    private func dump(_ bytes: [UInt8]) -> String? {
        bytes.withRawSpan { span in
            JSONDocument.with(span) { document in describe(document, JSONDocument.root) }
        }
    }

    private func dump(_ text: String) -> String? { dump(Array(text.utf8)) }

    private func describe(_ document: borrowing JSONDocument, _ index: Int) -> String {
        switch document.kind(index) {
        case .null: "null"
        case .no, .yes: document.bool(index) == true ? "true" : "false"
        case .double: document.double(index).map { "\($0)" } ?? "?"
        case .signed:
            document.unsigned(index).map { "\($0)" } ?? document.double(index).map { "\($0)" } ?? "?"
        case .unsigned: document.unsigned(index).map { "\($0)" } ?? "?"
        case .string:
            String(
                decoding: document.text(index).map {
                    document.texts.clamped(from: $0.start, count: $0.count).copied()
                } ?? [63], as: UTF8.self)
        case .object: "{" + members(document, index).joined(separator: ",") + "}"
        case .array: "[" + members(document, index).joined(separator: ",") + "]"
        }
    }

    private func members(_ document: borrowing JSONDocument, _ index: Int) -> [String] {
        var texts: [String] = []
        for member in document.members(index) { texts.append(describe(document, member)) }
        return texts
    }

    @Test func readsEveryKindOfValue() {
        #expect(
            dump(#" {"a":null,"b":[true,false,[],{}],"c":"x\n\u00e9\"","d":-3,"e":2.5,"f":7} "#)
                == "{null,[true,false,[],{}],x\né\",-3.0,2.5,7}")
        #expect(dump("7") == "7")
        #expect(dump(#""x""#) == "x")
    }

    @Test func refusesWhatIsNoDocument() {
        for text in [
            "", " ", "{", "}", "{}{}", "{} x", "[1,]", "{\"a\"}", "{\"a\":}", "{a:1}", "'x'", "nul", "01",
            "+1",
            "\"a", "\"\\x\"", "\"\\u12\"", "\"\t\"", "[1 2]", "{\"a\":1,}", "\u{feff}x",
        ] {
            #expect(dump(text) == nil, "\(text)")
        }
        #expect(dump([0x22, 0, 0x22]) == nil)
    }

    /// RFC 8259 §6 lets numbers have any size; those of a flow id fit 64 bits, and a line with larger ones is refused
    /// rather than rounded.
    @Test func keepsWholeNumbersExact() {
        #expect(dump("18446744073709551615") == "18446744073709551615")
        #expect(dump("9223372036854775807") == "9223372036854775807")
        #expect(dump("-9223372036854775808") == "-9.223372036854776e+18")
        #expect(dump("18446744073709551616") == nil)
        #expect(dump(String(repeating: "9", count: 5000)) == nil)
        #expect(dump("1e400") == nil)
        #expect(dump("1e-400") == "0.0")
        #expect(dump("0." + String(repeating: "1", count: 5000))?.hasPrefix("0.1111") == true)
    }

    @Test func numbersThatAreNone() throws {
        let text = Array(#"[-1,1.5,"12","x","",null,true,[1],18446744073709551615,"65536","443",443]"#.utf8)
        let answer = text.withRawSpan { span in
            JSONDocument.with(span) { document in
                document.members(JSONDocument.root).map { (document.unsigned($0), document.port($0)) }
            }
        }
        let found = try #require(answer)
        #expect(
            found.map(\.0) == [nil, nil, 12, nil, nil, nil, nil, nil, .max, 65536, 443, 443] as [UInt64?])
        #expect(found.map(\.1) == [nil, nil, 12, nil, nil, nil, nil, nil, nil, nil, 443, 443] as [UInt16?])
    }

    /// 32 levels for a line, so that recursion ends.
    @Test func refusesWhatIsTooDeep() {
        func nested(_ levels: Int, _ open: String, _ close: String) -> String {
            String(repeating: open, count: levels) + "1" + String(repeating: close, count: levels)
        }
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            #expect(dump(nested(30, open, close)) != nil)
            #expect(dump(nested(33, open, close)) == nil)
            #expect(dump(nested(100_000, open, close)) == nil)
            #expect(dump(String(repeating: open, count: 100_000)) == nil)
        }
        let entry = Array(nested(500, "[", "]").utf8)
        let isRead = entry.withRawSpan { span in JSONDocument.withEntry(span) { _ in true } }
        #expect(isRead == true)
        let deeper = Array(nested(513, "[", "]").utf8)
        let isDeeperRead = deeper.withRawSpan { span in JSONDocument.withEntry(span) { _ in true } }
        #expect(isDeeperRead == nil)
    }

    /// 65,536 values for a line, the root among them.
    @Test func refusesWhatHasTooManyValues() {
        func list(_ count: Int) -> [UInt8] {
            Array(("[" + Array(repeating: "1", count: count).joined(separator: ",") + "]").utf8)
        }
        func count(_ bytes: [UInt8]) -> Int? {
            bytes.withRawSpan { JSONDocument.with($0) { $0.members(JSONDocument.root).count } }
        }
        #expect(count(list(65_535)) == 65_535)
        #expect(count(list(65_536)) == nil)
        // A refused line leaves nothing behind for the next one.
        #expect(count(list(3)) == 3)
    }

    /// Bytes that are not UTF-8 are taken for Latin-1, one by one; half a surrogate pair for U+FFFD.
    @Test func mendsTexts() {
        #expect(dump(Array("\"caf".utf8) + [0xe9, 0x22]) == "café")
        #expect(dump(Array("\"".utf8) + [0xc3, 0xa9, 0xff, 0x80, 0x22]) == "é\u{ff}\u{80}")
        // An overlong slash, a surrogate in UTF-8, a cut sequence.
        #expect(dump(Array("\"".utf8) + [0xc0, 0xaf, 0x22]) == "\u{c0}\u{af}")
        #expect(dump(Array("\"".utf8) + [0xed, 0xa0, 0x80, 0x22]) == "\u{ed}\u{a0}\u{80}")
        #expect(dump(Array("\"".utf8) + [0xe2, 0x82, 0x22]) == "\u{e2}\u{82}")
        #expect(dump(#""\ud83d\ude00""#) == "\u{1f600}")
        #expect(dump(#""a\ud83d""#) == "a\u{fffd}")
        #expect(dump(#""\ude00\\ud83d\ud83dx""#) == "\u{fffd}\\ud83d\u{fffd}x")
        #expect(dump(Array(#""\ud83d"#.utf8) + [0xff, 0x22]) == "\u{fffd}\u{ff}")
    }

    @Test func findsMembersByTheirWholeKey() throws {
        let long = String(repeating: "k", count: 33)
        let text = Array(
            #"{"ab":1,"a":2,"a":3,"":4,"\u0062":5,"\#(long)":6,"client_initial_destination_id_xx":7,"o":{"a":8}}"#
                .utf8)
        let answer = text.withRawSpan { span in
            JSONDocument.with(span) { document in
                [
                    "a", "ab", "", "b", "c", "client_initial_destination_id_xx",
                    "client_initial_destination_id_xy",
                ]
                .map { (key: JSONKey) in document.unsigned(document.member(JSONDocument.root, key)) }
                    + [document.unsigned(document.member(JSONDocument.root, JSONKey(stringLiteral: long)))]
            }
        }
        // Of two members with one key the first counts; keys are compared unescaped.
        #expect(try #require(answer) == [2, 1, 4, 5, nil, 7, nil, nil])
    }

    private static let event =
        #"{"timestamp":"2026-03-02T08:01:02.14-0600","flow_id":1700000000000102,"a":[1,-2,3.5,{"b":"caf\u00e9"}],"#
        + #""tls":{"sni":"quiz.example.org","x":null,"y":true}}"#

    @Test func everyPrefixIsRefused() {
        let bytes = Array(JSONDocumentTests.event.utf8)
        #expect(dump(bytes) != nil)
        for count in 0..<bytes.count { #expect(dump(Array(bytes[..<count])) == nil) }
    }

    /// Whatever stands in the place of a byte: nothing traps, and every range lies within the texts.
    @Test func survivesEveryChangedByte() {
        let bytes = Array(JSONDocumentTests.event.utf8)
        for index in bytes.indices {
            for value: UInt8 in [
                0, 0x0a, 0x22, 0x2c, 0x5b, 0x5c, 0x5d, 0x7b, 0x7d, 0x80, 0xff, bytes[index] ^ 1,
            ] {
                var changed = bytes
                changed[index] = value
                _ = dump(changed)
            }
        }
        // Indices and keys that are none.
        bytes.withRawSpan { span in
            _ = JSONDocument.with(span) { document in
                for index in [-1, Int.min, 1000, Int.max / 64] {
                    let member = document.member(index, "no such key")
                    #expect(member == nil)
                    _ = document.text(index)
                    _ = document.unsigned(index)
                    _ = document.members(index)
                }
            }
        }
    }

    /// Each thread has a parser of its own.
    @Test func threadsDoNotDisturbEachOther() async {
        await withTaskGroup(of: Bool.self) { group in
            for number in 0..<8 {
                group.addTask {
                    let text = "{\"n\":\(number),\"s\":\"\(String(repeating: "x", count: number * 100))\"}"
                    let expected = "{\(number),\(String(repeating: "x", count: number * 100))}"
                    return (0..<200).allSatisfy { _ in self.dump(text) == expected }
                }
            }
            for await isRight in group { #expect(isRight) }
        }
    }
}
