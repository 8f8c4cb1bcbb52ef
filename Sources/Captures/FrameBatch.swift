package import Bytes

/// Where one captured frame lies in the window being walked, and what the container says of it.
package struct FrameRecord: Sendable {
    /// Offset of the frame's first byte in the window.
    package var offset: Int
    /// Bytes that were captured.
    package var captured: Int
    /// Bytes that were on the wire; never less than `captured`.
    package var original: UInt64
    package var timestamp: Timestamp
    package var linkType: LinkType
    /// Whether the container told no time (a pcapng Simple Packet Block): the frame before it lends its own.
    package var isTimeless: Bool

    package init(
        offset: Int, captured: Int, original: UInt64, timestamp: Timestamp, linkType: LinkType,
        isTimeless: Bool = false
    ) {
        self.offset = offset
        self.captured = captured
        self.original = original
        self.timestamp = timestamp
        self.linkType = linkType
        self.isTimeless = isTimeless
    }
}

/// A reused list of frames of one window. Walking fills it, the flow engine empties it: two tight loops
/// instead of a call per packet through a closure, and no allocation once it has grown.
package struct FrameBatch: ~Copyable {
    /// Small enough that the batch and the headers it points at stay in the second-level cache.
    package static let limit = 512

    package private(set) var frames: [FrameRecord] = []

    package init() { frames.reserveCapacity(FrameBatch.limit) }

    package var isFull: Bool { frames.count >= FrameBatch.limit }

    package mutating func append(_ frame: FrameRecord) { frames.append(frame) }

    package mutating func removeAll() { frames.removeAll(keepingCapacity: true) }
}

/// A link-layer header type, as registered with the tcpdump group; unknown values survive.
package struct LinkType: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) { self.rawValue = rawValue }
}

/// One step of a walk over a window of a capture.
package enum WalkStep: Equatable, Sendable {
    /// The window was consumed up to the offset; more bytes are needed (at least `wanting` from that offset).
    case needMore(consumed: Int, wanting: Int)
    /// The batch is full; go on from the offset.
    case batchFull(consumed: Int)
    /// The container is broken at the offset in the window; nothing behind it can be trusted.
    case broken(consumed: Int, CaptureFault)
}

/// Why a capture could not be read on.
package enum CaptureFault: Error, Equatable, Sendable {
    /// A record claims more bytes than any capture program writes.
    case oversizedRecord(UInt64)
    /// A record's own lengths contradict each other.
    case inconsistentRecord
    /// A pcapng block whose length is not a multiple of four or does not match its trailing length.
    case badBlockLength(UInt32)
    /// A pcapng section header of an unknown version or byte order.
    case badSection
    /// A pcapng packet that names an interface which was not described.
    case unknownInterface(UInt32)

    package var description: String {
        switch self {
        case .oversizedRecord(let size): "a record claims \(size) bytes, more than any capture program writes"
        case .inconsistentRecord: "a record's lengths contradict each other"
        case .badBlockLength(let size): "a block length of \(size) that contradicts the format"
        case .badSection: "a section header that is not one"
        case .unknownInterface(let id): "a packet of interface \(id), which was not described"
        }
    }
}

/// Limits on records, with their reasons.
package enum CaptureLimits {
    /// The largest record that is read. libpcap's own limit for network links is 262,144 bytes; tools exist that
    /// write merged TSO frames and metadata beyond it. Anything over this is damage, not a frame.
    package static let recordBytes = 16 << 20
}
