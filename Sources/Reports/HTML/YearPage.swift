import Bytes
import Judgement
import Register

/// `--for year`: the annual review, vendor by vendor.
extension PageParts {
    var yearPage: HTMLDocument {
        var document = document("Annual review of vendors", summary: verdict)
        document.sections = [
            vendors, expiring, charts, partiesOfTheYear, coverage, inputs, reading,
        ].compactMap { $0 }
        return document
    }

    /// One vendor of the register that was in use or has an agreement, with what was seen of it.
    struct VendorYear: Equatable {
        var vendor: String
        var agreements: [ReportPage.AgreementLine] = []
        var products: Set<String> = []
        var first: Timestamp?
        var last: Timestamp?
        /// Layer-3 bytes under an agreement in force, and without.
        var covered: UInt64 = 0
        var uncovered: UInt64 = 0
        var flows: UInt64 = 0

        mutating func add(_ tally: Tally, isCovered: Bool) {
            if let start = tally.first { first = min(first ?? start, start) }
            if let end = tally.last { last = max(last ?? end, end) }
            let bytes = PageParts.bytes(tally)
            if isCovered {
                covered = PageParts.saturatingSum(covered, bytes)
            } else {
                uncovered = PageParts.saturatingSum(uncovered, bytes)
            }
            flows = PageParts.saturatingSum(flows, tally.flows)
        }
    }

    /// By name. What was seen goes to the vendor whose agreement or name decided.
    var vendorYears: [VendorYear] {
        var years: [String: VendorYear] = [:]
        var vendorOfAgreement: [String: String] = [:]
        for line in page.agreements {
            years[line.vendor, default: VendorYear(vendor: line.vendor)].agreements.append(line)
            vendorOfAgreement[line.id] = line.vendor
        }
        func add(
            _ agreement: AgreementSummary?, _ owner: String?, _ product: String?, _ tally: Tally,
            _ covered: Bool
        ) {
            guard let vendor = agreement.flatMap({ vendorOfAgreement[$0.id] }) ?? owner else { return }
            guard years[vendor] != nil || product != nil else { return }
            years[vendor, default: VendorYear(vendor: vendor)].add(tally, isCovered: covered)
            if let product { years[vendor]?.products.insert(product) }
        }
        for group in assessment.covered where group.verdict == .covered {
            add(group.agreement, group.owner, group.product, group.tally, true)
        }
        for finding in assessment.findings {
            add(finding.agreement, finding.owner, finding.product, finding.tally, false)
        }
        return years.values.sorted { $0.vendor < $1.vendor }
    }

    private var vendors: HTMLDocument.Section {
        let years = vendorYears
        var table = HTMLTable(
            "Vendors",
            [
                .init("Vendor"), .init("First seen"), .init("Last seen"), .number("Flows"),
                .number("Bytes under an agreement"), .number("Bytes without"),
            ])
        for year in years {
            table.add([
                "\(year.vendor)",
                year.first == nil ? "<span class=\"quiet\">not seen</span>" : day(year.first),
                day(year.last), "\(year.flows)", "\(Quantity.bytes(year.covered))",
                "\(Quantity.bytes(year.uncovered))",
            ])
        }
        let histories = years.filter { !$0.agreements.isEmpty }.map(history)
        return HTMLDocument.Section(
            "vendors", "Vendors",
            years.isEmpty
                ? "<p>The register has no agreement, and no vendor\u{2019}s product was seen.</p>"
                : """
                <p>Every vendor with an agreement on record, and those whose products were used without one.</p>
                \(table.markup)
                <h3>Agreements of each vendor</h3>
                \(histories)
                """)
    }

    private func history(_ year: VendorYear) -> Markup {
        var table = HTMLTable(
            "Agreements with \(year.vendor)",
            [
                .init("Agreement"), .init("Status"), .init("Signed"), .init("In force from"),
                .init("Last day"),
                .init("Products"), .init("Record"),
            ])
        for line in year.agreements {
            let id: Markup =
                line.form.map { form -> Markup in "\(.name(line.id)) <span class=\"quiet\">\(form)</span>" }
                ?? .name(line.id)
            table.add([
                id, "\(standing(line))", PageParts.date(line.signed), PageParts.date(line.begins),
                line.lastDay == nil ? "none set" : PageParts.date(line.lastDay),
                "\(line.products.joined(separator: ", "))",
                .name(line.place.description),
            ])
        }
        return "<h4>\(year.vendor)</h4>\n\(table.markup)"
    }

    /// The status as it was at the end of the period.
    private func standing(_ line: ReportPage.AgreementLine) -> String {
        guard line.status == Agreement.Status.signed.rawValue, let day = page.period?.upperBound else {
            return line.status
        }
        if line.isInForce(on: day) { return "in force" }
        return line.begins.map { day < $0 } == true ? "signed, not yet in force" : "ended"
    }

    private var partiesOfTheYear: HTMLDocument.Section {
        let findings = assessment.findings
        return HTMLDocument.Section(
            "findings", "Parties without an agreement",
            findings.isEmpty
                ? "<p>There are none in this period.</p>"
                : "<p>Reasons stand in the ordinary report.</p>\n\(table(findings))")
    }
}
