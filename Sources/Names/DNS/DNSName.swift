package import Bytes

/// Domain names as DNS messages carry them (RFC 1035 §3.1 and §4.1.4), turned into text.
package enum DNSName {
    /// The text of the root, whose name has no labels. Not `.`: names are shown without a trailing dot.
    package static let root = "<root>"

    /// RFC 1035 §2.3.4: 255 octets on the wire, length bytes included.
    static let wireLimit = 255
    /// A name of 255 octets has at most 127 labels; no encoder needs more pointers than labels.
    static let jumpLimit = 127

    /// Decodes the name at the reader's place in `message`, following compression pointers, and moves the
    /// reader behind it.
    ///
    /// A pointer must lead to before the place where the labels that it continues began, which every encoder
    /// obeys and which makes loops impossible. The text is in presentation form (RFC 1035 §5.1), lower case:
    /// a dot or a backslash within a label is escaped by a backslash, and bytes outside of printable ASCII,
    /// and spaces, as `\DDD` in decimal.
    package static func read(_ reader: inout ByteReader, in message: RawSpan) throws(DecodeFault) -> String {
        var text: [UInt8] = []
        var wireLength = 1
        var jumps = 0
        var segmentStart = reader.offset
        var cursor = ByteReader(message, at: reader.offset)
        var resume: Int?
        // Each round either adds a label to `wireLength` or a jump to `jumps`; both are capped.
        while true {
            let length = try cursor.u8()
            if length == 0 { break }
            switch length & 0xc0 {
            case 0x00:
                wireLength += Int(length) + 1
                guard wireLength <= wireLimit else { throw .malformed }
                if !text.isEmpty { text.append(UInt8(ascii: ".")) }
                append(try cursor.take(Int(length)), to: &text)
            case 0xc0:
                let target = Int(length & 0x3f) << 8 | Int(try cursor.u8())
                jumps += 1
                guard target < segmentStart, jumps <= jumpLimit else { throw .malformed }
                if resume == nil { resume = cursor.offset }
                segmentStart = target
                cursor = ByteReader(message, at: target)
            // Extended label types (RFC 2671, given up by RFC 6891) and the one never assigned.
            default: throw .malformed
            }
        }
        try reader.skip((resume ?? cursor.offset) - reader.offset)
        return text.isEmpty ? root : String(decoding: text, as: UTF8.self)
    }

    /// Moves the reader behind the name at its place, without decoding it.
    package static func skip(_ reader: inout ByteReader) throws(DecodeFault) {
        var wireLength = 1
        while true {
            let length = try reader.u8()
            if length == 0 { return }
            if length & 0xc0 == 0xc0 { return try reader.skip(1) }
            guard length & 0xc0 == 0 else { throw .malformed }
            wireLength += Int(length) + 1
            guard wireLength <= wireLimit else { throw .malformed }
            try reader.skip(Int(length))
        }
    }

    private static func append(_ label: RawSpan, to text: inout [UInt8]) {
        for index in 0..<label.byteCount {
            let byte = asciiLowercase(label.byte(at: index) ?? 0)
            switch byte {
            case UInt8(ascii: "."), UInt8(ascii: "\\"):
                text.append(UInt8(ascii: "\\"))
                text.append(byte)
            case 0x21...0x7e:
                text.append(byte)
            default:
                text.append(UInt8(ascii: "\\"))
                text.append(UInt8(ascii: "0") + byte / 100)
                text.append(UInt8(ascii: "0") + byte / 10 % 10)
                text.append(UInt8(ascii: "0") + byte % 10)
            }
        }
    }
}
