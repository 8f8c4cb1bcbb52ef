/// Punycode (RFC 3492) from ASCII to Unicode, with the parameters of IDNA (§5).
package enum Punycode {
    private static let base = 36
    private static let (tMin, tMax) = (1, 26)

    /// The text that a label without its `xn--` stands for; nil for what is no encoding. A label has at most 63
    /// characters, each of which gives at most one of the result's: every sum is checked all the same.
    package static func decode(_ label: some StringProtocol) -> String? {
        let bytes = Array(label.utf8)
        // RFC 1035 §2.3.4.
        guard bytes.count <= 63, bytes.allSatisfy({ $0 < 0x80 }) else { return nil }
        var output: [UInt32] = []
        var place = 0
        if let delimiter = bytes.lastIndex(of: UInt8(ascii: "-")) {
            output = bytes[..<delimiter].map { UInt32($0) }
            place = delimiter + 1
        }
        var code = 128
        var index = 0
        var bias = 72
        // Each round consumes at least one byte and adds one scalar.
        while place < bytes.count {
            guard let step = integer(bytes, &place, bias: bias) else { return nil }
            let (sum, overflow) = index.addingReportingOverflow(step)
            guard !overflow else { return nil }
            bias = adapt(step, points: output.count + 1, isFirst: index == 0)
            code += sum / (output.count + 1)
            index = sum % (output.count + 1)
            guard code <= 0x10ffff, let value = UInt32(exactly: code) else { return nil }
            output.insert(value, at: index)
            index += 1
        }
        var text = String.UnicodeScalarView()
        for value in output {
            guard let scalar = Unicode.Scalar(value) else { return nil }
            text.append(scalar)
        }
        return String(text)
    }

    /// A generalized variable-length integer (§3.3).
    private static func integer(_ bytes: [UInt8], _ place: inout Int, bias: Int) -> Int? {
        var value = 0
        var weight = 1
        var k = base
        while place < bytes.count {
            guard let digit = digit(bytes[place]) else { return nil }
            place += 1
            let (product, overflow) = digit.multipliedReportingOverflow(by: weight)
            let (sum, overflow2) = value.addingReportingOverflow(product)
            guard !overflow, !overflow2 else { return nil }
            value = sum
            let threshold = min(max(k - bias, tMin), tMax)
            if digit < threshold { return value }
            let (next, overflow3) = weight.multipliedReportingOverflow(by: base - threshold)
            guard !overflow3 else { return nil }
            weight = next
            k += base
        }
        return nil
    }

    private static func digit(_ byte: UInt8) -> Int? {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"): Int(byte - UInt8(ascii: "a"))
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): Int(byte - UInt8(ascii: "A"))
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(byte - UInt8(ascii: "0")) + 26
        default: nil
        }
    }

    /// Bias adaptation (§3.4).
    private static func adapt(_ step: Int, points: Int, isFirst: Bool) -> Int {
        var delta = isFirst ? step / 700 : step / 2
        delta += delta / points
        var k = 0
        while delta > (base - tMin) * tMax / 2 {
            delta /= base - tMin
            k += base
        }
        return k + (base - tMin + 1) * delta / (delta + 38)
    }
}
