import Bytes
import Testing

@testable import Logs

/// The word-at-a-time readers agree with the plain definition of what they read.
@Suite struct TextTests {
    private func number(_ text: String, maxDigits: Int = 18) -> UInt64? {
        let bytes = Array("x\(text)y".utf8)
        return bytes.withRawSpan { DecimalText.read($0, from: 1, to: bytes.count - 1, maxDigits: maxDigits) }
    }

    @Test func readsNumbersOfEveryLength() {
        var text = ""
        for length in 1...18 {
            text += "\(length % 10)"
            #expect(number(text) == UInt64(text))
            #expect(
                number(String(repeating: "9", count: length)) == UInt64(String(repeating: "9", count: length))
            )
            #expect(number(String(repeating: "0", count: length)) == 0)
        }
        #expect(number("1234567890123456789") == nil)
        #expect(number("1234", maxDigits: 3) == nil)
        #expect(number("") == nil)
    }

    @Test func refusesEveryOtherByteAtEveryPlace() {
        for length in [1, 3, 8, 9, 16, 18] {
            for place in 0..<length {
                for value in UInt8.min...UInt8.max {
                    var bytes = [UInt8](repeating: UInt8(ascii: "4"), count: length)
                    bytes[place] = value
                    let isDigit = value >= 0x30 && value <= 0x39
                    #expect(
                        (bytes.withRawSpan { DecimalText.read($0, from: 0, to: length) } != nil) == isDigit)
                }
            }
        }
    }

    @Test func namesAreCheckedByteByByte() {
        for length in [1, 2, 7, 8, 9, 16, 17, 40, 63] {
            for place in 0..<length {
                for value in UInt8.min...UInt8.max {
                    var bytes = [UInt8](repeating: UInt8(ascii: "b"), count: length)
                    bytes[place] = value
                    let isUpper = value >= 0x41 && value <= 0x5a
                    let isPlain = value >= 0x61 && value <= 0x7a || value == 0x2d || value == 0x5f
                    let isDigit = value >= 0x30 && value <= 0x39
                    let isDot = value == 0x2e && place > 0
                    let shape = bytes.withRawSpan { HostText.shape(of: $0, from: 0, to: length) }
                    #expect((shape != nil) == (isUpper || isPlain || isDigit || isDot))
                    #expect(shape?.hasUpperCase ?? isUpper == isUpper)
                    #expect(shape.map { $0.endsInNumber } ?? false == (isDigit && length == 1))
                }
            }
        }
    }

    @Test func emptyLabelsAreFoundAcrossWords() {
        for place in 0..<30 {
            var bytes = [UInt8](repeating: UInt8(ascii: "b"), count: 32)
            bytes[place] = UInt8(ascii: ".")
            bytes[place + 1] = UInt8(ascii: ".")
            #expect(bytes.withRawSpan { HostText.shape(of: $0, from: 0, to: 32) } == nil)
            bytes[place + 1] = UInt8(ascii: "b")
            #expect((bytes.withRawSpan { HostText.shape(of: $0, from: 0, to: 32) } != nil) == (place > 0))
        }
    }

    @Test(arguments: [
        "10.20.30.40", "0.0.0.0", "255.255.255.255", "1.2.3.4", "192.168.100.200", "256.1.1.1", "1.2.3",
        "1.2.3.4.5",
        "1..2.3", ".1.2.3", "1.2.3.", "1234.1.1.1", "a.b.c.d", "1.2.3.4 ", "", "1.2.3.300", "001.002.003.004",
    ])
    func quickAddressesEqualTheParsersOwn(text: String) {
        let bytes = Array("[\(text)]".utf8)
        let quick = bytes.withRawSpan { IPAddress.quickIPv4($0, from: 1, to: bytes.count - 1) }
        #expect(quick == IPAddress(text))
    }

    @Test func quickAddressesRefuseEveryOtherByte() {
        let plain = Array("10.200.3.41".utf8)
        for place in plain.indices {
            for value in UInt8.min...UInt8.max {
                var bytes = plain
                bytes[place] = value
                let quick = bytes.withRawSpan { IPAddress.quickIPv4($0, from: 0, to: plain.count) }
                #expect(quick == bytes.withRawSpan { IPAddress(ascii: $0) })
            }
        }
    }
}
