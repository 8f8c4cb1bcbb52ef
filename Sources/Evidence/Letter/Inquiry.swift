package import Bytes
package import Contacts
package import Judgement
package import Register

/// An input that the facts were read from.
package struct CaseInput: Equatable, Sendable {
    /// Without the folders that lead to it.
    package var name: String
    package var report: InputReport
    /// Of the file as it lies on the disk; nil for what lies in an archive, and for pipes.
    package var sha256: String?
    /// Whether the ledger holds a file of this SHA-256; nil without a ledger.
    package var isInLedger: Bool?

    package init(name: String, report: InputReport, sha256: String?, isInLedger: Bool?) {
        self.name = name
        self.report = report
        self.sha256 = sha256
        self.isInLedger = isInLedger
    }
}

/// All that the texts of a bundle speak of. Plain values: what is not here cannot be said.
package struct Inquiry: Sendable {
    package var district: String
    package var timezone: String
    package var recipient: String
    package var operatorName: String?
    /// The date of the letter and the day by which an answer is asked for, as given; nil leaves a blank to fill in.
    package var dated: CivilDay?
    package var answerBy: CivilDay?
    package var first: CivilDay
    package var last: CivilDay
    package var findings: [Finding]
    /// Who is asked, when the register knows.
    package var vendor: Vendor?
    package var facts: [Fact]
    package var times: TimeForm
    package var inputs: [CaseInput]
    package var coverage: Contacts.Coverage
    package var tool: String
    package var build: String
    package var registerSHA256: String
    package var rosterSHA256: String?
    /// What the ledger has to say beside the captures: one sentence each.
    package var ledgerNotes: [String]
    package var excerptNotes: [String]
    package var excerptFrames: Int?
    /// Minutes within which a product and a contact count as together.
    package var window: Int

    package init(
        district: String, timezone: String, recipient: String, first: CivilDay, last: CivilDay,
        findings: [Finding], facts: [Fact], times: TimeForm, inputs: [CaseInput], coverage: Contacts.Coverage,
        tool: String, build: String, registerSHA256: String, rosterSHA256: String?, window: Int
    ) {
        self.district = district
        self.timezone = timezone
        self.recipient = recipient
        self.first = first
        self.last = last
        self.findings = findings
        self.facts = facts
        self.times = times
        self.inputs = inputs
        self.coverage = coverage
        self.tool = tool
        self.build = build
        self.registerSHA256 = registerSHA256
        self.rosterSHA256 = rosterSHA256
        self.window = window
        operatorName = nil
        (dated, answerBy, vendor) = (nil, nil, nil)
        (ledgerNotes, excerptNotes, excerptFrames) = ([], [], nil)
    }

    // MARK: Sums

    static let blank = "____________________"

    /// The facts that belong to a finding.
    func facts(of finding: Finding) -> [Fact] {
        let names = Set(finding.names)
        return facts.filter { fact in
            fact.contact.name.map { name in
                names.contains(name) || fact.contact.candidates.contains(where: names.contains)
            } ?? (fact.servers.first?.description == finding.domain)
        }
    }

    /// One row per day of the district: day, contacts, devices, bytes from and to the devices.
    func days(of finding: Finding, clock: ZoneClock) -> [[String]] {
        let byDay = Dictionary(grouping: facts(of: finding)) { clock.local($0.contact.first).day }
        return byDay.keys.sorted().map { day in
            let facts = byDay[day] ?? []
            let up = facts.reduce(UInt64(0)) { $0 &+ $1.contact.bytesUp }
            let down = facts.reduce(UInt64(0)) { $0 &+ $1.contact.bytesDown }
            return [
                day.description, String(facts.count), String(Set(facts.map(\.device)).count), String(up),
                String(down),
            ]
        }
    }

    /// "2026-11-23", or "2026-11-23 to 2026-11-24".
    var period: String { first == last ? first.description : "\(first) to \(last)" }
}

/// A number and its noun.
func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
