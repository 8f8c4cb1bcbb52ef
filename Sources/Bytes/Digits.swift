/// Numbers as decimal text, without a `String` for each.
extension [UInt8] {
    /// Appends `value` in decimal.
    package mutating func append(decimal value: UInt64) {
        var rest = value
        let start = count
        repeat {
            append(UInt8(truncatingIfNeeded: rest % 10) &+ UInt8(ascii: "0"))
            rest /= 10
        } while rest > 0
        self[start...].reverse()
    }

    /// Appends the magnitude of `value` with leading zeros up to `width` digits.
    package mutating func append(padded value: Int, _ width: Int) {
        var rest = value.magnitude
        let start = count
        repeat {
            append(UInt8(truncatingIfNeeded: rest % 10) &+ UInt8(ascii: "0"))
            rest /= 10
        } while rest > 0 || count - start < width
        self[start...].reverse()
    }
}
