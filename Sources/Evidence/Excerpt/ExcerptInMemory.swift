package import Bytes
import Captures
import Contacts
import Flows
import Pipeline

extension Excerpt {
    /// The excerpt of one capture that is held in memory, on one thread: for tests and fuzzers. Nil for bytes that
    /// are no capture.
    package static func make(_ request: ExcerptRequest, inMemory capture: RawSpan) -> Excerpt? {
        guard let walker = CaptureWalker(capture) else { return nil }
        var engine = FlowEngine()
        eachBatch(capture, walker) { engine.process(capture, $0) }
        engine.finish()
        var contacts = ContactBuilder(homeNetworks: request.homeNetworks, tracing: request.tracing)
        _ = contacts.take(engine)
        guard let traces = contacts.traces else { return nil }

        var builder = ExcerptBuilder(request, traces)
        var options = PacketOptions()
        options.watch = builder.watch
        guard var sorter = try? PacketSorter(options) else { return nil }
        var sorted = SortedPackets()
        eachBatch(capture, walker) { sorter.sort(capture, $0, into: &sorted) }
        let frames = sorted.watched.frames.map {
            ScannedFrame(input: 0, number: UInt64($0.index) + 1, offset: Int64($0.offset), frame: $0)
        }
        return builder.make(ExcerptBuilder.Found(frames: frames, files: ["capture"]))
    }

    private static func eachBatch(
        _ capture: RawSpan, _ start: CaptureWalker, _ body: (borrowing FrameBatch) -> Void
    ) {
        var walker = start
        var offset = walker.firstRecordOffset
        var batch = FrameBatch()
        while true {
            batch.removeAll()
            let step = walker.walk(capture, from: offset, into: &batch)
            body(batch)
            guard case .batchFull(let consumed) = step, consumed > offset else { return }
            offset = consumed
        }
    }
}
