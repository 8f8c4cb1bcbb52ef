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

    /// Reads the whole file.
    package init(hashing path: String) throws(FileFault) {
        let file = try InputFile(path: path)
        self.path = path
        bytes = file.size ?? 0
        modified = file.modified?.nanoseconds ?? 0
        sha256 = try ReadFile.digest(file)
        let again = try InputFile(path: path)
        var buffer = ByteBuffer(capacity: 4096)
        let head = buffer.bytes(try again.readNext(into: &buffer, at: 0, count: 4096)).copied()
        let packed = try head.withRawSpan { (span: RawSpan) throws(FileFault) -> (any ByteSource)? in
            guard UnpackSource.recognises(span) else { return nil }
            return try UnpackSource(RewoundSource(head, then: again), prefix: span)
        }
        guard let packed else {
            content = sha256
            return
        }
        // What cannot be unpacked to its end is known by its bytes as they are.
        do { content = try ReadFile.digest(packed) } catch { content = sha256 }
    }

    private static func digest(_ source: any ByteSource) throws(FileFault) -> String {
        var hash = SHA256()
        var buffer = ByteBuffer(capacity: 256 * 1024)
        while true {
            let got = try source.readNext(into: &buffer, at: 0, count: buffer.capacity)
            if got == 0 { break }
            hash.update(data: buffer.bytes(got).copied())
        }
        return hexadecimal(hash.finalize())
    }
}

extension ReadFile {
    /// SHA-256 of the first bytes of a file; nil when it has fewer.
    package static func digest(ofFirst count: Int64, path: String) throws(FileFault) -> String? {
        let file = try InputFile(path: path)
        var hash = SHA256()
        var buffer = ByteBuffer(capacity: 256 * 1024)
        var left = count
        while left > 0 {
            let wanted = Int(clamping: min(left, Int64(buffer.capacity)))
            let got = try file.readNext(into: &buffer, at: 0, count: wanted)
            if got == 0 { return nil }
            hash.update(data: buffer.bytes(got).copied())
            left -= Int64(got)
        }
        return hexadecimal(hash.finalize())
    }
}
