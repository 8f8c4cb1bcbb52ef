import Bytes
import Captures
import TestSupport

/// A frame as a test compares it: bytes instead of a place in a window.
struct Frame: Equatable {
    let bytes: [UInt8]
    let original: UInt64
    /// Nil when the container told no time.
    let nanoseconds: Int64?
    let linkType: UInt32
}

/// All that a walk from a capture's first byte to its end or its damage yields.
struct Walk {
    var frames: [Frame] = []
    /// How it ended, with the offset at which it stood.
    var end = WalkStep.needMore(consumed: 0, wanting: 0)
    var tally = PCAPNGWalker().tally

    var fault: CaptureFault? {
        if case .broken(_, let fault) = end { return fault }
        return nil
    }

    var consumed: Int {
        switch end {
        case .needMore(let consumed, _), .batchFull(let consumed), .broken(let consumed, _): consumed
        }
    }

    /// Nil when the bytes are no capture.
    init?(_ window: RawSpan) {
        var walker: CaptureWalker
        if let header = PCAPHeader(window) {
            walker = .pcap(PCAPWalker(header: header))
        } else if !PCAPHeader.hasMagic(window) {
            walker = .pcapng(PCAPNGWalker())
        } else {
            return nil
        }
        var batch = FrameBatch()
        var offset = walker.firstRecordOffset
        while true {
            batch.removeAll()
            end = walker.walk(window, from: offset, into: &batch)
            for frame in batch.frames {
                frames.append(
                    Frame(
                        bytes: window.clamped(from: frame.offset, count: frame.captured).copied(),
                        original: frame.original,
                        nanoseconds: frame.isTimeless ? nil : frame.timestamp.nanoseconds,
                        linkType: frame.linkType.rawValue))
            }
            guard case .batchFull(let consumed) = end else { break }
            offset = consumed
        }
        if case .pcapng(let walker) = walker { tally = walker.tally }
    }

    init?(_ bytes: [UInt8]) {
        guard let walk = bytes.withRawSpan({ Walk($0) }) else { return nil }
        self = walk
    }
}
