import Bytes

/// Flows as nfdump prints them: `-o csv` of 1.6 and 1.7.1, `-o csv` and `-o csv-fast` of later 1.7
/// (`src/output/output_csv.c`, `output_csv_fast.c`). The first line names the columns:
///
///     ts,te,td,sa,da,sp,dp,pr,flg,fwd,stos,ipkt,ibyt,opkt,obyt,...
///     firstSeen,duration,proto,srcAddr,srcPort,dstAddr,dstPort,packets,bytes,flows
///     cnt,af,firstSeen,lastSeen,proto,srcAddr,srcPort,dstAddr,dstPort,...,flags,srcTos,packets,bytes
///
/// Times are those of the machine that ran nfdump, without a zone, or milliseconds since 1970. A row is one direction
/// of a flow, unless it has bytes of both: two are put together.
package struct NfdumpCSV: LogLineParser {
    package static let kind = "nfdump-csv"
    package static let isSplittable = false
    package static let knowsItsEnd = false

    private enum Field: Int, CaseIterable {
        case start, end, duration, proto, source, sourcePort, target, targetPort, flags, forwarding, bytes,
            back
    }

    /// By `Field`: the column's names.
    private static let names: [[String]] = [
        ["firstSeen", "ts"], ["lastSeen", "te"], ["duration", "td"], ["proto", "pr"], ["srcAddr", "sa"],
        ["srcPort", "sp"], ["dstAddr", "da"], ["dstPort", "dp"], ["flags", "flg"], ["fwd"],
        ["bytes", "ibyt"], ["obyt"],
    ]

    private var cells = CSVCells()
    /// By `Field`; -1 for columns that the file does not have.
    private var places: [Int] = []
    private var columns = 0
    private var isSummary = false
    private var pairs = FlowPairs()
    private var clock = LogClock()

    package init(head: RawSpan) {}

    package mutating func use(_ settings: LogSettings) { clock = settings.clock }

    package mutating func finish(into chunk: inout LogChunk) { pairs.finish(into: &chunk) }

    private subscript(_ field: Field) -> CSVCell? {
        let place = places[field.rawValue]
        return place >= 0 ? cells[place] : nil
    }

    package mutating func read(_ line: RawSpan, into chunk: inout LogChunk) -> LogReason? {
        chunk.record.reset()
        guard cells.read(line) else { return .quoteOpen }
        if readHeader(line) { return .comment }
        guard !places.isEmpty else { return .headerMissing }
        // Two lines of sums stand behind the flows.
        if line.begins(at: 0, with: "Summary"), cells.count == 1 { isSummary = true }
        if isSummary { return .comment }
        guard cells.count == columns else { return .fieldsMissing }
        return readFlow(line, into: &chunk)
    }

    /// Whether the line names the columns.
    private mutating func readHeader(_ line: RawSpan) -> Bool {
        func place(_ names: [String]) -> Int {
            (0..<cells.count).first { column in names.contains { line.says(cells[column], $0) } } ?? -1
        }
        guard let first = line.byte(at: 0), first >= UInt8(ascii: "A") else { return false }
        let found = NfdumpCSV.names.map(place)
        let needed: [Field] = [.start, .proto, .source, .sourcePort, .target, .targetPort, .bytes]
        guard needed.allSatisfy({ found[$0.rawValue] >= 0 }) else { return false }
        places = found
        columns = cells.count
        isSummary = false
        return true
    }

    private mutating func readFlow(_ line: RawSpan, into chunk: inout LogChunk) -> LogReason? {
        guard let (start, end, assumed) = times(line) else { return .timeInvalid }
        guard let source = line.address(trimmed(line, .source)) else { return .clientInvalid }
        guard let target = line.address(trimmed(line, .target)) else { return .noDestination }
        guard let transport = transport(line) else { return .otherTransport }
        guard let sourcePort = line.port(trimmed(line, .sourcePort)),
            let targetPort = line.port(trimmed(line, .targetPort))
        else { return .portInvalid }
        guard let bytes = line.number(trimmed(line, .bytes)) else { return .numberInvalid }
        chunk.record.start = start
        chunk.record.end = end
        chunk.record.flags = assumed
        let key = FlowHalf.Key(
            source: source, sourcePort: sourcePort, target: target, targetPort: targetPort,
            transport: transport)
        let back = line.number(trimmed(line, .back)) ?? 0
        // Forwarding status 128 to 191: dropped (IPFIX element 89).
        let isDropped = (line.number(trimmed(line, .forwarding)) ?? 0) >> 6 == 2
        if back == 0, !isDropped {
            var half = FlowHalf(key: key, start: start, end: end, bytes: bytes, scope: .layer3)
            half.flags = assumed
            half.isRefusal = transport == .tcp && FlowPairs.isRefusal(flags: flags(line))
            return pairs.take(half, into: &chunk) ? nil : .tableFull
        }
        chunk.record.client = key.source
        chunk.record.server = key.target
        chunk.record.port = key.targetPort
        chunk.record.transport = key.transport
        chunk.record.bytesUp = bytes
        chunk.record.bytesDown = back > 0 ? back : nil
        chunk.record.bytesScope = .layer3
        chunk.record.action = isDropped ? .blocked : .allowed
        return chunk.addRecord(of: line)
    }

    private func trimmed(_ line: RawSpan, _ field: Field) -> CSVCell? { self[field].map { line.trimmed($0) } }

    /// First and last packet. Where there is no column for the last, the duration tells it.
    private func times(_ line: RawSpan) -> (start: Timestamp, end: Timestamp, assumed: LogFlags)? {
        guard let cell = trimmed(line, .start), let first = moment(line, cell) else { return nil }
        if let cell = trimmed(line, .end) {
            guard let last = moment(line, cell), first.time <= last.time else { return nil }
            return (first.time, last.time, first.assumed)
        }
        var record = LogRecord()
        let milliseconds = trimmed(line, .duration).flatMap { NfdumpCSV.milliseconds(line, $0) }
        record.setTime(start: first.time, lasting: milliseconds ?? 0)
        return (record.start, record.end, first.assumed)
    }

    private func moment(_ line: RawSpan, _ cell: CSVCell) -> LogMoment? {
        if let time = EpochText.read(line, from: cell.start, to: cell.end) {
            return LogMoment(time: time, assumed: [], end: cell.end)
        }
        return CivilTime.iso(line, from: cell.start, to: cell.end)?.moment(clock)
    }

    /// `21.388` seconds.
    private static func milliseconds(_ line: RawSpan, _ cell: CSVCell) -> UInt64? {
        let text = line.clamped(from: 0, count: cell.end)
        let dot = text.firstIndex(of: UInt8(ascii: "."), from: cell.start) ?? cell.end
        guard let seconds = DecimalText.read(text, from: cell.start, to: dot, maxDigits: 9) else {
            return nil
        }
        var index = dot
        let fraction = dot < cell.end ? ClockText.fraction(text, &index) : 0
        return seconds * 1000 + UInt64(clamping: fraction / 1_000_000)
    }

    /// By name or number (IANA protocol numbers).
    private func transport(_ line: RawSpan) -> LogTransport? {
        guard let cell = trimmed(line, .proto) else { return nil }
        if line.says(cell, "TCP") || line.says(cell, "6") { return .tcp }
        return line.says(cell, "UDP") || line.says(cell, "17") ? .udp : nil
    }

    /// Letters at places of their own, such as `...AP.SF`, or a number.
    private func flags(_ line: RawSpan) -> UInt64 {
        guard let cell = trimmed(line, .flags) else { return 0 }
        if let number = line.number(cell) { return number }
        var flags: UInt64 = 0
        for index in cell.start..<cell.end {
            switch line.byte(at: index) {
            case UInt8(ascii: "F"): flags |= 0x01
            case UInt8(ascii: "S"): flags |= 0x02
            case UInt8(ascii: "R"): flags |= 0x04
            case UInt8(ascii: "P"): flags |= 0x08
            case UInt8(ascii: "A"): flags |= 0x10
            case UInt8(ascii: "U"): flags |= 0x20
            default: break
            }
        }
        return flags
    }
}
