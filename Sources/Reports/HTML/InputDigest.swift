import Bytes
import Crypto
import Register

/// SHA-256 of inputs as they stand on the disk, so that a report says of which files it speaks.
package enum InputDigest {
    /// Small enough to stay in a processor's cache between reading and hashing.
    private static let window = 1 << 16

    /// In lower-case hexadecimal; nil for a pipe, for what lies inside an archive, and for a file that cannot be
    /// read (which the report says elsewhere).
    package static func sha256(path: String) -> String? {
        guard path != "-", InputFile.isRegular(path), let file = try? InputFile(path: path),
            let size = file.size
        else { return nil }
        var hash = SHA256()
        var buffer = ByteBuffer(capacity: window)
        var position: Int64 = 0
        while position < size {
            guard let got = try? file.read(at: position, into: &buffer, at: 0, count: window), got > 0 else {
                return nil
            }
            hash.update(data: buffer.bytes(got).copied())
            position += Int64(got)
        }
        return hexadecimal(hash.finalize())
    }
}
