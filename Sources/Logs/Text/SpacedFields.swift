import Bytes

/// A field of a line: `start ..< end`, never empty.
package struct FieldRange: Equatable, Sendable {
    package var start: Int
    package var end: Int

    @inline(__always) package var count: Int { end &- start }
}

/// The fields of a line whose columns are separated by one or more spaces.
struct SpacedFields: ~Escapable {
    private let line: RawSpan
    private let end: Int
    /// Where the last field ended.
    private(set) var position: Int

    @_lifetime(copy line)
    init(_ line: RawSpan) {
        self.line = line
        end = line.byteCount
        position = 0
    }

    @_lifetime(copy line)
    init(_ line: RawSpan, from start: Int, to end: Int) {
        self.line = line
        self.end = min(max(end, 0), line.byteCount)
        position = min(max(start, 0), line.byteCount)
    }

    @inline(__always)
    mutating func next() -> FieldRange? {
        var index = position
        while index < end, line.byte(at: index) == UInt8(ascii: " ") { index &+= 1 }
        guard index < end else {
            position = index
            return nil
        }
        let start = index
        index = line.endOfField(from: start, to: end)
        position = index
        return FieldRange(start: start, end: index)
    }
}

extension RawSpan {
    /// The first space at or after `start`, or `end`; eight bytes at a time.
    @inline(__always)
    func endOfField(from start: Int, to end: Int) -> Int {
        var index = start
        while index &+ 8 <= end {
            // A byte of `mixed` is zero where the line has a space; the subtraction borrows out of zero bytes
            // only, and the lowest set mark is always a true one.
            let mixed = word(at: index) ^ 0x2020_2020_2020_2020
            let marks = (mixed &- 0x0101_0101_0101_0101) & ~mixed & 0x8080_8080_8080_8080
            if marks != 0 { return index &+ marks.trailingZeroBitCount &>> 3 }
            index &+= 8
        }
        while index < end, byte(at: index) != UInt8(ascii: " ") { index &+= 1 }
        return index
    }

    /// Whether the field is `-`, which stands for "no value".
    @inline(__always)
    func isDash(_ field: FieldRange) -> Bool {
        field.count == 1 && byte(at: field.start) == UInt8(ascii: "-")
    }
}
