import Bytes
import Contacts
import Judgement

/// `evidence.txt`, `coverage.txt` and `certification.md`.
struct CaseTexts {
    let inquiry: Inquiry

    /// Lines of one page.
    static let pageLines = 60

    /// One page of plain text; what does not fit is in facts.csv.
    var evidence: String {
        var prose = Prose(title: "Evidence: contacts of student devices")
        prose.say(
            "District: \(inquiry.district); recipient: \(inquiry.recipient); period: \(inquiry.period) "
                + "(\(inquiry.timezone)). Times below are UTC.")
        for finding in inquiry.findings.prefix(4) {
            let facts = inquiry.facts(of: finding)
            prose.heading(finding.domain)
            prose.say(
                "\(finding.verdict.words). Owner: \(finding.owner ?? "unknown"). Names: "
                    + "\(finding.names.prefix(4).joined(separator: ", ")). \(count(facts.count, "contact")) of "
                    + "\(count(Set(facts.map(\.device)).count, "device")).")
            prose.table(
                "Contacts", ["hour (UTC)           ", "device               ", "name"],
                facts.prefix(6).map {
                    [
                        String($0.hour.description.prefix(13)) + ":00Z    ",
                        $0.device, $0.contact.name ?? $0.servers.first?.description ?? "-",
                    ]
                })
        }
        prose.say(
            "All contacts: facts.csv. Packets: excerpt.pcap. What could not be seen: coverage.txt. Hashes and "
                + "signature: manifest.json, manifest.sig. The signer's public key comes from the district.")
        return prose.text.split(separator: "\n", omittingEmptySubsequences: false)
            .prefix(CaseTexts.pageLines - 1).joined(separator: "\n") + "\n"
    }

    var coverage: String {
        var prose = Prose(title: "What could not be seen, and what speaks against the finding")
        prose.heading("What the inputs could not show")
        prose.list(gaps)
        prose.heading("What speaks against the finding")
        prose.list(doubts)
        prose.heading("What was done to this bundle")
        prose.list(inquiry.excerptNotes + inquiry.ledgerNotes)
        prose.say(
            inquiry.times == .hour
                ? "facts.csv tells the UTC hour; the packets of the excerpt and frames.csv keep their exact times."
                : "facts.csv, frames.csv and the excerpt tell exact times, as was chosen.")
        return prose.text
    }

    private var gaps: [String] {
        let coverage = inquiry.coverage
        var lines: [String] = []
        if coverage.packetsRead > 0 {
            lines.append("\(coverage.packetsUsed) of \(coverage.packetsRead) packets were used.")
            lines += coverage.unusedPackets.map { "not used: \($0.count) packets, \($0.reason)" }
        }
        if coverage.linesRead > 0 {
            lines.append("\(coverage.linesUsed) of \(coverage.linesRead) lines of logs were used.")
            lines += coverage.unusedLines.map { "not used: \($0.count) lines, \($0.reason)" }
        }
        lines += coverage.notes.map { note in
            "\(note.key): \(note.count)" + (note.bytes.map { ", \($0) bytes" } ?? "")
        }
        for input in inquiry.inputs where !input.report.complete {
            lines.append("\(input.name) was not read to its end")
        }
        return lines.isEmpty ? ["nothing was left out that the inputs hold"] : lines
    }

    private var doubts: [String] {
        var lines: [String] = []
        for finding in inquiry.findings {
            let facts = inquiry.facts(of: finding)
            if finding.owner == nil { lines.append("\(finding.domain): whose it is, is not on record.") }
            let shared = facts.count { $0.contact.ambiguity == .shared }
            if shared > 0 {
                lines.append(
                    "\(finding.domain): in \(count(shared, "contact")) several names fit the address; all are "
                        + "listed as candidates, and another owner is possible.")
            }
            let inferred = facts.count { $0.contact.ambiguity == .inferred }
            if inferred > 0 {
                lines.append(
                    "\(finding.domain): in \(count(inferred, "contact")) the name was concluded from a DNS "
                        + "answer or a certificate, not stated by the device.")
            }
            let chained = facts.count { !$0.contact.cnameChain.isEmpty }
            if chained > 0 {
                lines.append(
                    "\(finding.domain): in \(count(chained, "contact")) the name leads on by CNAME records, "
                        + "listed in facts.csv; who answers may be another party than who is named.")
            }
            let open = facts.count { $0.dependsOnContext }
            if open > 0 {
                lines.append(
                    "\(finding.domain): \(count(open, "contact")) went to a host that an agreement declares for "
                        + "a sub-processor; beside that vendor's own traffic such a contact may be covered.")
            }
            lines += initiators(finding)
        }
        lines.append("A network sees that a device made a contact, not which page, app or person caused it.")
        lines.append("One device may have been used by several people, and one person may use several.")
        return lines
    }

    private func initiators(_ finding: Finding) -> [String] {
        guard !finding.companions.isEmpty else {
            return ["\(finding.domain): no product was found that it comes along with."]
        }
        let products = finding.companions.map { "\($0.product) (\($0.owner))" }
        let alone = finding.companions.map { $0.minutes - $0.together }.min() ?? 0
        var lines = [
            "\(finding.domain): in at least \(count(alone, "minute")) it was contacted without the product "
                + "that explains it best."
        ]
        if products.count > 1 {
            lines.append(
                "\(finding.domain): other initiators are possible, for it comes along with several products: "
                    + products.joined(separator: ", ") + ".")
        }
        return lines
    }

    /// A statement for a qualified person to complete, of the kind that FRE 902(13) and (14) ask for.
    var certification: String {
        var prose = Prose(title: "Certification of records (to be completed and signed)")
        prose.say(
            "A form with the facts filled in. What is claimed is the signer's to decide; nothing here is claimed by "
                + "the program. It is meant for a person qualified to make a statement of the kind that the "
                + "Federal Rules of Evidence 902(13) and 902(14) describe. This is not legal advice: have it "
                + "checked by counsel."
        )
        let blank = Inquiry.blank
        prose.list([
            "Name of the signer: \(blank)", "Position and employer: \(blank)",
            "Why the signer is qualified: \(blank)",
            "Operator who made the bundle: \(inquiry.operatorName ?? blank)",
        ])
        prose.heading("Facts")
        prose.list([
            "Program: \(inquiry.tool), build \(inquiry.build).",
            "Register of agreements: SHA-256 \(inquiry.registerSHA256).",
            "Roster: \(inquiry.rosterSHA256.map { "SHA-256 \($0)" } ?? "none").",
            "Time zone of days: \(inquiry.timezone).",
            "Contacts: \(inquiry.facts.count), listed in facts.csv. Packets in the excerpt: "
                + "\(inquiry.excerptFrames.map(String.init) ?? "none was made").",
        ])
        prose.table(
            "Inputs", ["Input", "Kind", "Bytes", "Records", "SHA-256"],
            inquiry.inputs.map { input in
                [
                    input.name, input.report.kind, String(input.report.bytes), String(input.report.records),
                    input.sha256 ?? "not taken",
                ]
            })
        prose.heading("Claims (cross out what the signer does not claim)")
        prose.list([
            "The inputs above were recorded by (system, place): \(blank)",
            "That system produces an accurate result because: \(blank)",
            "The inputs were kept unchanged since by: \(blank)",
            "I compared their SHA-256 values with the table above on (date): \(blank)",
            "I ran hallpass verify on the bundle, and it reported: \(blank)",
        ])
        prose.say("I declare under penalty of perjury that what I claim above is true and correct.")
        prose.list(["Signature: \(blank)", "Date and place: \(blank)"])
        return prose.markdown
    }
}
