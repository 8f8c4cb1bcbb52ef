import Bytes
import Captures
import Contacts
import Flows

/// One capture on its way through the pipeline: how far it was read for certain, and what is to be said of it.
final class CaptureTrack {
    private(set) var report: InputReport
    /// What is known of the container where the settled part ends.
    private(set) var walker: CaptureWalker
    /// Where the next record begins, in the capture's own bytes.
    private(set) var reached: Int64
    private(set) var hasEnded = false
    /// A time near which its packets lie.
    let firstTime: Timestamp?
    /// Chunks whose beginning was guessed wrong, so that they were read a second time.
    private(set) var redone = 0

    init(_ input: Input, walker: CaptureWalker) {
        report = input.report
        self.walker = walker
        firstTime = input.firstTime
        reached = Int64(walker.firstRecordOffset)
    }

    /// Makes sure that `piece` holds exactly what follows the settled part, and counts it as settled.
    func settle(_ piece: inout Piece) {
        guard !hasEnded, reached < piece.limit || piece.stop != nil else { return piece.clear() }
        if piece.file != nil, piece.start != reached || !piece.assumed.readsAlike(walker) {
            piece.assumed = walker.fresh
            piece.sort(from: reached)
            redone += 1
        }
        walker.append(piece.walker)
        reached = piece.end
        report.records &+= UInt64(piece.sorted.frameCount)
        if let time = piece.sorted.firstTime { report.first = report.first.map { min($0, time) } ?? time }
        if let time = piece.sorted.lastTime { report.last = report.last.map { max($0, time) } ?? time }
        if piece.file == nil { report.bytes = max(report.bytes, UInt64(clamping: reached)) }
        if let stop = piece.stop { end(stop) }
    }

    private func end(_ stop: ChunkStop) {
        hasEnded = true
        if let bytes = stop.bytesSeen { report.bytes = max(report.bytes, UInt64(clamping: bytes)) }
        report.complete = false
        report.problems.append(stop.text)
    }
}

/// Why a capture could not be read on.
struct ChunkStop {
    let text: String
    /// Bytes of the capture up to its end, where it was met.
    var bytesSeen: Int64?

    static func broken(_ fault: CaptureFault, at offset: Int64) -> ChunkStop {
        ChunkStop(text: "\(fault.description) at offset \(offset); what follows was not read")
    }

    static func unreadable(_ fault: FileFault, at offset: Int64) -> ChunkStop {
        ChunkStop(text: "\(fault.cause) at offset \(offset)")
    }

    static func cut(at offset: Int64, leftover: Int) -> ChunkStop {
        ChunkStop(
            text:
                "cut in the middle of a packet: the record at offset \(offset) ends after \(leftover) bytes",
            bytesSeen: offset + Int64(leftover))
    }
}
