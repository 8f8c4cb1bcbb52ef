import Bytes
import Contacts
import Crypto
import Judgement
import Register
import Reports

/// What is secret about one recipient's bundle, made from the district's key of pseudonyms: no two recipients share any
/// of it (HKDF, RFC 5869).
package struct RecipientSecrets: Sendable {
    private let salts: SymmetricKey
    /// For the addresses of the excerpt.
    package let excerptKey: [UInt8]

    package init(key: [UInt8], recipient: String) {
        func derive(_ use: String) -> SymmetricKey {
            HKDF<SHA256>.deriveKey(
                inputKeyMaterial: SymmetricKey(data: key),
                info: Array("hallpass evidence \(use)\0\(recipient)".utf8),
                outputByteCount: 32)
        }
        salts = derive("salts")
        excerptKey = derive("excerpt").derivedBytes
    }

    /// 32 bytes that only the key's holder can tell, other ones for every value.
    func salt(_ fact: Int, _ field: String, _ value: String) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Array("\(fact)\0\(field)\0\(value)".utf8), using: salts))
    }
}

extension SymmetricKey {
    /// Bytes made from the key, as good a secret as the key itself.
    fileprivate var derivedBytes: [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Array("key".utf8), using: self))
    }
}

/// Puts a bundle together. The same inquiry, excerpt and keys give the same bytes.
package struct BundleMaker {
    package var inquiry: Inquiry
    package var secrets: RecipientSecrets
    package var key: SigningKey
    package var excerpt: Excerpt?
    /// The command as it was given, without folders.
    package var command: [String]

    package init(
        inquiry: Inquiry, secrets: RecipientSecrets, key: SigningKey, excerpt: Excerpt?, command: [String]
    ) {
        self.inquiry = inquiry
        self.secrets = secrets
        self.key = key
        self.excerpt = excerpt
        self.command = command
    }

    /// The bundle's files, and the hidden fields with their salts, which stay with the district.
    package func make() throws(EvidenceFault) -> (bundle: BundleFiles, hidden: Commitments) {
        var files = BundleFiles()
        let letter = InquiryLetter(inquiry).prose
        files.add("inquiry.md", letter.markdown)
        files.add(
            "inquiry.html",
            letter.html(
                owner: inquiry.district, subtitle: inquiry.period,
                colophon: "Made by hallpass \(inquiry.tool). Not legal advice."))
        let texts = CaseTexts(inquiry: inquiry)
        files.add("evidence.txt", texts.evidence)
        files.add("coverage.txt", texts.coverage)
        files.add("certification.md", texts.certification)
        files.add("case.jsonld", CaseGraph(inquiry: inquiry).text)
        let tables = FactTables(inquiry.facts, times: inquiry.times)
        files.add("facts.csv", tables.csv)
        files.add("facts.jsonl", tables.jsonLines)
        if let excerpt {
            files["excerpt.pcap"] = excerpt.pcap
            files.add("frames.csv", FramesTable.text(excerpt.frames))
        }
        let hidden = Commitments(tables.hidden(salt: secrets.salt))
        files.add(Commitments.name, hidden.table)
        files.add(Custody.name, custody(files).text)
        try sign(&files, hidden)
        return (files, hidden)
    }

    private func sign(_ files: inout BundleFiles, _ hidden: Commitments) throws(EvidenceFault) {
        let manifest = Manifest(
            tool: "hallpass \(inquiry.tool)", recipient: inquiry.recipient, signer: key.publicKey.text,
            commitmentRoot: hexadecimal(hidden.root),
            commitmentCount: hidden.fields.count, files: files)
        let bytes = Array(manifest.text.utf8)
        files[Manifest.name] = bytes
        files[Manifest.signatureName] = try key.signature(for: bytes)
        let comment = "hallpass evidence for \(plain(inquiry.recipient))"
        files.add(Manifest.minisignName, try Minisign.text(for: bytes, comment: comment, key: key))
        files[Manifest.requestName] = TimestampRequest.request(for: bytes)
    }

    // MARK: Custody

    private func custody(_ files: BundleFiles) -> Custody {
        var custody = Custody()
        custody.add(
            "began",
            [
                ("tool", .string("hallpass \(inquiry.tool)")), ("build", .string(inquiry.build)),
                ("command", .strings(command)), ("operator", .text(inquiry.operatorName)),
                ("recipient", .string(inquiry.recipient)), ("time_zone", .string(inquiry.timezone)),
            ])
        for input in inquiry.inputs { custody.add("read an input", facts(of: input)) }
        custody.add(
            "judged the contacts",
            [
                ("register_sha256", .string(inquiry.registerSHA256)),
                ("roster_sha256", .text(inquiry.rosterSHA256)),
                ("findings", .strings(inquiry.findings.map(\.id))), ("contacts", .count(inquiry.facts.count)),
                ("from", .string(inquiry.first.description)), ("to", .string(inquiry.last.description)),
                ("times", .string(inquiry.times.rawValue)), ("ledger", .strings(inquiry.ledgerNotes)),
            ])
        if let excerpt {
            custody.add(
                "took packets out of the captures",
                [("frames", .count(excerpt.frames.count)), ("notes", .strings(excerpt.notes))])
        }
        let written = files.names.map { name -> JSONValue in
            .object([("name", .string(name)), ("sha256", .string(sha256(files[name] ?? [])))])
        }
        custody.add("wrote the files", [("files", .array(written))])
        return custody
    }

    private func facts(of input: CaseInput) -> [(String, JSONValue?)] {
        [
            ("name", .string(input.name)), ("kind", .string(input.report.kind)),
            ("sha256", .text(input.sha256)), ("bytes", .unsigned(input.report.bytes)),
            ("records", .unsigned(input.report.records)), ("first", .text(input.report.first?.description)),
            ("last", .text(input.report.last?.description)), ("complete", .bool(input.report.complete)),
            ("problems", .strings(input.report.problems)),
            ("in_ledger", input.isInLedger.map { .bool($0) }),
        ]
    }
}
