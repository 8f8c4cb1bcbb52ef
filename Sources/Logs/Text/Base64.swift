import Bytes

/// Base64 (RFC 4648 §4).
enum Base64 {
    /// The bytes that `text` stands for; nil when another byte stands in it, padding elsewhere than at the end, or a
    /// group that stands for no byte.
    static func decode(_ text: RawSpan) -> [UInt8]? {
        var end = text.byteCount
        var padding = 0
        while padding < 2, end > 0, text.byte(at: end - 1) == UInt8(ascii: "=") {
            end -= 1
            padding += 1
        }
        guard end % 4 != 1, padding == 0 || (end + padding) % 4 == 0 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(end / 4 * 3 + 2)
        var bits: UInt32 = 0
        var held: UInt32 = 0
        for index in 0..<end {
            guard let byte = text.byte(at: index), let value = value(byte) else { return nil }
            bits = bits << 6 | value
            held += 6
            if held >= 8 {
                held -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> held))
            }
        }
        return bytes
    }

    private static func value(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(byte - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(byte - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
