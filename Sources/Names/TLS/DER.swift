import Bytes

/// A bounds-checked walk over DER (X.690): one level of tag-length-value elements.
///
/// It does not recurse: whoever reads a structure opens each level with a reader of its own, so that the
/// depth is that of the code and not of the input.
struct DERReader: ~Escapable {
    private var reader: ByteReader

    @_lifetime(copy bytes)
    init(_ bytes: RawSpan) {
        reader = ByteReader(bytes)
    }

    var isAtEnd: Bool { reader.isAtEnd }

    /// The tag of the next element, without consuming it.
    var nextTag: UInt8? { reader.peek() }

    static let boolean: UInt8 = 0x01
    static let octetString: UInt8 = 0x04
    static let objectIdentifier: UInt8 = 0x06
    static let sequence: UInt8 = 0x30
    static let set: UInt8 = 0x31

    /// The content of the next element whatever it is.
    @_lifetime(copy self)
    mutating func element() throws(DecodeFault) -> RawSpan {
        let tag = try reader.u8()
        // Multi-byte tags (X.690 §8.1.2.4) do not occur in certificates.
        guard tag & 0x1f != 0x1f else { throw .malformed }
        return try reader.take(try length())
    }

    /// The content of the next element, which must have `tag`.
    @_lifetime(copy self)
    mutating func element(_ tag: UInt8) throws(DecodeFault) -> RawSpan {
        guard let next = nextTag else { throw .truncated }
        guard next == tag else { throw .malformed }
        return try element()
    }

    /// Passes over the next element when it has `tag`.
    mutating func skip(ifTag tag: UInt8) throws(DecodeFault) {
        if nextTag == tag { _ = try element() }
    }

    private mutating func length() throws(DecodeFault) -> Int {
        let first = try reader.u8()
        switch first {
        case 0..<0x80: return Int(first)
        case 0x81: return Int(try reader.u8())
        case 0x82: return Int(try reader.u16())
        case 0x83: return Int(try reader.u24())
        // Indefinite lengths are not DER, and 16 MiB are more than any caller holds.
        default: throw .malformed
        }
    }
}
