import Bytes

/// The first bytes of one direction of a TCP stream, put in order: as many as a name needs, no more.
///
/// Of bytes that were sent twice with different content the first to arrive wins (what the server most likely
/// took), and the difference is counted.
struct StreamPrefix {
    /// Bytes that are kept, at most; enough for a ClientHello with post-quantum keys or a long request head.
    let limit: Int
    private(set) var bytes: [UInt8] = []
    /// Segments behind a gap, in order of arrival.
    private var pending: [Segment] = []
    private var pendingBytes = 0
    private var base: UInt32 = 0
    /// Whether `base` is the stream's true start, told by a SYN.
    private(set) var isAnchored = false
    private var hasBase = false
    private(set) var sawConflict = false

    private struct Segment {
        var offset: Int
        var bytes: [UInt8]
        var end: Int { offset + bytes.count }
    }

    init(limit: Int) { self.limit = limit }

    /// Sets the stream's start: the sequence number behind the SYN.
    mutating func anchor(_ sequence: UInt32) {
        guard !isAnchored, bytes.isEmpty, pending.isEmpty else { return }
        base = sequence
        isAnchored = true
        hasBase = true
    }

    /// Whether the prefix is full, or what lies behind its gap is more than could be kept.
    var isExhausted: Bool { bytes.count >= limit || pendingBytes >= limit || pending.count >= 64 }

    var hasGap: Bool { !pending.isEmpty }

    /// Sequence number of the first byte behind the contiguous prefix.
    var nextSequence: UInt32 { base &+ UInt32(truncatingIfNeeded: bytes.count) }

    /// Takes in a segment; returns whether the contiguous prefix grew.
    mutating func add(sequence: UInt32, _ payload: RawSpan) -> Bool {
        if !hasBase {
            base = sequence
            hasBase = true
        }
        var offset = Int(Int32(bitPattern: sequence &- base))
        if offset < 0, !isAnchored, offset > -limit { offset = rebase(sequence, by: -offset) }
        // Before the stream's start (a keep-alive's byte), or further ahead than would be kept.
        guard offset + payload.byteCount > 0, offset < 2 * limit else { return false }
        let before = bytes.count
        if offset > before {
            hold(offset, payload)
            return false
        }
        compareOverlap(offset, payload)
        var reached = before
        // Once more after each held segment that it surrounds: its tail lies behind that one.
        repeat {
            reached = bytes.count
            append(payload, at: offset, rank: pending.count)
            drain()
        } while bytes.count > reached && bytes.count < offset + payload.byteCount
        return bytes.count > before
    }

    /// The stream began earlier than the first segment seen: what was taken as its start moves behind.
    private mutating func rebase(_ sequence: UInt32, by distance: Int) -> Int {
        let old = bytes
        bytes = []
        for index in pending.indices { pending[index].offset += distance }
        if !old.isEmpty {
            pending.insert(Segment(offset: distance, bytes: old), at: 0)
            pendingBytes += old.count
        }
        base = sequence
        return 0
    }

    private mutating func hold(_ offset: Int, _ payload: RawSpan) {
        guard !isExhausted else { return }
        pending.append(Segment(offset: offset, bytes: payload.copied()))
        pendingBytes += payload.byteCount
    }

    private mutating func compareOverlap(_ offset: Int, _ payload: RawSpan) {
        let low = max(offset, 0)
        let high = min(bytes.count, offset + payload.byteCount)
        guard low < high, !sawConflict else { return }
        for position in low..<high where payload.byte(at: position - offset) != bytes[position] {
            sawConflict = true
            return
        }
    }

    /// Appends what lies behind the prefix, up to where a segment that arrived earlier (of a lower rank)
    /// begins.
    private mutating func append(_ payload: RawSpan, at offset: Int, rank: Int) {
        var end = min(offset + payload.byteCount, limit)
        for segment in pending.prefix(rank) where segment.offset > bytes.count {
            end = min(end, segment.offset)
        }
        let skip = bytes.count - offset
        guard end > bytes.count else { return }
        payload.clamped(from: skip, count: end - bytes.count).append(to: &bytes)
    }

    /// Joins held segments that the prefix has reached, earliest arrival first.
    private mutating func drain() {
        while bytes.count < limit,
            let index = pending.firstIndex(where: { $0.offset <= bytes.count && $0.end > bytes.count })
        {
            let segment = pending[index]
            let before = bytes.count
            segment.bytes.withRawSpan { append($0, at: segment.offset, rank: index) }
            guard bytes.count > before else { break }
        }
        let reached = bytes.count
        for segment in pending where segment.end <= reached { pendingBytes -= segment.bytes.count }
        pending.removeAll { $0.end <= reached }
    }

    /// Forgets all bytes; later ones count from the present end (a new message of the same stream).
    mutating func consume(_ count: Int) {
        let taken = min(count, bytes.count)
        guard taken > 0 else { return }
        bytes.removeFirst(taken)
        base = base &+ UInt32(truncatingIfNeeded: taken)
        for index in pending.indices { pending[index].offset -= taken }
        isAnchored = true
    }
}
