import Bytes
import Captures
import Contacts
import Logs

/// An opened input: where its bytes come from, what it is, and what is to be reported of it.
struct Input {
    let source: any ByteSource
    /// The regular file that the bytes stand in as they are; nil for pipes and for what is unpacked.
    let file: InputFile?
    let kind: InputKind
    /// Opens the same bytes once more; nil for a pipe, which has none.
    var reopen: (() throws(FileFault) -> any ByteSource)?
    var report: InputReport
    /// Size of the file on the disk that the bytes come from; 0 for a pipe.
    var fileBytes: UInt64 = 0
    /// The bytes that recognition read: of a stream they cannot be read again.
    let head: [UInt8]
    /// When the first packet was captured: captures are read in this order.
    let firstTime: Timestamp?
    /// When the file on disk was last written, also of what is packed in it.
    let modified: Timestamp?

    /// Recognises what comes out of `source`.
    init(
        _ source: any ByteSource, file: InputFile?, modified: Timestamp? = nil,
        logs: LogOptions = LogOptions()
    ) throws(FileFault) {
        self.modified = modified
        self.source = source
        self.file = file
        var buffer = ByteBuffer(capacity: InputKind.prefixBytes)
        var filled = 0
        var fault: FileFault?
        while filled < InputKind.prefixBytes {
            do throws(FileFault) {
                let got = try source.readNext(
                    into: &buffer, at: filled, count: InputKind.prefixBytes - filled)
                if got == 0 { break }
                filled += got
            } catch {
                // A stream that breaks early still gives what came before; reading on meets the fault again.
                fault = error
                break
            }
        }
        if let fault, filled == 0 { throw fault }
        let prefix = buffer.bytes(filled)
        head = prefix.copied()
        kind = InputKind.recognise(prefix, logs.settings(modified: modified))
        firstTime = Input.firstTime(kind, prefix)
        report = InputReport(path: source.path, kind: kind.name)
        report.bytes = UInt64(max(file?.size ?? 0, 0))
        fileBytes = report.bytes
    }

    /// The walk over the frames from the first one on; nil for what is no capture.
    var walker: CaptureWalker? {
        if case .capture(let walker) = kind { return walker }
        return nil
    }

    private static func firstTime(_ kind: InputKind, _ prefix: RawSpan) -> Timestamp? {
        guard case .capture(var walker) = kind else { return nil }
        var batch = FrameBatch()
        _ = walker.walk(prefix, from: walker.firstRecordOffset, into: &batch)
        return batch.frames.first { !$0.isTimeless }?.timestamp
    }
}

/// Reads an input in sequence through one window, whether it is a file or a pipe.
struct InputWindow: ~Copyable {
    private let source: any ByteSource
    private var buffer: ByteBuffer
    /// Bytes of the window that are filled.
    private(set) var filled: Int
    /// Position in the file of the window's first byte.
    private(set) var position: Int64 = 0
    private(set) var isAtEnd = false

    /// Big enough to keep system calls rare, small enough to stay in the second-level cache.
    static let capacity = 512 * 1024

    init(_ input: Input) {
        source = input.source
        buffer = ByteBuffer(capacity: max(InputWindow.capacity, input.head.count))
        filled = input.head.count
        input.head.withRawSpan { _ = buffer.write($0, at: 0) }
    }

    /// A window over a source of which nothing was read yet.
    init(fresh source: any ByteSource) {
        self.source = source
        buffer = ByteBuffer(capacity: InputWindow.capacity)
        filled = 0
    }

    var bytes: RawSpan {
        @_lifetime(borrow self) get { buffer.bytes(filled) }
    }

    /// Drops the first `consumed` bytes and reads more behind the rest; at least `wanting` bytes fit afterwards.
    mutating func advance(consumed: Int, wanting: Int) throws(FileFault) {
        buffer.moveToFront(from: consumed, to: filled)
        position += Int64(consumed)
        filled -= consumed
        if wanting > buffer.capacity { buffer.grow(to: wanting, keeping: filled) }
        let got = try source.readNext(into: &buffer, at: filled, count: buffer.capacity - filled)
        if got == 0 { isAtEnd = true }
        filled += got
    }
}
