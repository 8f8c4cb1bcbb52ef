import Bytes

/// Passes over an HTTP/1 message body piece by piece, so that the next head on the connection is found
/// without the body being held. A few words of state; allocates nothing.
package struct BodySkipper: Equatable, Sendable {
    private enum State: Equatable {
        /// Bytes of the body or of a chunk that are still to come.
        case counted(UInt64, isChunk: Bool)
        /// In the line with a chunk's size; `digits` seen so far.
        case sizeLine(value: UInt64, digits: Int, inExtension: Bool)
        /// The line end after a chunk's data.
        case chunkEnd
        /// Trailer fields; whether the present line is still empty.
        case trailer(lineIsEmpty: Bool)
        case untilClose
        case done
        case lost
    }

    private var state: State

    package init(_ framing: HTTPBodyFraming) {
        switch framing {
        case .none: state = .done
        case .length(let length): state = length == 0 ? .done : .counted(length, isChunk: false)
        case .chunked: state = .sizeLine(value: 0, digits: 0, inExtension: false)
        case .untilClose: state = .untilClose
        case .unknown: state = .lost
        }
    }

    /// The body has ended: the next byte begins another message.
    package var isDone: Bool { state == .done }

    /// Where the body ends cannot be known; nothing more is found on this connection.
    package var isLost: Bool { state == .lost }

    /// Consumes bytes of the body from the front of `bytes`; returns how many. Less than all only when
    /// `isDone`.
    package mutating func skip(_ bytes: RawSpan) -> Int {
        var offset = 0
        // Each round consumes at least one byte or changes to a state that does.
        while offset < bytes.byteCount {
            switch state {
            case .done: return offset
            case .untilClose, .lost: return bytes.byteCount
            case .counted(let left, let isChunk):
                let here = UInt64(bytes.byteCount - offset)
                if left > here {
                    state = .counted(left - here, isChunk: isChunk)
                    return bytes.byteCount
                }
                offset += Int(clamping: left)
                state = isChunk ? .chunkEnd : .done
            default:
                step(bytes.byte(at: offset) ?? 0)
                offset += 1
            }
        }
        return offset
    }

    /// Jumps over `count` bytes that were never captured: possible only inside of counted data.
    package mutating func skipMissing(_ count: UInt64) {
        switch state {
        case .counted(let left, let isChunk) where left > count:
            state = .counted(left - count, isChunk: isChunk)
        case .counted(let left, let isChunk) where left == count:
            state = isChunk ? .chunkEnd : .done
        case .untilClose: break
        default: if count > 0 { state = .lost }
        }
    }

    /// One byte of chunked framing (RFC 9112 §7.1).
    private mutating func step(_ byte: UInt8) {
        switch state {
        case .sizeLine(let value, let digits, let inExtension):
            if byte == 0x0a {
                state =
                    digits == 0
                    ? .lost : value == 0 ? .trailer(lineIsEmpty: true) : .counted(value, isChunk: true)
            } else if inExtension || byte == 0x0d {
                return
            } else if byte == UInt8(ascii: ";") || byte == 0x20 || byte == 0x09 {
                state = .sizeLine(value: value, digits: digits, inExtension: true)
            } else if let digit = BodySkipper.hexDigit(byte), digits < 16 {
                state = .sizeLine(value: value << 4 | digit, digits: digits + 1, inExtension: false)
            } else {
                state = .lost
            }
        case .chunkEnd:
            if byte == 0x0a {
                state = .sizeLine(value: 0, digits: 0, inExtension: false)
            } else if byte != 0x0d {
                state = .lost
            }
        case .trailer(let lineIsEmpty):
            if byte == 0x0a {
                state = lineIsEmpty ? .done : .trailer(lineIsEmpty: true)
            } else if byte != 0x0d {
                state = .trailer(lineIsEmpty: false)
            }
        default: break
        }
    }

    private static func hexDigit(_ byte: UInt8) -> UInt64? {
        switch asciiLowercase(byte) {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(asciiLowercase(byte) - UInt8(ascii: "a") + 10)
        default: nil
        }
    }
}
