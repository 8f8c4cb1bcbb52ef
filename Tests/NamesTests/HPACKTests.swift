import Bytes
import TestSupport
import Testing

@testable import Names

/// The examples of RFC 7541 appendix C that do not need a connection around them.
@Suite struct HPACKTests {
    /// §C.1: bytes, bits of the prefix, value.
    @Test(arguments: [("0a", 5, 10), ("1f9a0a", 5, 1337), ("2a", 8, 42)] as [(String, UInt8, Int)])
    func integers(bytes: String, bits: UInt8, value: Int) throws {
        let decoded = try hex(bytes).withRawSpan { (span: RawSpan) throws(DecodeFault) -> (Int, Bool) in
            var reader = ByteReader(span)
            return (try HPACKDecoder.integer(&reader, bits: bits), reader.isAtEnd)
        }
        #expect(decoded == (value, true))
    }

    /// The Huffman strings of §C.4 and §C.6.
    @Test(arguments: [
        ("f1e3c2e5f23a6ba0ab90f4ff", "www.example.com"), ("a8eb10649cbf", "no-cache"),
        ("25a849e95ba97d7f", "custom-key"), ("25a849e95bb8e8b4bf", "custom-value"), ("6402", "302"),
        ("aec3771a4b", "private"),
        ("d07abe941054d444a8200595040b8166e082a62d1bff", "Mon, 21 Oct 2013 20:13:21 GMT"),
        ("9d29ad171863c78f0b97c8e9ae82ae43d3", "https://www.example.com"), ("640eff", "307"),
        ("9bd9ab", "gzip"),
        (
            "94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007",
            "foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1"
        ),
    ])
    func huffman(bytes: String, text: String) throws {
        let decoded = try hex(bytes).withRawSpan { (span: RawSpan) throws(DecodeFault) in
            try HPACKDecoder.huffman(span)
        }
        #expect(String(decoding: decoded, as: UTF8.self) == text)
    }

    /// The dynamic table of §C.5 has 256 bytes, of which entries are evicted from the oldest on: an authority that
    /// was put in first is gone when the room is used up, and its index names nothing any more.
    @Test func theTableEvicts() throws {
        var decoder = HPACKDecoder()
        func decode(_ block: [UInt8]) throws -> String? {
            try block.withRawSpan { (span: RawSpan) throws(DecodeFault) in
                try decoder.decode(span).authority.map { String(decoding: $0, as: UTF8.self) }
            }
        }
        // Size 256, then :authority by its static name: 10 + 15 + 32 = 57 bytes.
        #expect(try decode(hex("3fe101 410f") + "www.example.com".bytes) == "www.example.com")
        #expect(try decode(hex("be")) == "www.example.com", "index 62 is the newest")
        // Four fields of 50 bytes leave no room for it: 257 in all.
        for _ in 0..<3 {
            _ = try decode(hex("4005") + "abcde".bytes + counted(1, [UInt8](repeating: 120, count: 13)))
        }
        #expect(try decode(hex("c1")) == "www.example.com", "three newer ones before it")
        _ = try decode(hex("4005") + "abcde".bytes + counted(1, [UInt8](repeating: 120, count: 13)))
        #expect(throws: DecodeFault.self) { _ = try decode(hex("c2")) }
    }
}
