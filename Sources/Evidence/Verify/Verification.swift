import Foundation
import Register

/// What was found about a bundle, point by point.
package struct Verification: Sendable {
    package enum Outcome: String, Sendable {
        case passed = "ok"
        case failed = "FAILED"
        case notDone = "not checked"
    }

    package struct Check: Equatable, Sendable {
        package var outcome: Outcome
        /// The file or the matter, then what was found.
        package var text: String
    }

    package private(set) var checks: [Check] = []
    /// SHA-256 of the manifest, by which openings name their bundle.
    package private(set) var manifestSHA256: String?

    package var hasFailed: Bool { checks.contains { $0.outcome == .failed } }

    private let bundle: BundleFiles
    private var manifest: Manifest?

    /// - Parameters:
    ///   - publicKey: the signer's, got on another way than with the bundle; without one, the bundle's own is used, and
    ///     the verification says what that is worth.
    package init(_ bundle: BundleFiles, publicKey: VerifyingKey?) {
        self.bundle = bundle
        checkSignature(publicKey)
        checkFiles()
        checkCustody()
        checkCommitments()
        checkTimestamp()
    }

    mutating func add(_ outcome: Outcome, _ text: String) {
        checks.append(Check(outcome: outcome, text: text))
    }

    // MARK: Signature

    private mutating func checkSignature(_ publicKey: VerifyingKey?) {
        guard let bytes = bundle[Manifest.name] else { return add(.failed, "\(Manifest.name): is missing") }
        manifestSHA256 = sha256(bytes)
        let read: Manifest
        do throws(EvidenceFault) {
            read = try Manifest(reading: bytes)
        } catch {
            return add(.failed, "\(error)")
        }
        guard let own = try? VerifyingKey(text: read.signer) else {
            return add(.failed, "\(Manifest.name): the signer's key in it is none")
        }
        manifest = read
        let key = publicKey ?? own
        let isSigned = key.accepts(bundle[Manifest.signatureName] ?? [], for: bytes)
        let comment = Minisign.comment(of: bundle.text(Manifest.minisignName) ?? "", for: bytes, key: key)
        let isExact =
            (bundle.text(Manifest.minisignName)?.utf8).map(Array.init) == bundle[Manifest.minisignName]
        switch (isSigned, comment != nil && isExact) {
        case (true, true):
            add(.passed, "\(Manifest.name): signed by key \(key.numberText), also in minisign's format")
        case (true, false): add(.failed, "\(Manifest.minisignName): is not the signature of the manifest")
        case (false, true): add(.failed, "\(Manifest.signatureName): is not the signature of the manifest")
        case (false, false):
            add(.failed, "\(Manifest.name): was changed, or signed by another key than \(key.numberText)")
        }
        if publicKey == nil {
            add(
                .notDone,
                "whose key \(key.numberText) is: it comes from the bundle itself; "
                    + "ask the district and give --public-key"
            )
        } else if own != key {
            add(.failed, "\(Manifest.name): names another key as its signer")
        }
    }

    // MARK: Files

    private mutating func checkFiles() {
        guard let manifest else { return add(.notDone, "files, for want of a manifest") }
        var good = 0
        for entry in manifest.entries {
            let name = plain(entry.name)
            guard let bytes = bundle[entry.name] else {
                add(.failed, "\(name): is missing")
                continue
            }
            guard sha256(bytes) == entry.sha256, bytes.count == entry.bytes else {
                add(.failed, "\(name): was changed (its SHA-256 is not that of the manifest)")
                continue
            }
            good += 1
        }
        let known = Set(manifest.entries.map(\.name)).union(Manifest.madeFromIt)
        for name in bundle.names where !known.contains(name) {
            add(.failed, "\(plain(name)): is not named in the manifest")
        }
        add(
            good == manifest.entries.count ? .passed : .notDone,
            "\(good) of \(manifest.entries.count) files unchanged")
    }

    private mutating func checkCustody() {
        guard let text = bundle.text(Custody.name) else { return add(.failed, "\(Custody.name): is missing") }
        if let fault = Custody.fault(in: text) {
            add(.failed, "\(Custody.name): \(fault)")
        } else {
            add(.passed, "\(Custody.name): every step is bound to the one before it")
        }
    }

    private mutating func checkCommitments() {
        guard let manifest else { return }
        guard let table = bundle.text(Commitments.name), let hashes = Commitments.hashes(of: table) else {
            return add(.failed, "\(Commitments.name): is missing or damaged")
        }
        let root = hexadecimal(Merkle.root(hashes[...]))
        guard root == manifest.commitmentRoot, hashes.count == manifest.commitmentCount else {
            return add(.failed, "\(Commitments.name): does not lead to the root that is signed")
        }
        add(.passed, "\(Commitments.name): \(hashes.count) hidden fields lead to the signed root")
    }

    private mutating func checkTimestamp() {
        guard let bytes = bundle[Manifest.name] else { return }
        guard bundle[Manifest.requestName] == TimestampRequest.request(for: bytes) else {
            return add(.failed, "\(Manifest.requestName): is missing, or no request for this manifest")
        }
        guard let answer = bundle[Manifest.responseName] else {
            return add(.notDone, "when it was made: the bundle has no timestamp of an authority")
        }
        do throws(EvidenceFault) {
            let response = try TimestampResponse(reading: answer)
            guard hexadecimal(response.imprint) == sha256(bytes) else {
                return add(.failed, "\(Manifest.responseName): is a timestamp of something else")
            }
            add(.passed, "\(Manifest.responseName): is over this manifest, and says \(response.time)")
            add(
                .notDone,
                "the authority's signature: openssl ts -verify -queryfile \(Manifest.requestName) "
                    + "-in \(Manifest.responseName) -CAfile AUTHORITY.pem")
        } catch {
            add(.failed, "\(Manifest.responseName): \(error)")
        }
    }

    // MARK: Openings

    /// Checks a hidden field that was revealed later; `name` is the file's.
    package mutating func check(opening data: [UInt8], name: String) {
        do throws(EvidenceFault) {
            let opening = try Opening(reading: data)
            guard let manifest, opening.bundle == manifestSHA256 else {
                return add(.failed, "\(name): belongs to another bundle")
            }
            guard opening.proves(root: manifest.commitmentRoot, count: manifest.commitmentCount) else {
                return add(.failed, "\(name): does not prove what it says")
            }
            let field = opening.field
            add(
                .passed,
                "\(name): \(plain(field.field)) of fact \(field.fact) was and is '\(plain(field.value))'")
        } catch {
            add(.failed, "\(name): \(error)")
        }
    }

    package var text: String { checks.map { "\($0.outcome.rawValue): \($0.text)\n" }.joined() }
}
