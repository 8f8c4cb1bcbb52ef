import Foundation
import Reports

/// `manifest.json`: every file of a bundle with its SHA-256, and what they are vouched for with. It is what is signed.
package struct Manifest: Equatable, Sendable {
    package static let name = "manifest.json"
    /// The 64 bytes of an Ed25519 signature over the manifest.
    package static let signatureName = "manifest.sig"
    /// The same signature in minisign's format.
    package static let minisignName = "manifest.json.minisig"
    /// A timestamp's request, made from the manifest, and the response of an authority.
    package static let requestName = "manifest.tsq"
    package static let responseName = "manifest.tsr"
    /// What is made from the manifest, and can therefore not stand in it.
    package static let madeFromIt: Set<String> = [
        name, signatureName, minisignName, requestName, responseName,
    ]
    static let format = "hallpass-evidence-1"

    package struct Entry: Equatable, Sendable {
        package var name: String
        package var bytes: Int
        package var sha256: String
    }

    package var tool: String
    package var recipient: String
    /// The signer's public key, as `--public-key` takes it.
    package var signer: String
    /// The root of the tree of hidden fields (RFC 6962), and how many there are.
    package var commitmentRoot: String
    package var commitmentCount: Int
    package var entries: [Entry]

    package init(
        tool: String, recipient: String, signer: String, commitmentRoot: String, commitmentCount: Int,
        files: BundleFiles
    ) {
        self.tool = tool
        self.recipient = recipient
        self.signer = signer
        self.commitmentRoot = commitmentRoot
        self.commitmentCount = commitmentCount
        entries = files.names.map { name in
            let bytes = files[name] ?? []
            return Entry(name: name, bytes: bytes.count, sha256: sha256(bytes))
        }
    }

    package var text: String {
        let files = entries.map { entry -> JSONValue in
            .object([
                ("name", .string(entry.name)), ("bytes", .count(entry.bytes)),
                ("sha256", .string(entry.sha256)),
            ])
        }
        return JSONValue.object([
            ("format", .string(Manifest.format)), ("tool", .string(tool)), ("recipient", .string(recipient)),
            ("signer", .string(signer)),
            (
                "commitments",
                .object([("root", .string(commitmentRoot)), ("count", .count(commitmentCount))])
            ),
            ("files", .array(files)),
        ]).pretty
    }

    private struct Stored: Decodable {
        struct Tree: Decodable {
            var root: String
            var count: Int
        }
        struct File: Decodable {
            var name: String
            var bytes: Int
            var sha256: String
        }
        var format: String
        var tool: String
        var recipient: String
        var signer: String
        var commitments: Tree
        var files: [File]
    }

    package init(reading bytes: [UInt8]) throws(EvidenceFault) {
        let stored: Stored
        do {
            stored = try JSONDecoder().decode(Stored.self, from: Data(bytes))
        } catch {
            throw EvidenceFault("\(Manifest.name) is no manifest of an evidence bundle, or was damaged")
        }
        guard stored.format == Manifest.format else {
            throw EvidenceFault(
                "\(Manifest.name): format '\(plain(stored.format))' is not one that is known here")
        }
        tool = stored.tool
        recipient = stored.recipient
        signer = stored.signer
        commitmentRoot = stored.commitments.root
        commitmentCount = stored.commitments.count
        entries = stored.files.map { Entry(name: $0.name, bytes: $0.bytes, sha256: $0.sha256) }
    }
}
