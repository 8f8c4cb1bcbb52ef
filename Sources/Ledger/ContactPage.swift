import Bytes
import Contacts

/// The contacts of one device on one UTC day as bytes: some 30 for each, where a row of a table would take 100.
///
/// Each is a row of variable-length integers (LEB128: seven bits a byte, the lowest first, the top bit set on all
/// but the last; signed ones zigzag), in the order of `PageRecord`. Wrapping differences lose nothing, whatever
/// the moments are.
struct PageRecord: Equatable {
    /// Rows of the tables of those names.
    var destination: Int64
    var client: Int64
    /// UTC hours since 1970.
    var hour: Int64
    var first: Int64
    var last: Int64
    var starts: UInt64
    var active: UInt64
    var flows: UInt64
    var packetsUp: UInt64
    var packetsDown: UInt64
    var bytesUp: UInt64
    var bytesDown: UInt64
}

enum ContactPage {
    static let nanosecondsOfHour: Int64 = 3_600_000_000_000

    static func append(_ record: PageRecord, to bytes: inout [UInt8], day: Int64) {
        append(UInt64(bitPattern: record.destination), &bytes)
        append(UInt64(bitPattern: record.client), &bytes)
        append(zigzag(record.hour &- day &* 24), &bytes)
        append(zigzag(record.first &- record.hour &* nanosecondsOfHour), &bytes)
        append(zigzag(record.last &- record.first), &bytes)
        append(record.starts, &bytes)
        append(record.active ^ record.starts, &bytes)
        append(record.flows, &bytes)
        append(record.packetsUp, &bytes)
        append(record.packetsDown, &bytes)
        append(record.bytesUp, &bytes)
        append(record.bytesDown, &bytes)
    }

    private static func zigzag(_ value: Int64) -> UInt64 { UInt64(bitPattern: (value << 1) ^ (value >> 63)) }

    private static func append(_ value: UInt64, _ bytes: inout [UInt8]) {
        var rest = value
        while rest > 0x7f {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    /// Hands every record of a page to `body`; false when the bytes are no page.
    static func read(_ bytes: [UInt8], day: Int64, _ body: (PageRecord) throws -> Void) rethrows -> Bool {
        var cursor = Cursor(bytes: bytes)
        while !cursor.isAtEnd {
            guard let record = cursor.record(day: day) else { return false }
            try body(record)
        }
        return true
    }

    private struct Cursor {
        let bytes: [UInt8]
        var offset = 0

        init(bytes: [UInt8]) { self.bytes = bytes }

        var isAtEnd: Bool { offset == bytes.count }

        /// Nil at the end of the bytes, or when the number has more than 64 bits.
        mutating func number() -> UInt64? {
            var value: UInt64 = 0
            var shift: UInt64 = 0
            while offset < bytes.count {
                let byte = bytes[offset]
                offset += 1
                guard shift < 63 || byte <= 1 else { return nil }
                value |= UInt64(byte & 0x7f) << shift
                if byte < 0x80 { return value }
                shift += 7
            }
            return nil
        }

        mutating func signed() -> Int64? {
            number().map { Int64(bitPattern: $0 >> 1) ^ -Int64(bitPattern: $0 & 1) }
        }

        mutating func record(day: Int64) -> PageRecord? {
            guard let destination = number(), let client = number(), let hour = signed(),
                let first = signed(),
                let last = signed(), let starts = number(), let active = number(), let flows = number(),
                let packetsUp = number(), let packetsDown = number(), let bytesUp = number(),
                let bytesDown = number()
            else { return nil }
            let absolute = hour &+ day &* 24
            let begin = first &+ absolute &* nanosecondsOfHour
            return PageRecord(
                destination: Int64(bitPattern: destination), client: Int64(bitPattern: client),
                hour: absolute,
                first: begin, last: last &+ begin, starts: starts, active: active ^ starts, flows: flows,
                packetsUp: packetsUp, packetsDown: packetsDown, bytesUp: bytesUp, bytesDown: bytesDown)
        }
    }
}
