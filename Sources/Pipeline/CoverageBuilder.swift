import Captures
import Contacts
import Flows
import Logs
import Packets

/// Adds up what all log files told of their lines.
struct LineCoverage {
    private(set) var read: UInt64 = 0
    private(set) var used: UInt64 = 0
    private var lostParts: UInt64 = 0
    private var ofAssumedZone: UInt64 = 0
    private var ofInferredYear: UInt64 = 0
    private(set) var unused: [String: (count: UInt64, bytes: UInt64)] = [:]

    mutating func add(_ tally: LogTally) {
        read &+= tally.linesRead
        used &+= tally.linesUsed
        ofAssumedZone &+= tally.linesOfAssumedZone
        ofInferredYear &+= tally.linesOfInferredYear
        for reason in LogReason.allCases {
            let (count, bytes) = tally[reason]
            guard count > 0 else { continue }
            let known = unused[reason.text] ?? (0, 0)
            unused[reason.text] = (known.count &+ count, known.bytes &+ bytes)
        }
    }
}

extension LineCoverage {
    mutating func add(lostParts count: UInt64) { lostParts &+= count }

    /// What had to be assumed to read the lines used.
    var entries: [(key: String, count: UInt64)] {
        [
            ("log_lines_beyond_the_table_of_connections", lostParts),
            ("log_lines_without_time_zone_read_as_utc", ofAssumedZone),
            ("log_lines_without_year", ofInferredYear),
        ]
    }
}

/// Adds up what capture files told beside packets.
struct CaptureCoverage {
    private(set) var dropped: UInt64 = 0
    private(set) var secrets: UInt64 = 0
    private(set) var unknownBlocks: UInt64 = 0

    mutating func add(_ walker: CaptureWalker) {
        dropped &+= walker.droppedPackets
        secrets &+= walker.blocks?.decryptionSecretsBlocks ?? 0
        unknownBlocks &+= (walker.blocks?.unknownBlocks ?? 0) &+ (walker.blocks?.customBlocks ?? 0)
    }

    mutating func add(dropped count: UInt64) { dropped &+= count }

    var entries: [(key: String, count: UInt64)] {
        [
            ("capture_blocks_not_read", unknownBlocks), ("decryption_secrets_not_used", secrets),
            ("packets_dropped_by_the_capturing_machine", dropped),
        ]
    }
}

/// Tallies of the engine and the log readers as the coverage block.
enum CoverageBuilder {
    static func coverage(
        _ packets: PacketTally, _ tally: FlowTally, captures: CaptureCoverage, flows: UInt64,
        lines: LineCoverage
    ) -> Coverage {
        var coverage = Coverage()
        coverage.packetsRead = packets.read
        coverage.packetsUsed = packets.used
        coverage.unusedPackets = unusedPackets(packets)
        coverage.linesRead = lines.read
        coverage.linesUsed = lines.used
        coverage.unusedLines = lines.unused.map {
            Coverage.Unused(reason: $0.key, count: $0.value.count, bytes: $0.value.bytes)
        }.sorted { $0.reason < $1.reason }
        let others = (captures.entries + lines.entries).map { ($0.key, $0.count, UInt64?.none) }
        coverage.notes = (tally.entries + others).filter { $0.1 > 0 }.map {
            Coverage.Note(key: $0.0, count: $0.1, bytes: $0.2)
        }.sorted { $0.key < $1.key }
        coverage.flows = flows
        coverage.first = packets.first
        coverage.last = packets.last
        return coverage
    }

    /// Unknown link types are told apart by their number, so that the reader can look them up.
    private static func unusedPackets(_ packets: PacketTally) -> [Coverage.Unused] {
        var rows: [Coverage.Unused] = []
        for (reason, count, bytes) in packets.unused {
            guard reason == .unknownLinkType, packets.unknownLinkTypes.count > 0 else {
                rows.append(Coverage.Unused(reason: reason.name, count: count, bytes: bytes))
                continue
            }
            for (type, typeCount) in packets.unknownLinkTypes {
                let word = type == .max ? "undescribed" : String(type)
                let isOnly = packets.unknownLinkTypes.count == 1
                rows.append(
                    Coverage.Unused(
                        reason: "\(reason.name)_\(word)", count: typeCount, bytes: isOnly ? bytes : 0))
            }
        }
        return rows.sorted { $0.reason < $1.reason }
    }
}
