#if canImport(Glibc)
    import Glibc
#endif

/// An open file, pipe or standard input. Reads never trap: a file that shrinks or an unreadable sector is a
/// `FileFault` with the system's own words.
package final class InputFile: Sendable {
    package let path: String
    /// Size at opening for a regular file; nil for a pipe, a terminal or standard input.
    package let size: Int64?
    /// When the file was last written; nil for what is no regular file.
    package let modified: Timestamp?
    private let descriptor: Int32
    package let identity: Identity

    /// Which file it is, whatever stands at its path later.
    package struct Identity: Equatable, Sendable {
        fileprivate let device: UInt64
        fileprivate let inode: UInt64
    }

    /// `-` is standard input; a name that is not UTF-8 is understood as `FileName` shows it.
    package init(path: String) throws(FileFault) {
        self.path = path
        if path == "-" {
            descriptor = STDIN_FILENO
        } else {
            descriptor = InputFile.open(path)
            guard descriptor >= 0 else { throw FileFault(path: path, code: errno) }
        }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw FileFault(path: path, code: errno) }
        if status.st_mode & S_IFMT == S_IFDIR { throw FileFault(path: path, code: EISDIR) }
        // Standard input has one position for all who read it, even where a file stands behind it.
        identity = Identity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
        size = status.st_mode & S_IFMT == S_IFREG && path != "-" ? Int64(status.st_size) : nil
        modified =
            size == nil
            ? nil
            : Timestamp(seconds: Int64(status.st_mtim.tv_sec), nanoseconds: Int64(status.st_mtim.tv_nsec))
        if size != nil { posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL) }
    }

    /// Opens a file once more; throws when another one stands at its path by now (a log that was rotated).
    package static func reopen(_ path: String, as identity: Identity) throws(FileFault) -> InputFile {
        let again = try InputFile(path: path)
        guard again.identity == identity else {
            throw FileFault(path: path, reason: "it has changed while it was read")
        }
        return again
    }

    /// Whether a regular file stands at `path`. Opens nothing: to open a pipe once more would wait for ever.
    package static func isRegular(_ path: String) -> Bool {
        func mode(_ name: [CChar]) -> mode_t? {
            var status = stat()
            return unsafe stat(name, &status) == 0 ? status.st_mode & S_IFMT : nil
        }
        let plain = path.utf8.map { CChar(bitPattern: $0) } + [0]
        let raw = FileName.raw(path).map { $0.map { CChar(bitPattern: $0) } + [0] }
        return (mode(plain) ?? raw.flatMap(mode)) == S_IFREG
    }

    private static func open(_ path: String) -> Int32 {
        let found = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard found < 0, errno == ENOENT, let raw = FileName.raw(path) else { return found }
        return unsafe Glibc.open(raw.map { CChar(bitPattern: $0) } + [0], O_RDONLY | O_CLOEXEC)
    }

    deinit { if descriptor != STDIN_FILENO { close(descriptor) } }

    /// Reads up to `count` bytes from file position `position` into `buffer` at `offset`; 0 at the end.
    /// Only for regular files (`size` not nil).
    package func read(
        at position: Int64, into buffer: inout ByteBuffer, at offset: Int, count: Int
    ) throws(FileFault) -> Int {
        let got = unsafe buffer.fill(at: offset, count: count) { target in
            retryingInterrupted {
                unsafe pread(descriptor, target.baseAddress, target.count, off_t(position))
            }
        }
        guard got >= 0 else { throw FileFault(path: path, code: errno) }
        return got
    }

    /// Reads the next bytes of a pipe or file in sequence; 0 at the end.
    package func readNext(into buffer: inout ByteBuffer, at offset: Int, count: Int) throws(FileFault) -> Int
    {
        let got = unsafe buffer.fill(at: offset, count: count) { target in
            retryingInterrupted { unsafe Glibc.read(descriptor, target.baseAddress, target.count) }
        }
        guard got >= 0 else { throw FileFault(path: path, code: errno) }
        return got
    }
}

/// A system call on a file that failed.
package struct FileFault: Error, Sendable, CustomStringConvertible {
    package let path: String
    /// The system's `errno`; 0 when a library failed, which says why in `reason`.
    package let code: Int32
    private let reason: String?

    package init(path: String, code: Int32) {
        self.path = path
        self.code = code
        reason = nil
    }

    package init(path: String, reason: String) {
        self.path = path
        code = 0
        self.reason = reason
    }

    package var isMissing: Bool { code == ENOENT }

    /// The description without the path.
    package var cause: String { String(description.dropFirst(path.count + 2)) }

    package var description: String {
        return "\(path): \(reason ?? FileFault.systemText(code))"
    }
}

extension FileFault {
    private static func systemText(_ code: Int32) -> String {
        guard let text = unsafe strerror(code) else { return "error \(code)" }
        return unsafe String(cString: text)
    }
}

private func retryingInterrupted(_ call: () -> Int) -> Int {
    while true {
        let result = call()
        if result >= 0 || errno != EINTR { return result }
    }
}
