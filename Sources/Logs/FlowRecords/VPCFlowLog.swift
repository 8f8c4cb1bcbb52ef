import Bytes

/// AWS VPC flow logs, versions 2 to 5: words separated by spaces, named by a header line or, without one, in the
/// default order of version 2:
///
///     2 000000000000 eni-0example 10.20.30.40 198.51.100.20 51334 443 6 12 4300 1772460062 1772460083 ACCEPT OK
///
/// A line is one direction of a flow within one window of aggregation; the two directions are put together.
package struct VPCFlowLog: LogLineParser {
    package static let kind = "vpc-flow"
    package static let isSplittable = false
    package static let knowsItsEnd = false

    private enum Field: Int, CaseIterable {
        case version, source, target, sourcePort, targetPort, proto, bytes, start, end, action, status, flags
    }

    /// By `Field`: the names that a header gives it, the better one first. `pkt-srcaddr` is the packet's own address
    /// where the interface's is that of a gateway.
    private static let names: [[String]] = [
        ["version"], ["pkt-srcaddr", "srcaddr"], ["pkt-dstaddr", "dstaddr"], ["srcport"], ["dstport"],
        ["protocol"],
        ["bytes"], ["start"], ["end"], ["action"], ["log-status"], ["tcp-flags"],
    ]

    /// The default order of version 2.
    private static let versionTwo = [0, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, -1]

    private var places = VPCFlowLog.versionTwo
    private var columns = 14
    private var hasHeader = false
    private var words: [CSVCell] = []
    private var pairs = FlowPairs()

    package init(head: RawSpan) {}

    package mutating func finish(into chunk: inout LogChunk) { pairs.finish(into: &chunk) }

    private func cell(_ field: Field) -> CSVCell? {
        let place = places[field.rawValue]
        return place >= 0 && place < words.count ? words[place] : nil
    }

    package mutating func read(_ line: RawSpan, into chunk: inout LogChunk) -> LogReason? {
        chunk.record.reset()
        words.removeAll(keepingCapacity: true)
        var fields = SpacedFields(line)
        while words.count < 64, let field = fields.next() {
            words.append(CSVCell(start: field.start, end: field.end))
        }
        if readHeader(line) { return .comment }
        guard words.count == columns, fields.next() == nil else { return .fieldsMissing }
        if !hasHeader, !line.says(words[0], "2") || !line.begins(at: words[2].start, with: "eni-") {
            return .headerMissing
        }
        if let status = cell(.status) {
            if line.says(status, "NODATA") || line.says(status, "SKIPDATA") { return .notTraffic }
            guard line.says(status, "OK") else { return .resultInvalid }
        }
        return readFlow(line, into: &chunk)
    }

    /// Whether the line names the columns: it has the names of addresses and of the time.
    private mutating func readHeader(_ line: RawSpan) -> Bool {
        guard words.count >= 4, words.contains(where: { line.says($0, "start") }),
            words.contains(where: { line.says($0, "srcaddr") || line.says($0, "pkt-srcaddr") })
        else { return false }
        places = VPCFlowLog.names.map { names in
            for name in names {
                if let place = words.firstIndex(where: { line.says($0, name) }) { return place }
            }
            return -1
        }
        columns = words.count
        hasHeader = true
        return true
    }

    private mutating func readFlow(_ line: RawSpan, into chunk: inout LogChunk) -> LogReason? {
        guard let startCell = cell(.start),
            let start = EpochText.read(line, from: startCell.start, to: startCell.end),
            let endCell = cell(.end), let end = EpochText.read(line, from: endCell.start, to: endCell.end),
            start <= end
        else { return .timeInvalid }
        guard let source = line.address(cell(.source)) else { return .clientInvalid }
        guard let target = line.address(cell(.target)) else { return .noDestination }
        guard let number = line.number(cell(.proto)) else { return .numberInvalid }
        guard number == 6 || number == 17 else { return .otherTransport }
        guard let sourcePort = line.port(cell(.sourcePort)), let targetPort = line.port(cell(.targetPort))
        else {
            return .portInvalid
        }
        guard let bytes = line.number(cell(.bytes)) else { return .numberInvalid }
        chunk.record.start = start
        chunk.record.end = end
        let key = FlowHalf.Key(
            source: source, sourcePort: sourcePort, target: target, targetPort: targetPort,
            transport: number == 17 ? .udp : .tcp)
        if let action = cell(.action), line.says(action, "REJECT") {
            return takeRejected(key, bytes, of: line, into: &chunk)
        }
        let flags = number == 6 ? line.number(cell(.flags)) : nil
        let half = FlowHalf(
            key: key, start: start, end: end, bytes: bytes, isOpener: VPCFlowLog.opener(flags),
            isRefusal: flags.map { FlowPairs.isRefusal(flags: $0) } ?? false, scope: .unknown)
        return pairs.take(half, into: &chunk) ? nil : .tableFull
    }

    /// A rule refused it, so that there is no other direction.
    private func takeRejected(
        _ key: FlowHalf.Key, _ bytes: UInt64, of line: RawSpan, into chunk: inout LogChunk
    ) -> LogReason? {
        chunk.record.client = key.source
        chunk.record.server = key.target
        chunk.record.port = key.targetPort
        chunk.record.transport = key.transport
        chunk.record.bytesUp = bytes
        chunk.record.action = .blocked
        return chunk.addRecord(of: line)
    }

    /// `tcp-flags` are those of all packets in the window together: 2 is SYN, 18 SYN and ACK of the answering side.
    private static func opener(_ flags: UInt64?) -> Bool? {
        guard let flags, flags & 2 != 0 else { return nil }
        return flags & 16 == 0
    }
}
