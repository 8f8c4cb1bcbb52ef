import Bytes
import Captures

/// Takes the content coding off a body (RFC 9110 §8.4.1, RFC 7932, RFC 8878).
enum ContentDecoder {
    /// A body is unpacked up to here: a bomb of zeros holds nothing about a student.
    static let limit = 64 << 20

    enum Outcome: Equatable {
        case decoded([UInt8])
        /// What came out before the damage.
        case damaged([UInt8])
        /// The body is not packed: a browser had unpacked it before it wrote it down.
        case plain
        case unknown
    }

    /// `coding` as the header states it; several are taken off from the last to the first.
    static func decode(_ body: [UInt8], coding: [UInt8]) -> Outcome {
        let names = String(decoding: coding, as: UTF8.self).lowercased().split(separator: ",")
            .map { $0.filter { $0 != " " } }
        var bytes = body
        var outcome = Outcome.plain
        for name in names.reversed() where name != "identity" && !name.isEmpty {
            guard let codings = known[name] else { return outcome == .plain ? .unknown : outcome }
            guard let next = unpack(bytes, codings) else { return outcome }
            bytes = next.bytes
            outcome = next.isWhole ? .decoded(bytes) : .damaged(bytes)
            if !next.isWhole { return outcome }
        }
        return outcome
    }

    /// What each name may mean in practice: `deflate` is zlib by the standard and raw with some senders.
    private static let known: [String: [ContentCoding]] = [
        "gzip": [.gzip], "x-gzip": [.gzip], "deflate": [.zlib, .rawDeflate], "br": [.brotli], "zstd": [.zstd],
    ]

    /// Nil when the bytes are not packed so at all.
    private static func unpack(_ bytes: [UInt8], _ codings: [ContentCoding]) -> (
        bytes: [UInt8], isWhole: Bool
    )? {
        for coding in codings {
            let (out, isWhole) = ContentUnpacker.unpack(bytes, coding, limit: limit)
            if isWhole || !out.isEmpty { return (out, isWhole) }
        }
        return nil
    }

    /// Whether bytes begin like something packed that says so itself.
    static func isPacked(_ head: [UInt8]) -> Bool { head.withRawSpan { magic($0) != nil } }

    private static func magic(_ text: RawSpan) -> ContentCoding? {
        switch (text.byte(at: 0), text.byte(at: 1)) {
        case (0x1f, 0x8b): return .gzip
        // The usual window of 32 kB, with each of the levels; a header is a multiple of 31 (RFC 1950 §2.2).
        case (0x78, 0x01), (0x78, 0x5e), (0x78, 0x9c), (0x78, 0xda): return .zlib
        case (0x28, 0xb5) where text.word(at: 0, count: 4) == 0xfd2f_b528: return .zstd
        default: return nil
        }
    }

    /// Unpacks what announces itself as packed, where no header says so.
    static func sniff(_ text: RawSpan, limit budget: Int) -> (Encoding, [UInt8])? {
        guard let coding = magic(text) else { return nil }
        let (bytes, _) = ContentUnpacker.unpack(text.copied(), coding, limit: min(limit, budget))
        guard !bytes.isEmpty else { return nil }
        return (coding == .gzip ? .gzip : coding == .zlib ? .deflate : .zstd, bytes)
    }
}
