import Bytes

/// What a line cursor remembers from one buffer of a chunk to the next.
package struct LineState: Equatable, Sendable {
    /// Inside a line whose end has not been seen and of which nothing is kept.
    var isSkipping: Bool
    /// Whether the skipped line belongs to the chunk (too long) or to the one before it (cut by the chunk's
    /// start).
    var isOwn: Bool
    /// Bytes of the skipped line in earlier buffers.
    var skippedBytes: UInt64
    /// At the very start of the file, where a byte order mark may stand.
    var isFileStart: Bool

    /// For a chunk that starts at the beginning of a file.
    package static let fileStart = LineState(
        isSkipping: false, isOwn: true, skippedBytes: 0, isFileStart: true)
    /// For a chunk read from the byte *before* its first byte: everything through the first line end is not
    /// its own.
    package static let midFile = LineState(
        isSkipping: true, isOwn: false, skippedBytes: 0, isFileStart: false)
}

/// Cuts a buffer into lines: LF or CRLF, trailing CRs and leading NULs stripped (a crash or `copytruncate`
/// leaves runs of NUL), a UTF-8 byte order mark stripped at the start of the file.
///
/// A line that the buffer's end cuts is left for the next buffer unless `isLast`; `consumed` says where to go
/// on.
package struct LineCursor: ~Escapable {
    package struct Line: Equatable, Sendable {
        /// The text, stripped.
        package var start: Int
        package var count: Int
        /// All bytes of the line, line end and stripped bytes included.
        package var rawBytes: UInt64
        /// False for a last line without a line end.
        package var isTerminated: Bool
        package var kind: Kind
    }

    package enum Kind: Equatable, Sendable {
        case text
        /// Longer than `limit`: there is no text.
        case tooLong
        /// The end of a line that began before the chunk: not the chunk's own, and not to be counted.
        case foreign
    }

    /// Bytes in a line, line end not included. Squid cuts at 8 kB and syslog at 64 kB; whole JSON events stay
    /// far below this, and one line may not fill the memory.
    package static let limit = 1 << 20

    private let buffer: RawSpan
    private let isLast: Bool
    /// Bytes that need not be shown again.
    package private(set) var consumed = 0
    package private(set) var state: LineState

    @_lifetime(copy buffer)
    package init(_ buffer: RawSpan, isLast: Bool, state: LineState) {
        self.buffer = buffer
        self.isLast = isLast
        self.state = state
    }

    /// Whether the next byte begins a line.
    package var isAtLineStart: Bool { !state.isSkipping }

    /// The next line, or nil when the buffer holds no further whole one.
    package mutating func next() -> Line? {
        if state.isSkipping { return finishSkipping() }
        let start = consumed
        guard start < buffer.byteCount else { return nil }
        guard let end = buffer.firstIndex(of: UInt8(ascii: "\n"), from: start) else {
            return unfinished(from: start)
        }
        consumed = end &+ 1
        return line(from: start, to: end, isTerminated: true)
    }

    private mutating func unfinished(from start: Int) -> Line? {
        let end = buffer.byteCount
        if isLast {
            consumed = end
            return line(from: start, to: end, isTerminated: false)
        }
        if end - start > LineCursor.limit {
            state = LineState(
                isSkipping: true, isOwn: true, skippedBytes: UInt64(end - start), isFileStart: false)
            consumed = end
        }
        return nil
    }

    /// Passes over the rest of a skipped line; nil when its end is not in this buffer.
    private mutating func finishSkipping() -> Line? {
        let start = consumed
        let end = buffer.firstIndex(of: UInt8(ascii: "\n"), from: start)
        let stop = end.map { $0 &+ 1 } ?? buffer.byteCount
        consumed = stop
        let bytes = state.skippedBytes &+ UInt64(stop - start)
        guard end != nil || isLast else {
            state.skippedBytes = bytes
            return nil
        }
        let isOwn = state.isOwn
        state = LineState(isSkipping: false, isOwn: true, skippedBytes: 0, isFileStart: false)
        return Line(
            start: stop, count: 0, rawBytes: bytes, isTerminated: end != nil,
            kind: isOwn ? .tooLong : .foreign)
    }

    private mutating func line(from start: Int, to end: Int, isTerminated: Bool) -> Line {
        let rawBytes = UInt64(truncatingIfNeeded: consumed &- start)
        var low = start
        var high = end
        if state.isFileStart {
            state.isFileStart = false
            if buffer.word(at: low, count: min(3, high - low)) == 0xbfbbef { low += 3 }
        }
        if high &- low > LineCursor.limit {
            return Line(start: high, count: 0, rawBytes: rawBytes, isTerminated: isTerminated, kind: .tooLong)
        }
        while low < high, buffer.byte(at: low) == 0 { low &+= 1 }
        while low < high, buffer.byte(at: high &- 1) == UInt8(ascii: "\r") { high &-= 1 }
        return Line(
            start: low, count: high &- low, rawBytes: rawBytes, isTerminated: isTerminated, kind: .text)
    }
}
