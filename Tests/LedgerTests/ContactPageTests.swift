import Testing

@testable import Ledger

/// Pages of contacts: bytes worked out by hand, the limits of 64 bits, and hostile bytes.
@Suite struct ContactPageTests {
    private let record = PageRecord(
        destination: 1, client: 200, hour: 24 * 10 + 3, first: (24 * 10 + 3) * 3_600_000_000_000 + 5,
        last: (24 * 10 + 3) * 3_600_000_000_000 + 6, starts: 1, active: 3, flows: 1, packetsUp: 2,
        packetsDown: 3, bytesUp: 127, bytesDown: 128)

    private func read(_ bytes: [UInt8], day: Int64) -> [PageRecord]? {
        var records: [PageRecord] = []
        return ContactPage.read(bytes, day: day) { records.append($0) } ? records : nil
    }

    @Test func aRecordHasTheBytesThatTheFormatSays() {
        var bytes: [UInt8] = []
        ContactPage.append(record, to: &bytes, day: 10)
        // 200 = 0b1_1001000: low seven bits 0x48 with the top bit set, then 1. Zigzag doubles: hour 3, first 5, last 1.
        #expect(bytes == [1, 0xc8, 1, 6, 10, 2, 1, 2, 1, 2, 3, 127, 0x80, 1])
        #expect(read(bytes, day: 10) == [record])
    }

    @Test func extremesComeBackAsTheyWere() {
        var extreme = record
        (extreme.first, extreme.last, extreme.hour) = (.min, .max, -1)
        (extreme.starts, extreme.active, extreme.bytesUp) = (.max, 0, .max)
        var bytes: [UInt8] = []
        ContactPage.append(extreme, to: &bytes, day: -1)
        ContactPage.append(record, to: &bytes, day: -1)
        #expect(read(bytes, day: -1) == [extreme, record])
    }

    @Test func everyPrefixIsNoPage() {
        var bytes: [UInt8] = []
        ContactPage.append(record, to: &bytes, day: 10)
        for length in 1..<bytes.count { #expect(read(Array(bytes.prefix(length)), day: 10) == nil) }
        #expect(read([], day: 10) == [])
    }

    @Test func everyFlippedBitIsReadWithoutATrap() {
        var bytes: [UInt8] = []
        for _ in 0..<3 { ContactPage.append(record, to: &bytes, day: 10) }
        for index in bytes.indices {
            for bit in 0..<8 {
                var flipped = bytes
                flipped[index] ^= 1 << UInt8(bit)
                _ = read(flipped, day: .max)
            }
        }
    }

    @Test func aNumberOfMoreThan64BitsIsRefused() {
        let tooLong = [UInt8](repeating: 0xff, count: 9) + [2]
        #expect(read(tooLong + [UInt8](repeating: 0, count: 11), day: 0) == nil)
        let endless = [UInt8](repeating: 0x80, count: 64)
        #expect(read(endless, day: 0) == nil)
    }
}
