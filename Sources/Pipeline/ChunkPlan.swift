import Bytes
import Captures
import Contacts

/// Deals out the pieces of all captures, in the order in which their packets are to be counted.
struct ChunkPlan {
    /// Some chunks that go through the pipeline together.
    struct Group {
        var chunks: [Chunk]
        /// How many of them are in use.
        var used = 0
        /// What has to fill the chunks before they can be sorted.
        var load: Load?

        enum Load {
            case stream(StreamReader)
            case merged(MergedReader)
        }
    }

    private enum Source {
        case file(InputFile, next: Int64)
        case stream(StreamReader)
        case merged(MergedReader)
    }

    /// Captures still to be begun, the next one last.
    private var inputs: [Input]
    private var open: (track: CaptureTrack?, source: Source)?
    private let chunkBytes: Int64
    private(set) var tracks: [CaptureTrack] = []
    /// Bytes of all inputs, and of those that have been dealt out whole.
    private let total: Int64
    private var finished: Int64 = 0
    private var openBytes: Int64 = 0
    /// Captures that could not be opened again.
    private(set) var failed: [InputReport] = []

    /// - Parameter merged: captures that are read side by side, before `inputs`.
    init(_ inputs: [Input], merged: MergedReader?, chunkBytes: Int) {
        self.inputs = inputs.reversed()
        total = inputs.reduce(0) { $0 &+ Int64(clamping: $1.fileBytes) }
        self.chunkBytes = Int64(chunkBytes)
        open = merged.map { (nil, .merged($0)) }
    }

    var progress: RunProgress {
        let part: Int64 =
            switch open?.source {
            case .file(_, let next): next
            case .stream(let reader): min(reader.bytesRead, openBytes)
            case .merged, nil: 0
            }
        return RunProgress(done: finished &+ part, total: total)
    }

    /// Assigns work to the chunks of `group`; false when there is none left.
    mutating func next(into group: inout Group) -> Bool {
        group.used = 0
        group.load = nil
        while group.used < group.chunks.count {
            guard let current = open ?? begin() else { break }
            open = current
            switch current.source {
            case .stream(let reader):
                if reader.hasEnded {
                    open = nil
                    continue
                }
                // A group is either read by all or filled by one.
                if group.used == 0 { group.load = .stream(reader) }
                return true
            case .merged(let reader):
                if reader.hasEnded {
                    open = nil
                    continue
                }
                group.load = .merged(reader)
                return true
            case .file(let file, let position):
                deal(current.track, file, position, &group)
            }
        }
        return group.used > 0
    }

    private mutating func deal(
        _ track: CaptureTrack?, _ file: InputFile, _ position: Int64, _ group: inout Group
    ) {
        let size = file.size ?? 0
        guard let track, !track.hasEnded, position < size else {
            open = nil
            return
        }
        let rest = size - position
        // No crumbs: the last piece takes what would be less than half a chunk.
        let limit = rest < chunkBytes + chunkBytes / 2 ? size : position + chunkBytes
        group.chunks[group.used].piece.assign(track, file, from: position, to: limit)
        group.used += 1
        open = (track, .file(file, next: limit))
    }

    private mutating func begin() -> (track: CaptureTrack?, source: Source)? {
        finished &+= openBytes
        openBytes = 0
        while let input = inputs.popLast() {
            openBytes = Int64(clamping: input.fileBytes)
            guard let walker = input.walker else { continue }
            let track = CaptureTrack(input, walker: walker)
            do throws(FileFault) {
                let source = try begin(input, track)
                tracks.append(track)
                return (track, source)
            } catch {
                var report = input.report
                report.complete = false
                report.problems.append(error.cause)
                failed.append(report)
            }
        }
        return nil
    }

    private func begin(_ input: Input, _ track: CaptureTrack) throws(FileFault) -> Source {
        let (source, head) = try input.open()
        if input.isPlainFile, let file = source as? InputFile, let size = file.size, size > 0,
            track.walker.isSplittable
        {
            return .file(file, next: 0)
        }
        return .stream(StreamReader(track, source, head: head))
    }
}
