import Bytes

/// Base64 in either alphabet (RFC 4648 §4 and §5), with and without padding.
enum Base64Text {
    /// 0...63, or 255 for bytes of neither alphabet.
    static let values: [UInt8] = {
        var values = Array(repeating: UInt8(255), count: 256)
        let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
        for (value, byte) in letters.utf8.enumerated() { values[Int(byte)] = UInt8(value) }
        for byte in "+-".utf8 { values[Int(byte)] = 62 }
        for byte in "/_".utf8 { values[Int(byte)] = 63 }
        return values
    }()

    /// What the text in the range stands for, up to the first byte that does not belong; whether that was all.
    ///
    /// Line ends are passed over (RFC 2045 §6.8).
    static func decode(_ text: RawSpan, from start: Int, to end: Int) -> (bytes: [UInt8], isWhole: Bool) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(max(0, end - start) / 4 * 3 + 3)
        let table = Base64Text.values
        let values = table.span
        var bits: UInt32 = 0
        var held: UInt32 = 0
        var index = start
        while index < end, let byte = text.byte(at: index) {
            let value = values[Int(byte)]
            guard value < 64 else {
                if byte == 0x0a || byte == 0x0d {
                    index += 1
                    continue
                }
                return (bytes, isPadding(text, from: index, to: end))
            }
            bits = bits << 6 | UInt32(value)
            held += 6
            if held >= 8 {
                held -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> held))
            }
            index += 1
        }
        // Six bits that are left stand for no byte: something is missing.
        return (bytes, held != 6)
    }

    private static func isPadding(_ text: RawSpan, from start: Int, to end: Int) -> Bool {
        for index in start..<end {
            guard let byte = text.byte(at: index) else { return false }
            guard byte == UInt8(ascii: "=") || byte == 0x0a || byte == 0x0d || byte == 0x20 else {
                return false
            }
        }
        return end - start <= 8
    }

    private static let standard = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let forURLs = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    /// Without padding.
    static func encode(_ bytes: [UInt8], urlSafe: Bool) -> [UInt8] {
        let alphabet = urlSafe ? forURLs : standard
        var text: [UInt8] = []
        var bits: UInt32 = 0
        var held: UInt32 = 0
        for byte in bytes {
            bits = bits << 8 | UInt32(byte)
            held += 8
            while held >= 6 {
                held -= 6
                text.append(alphabet[Int(bits >> held & 63)])
            }
        }
        if held > 0 { text.append(alphabet[Int(bits << (6 - held) & 63)]) }
        return text
    }

    /// The characters that `bytes` always become within a longer text, when `shift` (0, 1 or 2) bytes of a group of
    /// three stand before them: those that also hold bits of a neighbour are left out.
    static func core(_ bytes: [UInt8], shift: Int, urlSafe: Bool) -> [UInt8] {
        let text = encode(Array(repeating: 0, count: shift) + bytes, urlSafe: urlSafe)
        let first = (shift * 8 + 5) / 6
        let end = (shift + bytes.count) * 8 / 6
        return first < end ? Array(text[first..<min(end, text.count)]) : []
    }
}
