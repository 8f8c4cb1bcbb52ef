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

    /// Whether walks may begin in the middle of a file, at a boundary found by `RecordSearch`.
    package var isSplittable: Bool {
        switch self {
        case .pcap, .pcapng: true
        case .snoop, .erf: false
        }
    }

    /// A walker for a later part of the same file: reads alike, has counted nothing yet.
    package var fresh: CaptureWalker {
        guard case .pcapng(let walker) = self else { return self }
        return .pcapng(PCAPNGWalker(section: walker.section))
    }

    /// Whether `other` would read what follows alike.
    package func readsAlike(_ other: CaptureWalker) -> Bool {
        guard case .pcapng(let one) = self, case .pcapng(let two) = other else { return true }
        return one.section == two.section
    }

    /// Goes on where `next`, which began fresh behind this walk, has ended.
    package mutating func append(_ next: CaptureWalker) {
        guard case .pcapng(let before) = self, case .pcapng(let behind) = next else {
            self = next
            return
        }
        self = .pcapng(before.followed(by: behind))
    }

    /// - Parameter limit: records that begin there or behind are left alone (pcap and pcapng only).
    package mutating func walk(
        _ window: RawSpan, from start: Int, before limit: Int = .max, into batch: inout FrameBatch
    ) -> WalkStep {
        switch self {
        case .pcap(let walker): return walker.walk(window, from: start, before: limit, into: &batch)
        case .pcapng(var walker):
            let step = walker.walk(window, from: start, before: limit, into: &batch)
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
