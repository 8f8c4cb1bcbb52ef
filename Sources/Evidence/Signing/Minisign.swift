import Foundation

/// A signature as minisign keeps it beside the signed file, in `FILE.minisig`: four lines.
///
/// ```
/// untrusted comment: ...
/// base64 of: "Ed", key number (8 bytes), Ed25519 signature over the file (64 bytes)
/// trusted comment: ...
/// base64 of: Ed25519 signature over the 64 bytes above and the trusted comment
/// ```
///
/// `Ed` is minisign's first form, in which the file itself is signed and not its BLAKE2b digest: so the same 64 bytes
/// can be checked by every Ed25519 program. Format: https://jedisct1.github.io/minisign/ (section "Signature format").
package enum Minisign {
    static let untrustedComment = "untrusted comment: signature of a hallpass evidence manifest"

    /// The text of a `.minisig` file over `bytes`.
    ///
    /// - Parameters:
    ///   - comment: one line, signed too.
    package static func text(
        for bytes: [UInt8], comment: String, key: SigningKey
    ) throws(EvidenceFault) -> String {
        let signature = try key.signature(for: bytes)
        let over = try key.signature(for: signature + Array(comment.utf8))
        return text(signature: signature, over: over, comment: comment, key: key.publicKey)
    }

    private static func text(
        signature: [UInt8], over: [UInt8], comment: String, key: VerifyingKey
    ) -> String {
        let first = Data(Array("Ed".utf8) + key.number + signature).base64EncodedString()
        let second = Data(over).base64EncodedString()
        return "\(untrustedComment)\n\(first)\ntrusted comment: \(comment)\n\(second)\n"
    }

    /// Whether `text` is, to the byte, a signature by `key` over `bytes`; and the comment that it vouches for.
    ///
    /// Nothing in the file may differ from what `text(for:comment:key:)` writes: its first line and the key number are
    /// signed by nobody, and a changed byte there is found too.
    package static func comment(of text: String, for bytes: [UInt8], key: VerifyingKey) -> String? {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let mark = "trusted comment: "
        guard lines.count == 5, lines[2].hasPrefix(mark), let first = Data(base64Encoded: lines[1]),
            first.count == 74, let over = Data(base64Encoded: lines[3])
        else { return nil }
        let comment = String(lines[2].dropFirst(mark.count))
        let signature = Array(first.dropFirst(10))
        guard key.accepts(signature, for: bytes),
            key.accepts(Array(over), for: signature + Array(comment.utf8)),
            text == Minisign.text(signature: signature, over: Array(over), comment: comment, key: key)
        else { return nil }
        return comment
    }
}
