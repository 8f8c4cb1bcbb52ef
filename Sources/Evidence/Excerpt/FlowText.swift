import Bytes
import Flows
import Packets

/// The beginning of one direction of a TCP stream, put together from a flow's frames, and which of its bytes carry the
/// fact. All others are blanked.
struct FlowText {
    /// Bytes of a stream that are looked at: a hello with post-quantum keys takes 2 kB, a certificate chain up to 30.
    static let limit = 64 * 1024

    /// A frame's payload within the stream.
    struct Piece {
        /// Index of the frame in the flow's list.
        let frame: Int
        let start: Int
        let count: Int
    }

    /// The stream as it was sent, up to its first gap.
    private(set) var bytes: [UInt8] = []
    private(set) var pieces: [Piece] = []
    /// What is shown: zero outside of `kept`.
    private(set) var shown: [UInt8] = []
    private(set) var kept: [(range: Range<Int>, fact: FrameFact)] = []

    /// - Parameters:
    ///   - frames: the flow's, in file order.
    ///   - fromA: the direction.
    init(_ frames: [WatchedFrame], fromA: Bool) {
        let own = frames.indices.filter { frames[$0].fromA == fromA }
        guard let base = FlowText.base(frames, own) else { return }
        var known: [Bool] = []
        for index in own {
            let packet = frames[index].packet
            guard packet.payloadCaptured > 0 else { continue }
            // Data on a SYN stands one behind the SYN's own number.
            let sequence = packet.tcpFlags.contains(.syn) ? packet.tcpSequence &+ 1 : packet.tcpSequence
            let start = Int(Int32(bitPattern: sequence &- base))
            guard start >= 0, start < FlowText.limit else { continue }
            let payload = frames[index].payload
            let end = min(start + payload.count, FlowText.limit)
            if bytes.count < end {
                bytes += [UInt8](repeating: 0, count: end - bytes.count)
                known += [Bool](repeating: false, count: end - known.count)
            }
            // What arrived first counts, as in the analysis.
            for place in start..<end where !known[place] {
                bytes[place] = payload[place - start]
                known[place] = true
            }
            pieces.append(Piece(frame: index, start: start, count: end - start))
        }
        let whole = known.firstIndex(of: false) ?? known.count
        bytes.removeLast(bytes.count - whole)
        pieces.removeAll { $0.start >= whole }
        shown = [UInt8](repeating: 0, count: whole)
    }

    /// The sequence number of the stream's first byte: behind the SYN, or else the lowest one seen.
    private static func base(_ frames: [WatchedFrame], _ own: [Int]) -> UInt32? {
        if let syn = own.first(where: { frames[$0].packet.tcpFlags.contains(.syn) }) {
            return frames[syn].packet.tcpSequence &+ 1
        }
        var base: UInt32?
        for index in own where frames[index].packet.payloadCaptured > 0 {
            let sequence = frames[index].packet.tcpSequence
            guard let lowest = base else {
                base = sequence
                continue
            }
            let distance = Int32(bitPattern: sequence &- lowest)
            if distance < 0, distance > -Int32(limit) { base = sequence }
        }
        return base
    }

    /// Where segments begin, in order.
    var starts: [Int] { Array(Set(pieces.map(\.start))).sorted() }

    /// Shows `range` with the content `text` (as long as the range).
    mutating func keep(_ range: Range<Int>, _ text: [UInt8], _ fact: FrameFact) {
        guard !range.isEmpty, range.upperBound <= shown.count, text.count == range.count else { return }
        shown.replaceSubrange(range, with: text)
        kept.append((range, fact))
    }

    /// What the payload of a piece shows: its bytes up to the last that is kept, and what they carry; nil for nothing.
    /// What stands before something that is kept is shown as zeros, so that the stream has no gap.
    func shown(_ piece: Piece) -> (payload: [UInt8], facts: Set<FrameFact>)? {
        let own = piece.start..<min(piece.start + piece.count, shown.count)
        var facts: Set<FrameFact> = []
        var end = own.lowerBound
        for (range, fact) in kept where range.overlaps(own) {
            facts.insert(fact)
            end = max(end, min(range.upperBound, own.upperBound))
        }
        if facts.isEmpty, kept.contains(where: { $0.range.lowerBound >= own.upperBound }) {
            return (Array(shown[own]), [.blanked])
        }
        return facts.isEmpty ? nil : (Array(shown[own.lowerBound..<end]), facts)
    }
}
