import Bytes
import Captures
import Contacts

/// Finds captures that hold the same packets as another input: the same file twice, a copy in another container
/// or compression, or the beginning of a longer one. Counting them again would double every number.
struct Duplicates {
    /// Inputs to read, in order.
    private(set) var kept: [Input] = []
    /// Reports of those left out, and how many packets they hold.
    private(set) var leftOut: [(report: InputReport, packets: UInt64, bytes: UInt64)] = []

    /// `inputs` in the order in which they will be read.
    init(_ inputs: [Input]) {
        for input in inputs {
            guard let index = kept.firstIndex(where: { Duplicates.mayBeEqual($0, input) }) else {
                kept.append(input)
                continue
            }
            switch Duplicates.compare(kept[index], input) {
            case .different: kept.append(input)
            case .secondIsContained(let packets, let bytes): leaveOut(input, for: kept[index], packets, bytes)
            case .firstIsContained(let packets, let bytes):
                leaveOut(kept[index], for: input, packets, bytes)
                kept[index] = input
            }
        }
    }

    private mutating func leaveOut(_ input: Input, for other: Input, _ packets: UInt64, _ bytes: UInt64) {
        var report = input.report
        report.records = packets
        report.first = input.firstTime
        report.problems.append("holds the same packets as \(other.report.path); left out")
        leftOut.append((report, packets, bytes))
    }

    /// A cheap first look: two captures whose first packet has the same time are worth comparing.
    private static func mayBeEqual(_ a: Input, _ b: Input) -> Bool {
        a.firstTime != nil && a.firstTime == b.firstTime && a.reopen != nil && b.reopen != nil
    }

    private enum Comparison {
        case different
        case firstIsContained(packets: UInt64, bytes: UInt64)
        case secondIsContained(packets: UInt64, bytes: UInt64)
    }

    /// Reads both side by side, packet by packet, until they differ or one ends.
    private static func compare(_ a: Input, _ b: Input) -> Comparison {
        guard var first = FrameCursor(a), var second = FrameCursor(b) else { return .different }
        var packets: UInt64 = 0
        var bytes: UInt64 = 0
        while true {
            guard let right = second.peek() else {
                return second.endedWhole ? .secondIsContained(packets: packets, bytes: bytes) : .different
            }
            guard let left = first.peek() else {
                return first.endedWhole ? .firstIsContained(packets: packets, bytes: bytes) : .different
            }
            guard left.timestamp == right.timestamp, left.captured == right.captured,
                left.original == right.original, left.linkType == right.linkType,
                first.bytes(left).equals(second.bytes(right))
            else { return .different }
            first.advance()
            second.advance()
            packets += 1
            bytes += right.original
        }
    }
}
