import Bytes

/// The walk over a capture's frames, whichever container it has.
package enum CaptureWalker: Sendable {
    case pcap(PCAPWalker)
    case pcapng(PCAPNGWalker)

    /// Where the first record stands in the file.
    package var firstRecordOffset: Int {
        switch self {
        case .pcap: PCAPHeader.byteCount
        case .pcapng: 0
        }
    }

    package mutating func walk(_ window: RawSpan, from start: Int, into batch: inout FrameBatch) -> WalkStep {
        switch self {
        case .pcap(let walker): return walker.walk(window, from: start, into: &batch)
        case .pcapng(var walker):
            let step = walker.walk(window, from: start, into: &batch)
            self = .pcapng(walker)
            return step
        }
    }
}
