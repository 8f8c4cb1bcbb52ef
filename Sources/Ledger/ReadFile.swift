package import Bytes
import Captures
import Crypto
import Register

/// A file on the disk, by which the ledger knows what it has read.
package struct ReadFile: Equatable, Sendable {
    package var path: String
    /// As it lies on the disk.
    package var bytes: Int64
    /// When it was last written, in nanoseconds since 1970.
    package var modified: Int64
    /// SHA-256 of the file as it lies on the disk, in lower-case hexadecimal: what `sha256sum` prints.
    package var sha256: String
    /// SHA-256 of what is packed in it; the same as `sha256` for a plain file. A log that was compressed since is
    /// still the same log.
    package var content: String

    package init(path: String, bytes: Int64, modified: Int64, sha256: String, content: String) {
        self.path = path
        self.bytes = bytes
        self.modified = modified
        self.sha256 = sha256
        self.content = content
    }

    /// Reads the whole file, and says what its first bytes are as well.
    ///
    /// - Parameter marks: numbers of bytes, ascending.
    /// - Returns: SHA-256 of so many first bytes of the content, for those marks that it is longer than.
    package static func read(
        _ path: String, marks: [Int64]
    ) throws(FileFault) -> (file: ReadFile, beginnings: [Int64: String]) {
        let file = try InputFile(path: path)
        let (bytes, modified) = (file.size ?? 0, file.modified?.nanoseconds ?? 0)
        let plain = try digest(file, marks)
        var read = ReadFile(
            path: path, bytes: bytes, modified: modified, sha256: plain.whole, content: plain.whole)
        let again = try InputFile(path: path)
        var buffer = ByteBuffer(capacity: 4096)
        let head = buffer.bytes(try again.readNext(into: &buffer, at: 0, count: 4096)).copied()
        let packed = try head.withRawSpan { (span: RawSpan) throws(FileFault) -> (any ByteSource)? in
            guard UnpackSource.recognises(span) else { return nil }
            return try UnpackSource(RewoundSource(head, then: again), prefix: span)
        }
        // What cannot be unpacked to its end is known by its bytes as they are.
        guard let packed, let unpacked = try? digest(packed, marks) else { return (read, plain.beginnings) }
        read.content = unpacked.whole
        return (read, unpacked.beginnings)
    }

    /// SHA-256 of all that `source` gives, and of its beginnings.
    package static func digest(
        _ source: any ByteSource, _ marks: [Int64] = []
    ) throws(FileFault) -> (whole: String, beginnings: [Int64: String]) {
        var hash = SHA256()
        // Small enough to stay in a processor's cache between reading and hashing.
        var buffer = ByteBuffer(capacity: 64 * 1024)
        var beginnings: [Int64: String] = [:]
        var pending = marks[...]
        var position: Int64 = 0
        while true {
            let got = try source.readNext(into: &buffer, at: 0, count: buffer.capacity)
            if got == 0 { break }
            var bytes = buffer.bytes(got).copied()[...]
            // A mark at the very end would be the whole file.
            while let mark = pending.first, mark < position + Int64(bytes.count) {
                let part = bytes.prefix(Int(clamping: mark - position))
                hash.update(data: part)
                if mark > 0 { beginnings[mark] = hexadecimal(hash.finalize()) }
                bytes = bytes.dropFirst(part.count)
                position += Int64(part.count)
                pending = pending.dropFirst()
            }
            hash.update(data: bytes)
            position += Int64(bytes.count)
        }
        return (hexadecimal(hash.finalize()), beginnings)
    }
}
