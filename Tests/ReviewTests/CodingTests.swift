import Bytes
import Captures
import TestSupport
import Testing

@testable import Review

@Suite struct CodingTests {
    /// `{"grade":"7"}` as each coding writes it.
    static let plain = Array(#"{"grade":"7"}"#.utf8)

    /// Made with Python's gzip and zlib.
    static let gzip = hex("1f8b0800000000000203ab564a2f4a4c4955b2523257aa05002395cbe80d000000")
    static let zlib = hex("789cab564a2f4a4c4955b2523257aa05001ded03f5")
    static let rawDeflate = hex("ab564a2f4a4c4955b2523257aa0500")
    /// RFC 8878: one frame of a single segment of 13 bytes, one raw block that is the last.
    static let zstd = hex("28b52ffd 20 0d 690000") + plain
    /// RFC 7932 §9: a window of 16 bits, an uncompressed meta-block of 13 bytes, and an empty last one.
    static let brotli = hex("c00010") + plain + [0x03]

    @Test(arguments: [
        ("gzip", gzip), ("x-gzip", gzip), ("deflate", zlib), ("deflate", rawDeflate), ("br", brotli),
        ("zstd", zstd),
        ("GZIP", gzip), ("identity", plain), ("identity, gzip", gzip),
    ])
    func bodiesAreUnpacked(_ coding: String, _ body: [UInt8]) throws {
        let hits = try Planted.hits(body, type: "application/json", coding: coding)
        #expect(hits.map(\.element) == [.grade])
        #expect(hits.map(\.field) == ["grade"])
    }

    /// Browsers write bodies down unpacked and leave the header as it was.
    @Test func aPlainBodyUnderACodingIsRead() throws {
        for coding in ["gzip", "br", "zstd", "deflate"] {
            #expect(try Planted.hits(CodingTests.plain, coding: coding).map(\.element) == [.grade])
        }
    }

    @Test func packedBytesAreRecognisedWithoutAHeader() throws {
        for body in [CodingTests.gzip, CodingTests.zlib, CodingTests.zstd] {
            #expect(try Planted.hits(body).map(\.element) == [.grade])
        }
        let wrapped = Array("d=".utf8) + Base64Text.encode(CodingTests.gzip, urlSafe: true)
        let hits = try Planted.hits(wrapped)
        #expect(hits.map(\.form) == [[.base64, .gzip]])
        #expect(hits.map(\.field) == ["d.grade"])
    }

    @Test func damageIsCountedAndWhatCameBeforeIsSearched() throws {
        var exchange = Exchange()
        exchange.request.body = Array(CodingTests.gzip.dropLast(8))
        exchange.request.headers = [Exchange.Header(name: "content-encoding", value: Array("gzip".utf8))]
        let hits = try #require(Planted.search).search(&exchange)
        #expect(hits.map(\.element) == [.grade])
        #expect(exchange.gaps == [.brokenCompression: 1])
        exchange.request.headers = [Exchange.Header(name: "content-encoding", value: Array("aes128gcm".utf8))]
        exchange.gaps = [:]
        exchange.request.body = [0, 1, 2, 3]
        _ = try #require(Planted.search).search(&exchange)
        #expect(exchange.gaps == [.unknownCompression: 1])
    }

    @Test func unpackingStopsAtItsLimit() {
        let (bytes, isWhole) = ContentUnpacker.unpack(CodingTests.gzip, .gzip, limit: 5)
        #expect(bytes == Array(CodingTests.plain.prefix(5)))
        #expect(!isWhole)
    }

    @Test(arguments: [ContentCoding.gzip, .zlib, .rawDeflate, .brotli, .zstd])
    func nothingTraps(_ coding: ContentCoding) {
        for body in [CodingTests.gzip, CodingTests.zlib, CodingTests.zstd, CodingTests.brotli] {
            everyPrefix(of: body) { _ = ContentUnpacker.unpack($0.copied(), coding, limit: 1 << 20) }
            oneFlipPerByte(of: body) { _ = ContentUnpacker.unpack($0.copied(), coding, limit: 1 << 20) }
        }
    }

    /// RFC 4648 §10, and both alphabets.
    @Test(arguments: [
        ("", "", true), ("Zg==", "f", true), ("Zm8=", "fo", true), ("Zm9v", "foo", true),
        ("Zm9vYg", "foob", true),
        ("Zm9vYmE=", "fooba", true), ("Zm9v\r\nYmFy", "foobar", true), ("Zm9vYmFyZ", "foobar", false),
        ("Zm9v!", "foo", false),
        ("Zg==Zg==", "f", false),
    ])
    func base64(_ text: String, _ expected: String, _ whole: Bool) {
        let (bytes, isWhole) = Array(text.utf8).withRawSpan {
            Base64Text.decode($0, from: 0, to: $0.byteCount)
        }
        #expect(String(decoding: bytes, as: UTF8.self) == expected)
        #expect(isWhole == whole)
    }

    /// Layers upon layers end: each would double the work.
    @Test func nestingIsBounded() throws {
        var text = Array(#"{"grade":"7"}"#.utf8)
        for _ in 0..<20 { text = Array("d=".utf8) + Base64Text.encode(text, urlSafe: true) }
        #expect(try Planted.hits(text).isEmpty)
        var escaped = #"%25\\%5C"#
        for _ in 0..<12 { escaped += escaped }
        var exchange = Exchange()
        exchange.request.body = Array(escaped.utf8)
        _ = try #require(Planted.search).search(&exchange)
    }
}
