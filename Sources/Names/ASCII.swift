import Bytes

/// `byte` with `A...Z` turned into `a...z`: the only case folding that DNS and HTTP know (RFC 4343 §3).
@inline(__always)
func asciiLowercase(_ byte: UInt8) -> UInt8 {
    byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
}

@inline(__always)
func isASCIIDigit(_ byte: UInt8) -> Bool {
    byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
}

extension RawSpan {
    /// Whether the bytes from `offset` begin with `text`, byte for byte.
    func has(_ text: String, at offset: Int) -> Bool {
        var index = offset
        for byte in text.utf8 {
            guard self.byte(at: index) == byte else { return false }
            index += 1
        }
        return true
    }

    /// Whether the bytes equal `lowercase` when ASCII case is ignored; `lowercase` must be lower case itself.
    func equalsIgnoringCase(_ lowercase: String) -> Bool {
        guard byteCount == lowercase.utf8.count else { return false }
        var index = 0
        for expected in lowercase.utf8 {
            guard let byte = byte(at: index), asciiLowercase(byte) == expected else { return false }
            index += 1
        }
        return true
    }

    /// The offset of the first `byte` at or after `start`, or nil.
    func firstIndex(of byte: UInt8, from start: Int = 0) -> Int? {
        var index = max(start, 0)
        while let candidate = self.byte(at: index) {
            if candidate == byte { return index }
            index += 1
        }
        return nil
    }

    /// The bytes without spaces and tabs at either end (`OWS` of RFC 9110 §5.6.3).
    @_lifetime(copy self)
    func trimmingBlanks() -> RawSpan {
        var low = 0
        var high = byteCount
        while low < high, let byte = byte(at: low), byte == 0x20 || byte == 0x09 { low += 1 }
        while high > low, let byte = byte(at: high - 1), byte == 0x20 || byte == 0x09 { high -= 1 }
        return clamped(from: low, count: high - low)
    }

    /// The bytes as a decimal number; nil when empty, not all digits, or beyond 64 bits.
    func decimal() -> UInt64? {
        // 20 digits hold every 64-bit value; leading zeros beyond that are nobody's length field.
        guard byteCount >= 1, byteCount <= 20 else { return nil }
        var value: UInt64 = 0
        for index in 0..<byteCount {
            guard let byte = byte(at: index), isASCIIDigit(byte) else { return nil }
            let (scaled, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflow2) = scaled.addingReportingOverflow(UInt64(byte - UInt8(ascii: "0")))
            if overflow || overflow2 { return nil }
            value = sum
        }
        return value
    }
}
