import Judgement
import Roster

/// `--for families`: what is approved, and sums in which nobody can be recognised. No destination, no device count
/// below the limit of small cells, no hour of the day, no name of a file.
extension PageParts {
    var familiesPage: HTMLDocument {
        var document = document("How we look after student data", summary: familiesSummary)
        document.sections = [approved, others, unseen, words]
        document.colophon = """
            <p>Made by Hallpass \(report.toolVersion) from records of the school network and the district\u{2019}s \
            list of agreements. Numbers of devices below \(SmallCells.least) are not shown, so that nobody can be \
            recognised.</p>
            """
        return document
    }

    private var familiesSummary: Markup {
        let companies = Set(inForce.map(\.vendor)).count
        return """
            <p class="verdict">\(shareSentence)</p>
            <p>By its records, the district had signed agreements in force with \
            \(Quantity.of(companies, "company", "companies")). This page compares with them what the school network \
            saw.</p>
            """
    }

    private var shareSentence: String {
        let total = assessment.activity.total
        if total.total == 0 { return "The network showed no traffic of student devices in this time." }
        // What a handful of devices did is no sum.
        if isHandful { return "Too few student devices were seen to speak of them here." }
        return
            "\(PageParts.percent(total.permitted, of: total.total)) of what student devices exchanged with the "
            + "outside, by volume, went to services that the district runs or permits, or that every device needs."
    }

    private var isHandful: Bool {
        assessment.totals.all.roles.reduce(0) { isStudentLike($1.key) ? $0 + $1.value : $0 }
            < SmallCells.least
    }

    private var inForce: [ReportPage.AgreementLine] {
        guard let day = page.period?.upperBound else { return [] }
        return page.agreements.filter { $0.isInForce(on: day) }
    }

    /// All approved vendors, in use or not: that a rarely used one was used could tell of a single child.
    private var approved: HTMLDocument.Section {
        var table = HTMLTable("Approved", [.init("Company"), .init("Product"), .init("Agreement until")])
        for line in inForce {
            table.add([
                "\(line.vendor)", "\(line.products.joined(separator: ", "))",
                "\(line.lastDay.map(PageParts.words) ?? "no end date")",
            ])
        }
        return HTMLDocument.Section(
            "approved", "Approved companies",
            table.isEmpty
                ? "<p>No agreement is in force.</p>"
                : """
                <p>By the district\u{2019}s records, these agreements were signed and in force on the last day of this \
                report, whether or not the product was used.</p>
                \(table.markup)
                """)
    }

    /// What a group of findings is called in plain words; categories are the register's own words.
    private static func plain(_ finding: Finding) -> String {
        switch finding.verdict {
        case .expired: "an agreement that has ended"
        case .pending, .notYetEffective: "an agreement that is not in force yet"
        case .declined: "an agreement that the company declined"
        case .outOfScope: "a use that the agreement does not cover"
        case .unknownOwner, .unnamed: "a service whose owner we do not know"
        case .concealed: "a connection that hides where it goes"
        default: finding.category.map { "\($0), no agreement" } ?? "no agreement"
        }
    }

    private var others: HTMLDocument.Section {
        var counts: [String: Int] = [:]
        var small = 0
        // A destination that only a handful of devices used is counted in the sum alone.
        for (_, findings) in Dictionary(grouping: assessment.findings, by: \.domain) {
            guard let widest = findings.max(by: { $0.tally.devices < $1.tally.devices }) else { continue }
            if widest.tally.devices < SmallCells.least {
                small += 1
            } else {
                counts[PageParts.plain(widest), default: 0] += 1
            }
        }
        var table = HTMLTable("Not approved", [.init("What kind"), .number("How many services")])
        for (kind, count) in counts.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
            table.add(["\(kind)", "\(count)"])
        }
        if small > 0 {
            table.add([
                "used by fewer than \(SmallCells.least) devices each, of any kind", "\(small)",
            ])
        }
        return HTMLDocument.Section(
            "others", "Other services",
            table.isEmpty
                ? "<p>Student devices used no service without an agreement.</p>"
                : """
                <p>Student devices, or devices that may be a student\u{2019}s, also exchanged data with services that \
                no agreement covers. That can be a website somebody opened, or something an app calls by itself.</p>
                \(table.markup)
                """)
    }

    private var unseen: HTMLDocument.Section {
        let total = assessment.activity.total
        let share = isHandful ? "A part" : PageParts.percent(total.unseen, of: total.total)
        let broken =
            report.incompleteInputs.isEmpty
            ? "" : " Some of the network\u{2019}s records could not be read to the end."
        return HTMLDocument.Section(
            "unseen", "What we could not see",
            """
            <p>\(share) of the volume went to places that the network cannot name. We say nothing about it rather \
            than guess.\(broken)</p>
            <p>What happens inside an approved app, and on devices at home, does not appear here.</p>
            """)
    }

    private var words: HTMLDocument.Section {
        HTMLDocument.Section(
            "words", "What the words mean",
            """
            <dl>
            <dt><b>Agreement</b></dt><dd>A contract about student data between the district and a company, often \
            called a data privacy agreement.</dd>
            <dt><b>Service</b></dt><dd>Somebody\u{2019}s place on the internet, such as a website, that a device \
            talked to.</dd>
            <dt><b>Unknown owner</b></dt><dd>The district\u{2019}s list does not say whose service it is. That \
            alone does not make it a bad one.</dd>
            </dl>
            """)
    }
}
