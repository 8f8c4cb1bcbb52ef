import Bytes
import Ledger

/// SHA-256 of inputs as they stand on the disk, so that a report says of which files it speaks.
package enum InputDigest {
    /// In lower-case hexadecimal; nil for a pipe, for what lies inside an archive, and for a file that cannot be
    /// read (which the report says elsewhere).
    package static func sha256(path: String) -> String? {
        guard path != "-", InputFile.isRegular(path), let file = try? InputFile(path: path) else {
            return nil
        }
        return try? ReadFile.digest(file).whole
    }
}
