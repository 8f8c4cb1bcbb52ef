package import Bytes
import CArchive

/// The members of tar and zip archives, through libarchive, in sequence. Compressed streams are read by `UnpackSource`.
///
/// What a cut-off or damaged stream gave before it broke has been delivered when the fault is thrown.
package final class Decompressor: ByteSource {
    package let path: String
    /// The name of the member in its archive.
    package let member: String
    private let handle: Handle

    /// Members of one archive, at most: nobody packs more captures, and each is opened anew.
    package static let memberLimit = 4096

    /// Opens the member at `index` of what `source` holds; nil when there are not so many.
    package init?(_ source: any ByteSource, member index: Int = 0) throws(FileFault) {
        let handle = try Handle(source)
        var name: String?
        for _ in 0...index {
            guard try handle.nextMember(of: source.path, &name) else { return nil }
        }
        member = name ?? "member \(index + 1)"
        path = "\(source.path)!\(member)"
        self.handle = handle
    }

    package func readNext(into buffer: inout ByteBuffer, at offset: Int, count: Int) throws(FileFault) -> Int
    {
        let got = unsafe buffer.fill(at: offset, count: count) { unsafe handle.read($0) }
        guard got >= 0 else { throw FileFault(path: path, reason: handle.reason) }
        return got
    }

    /// Calls `body` with the name and the bytes of each member, in one pass; what a member has beyond `limit` bytes is
    /// left out.
    package static func forEachMember(
        _ source: any ByteSource, limit: Int, _ body: (String, [UInt8]) -> Void
    ) throws(FileFault) {
        let handle = try Handle(source)
        var name: String?
        var buffer = ByteBuffer(capacity: 256 * 1024)
        for _ in 0..<1_000_000 {
            guard try handle.nextMember(of: source.path, &name) else { return }
            var bytes: [UInt8] = []
            while bytes.count < limit {
                let got = unsafe buffer.fill(at: 0, count: buffer.capacity) { unsafe handle.read($0) }
                guard got >= 0 else { throw FileFault(path: source.path, reason: handle.reason) }
                if got == 0 { break }
                buffer.bytes(got).append(to: &bytes)
            }
            body(name ?? "", bytes)
        }
    }

    /// Whether `prefix` begins like a zip or tar archive.
    package static func recognises(_ prefix: RawSpan) -> Bool {
        var reader = ByteReader(prefix)
        if (try? reader.u32()) == 0x504b_0304 { return true }
        // A tar archive says so at offset 257 (POSIX.1-1988, ustar).
        var tar = ByteReader(prefix, at: 257)
        return (try? tar.u32()) == 0x7573_7461
    }
}

/// An open libarchive reader, which pulls its input from a byte source.
@safe private final class Handle {
    private let archive: OpaquePointer
    private let feed: Feed

    init(_ source: any ByteSource) throws(FileFault) {
        guard let archive = unsafe archive_read_new() else {
            throw FileFault(path: source.path, reason: "no memory to unpack it")
        }
        unsafe self.archive = archive
        feed = Feed(source)
        unsafe archive_read_support_format_tar(archive)
        unsafe archive_read_support_format_zip_streamable(archive)
        let context = unsafe Unmanaged.passUnretained(feed).toOpaque()
        let status = unsafe archive_read_open(archive, context, nil, pullFromFeed, nil)
        guard status == ARCHIVE_OK else { throw FileFault(path: source.path, reason: reason) }
    }

    deinit { unsafe archive_read_free(archive) }

    /// Why the last call failed, in libarchive's or the source's words.
    var reason: String {
        if let fault = feed.fault { return fault.cause }
        guard let text = unsafe archive_error_string(archive) else { return "it cannot be unpacked" }
        return unsafe String(cString: text)
    }

    /// Goes to the next regular file; false at the archive's end.
    func nextMember(of path: String, _ name: inout String?) throws(FileFault) -> Bool {
        while true {
            var entry: OpaquePointer?
            let status = unsafe archive_read_next_header(archive, &entry)
            if status == ARCHIVE_EOF { return false }
            guard status >= ARCHIVE_WARN, let entry = unsafe entry else {
                throw FileFault(path: path, reason: reason)
            }
            name = unsafe archive_entry_pathname(entry).map { unsafe String(cString: $0) }
            if unsafe archive_entry_filetype(entry) == 0o100000 { return true }
        }
    }

    func read(_ target: UnsafeMutableRawBufferPointer) -> Int {
        let got = unsafe archive_read_data(archive, target.baseAddress, target.count)
        return got >= 0 ? got : -1
    }
}

/// What libarchive's callback reads from; it keeps the last fault, since a callback cannot throw.
private final class Feed {
    let source: any ByteSource
    var buffer = ByteBuffer(capacity: 256 * 1024)
    var fault: FileFault?

    init(_ source: any ByteSource) { self.source = source }

    /// Reads the next bytes; nil when the source failed.
    func refill() -> Int? {
        do throws(FileFault) {
            return try source.readNext(into: &buffer, at: 0, count: buffer.capacity)
        } catch {
            fault = error
            return nil
        }
    }
}

/// Gives libarchive the next bytes: a pointer into the feed's own buffer, which lives as long as the handle.
private func pullFromFeed(
    _: OpaquePointer?, _ context: UnsafeMutableRawPointer?, _ target: UnsafeMutablePointer<UnsafeRawPointer?>?
) -> Int {
    guard let context = unsafe context else { return -1 }
    let feed = unsafe Unmanaged<Feed>.fromOpaque(context).takeUnretainedValue()
    guard let got = feed.refill() else { return -1 }
    unsafe target?.pointee = feed.buffer.address
    return got
}
