/// Syslog messages framed by their lengths (RFC 6587 §3.4.1, `LENGTH SP MESSAGE`), as one message a line: what a
/// receiver leaves that writes a TCP stream to disk as it comes.
///
/// Line ends at a message's end are the sender's and are dropped; within a message they become spaces. Where no
/// length stands, what follows is given as it is, so that the reader of lines counts it as what it is.
package final class OctetCountedSource: ByteSource {
    /// A length has at most so many digits: a message of more than 9 MB is none.
    private static let digitLimit = 7

    package let path: String
    private let source: any ByteSource
    private var raw = ByteBuffer(capacity: 64 << 10)
    private var text: [UInt8] = []
    private var given = 0
    private var isAtEnd = false
    /// Bytes of the current message that are still to come.
    private var remaining = 0
    /// The digits of the length that have been read.
    private var digits: [UInt8] = []
    /// Line ends that are dropped unless more of the message follows.
    private var heldEnds = 0
    /// Whether the framing broke: everything else is given as it is.
    private var isBroken = false

    /// Nil unless `prefix` is two such messages at least, one behind the other.
    package init?(_ source: any ByteSource, prefix: RawSpan) {
        guard OctetCountedSource.recognises(prefix) else { return nil }
        self.source = source
        path = source.path
    }

    /// A length, a priority, and behind the message the same again at once: in text of one message a line a line end
    /// stands between.
    package static func recognises(_ prefix: RawSpan) -> Bool {
        guard let second = behind(prefix, from: 0) else { return false }
        return second < prefix.byteCount && behind(prefix, from: second) != nil
    }

    /// Where the message that begins at `start` ends; nil when none begins there.
    private static func behind(_ bytes: RawSpan, from start: Int) -> Int? {
        var (index, length) = (start, 0)
        while let byte = bytes.byte(at: index), byte >= 0x30, byte <= 0x39, index - start < digitLimit {
            length = length * 10 + Int(byte - 0x30)
            index += 1
        }
        guard index > start, bytes.byte(at: start) != 0x30, bytes.byte(at: index) == 0x20,
            bytes.byte(at: index + 1) == 0x3c
        else { return nil }
        return index + 1 + length
    }

    package func readNext(into buffer: inout ByteBuffer, at offset: Int, count: Int) throws(FileFault) -> Int
    {
        while given == text.count, !isAtEnd { try refill() }
        let written = text.withRawSpan { buffer.write($0.clamped(from: given, count: count), at: offset) }
        given += written
        return written
    }

    private func refill() throws(FileFault) {
        text.removeAll(keepingCapacity: true)
        given = 0
        let got = try source.readNext(into: &raw, at: 0, count: raw.capacity)
        guard got > 0 else {
            isAtEnd = true
            return
        }
        for byte in raw.bytes(got).copied() { take(byte) }
    }

    private func take(_ byte: UInt8) {
        if isBroken {
            text.append(byte)
        } else if remaining > 0 {
            takeMessage(byte)
        } else {
            takeLength(byte)
        }
    }

    private func takeLength(_ byte: UInt8) {
        if byte >= 0x30, byte <= 0x39, digits.count < OctetCountedSource.digitLimit {
            digits.append(byte)
            return
        }
        let length = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        if byte == 0x20, length > 0 {
            remaining = length
        } else if !digits.isEmpty || byte != 0x0a && byte != 0x0d {
            // No length: what was taken for one is text.
            isBroken = true
            text += digits
            text.append(byte)
        }
        digits.removeAll(keepingCapacity: true)
    }

    private func takeMessage(_ byte: UInt8) {
        remaining -= 1
        if byte == 0x0a || byte == 0x0d {
            heldEnds += 1
        } else {
            if heldEnds > 0 { text += [UInt8](repeating: 0x20, count: heldEnds) }
            heldEnds = 0
            text.append(byte)
        }
        guard remaining == 0 else { return }
        heldEnds = 0
        text.append(0x0a)
    }
}
