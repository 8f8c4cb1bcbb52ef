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

    /// Nil unless `prefix` begins with the byte order mark of UTF-16 (Unicode Standard §23.8).
    package init?(_ source: any ByteSource, prefix: RawSpan) {
        guard UTF16Source.recognises(prefix) else { return nil }
        self.source = source
        path = source.path
        isBigEndian = prefix.byte(at: 0) == 0xfe
    }

    package static func recognises(_ prefix: RawSpan) -> Bool {
        let mark = prefix.word(at: 0, count: 2)
        // FF FE 00 00 would be UTF-32.
        return mark == 0xfffe || mark == 0xfeff && prefix.word(at: 2, count: 2) != 0
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
