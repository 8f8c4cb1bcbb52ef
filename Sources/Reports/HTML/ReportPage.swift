package import Bytes
package import Judgement
package import Register

/// What an HTML page shows: a report, what of the register goes with it, and what only a history knows.
///
/// It does not matter where the report came from: from inputs just read or from a ledger.
package struct ReportPage: Sendable {
    /// For whom the page is made.
    package enum Audience: String, Sendable, CaseIterable {
        /// Who runs Hallpass, and the privacy officer: everything.
        case officer
        /// The team that meets twice a month: what changed since the last report.
        case team
        /// The annual review: every vendor with its agreements, first and last contact and volumes.
        case year
        /// Families and the board: what is approved, and sums in which nobody can be recognised.
        case families
    }

    /// What is known of a finding beyond the report: from a ledger that keeps its state.
    package struct FindingNote: Equatable, Sendable {
        package enum State: String, Sendable {
            case new
            case open
            case acknowledged
        }

        package var state: State
        /// The first day on which any report had it.
        package var firstSeen: CivilDay?
        /// Who acknowledged it, why, and the last day for which that holds.
        package var by: String?
        package var reason: String?
        package var until: CivilDay?

        package init(
            state: State, firstSeen: CivilDay? = nil, by: String? = nil, reason: String? = nil,
            until: CivilDay? = nil
        ) {
            self.state = state
            self.firstSeen = firstSeen
            self.by = by
            self.reason = reason
            self.until = until
        }
    }

    /// One agreement of the register.
    package struct AgreementLine: Equatable, Sendable {
        package var vendor: String
        package var id: String
        package var form: String?
        /// As in the register: `signed`, `pending`, ...
        package var status: String
        /// The later signature, where both or the district's are on record.
        package var signed: CivilDay?
        package var begins: CivilDay?
        package var lastDay: CivilDay?
        package var products: [String]
        package var place: Place

        /// Whether it is signed and in force on `day`.
        package func isInForce(on day: CivilDay) -> Bool {
            status == Agreement.Status.signed.rawValue && (begins ?? day) <= day && day <= (lastDay ?? day)
        }

        /// Days from `day` to the last day that is covered; nil without an end.
        package func daysLeft(on day: CivilDay) -> Int64? {
            lastDay.map { $0.daysSince1970 - day.daysSince1970 }
        }
    }

    package var audience: Audience
    package var report: Report
    /// The civil days of the district that the page speaks of. Nil when nothing was in contact with anything.
    package var period: ClosedRange<CivilDay>?
    /// All of the register, by vendor, then first day.
    package var agreements: [AgreementLine]
    /// By the inputs' paths, in lower-case hexadecimal; inputs that cannot be read again have none.
    package var inputHashes: [String: String] = [:]
    /// By the findings' ids.
    package var findingNotes: [String: FindingNote] = [:]

    /// `register` is the one that judged. The period is what the report's contacts span, until the caller knows
    /// better.
    package init(_ report: Report, register: Register, audience: Audience = .officer) {
        self.audience = audience
        self.report = report
        agreements = ReportPage.lines(register)
        let clock = ZoneClock(identifier: report.register.timezone)
        let totals = report.assessment.totals.all
        if let first = totals.first, let last = totals.last, first <= last {
            period = clock.local(first).day...clock.local(last).day
        }
    }

    private static func lines(_ register: Register) -> [AgreementLine] {
        let lines = register.vendors.flatMap { vendor in
            vendor.agreements.map { agreement -> AgreementLine in
                let products = vendor.products.filter { agreement.products.contains($0.id) }
                return AgreementLine(
                    vendor: vendor.name, id: agreement.id, form: agreement.form,
                    status: agreement.status.rawValue,
                    signed: agreement.signedDistrict.map { max($0, agreement.signedProvider ?? $0) },
                    begins: agreement.begins, lastDay: agreement.lastDay, products: products.map(\.name),
                    place: agreement.place)
            }
        }
        return lines.sorted { a, b in
            let first = a.begins?.daysSince1970 ?? .max
            let second = b.begins?.daysSince1970 ?? .max
            return (a.vendor, first, a.id) < (b.vendor, second, b.id)
        }
    }
}

extension ReportPage {
    /// How long before its end an agreement is listed as expiring.
    package static let expiryNotice: Int64 = 90

    /// Agreements in force whose last day is at most `expiryNotice` days after the period, the first to end first.
    package var expiring: [AgreementLine] {
        guard let day = period?.upperBound else { return [] }
        let found = agreements.filter { line in
            line.isInForce(on: day) && (line.daysLeft(on: day) ?? .max) <= ReportPage.expiryNotice
        }
        return found.sorted {
            ($0.lastDay?.daysSince1970 ?? 0, $0.vendor, $0.id)
                < ($1.lastDay?.daysSince1970 ?? 0, $1.vendor, $1.id)
        }
    }
}
