import Bytes
import Names

/// dnstap files (`dnstap.proto`) in Frame Streams: a control frame that begins the stream, frames of data, each of
/// which is one Protocol Buffers message with a DNS message inside, and a control frame that ends it.
///
/// All lengths of Frame Streams are 32 bits in network order; a length of 0 announces a control frame. Frames take
/// the place of lines: they are what tallies count.
package struct DNSTap: LogLineParser {
    package static let kind = "dnstap"
    /// Where a frame begins is known only from the one before it.
    package static let isSplittable = false

    /// A DNS message has 64 kB at most, and dnstap frames hold one or two with a few addresses.
    static let frameLimit = 160 * 1024
    /// Frame Streams allows no longer control frame.
    static let controlLimit = 512
    static let contentType = Array("protobuf:dnstap.Dnstap".utf8)

    /// After a frame of impossible length nothing in the file can be believed.
    private var isBroken = false

    package init(head: RawSpan) {}

    package mutating func readLines(
        _ buffer: RawSpan, isLast: Bool, ownedBytes: Int, into chunk: inout LogChunk
    ) -> Int {
        var reader = ByteReader(buffer)
        while !reader.isAtEnd, !isBroken {
            let start = reader.offset
            do throws(DecodeFault) {
                try takeFrame(&reader, into: &chunk)
            } catch .truncated {
                if !isLast { return start }
                chunk.tally.setAside(.cutLine, bytes: UInt64(buffer.byteCount - start))
                break
            } catch {
                // Only the lengths that could not be believed: how much stands behind them is the buffer's matter.
                isBroken = true
                chunk.tally.setAside(.frameInvalid, bytes: UInt64(reader.offset - start))
            }
        }
        if isLast || isBroken { chunk.isComplete = true }
        return isBroken || isLast ? buffer.byteCount : reader.offset
    }

    private func takeFrame(_ reader: inout ByteReader, into chunk: inout LogChunk) throws(DecodeFault) {
        let length = Int(try reader.u32())
        if length == 0 {
            let control = Int(try reader.u32())
            guard control >= 4, control <= DNSTap.controlLimit else { throw .malformed }
            try reader.skip(control)
            return chunk.tally.setAside(.comment, bytes: UInt64(control) + 8)
        }
        guard length <= DNSTap.frameLimit else { throw .malformed }
        let frame = try reader.take(length)
        let bytes = UInt64(length) + 4
        chunk.record.reset()
        if let reason = DNSTap.read(frame, into: &chunk.record) {
            return chunk.tally.setAside(reason, bytes: bytes)
        }
        guard chunk.takeLookups() else { return chunk.tally.setAside(.tableFull, bytes: bytes) }
        chunk.tally.use(bytes: bytes, from: chunk.record.start, to: chunk.record.end, flags: [])
    }

    /// One dnstap message: only what clients asked and were answered is used.
    static func read(_ frame: RawSpan, into record: inout LogRecord) -> LogReason? {
        guard let message = try? DNSTapMessage(frame) else { return .fieldsMissing }
        guard message.type == DNSTapMessage.clientQuery || message.type == DNSTapMessage.clientResponse else {
            return .upstreamLookup
        }
        let isResponse = message.type == DNSTapMessage.clientResponse
        guard let client = message.queryAddress else { return .clientInvalid }
        guard let time = isResponse ? message.responseTime ?? message.queryTime : message.queryTime else {
            return .timeInvalid
        }
        record.start = time
        record.end = time
        let bytes = isResponse ? message.responseMessage : message.queryMessage
        guard let dns = try? bytes?.withRawSpan({ (span) throws(DecodeFault) in try DNSMessage.parse(span) }),
            dns.fault != .malformed, dns.isQuery, let question = dns.questions.first
        else { return .fieldsMissing }
        let text = Array(question.name.utf8)
        guard let name = text.withRawSpan({ LogDNSName.read($0, from: 0, to: $0.byteCount) }) else {
            return .nameOfNoHost
        }
        var row = LogDNSRow(
            time: time, client: client, resolver: message.responseAddress, name: name, type: question.type,
            stage: isResponse ? .answer : .question, isBlocked: message.isBlocked)
        row.carrier = message.carrier
        if isResponse, let bytes { bytes.withRawSpan { row.takeAnswer($0) } }
        record.dns.append(row)
        return nil
    }

    /// The mark of a file: its first frame is START with dnstap's content type, or, of what a socket was given,
    /// READY.
    package mutating func score(_ head: RawSpan, envelope: LogMoment?) -> LogFormat.Score {
        var reader = ByteReader(head)
        guard let zero = try? reader.u32(), zero == 0, let length = try? reader.u32(),
            length <= UInt32(DNSTap.controlLimit), let type = try? reader.u32(), (1...5).contains(type),
            head.clamped(from: 8, count: Int(length)).holds(DNSTap.contentType)
        else { return LogFormat.Score() }
        return LogFormat.Score(lines: 1, used: 1, understood: 1)
    }
}

extension RawSpan {
    /// Whether `text` stands somewhere in the span.
    fileprivate func holds(_ text: [UInt8]) -> Bool {
        guard byteCount >= text.count else { return false }
        return text.withRawSpan { text in
            (0...(byteCount - text.byteCount)).contains {
                equals(from: $0, count: text.byteCount, text, from: 0)
            }
        }
    }
}
