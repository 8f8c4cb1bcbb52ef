/// UTF-16 text as UTF-8: what Notepad and PowerShell make of a log that somebody saves again.
///
/// A surrogate without its other half becomes U+FFFD; a last odd byte is dropped.
package final class UTF16Source: ByteSource {
    package let path: String
    private let isBigEndian: Bool
    private let source: any ByteSource
    private var raw = ByteBuffer(capacity: 64 << 10)
    private var text: [UInt8] = []
    private var given = 0
    /// A byte whose other half has not come yet.
    private var half: UInt8?
    private var highSurrogate: UInt32?
    private var isAtEnd = false

    /// Nil unless `prefix` begins with the byte order mark of UTF-16 (Unicode Standard §23.8), or is Latin text of
    /// two bytes a character all the same.
    package init?(_ source: any ByteSource, prefix: RawSpan) {
        guard let isBigEndian = UTF16Source.isBigEndian(prefix) else { return nil }
        self.source = source
        path = source.path
        self.isBigEndian = isBigEndian
    }

    package static func recognises(_ prefix: RawSpan) -> Bool { isBigEndian(prefix) != nil }

    /// Nil when it is no UTF-16.
    private static func isBigEndian(_ prefix: RawSpan) -> Bool? {
        let mark = prefix.word(at: 0, count: 2)
        if mark == 0xfffe { return true }
        // FF FE 00 00 would be UTF-32.
        if mark == 0xfeff { return prefix.word(at: 2, count: 2) == 0 ? nil : false }
        return isUnmarkedBigEndian(prefix)
    }

    /// Of text without a mark: every other byte is zero for at least 32 characters, the others are printable ASCII,
    /// tabs or line ends, and there is a line end. Anything else is not guessed at.
    private static func isUnmarkedBigEndian(_ prefix: RawSpan) -> Bool? {
        let count = min(prefix.byteCount, 4096) & ~1
        guard count >= 64 else { return nil }
        let isBigEndian = prefix.byte(at: 0) == 0
        var hasLineEnd = false
        for index in stride(from: 0, to: count, by: 2) {
            let first = prefix.byte(at: index) ?? 0
            let second = prefix.byte(at: index + 1) ?? 0
            let (high, low) = isBigEndian ? (first, second) : (second, first)
            guard high == 0, low >= 0x20 && low < 0x7f || low >= 9 && low <= 13 else { return nil }
            if low == 10 { hasLineEnd = true }
        }
        return hasLineEnd ? isBigEndian : nil
    }

    package func readNext(into buffer: inout ByteBuffer, at offset: Int, count: Int) throws(FileFault) -> Int
    {
        while given == text.count, !isAtEnd { try refill() }
        let written = text.withRawSpan { buffer.write($0.clamped(from: given, count: count), at: offset) }
        given += written
        return written
    }

    private func refill() throws(FileFault) {
        text.removeAll(keepingCapacity: true)
        given = 0
        let got = try source.readNext(into: &raw, at: 0, count: raw.capacity)
        guard got > 0 else {
            isAtEnd = true
            if highSurrogate != nil { append(0xfffd) }
            return
        }
        let bytes = raw.bytes(got).copied()
        for byte in bytes {
            guard let first = half else {
                half = byte
                continue
            }
            half = nil
            take(isBigEndian ? UInt32(first) << 8 | UInt32(byte) : UInt32(byte) << 8 | UInt32(first))
        }
    }

    private func take(_ unit: UInt32) {
        if let high = highSurrogate {
            highSurrogate = nil
            if unit & 0xfc00 == 0xdc00 {
                append(0x10000 + ((high & 0x3ff) << 10) + (unit & 0x3ff))
                return
            }
            append(0xfffd)
        }
        if unit & 0xfc00 == 0xd800 {
            highSurrogate = unit
        } else {
            append(unit & 0xfc00 == 0xdc00 ? 0xfffd : unit)
        }
    }

    private func append(_ value: UInt32) {
        // A byte order mark at the start is none of the text's.
        guard value != 0xfeff, let scalar = Unicode.Scalar(value) else { return }
        text.append(contentsOf: Array(String(Character(scalar)).utf8))
    }
}
