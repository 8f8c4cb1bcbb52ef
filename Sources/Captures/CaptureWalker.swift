import Bytes

/// The walk over a capture's frames, whichever container it has.
package enum CaptureWalker: Sendable {
    case pcap(PCAPWalker)
    case pcapng(PCAPNGWalker)
    case snoop(SnoopWalker)
    case erf(ERFWalker)

    /// The walker for the container whose magic number `prefix` begins with; nil when it has none (ERF).
    package init?(_ prefix: RawSpan) {
        var reader = ByteReader(prefix)
        if let header = PCAPHeader(prefix) {
            self = .pcap(PCAPWalker(header: header))
        } else if let header = SnoopHeader(prefix) {
            self = .snoop(SnoopWalker(header: header))
        } else if (try? reader.u32LE()) == PCAPNGWalker.sectionHeaderType {
            self = .pcapng(PCAPNGWalker())
        } else {
            return nil
        }
    }

    /// The word of every output.
    package var name: String {
        switch self {
        case .pcap: "pcap"
        case .pcapng: "pcapng"
        case .snoop: "snoop"
        case .erf: "erf"
        }
    }

    /// Where the first record stands in the file.
    package var firstRecordOffset: Int {
        switch self {
        case .pcap: PCAPHeader.byteCount
        case .pcapng, .erf: 0
        case .snoop: SnoopHeader.byteCount
        }
    }

    /// Packets that the capturing machine says it dropped.
    package var droppedPackets: UInt64 {
        switch self {
        case .pcap: 0
        case .pcapng(let walker): walker.tally.droppedPackets
        case .snoop(let walker): walker.droppedPackets
        case .erf(let walker): walker.droppedPackets
        }
    }

    /// What a pcapng file told beside packets; nil for other containers.
    package var blocks: PCAPNGTally? {
        if case .pcapng(let walker) = self { return walker.tally }
        return nil
    }

    package mutating func walk(_ window: RawSpan, from start: Int, into batch: inout FrameBatch) -> WalkStep {
        switch self {
        case .pcap(let walker): return walker.walk(window, from: start, into: &batch)
        case .pcapng(var walker):
            let step = walker.walk(window, from: start, into: &batch)
            self = .pcapng(walker)
            return step
        case .snoop(var walker):
            let step = walker.walk(window, from: start, into: &batch)
            self = .snoop(walker)
            return step
        case .erf(var walker):
            let step = walker.walk(window, from: start, into: &batch)
            self = .erf(walker)
            return step
        }
    }
}
