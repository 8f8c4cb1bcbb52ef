import Bytes

/// A value of mitmproxy's dump files: tnetstrings, `length:data` and a letter for the type (`mitmproxy.io.tnetstring`).
///
/// Data are ranges of the bytes at hand; members are read when they are asked for.
struct Tnetstring: Equatable {
    enum Kind: UInt8 {
        case bytes = 0x2c  // ,
        case text = 0x3b  // ;
        case integer = 0x23  // #
        case float = 0x5e  // ^
        case bool = 0x21  // !
        case null = 0x7e  // ~
        case list = 0x5d  // ]
        case dictionary = 0x7d  // }
    }

    let kind: Kind
    /// The data between colon and letter.
    let data: Range<Int>
    /// Behind the letter.
    var end: Int { data.upperBound + 1 }

    /// Digits of a length: a terabyte has thirteen.
    private static let lengthDigits = 12

    enum Outcome: Equatable {
        case value(Tnetstring)
        /// More bytes are needed: so many from where the value begins, as far as is known.
        case needs(Int)
        case malformed
    }

    /// The value that begins at `start`.
    static func read(_ bytes: RawSpan, at start: Int, end limit: Int) -> Outcome {
        var index = start
        var length = 0
        while index < limit, let byte = bytes.byte(at: index), isASCIIDigit(byte) {
            guard index - start < lengthDigits else { return .malformed }
            length = length * 10 + Int(byte - 0x30)
            index += 1
        }
        guard index < limit, let colon = bytes.byte(at: index) else { return .needs(lengthDigits + 2) }
        guard colon == UInt8(ascii: ":"), index > start else { return .malformed }
        let data = (index + 1)..<(index + 1 + length)
        guard data.upperBound < limit else { return .needs(data.upperBound + 1 - start) }
        guard let letter = bytes.byte(at: data.upperBound), let kind = Kind(rawValue: letter) else {
            return .malformed
        }
        return .value(Tnetstring(kind: kind, data: data))
    }
}

/// Reads within one value.
struct TnetstringReader: ~Escapable {
    private let bytes: RawSpan

    @_lifetime(copy bytes)
    init(_ bytes: RawSpan) { self.bytes = bytes }

    /// The values within a list or dictionary, one after the other; what is broken ends them.
    func members(_ value: Tnetstring?) -> [Tnetstring] {
        guard let value, value.kind == .list || value.kind == .dictionary else { return [] }
        var members: [Tnetstring] = []
        var index = value.data.lowerBound
        while index < value.data.upperBound {
            guard case .value(let member) = Tnetstring.read(bytes, at: index, end: value.data.upperBound)
            else { break }
            members.append(member)
            index = member.end
        }
        return members
    }

    /// The member of a dictionary, whose keys and values take turns.
    func member(_ value: Tnetstring?, _ key: String) -> Tnetstring? {
        guard let value, value.kind == .dictionary else { return nil }
        var index = value.data.lowerBound
        while case .value(let name) = Tnetstring.read(bytes, at: index, end: value.data.upperBound),
            case .value(let member) = Tnetstring.read(bytes, at: name.end, end: value.data.upperBound)
        {
            if string(name) == key { return member }
            index = member.end
        }
        return nil
    }

    func data(_ value: Tnetstring?) -> [UInt8]? {
        guard let value, value.kind == .bytes || value.kind == .text else { return nil }
        return bytes.clamped(from: value.data.lowerBound, count: value.data.count).copied()
    }

    func string(_ value: Tnetstring?) -> String? { data(value).map { String(decoding: $0, as: UTF8.self) } }

    func integer(_ value: Tnetstring?) -> Int? {
        guard let value, value.kind == .integer else { return nil }
        return Int(text(value))
    }

    /// Seconds since 1970 as a time; a whole number will do.
    func time(_ value: Tnetstring?) -> Timestamp? {
        guard let value, value.kind == .float || value.kind == .integer, let seconds = Double(text(value)),
            abs(seconds) < 9e9
        else { return nil }
        return Int64(exactly: (seconds * 1e6).rounded()).map { Timestamp(nanoseconds: $0 * 1000) }
    }

    func isTrue(_ value: Tnetstring?) -> Bool {
        guard let value, value.kind == .bool else { return false }
        return text(value) == "true"
    }

    private func text(_ value: Tnetstring) -> String {
        String(
            decoding: bytes.clamped(from: value.data.lowerBound, count: min(value.data.count, 64)).copied(),
            as: UTF8.self)
    }
}
