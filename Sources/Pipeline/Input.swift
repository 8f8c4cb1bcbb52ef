import Bytes
import Captures
import Contacts
import Logs

/// An input: where its bytes come from, what it is, and what is to be reported of it.
///
/// It was read as far as recognition needs. What can be opened again is closed then: rings of captures have thousands
/// of files, more than a process may hold open.
struct Input {
    /// What recognition read from: of a pipe the rest is still to come.
    private(set) var source: any ByteSource
    /// Whether the bytes stand in a regular file as they are, and can be read from anywhere in it.
    let isPlainFile: Bool
    let kind: InputKind
    /// Opens the same bytes once more; nil for a pipe, which has none.
    var reopen: (() throws(FileFault) -> any ByteSource)?
    var report: InputReport
    /// Size of the file on the disk that the bytes come from; 0 for a pipe.
    var fileBytes: UInt64 = 0
    /// The bytes that recognition read: of a stream they cannot be read again.
    private(set) var head: [UInt8]
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
        isPlainFile = file != nil
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

    /// The same without an open file, where it can be opened again.
    var closed: Input {
        guard reopen != nil else { return self }
        var closed = self
        closed.source = ClosedSource(path: source.path)
        // A log's format is read off its first lines once more.
        if case .capture = kind { closed.head = [] }
        return closed
    }

    /// The bytes from the first one on, and those of them that were read before.
    func open() throws(FileFault) -> (source: any ByteSource, head: [UInt8]) {
        guard let reopen else { return (source, head) }
        return (try reopen(), [])
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

    init(_ input: Input) throws(FileFault) {
        let opened = try input.open()
        source = opened.source
        buffer = ByteBuffer(capacity: max(InputWindow.capacity, opened.head.count))
        filled = opened.head.count
        opened.head.withRawSpan { _ = buffer.write($0, at: 0) }
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

/// Stands for a source that was closed.
private final class ClosedSource: ByteSource {
    let path: String

    init(path: String) { self.path = path }

    func readNext(into buffer: inout ByteBuffer, at offset: Int, count: Int) throws(FileFault) -> Int {
        throw FileFault(path: path, reason: "it is closed")
    }
}
