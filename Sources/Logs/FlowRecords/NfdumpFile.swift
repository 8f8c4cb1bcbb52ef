import Bytes

/// Flow files of nfdump 1.7 (`nfcapd`, `nfpcapd`), file layout 2: blocks of records, as they are or compressed with
/// LZO or LZ4, in the byte order of the machine that wrote them (`src/libnffile/nffileV2.h`).
///
/// What counts as a line here is a flow record. NetFlow records are one direction of a flow: two are put together.
package struct NfdumpFile: LogLineParser {
    package static let kind = "nfdump"
    package static let isSplittable = false

    /// The magic number in the writer's byte order.
    private static let magic: UInt16 = 0xa50c
    private static let headerBytes = 40
    private static let blockHeaderBytes = 12
    /// nfdump writes blocks of 1 MiB; no version writes more than 5.
    private static let blockLimit = 16 << 20

    private enum Stage {
        case header
        case block
        /// Behind the blocks of flows stand notes about the file, and behind a fault nothing that can be believed.
        case done
    }

    private var stage = Stage.header
    private var order = ByteOrder.little
    private var compression: UInt8 = 0
    private var blocksLeft: UInt32 = 0
    /// Bytes of a header or block that is not whole yet.
    private var carry: [UInt8] = []
    private var pairs = FlowPairs()

    package init(head: RawSpan) {}

    package mutating func finish(into chunk: inout LogChunk) { pairs.finish(into: &chunk) }

    package mutating func score(_ head: RawSpan, envelope: LogMoment?) -> LogFormat.Score {
        let isOurs = head.byteCount >= NfdumpFile.headerBytes && NfdumpFile.order(of: head) != nil
        return isOurs ? LogFormat.Score(lines: 1, used: 1, understood: 1) : LogFormat.Score(lines: 1)
    }

    package mutating func readLines(
        _ buffer: RawSpan, isLast: Bool, ownedBytes: Int, into chunk: inout LogChunk
    ) -> Int {
        // A block that claims more than the limit ends the reading, so the carry stays bounded.
        var held = carry
        carry = []
        if stage != .done { buffer.append(to: &held) }
        let position = held.withRawSpan { readParts($0, into: &chunk) }
        held.removeFirst(min(position, held.count))
        if stage != .done { carry = held }
        if isLast {
            if stage != .done { chunk.tally.setAside(.cutLine, bytes: UInt64(carry.count)) }
            finish(into: &chunk)
            chunk.isComplete = true
        }
        chunk.contacts.settle()
        return buffer.byteCount
    }

    /// Reads the header and blocks that are whole; returns how many bytes they were.
    private mutating func readParts(_ bytes: RawSpan, into chunk: inout LogChunk) -> Int {
        var position = 0
        while stage != .done {
            let next =
                stage == .header
                ? readHeader(bytes, into: &chunk) : readBlock(bytes, at: position, into: &chunk)
            guard let next else { break }
            position = next
        }
        return position
    }

    private static func order(of head: RawSpan) -> ByteOrder? {
        var reader = ByteReader(head)
        guard let value = try? reader.u16LE() else { return nil }
        if value == magic { return .little }
        return value == magic.byteSwapped ? .big : nil
    }

    private mutating func readHeader(_ bytes: RawSpan, into chunk: inout LogChunk) -> Int? {
        guard bytes.byteCount >= NfdumpFile.headerBytes else { return nil }
        order = NfdumpFile.order(of: bytes) ?? .little
        var reader = ByteReader(bytes, at: 2)
        guard let layout = try? reader.u16(order) else { return nil }
        compression = bytes.byte(at: 16) ?? 0
        let isEncrypted = bytes.byte(at: 17) != 0
        reader = ByteReader(bytes, at: 36)
        blocksLeft = (try? reader.u32(order)) ?? 0
        stage = blocksLeft == 0 ? .done : .block
        let fault: LogReason? =
            switch layout {
            case 1: .layoutOfNfdump16
            case 2: isEncrypted ? .fileEncrypted : nil
            default: .layoutUnknown
            }
        if let fault {
            chunk.tally.setAside(fault, bytes: UInt64(NfdumpFile.headerBytes))
            stage = .done
        }
        return NfdumpFile.headerBytes
    }

    private mutating func readBlock(_ bytes: RawSpan, at position: Int, into chunk: inout LogChunk) -> Int? {
        var reader = ByteReader(bytes, at: position)
        guard let records = try? reader.u32(order), let size = try? reader.u32(order),
            let type = try? reader.u16(order), let flags = try? reader.u16(order)
        else { return nil }
        guard let count = Int(exactly: size), count <= NfdumpFile.blockLimit else {
            chunk.tally.setAside(.blockInvalid, bytes: UInt64(NfdumpFile.blockHeaderBytes))
            stage = .done
            return nil
        }
        let start = position + NfdumpFile.blockHeaderBytes
        guard bytes.byteCount - start >= count else { return nil }
        // 3: records, one after the other. Other types hold none.
        if type == 3 {
            let block = bytes.clamped(from: start, count: count)
            readBlock(block, isPlain: compression == 0 || flags & 1 != 0, records: records, into: &chunk)
        }
        blocksLeft &-= 1
        if blocksLeft == 0 { stage = .done }
        return start + count
    }

    private mutating func readBlock(
        _ block: RawSpan, isPlain: Bool, records: UInt32, into chunk: inout LogChunk
    ) {
        var unpacked: [UInt8]?
        if !isPlain {
            switch compression {
            case 1: unpacked = LZOBlock.unpack(block, limit: NfdumpFile.blockLimit)
            case 3: unpacked = LZ4Block.unpack(block, limit: NfdumpFile.blockLimit)
            default: return chunk.tally.setAside(.compressionUnknown, bytes: UInt64(block.byteCount))
            }
            if unpacked == nil { return chunk.tally.setAside(.blockInvalid, bytes: UInt64(block.byteCount)) }
        }
        if let unpacked {
            unpacked.withRawSpan { readRecords($0, into: &chunk) }
        } else {
            readRecords(block, into: &chunk)
        }
    }

    private mutating func readRecords(_ block: RawSpan, into chunk: inout LogChunk) {
        var position = 0
        while position < block.byteCount {
            var reader = ByteReader(block, at: position)
            guard let type = try? reader.u16(order), let size = try? reader.u16(order), size >= 4,
                Int(size) <= block.byteCount - position
            else { return chunk.tally.setAside(.blockInvalid, bytes: UInt64(block.byteCount - position)) }
            let record = block.clamped(from: position, count: Int(size))
            position += Int(size)
            // 11: a flow. 16: a flow of nfdump 1.8, laid out otherwise. All else tells of exporters and samplers.
            if type == 11 {
                take(record, into: &chunk)
            } else {
                chunk.tally.setAside(type == 16 ? .layoutOfNfdump18 : .notTraffic, bytes: UInt64(size))
            }
        }
    }

    private mutating func take(_ bytes: RawSpan, into chunk: inout LogChunk) {
        let size = UInt64(bytes.byteCount)
        guard let flow = NfdumpRecord(bytes, order) else {
            return chunk.tally.setAside(.fieldsMissing, bytes: size)
        }
        chunk.record.reset()
        if let reason = add(flow, into: &chunk) { return chunk.tally.setAside(reason, bytes: size) }
        chunk.tally.use(bytes: size, from: chunk.record.start, to: chunk.record.end, flags: [])
    }

    private mutating func add(_ flow: NfdumpRecord, into chunk: inout LogChunk) -> LogReason? {
        guard let start = NfdumpFile.time(flow.first), let end = NfdumpFile.time(flow.last), start <= end
        else {
            return .timeInvalid
        }
        guard flow.proto == 6 || flow.proto == 17 else { return .otherTransport }
        chunk.record.start = start
        chunk.record.end = end
        let key = FlowHalf.Key(
            source: flow.source, sourcePort: flow.sourcePort, target: flow.target,
            targetPort: flow.targetPort,
            transport: flow.proto == 17 ? .udp : .tcp)
        // Forwarding status 128 to 191: dropped (IPFIX element 89).
        if !flow.isBiflow, flow.forwarding >> 6 != 2 {
            let isRefusal = flow.proto == 6 && FlowPairs.isRefusal(flags: UInt64(flow.flags))
            let half = FlowHalf(
                key: key, start: start, end: end, bytes: flow.bytes, isRefusal: isRefusal, scope: .layer3)
            return pairs.take(half, into: &chunk) ? nil : .tableFull
        }
        chunk.record.client = key.source
        chunk.record.server = key.target
        chunk.record.port = key.targetPort
        chunk.record.transport = key.transport
        chunk.record.bytesUp = flow.bytes
        chunk.record.bytesDown = flow.isBiflow ? flow.bytesBack : nil
        chunk.record.bytesScope = .layer3
        chunk.record.action =
            flow.forwarding >> 6 == 2 ? .blocked : flow.bytesBack > 0 ? .allowed : .attempted
        return chunk.contacts.add(chunk.record, line: RawSpan()) ? nil : .tableFull
    }

    /// Milliseconds since 1970.
    private static func time(_ milliseconds: UInt64) -> Timestamp? {
        guard let value = Int64(exactly: milliseconds) else { return nil }
        let (nanoseconds, overflow) = value.multipliedReportingOverflow(by: 1_000_000)
        return overflow ? nil : Timestamp(nanoseconds: nanoseconds)
    }
}

/// The elements of one flow record that are read here.
struct NfdumpRecord {
    var first: UInt64 = 0
    var last: UInt64 = 0
    var bytes: UInt64 = 0
    var sourcePort: UInt16 = 0
    var targetPort: UInt16 = 0
    var proto: UInt8 = 0
    /// Those of all packets together.
    var flags: UInt8 = 0
    var forwarding: UInt8 = 0
    var source = IPAddress.zero
    var target = IPAddress.zero
    /// Whether the record tells both directions; `bytesBack` are those of the other one.
    var isBiflow = false
    var bytesBack: UInt64 = 0

    private var hasGeneric = false
    private var hasAddresses = false

    /// Nil when the record is damaged or has no counters or addresses.
    init?(_ record: RawSpan, _ order: ByteOrder) {
        var reader = ByteReader(record, at: 4)
        guard let elements = try? reader.u16(order) else { return nil }
        reader = ByteReader(record, at: 12)
        for _ in 0..<elements {
            guard let type = try? reader.u16(order), let length = try? reader.u16(order), length >= 4,
                let body = try? reader.take(Int(length) - 4), (try? read(type, body, order)) != nil
            else { return nil }
        }
        guard hasGeneric, hasAddresses else { return nil }
    }

    private mutating func read(_ type: UInt16, _ body: RawSpan, _ order: ByteOrder) throws(DecodeFault) {
        var reader = ByteReader(body)
        switch type {
        case 1:
            first = try reader.u64(order)
            last = try reader.u64(order)
            // When it was received, and packets.
            try reader.skip(16)
            bytes = try reader.u64(order)
            sourcePort = try reader.u16(order)
            targetPort = try reader.u16(order)
            proto = try reader.u8()
            flags = try reader.u8()
            forwarding = try reader.u8()
            hasGeneric = true
        case 2:
            source = IPAddress(ipv4: try reader.u32(order))
            target = IPAddress(ipv4: try reader.u32(order))
            hasAddresses = true
        case 3:
            source = IPAddress(ipv6High: try reader.u64(order), low: try reader.u64(order)).unmapped
            target = IPAddress(ipv6High: try reader.u64(order), low: try reader.u64(order)).unmapped
            hasAddresses = true
        case 5:
            // Flows, then packets and bytes of the other direction.
            try reader.skip(16)
            bytesBack = try reader.u64(order)
            isBiflow = bytesBack > 0
        default: break
        }
    }
}
