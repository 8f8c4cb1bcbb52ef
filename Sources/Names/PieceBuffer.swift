import Bytes

/// Pieces of one message by offset, in any order and overlapping, joined to its beginning: CRYPTO frames of
/// QUIC, fragments of DTLS. Of bytes that came twice the first to arrive stand.
struct PieceBuffer: Sendable {
    /// The message as far as it is known without a gap.
    private(set) var bytes: [UInt8] = []
    /// Pieces behind a gap, in order of arrival.
    private var pending: [(offset: Int, bytes: [UInt8])] = []

    /// No hello reaches this (post-quantum keys make 2-4 kB); it bounds what one flow can hold.
    static let lengthLimit = 64 * 1024
    /// Chromium cuts a hello into some twenty pieces; joining is quadratic in this.
    static let pieceLimit = 256

    mutating func add(_ piece: RawSpan, at offset: Int) {
        guard offset >= 0, offset < PieceBuffer.lengthLimit, piece.byteCount > 0 else { return }
        if offset > bytes.count {
            guard pending.count < PieceBuffer.pieceLimit else { return }
            let room = PieceBuffer.lengthLimit - offset
            pending.append((offset, piece.clamped(from: 0, count: room).copied()))
            return
        }
        append(piece, at: offset, rank: pending.count)
        drain()
    }

    /// Appends what lies behind the known part, up to where a piece that arrived earlier begins.
    private mutating func append(_ piece: RawSpan, at offset: Int, rank: Int) {
        var end = min(offset + piece.byteCount, PieceBuffer.lengthLimit)
        for earlier in pending.prefix(rank) where earlier.offset > bytes.count {
            end = min(end, earlier.offset)
        }
        guard end > bytes.count else { return }
        piece.clamped(from: bytes.count - offset, count: end - bytes.count).append(to: &bytes)
    }

    /// Each round lengthens the known part by at least one byte.
    private mutating func drain() {
        while let index = pending.firstIndex(where: {
            $0.offset <= bytes.count && $0.offset + $0.bytes.count > bytes.count
        }) {
            let piece = pending[index]
            let before = bytes.count
            piece.bytes.withRawSpan { append($0, at: piece.offset, rank: index) }
            if bytes.count == before { break }
        }
        let reached = bytes.count
        pending.removeAll { $0.offset + $0.bytes.count <= reached }
    }
}
