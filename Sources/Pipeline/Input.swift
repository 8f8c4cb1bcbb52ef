import Bytes
import Captures
package import Contacts
import Logs

/// An opened input: the file, what it is, and what is to be reported of it.
struct Input {
    let file: InputFile
    let kind: InputKind
    var report: InputReport
    /// The bytes that recognition read: of a pipe they cannot be read again.
    let head: [UInt8]
    /// When the first packet was captured: captures are read in this order.
    let firstTime: Timestamp?

    /// Opens `path` and recognises it.
    init(_ path: InputPath) throws(FileFault) {
        file = try InputFile(path: path.path)
        var buffer = ByteBuffer(capacity: InputKind.prefixBytes)
        var filled = 0
        while filled < InputKind.prefixBytes {
            let got = try file.readNext(into: &buffer, at: filled, count: InputKind.prefixBytes - filled)
            if got == 0 { break }
            filled += got
        }
        let prefix = buffer.bytes(filled)
        head = prefix.copied()
        kind = InputKind.recognise(prefix)
        firstTime = Input.firstTime(kind, prefix)
        report = InputReport(path: path.path, kind: kind.name)
        report.bytes = UInt64(max(file.size ?? 0, 0))
    }

    var walker: CaptureWalker? {
        switch kind {
        case .pcap(let header): .pcap(PCAPWalker(header: header))
        case .pcapng: .pcapng(PCAPNGWalker())
        case .log, .unrecognised: nil
        }
    }

    private static func firstTime(_ kind: InputKind, _ prefix: RawSpan) -> Timestamp? {
        var walker: CaptureWalker
        switch kind {
        case .pcap(let header): walker = .pcap(PCAPWalker(header: header))
        case .pcapng: walker = .pcapng(PCAPNGWalker())
        case .log, .unrecognised: return nil
        }
        var batch = FrameBatch()
        _ = walker.walk(prefix, from: walker.firstRecordOffset, into: &batch)
        return batch.frames.first { !$0.isTimeless }?.timestamp
    }
}

/// Reads an input in sequence through one window, whether it is a file or a pipe.
struct InputWindow: ~Copyable {
    private let file: InputFile
    private var buffer: ByteBuffer
    /// Bytes of the window that are filled.
    private(set) var filled: Int
    /// Position in the file of the window's first byte.
    private(set) var position: Int64 = 0
    private(set) var isAtEnd = false

    /// Big enough to keep system calls rare, small enough to stay in the second-level cache.
    static let capacity = 512 * 1024

    init(_ input: Input) {
        file = input.file
        buffer = ByteBuffer(capacity: max(InputWindow.capacity, input.head.count))
        filled = input.head.withRawSpan { _ in 0 }
        let head = input.head
        head.withRawSpan { _ = buffer.write($0, at: 0) }
        filled = head.count
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
        let got = try file.readNext(into: &buffer, at: filled, count: buffer.capacity - filled)
        if got == 0 { isAtEnd = true }
        filled += got
    }
}
