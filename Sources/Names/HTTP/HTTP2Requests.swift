import Bytes

/// The requests of an HTTP/2 client (RFC 9113), by the authority each is for: preface, then frames; header
/// blocks are decoded, everything else is passed over without being held.
package struct HTTP2Requests: Sendable {
    package enum Host: Equatable, Sendable {
        case name(HostName)
        case refused
    }

    private var hpack = HPACKDecoder()
    private var hosts: [Host] = []
    private var sawPreface = false
    /// The header block under way, until END_HEADERS.
    private var block: [UInt8] = []
    private var isInBlock = false
    /// Bytes of a frame that are of no interest and still to come.
    private var toSkip = 0
    /// What follows cannot be understood any more.
    package private(set) var isLost = false

    private static let preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
    /// Servers accept header blocks of 8 to 64 KiB.
    private static let blockLimit = 64 * 1024

    package init() {}

    /// Whether a stream begins with the client's preface: sixteen bytes are enough to be sure.
    package static func probe(_ stream: RawSpan) -> Bool { stream.has("PRI * HTTP/2.0\r\n", at: 0) }

    /// The hosts asked for since the last call.
    package mutating func takeHosts() -> [Host] {
        defer { hosts = [] }
        return hosts
    }

    /// Consumes what can be taken from the front of `bytes`; returns how many. The rest has to be shown again
    /// with more behind it.
    package mutating func take(_ bytes: RawSpan) -> Int {
        var offset = 0
        if !sawPreface {
            guard bytes.byteCount >= HTTP2Requests.preface.utf8.count else { return 0 }
            guard bytes.has(HTTP2Requests.preface, at: 0) else {
                isLost = true
                return 0
            }
            sawPreface = true
            offset = HTTP2Requests.preface.utf8.count
        }
        // Each round consumes at least one byte, or stops.
        while offset < bytes.byteCount, !isLost {
            if toSkip > 0 {
                let here = min(toSkip, bytes.byteCount - offset)
                toSkip -= here
                offset += here
                continue
            }
            guard let consumed = frame(bytes, at: offset) else { break }
            offset += consumed
        }
        return offset
    }

    /// `length 3 | type 1 | flags 1 | stream 4 | payload`: the bytes consumed, nil when more are needed.
    private mutating func frame(_ bytes: RawSpan, at offset: Int) -> Int? {
        var reader = ByteReader(bytes, at: offset)
        guard let length = (try? reader.u24()).map({ Int($0) }), let type = try? reader.u8(),
            let flags = try? reader.u8(), (try? reader.skip(4)) != nil
        else { return nil }
        // HEADERS and CONTINUATION.
        guard type == 1 || type == 9 else {
            // Nothing may come between the frames of one block (RFC 9113 §4.3).
            isLost = isInBlock
            toSkip = length
            return 9
        }
        guard (type == 9) == isInBlock, length <= HTTP2Requests.blockLimit else {
            isLost = true
            return 9
        }
        guard let payload = try? reader.take(length) else { return nil }
        do {
            try fragment(payload, type: type, flags: flags)
        } catch {
            isLost = true
        }
        return 9 + length
    }

    private mutating func fragment(_ payload: RawSpan, type: UInt8, flags: UInt8) throws(DecodeFault) {
        var reader = ByteReader(payload)
        var padding = 0
        if type == 1 {
            if flags & 0x08 != 0 { padding = Int(try reader.u8()) }
            if flags & 0x20 != 0 { try reader.skip(5) }
        }
        guard reader.remaining >= padding else { throw .malformed }
        try reader.take(reader.remaining - padding).append(to: &block)
        guard block.count <= HTTP2Requests.blockLimit else { throw .malformed }
        isInBlock = flags & 0x04 == 0
        if isInBlock { return }
        let whole = block
        block = []
        let fields = try whole.withRawSpan { bytes throws(DecodeFault) in try hpack.decode(bytes) }
        // Trailers name nobody. Without :authority the host field counts (RFC 9113 §8.3.1).
        guard let authority = fields.authority ?? fields.host else { return }
        let name = authority.withRawSpan { HostName(HTTPAuthority.withoutUserinfo($0)) }
        hosts.append(name.map { .name($0) } ?? .refused)
    }
}
