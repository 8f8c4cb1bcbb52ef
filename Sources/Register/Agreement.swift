package import Bytes

/// One Data Privacy Agreement, or the negotiation of one.
package struct Agreement: Equatable, Sendable {
    package enum Relation: String, Sendable, CaseIterable {
        /// This district negotiated it.
        case originator
        /// This district subscribes to another's agreement through its Exhibit E, the general offer of terms.
        case exhibitE = "exhibit-e"
        case ownPaper = "own-paper"
        case clickWrap = "click-wrap"
        /// The vendor states that it collects no student data.
        case noData = "no-data"
    }

    package enum Status: String, Sendable, CaseIterable {
        case signed
        /// Asked for; nothing received yet.
        case requested
        case pending
        case declined
        case withdrawn
    }

    /// The window in which an Exhibit E offer may be accepted, both days inclusive.
    package struct Offer: Equatable, Sendable {
        package var from: CivilDay?
        package var until: CivilDay?
    }

    package struct Document: Equatable, Sendable {
        package var file: String
        /// 64 lower-case hexadecimal digits.
        package var sha256: String?
        package var pages: Int?
    }

    package var id: String
    package var form: String?
    package var relation: Relation
    package var status: Status
    package var offer: Offer?
    package var signedProvider: CivilDay?
    package var signedDistrict: CivilDay?
    package var effective: CivilDay?
    /// The last day, inclusive.
    package var ends: CivilDay?
    /// The last day before an early end, inclusive.
    package var terminated: CivilDay?
    /// The day on which the termination was entered; nil counts as entered with the agreement itself.
    package var terminationRecorded: CivilDay?
    /// Product ids of the same vendor.
    package var products: Scope<String>
    package var schools: Scope<String>
    package var roles: Scope<Role>
    /// Nil is all grades.
    package var grades: GradeSet?
    /// Nil is all hours.
    package var hours: HourScope?
    package var dataElements: [DataElement]
    package var subprocessors: [Subprocessor]
    package var document: Document?
    /// Where the agreement's own text speaks of an obligation, as `Article IV, 5`.
    package var clauses: [Obligation: String] = [:]
    /// The day on which the record was entered; nil counts as always on record.
    package var recorded: CivilDay?
    package var place: Place

    /// The first day: as stated, else the later signature.
    package var begins: CivilDay? {
        if let effective { return effective }
        guard let signedDistrict else { return nil }
        return max(signedDistrict, signedProvider ?? signedDistrict)
    }

    /// The last day, inclusive: whichever end comes first. Nil when none is set.
    package var lastDay: CivilDay? {
        guard let ends, let terminated else { return ends ?? terminated }
        return min(ends, terminated)
    }

    /// The agreement as it stood in the register on `day`: nil when it was not entered yet, and without a
    /// termination that was entered later. Nil for `day` asks about everything on record.
    package func asKnown(on day: CivilDay?) -> Agreement? {
        guard let day else { return self }
        if let recorded, day < recorded { return nil }
        guard let terminationRecorded, day < terminationRecorded else { return self }
        var known = self
        known.terminated = nil
        known.terminationRecorded = nil
        return known
    }

    /// An Exhibit E that was signed outside the window of the offer binds nobody.
    package var missedOffer: Bool {
        guard relation == .exhibitE, let offer, let signedDistrict else { return false }
        return signedDistrict > (offer.until ?? signedDistrict)
            || signedDistrict < (offer.from ?? signedDistrict)
    }
}

/// What agreements on student data bind a vendor to, and the laws that they name.
package enum Obligation: String, Sendable, CaseIterable {
    case ferpa
    case coppa
    case cipa
    case ppra
    /// The data belong to the district.
    case ownership
    case breachNotice = "breach-notice"
    /// No resale, and no use beside the service.
    case noOtherUse = "no-other-use"
    case audit
    case security
}

/// Someone who handles data on a vendor's behalf under an agreement.
package struct Subprocessor: Equatable, Sendable {
    package var name: String
    package var domains: [ListedDomain]
    package var function: String?
    package var studentData: Bool?
    package var from: CivilDay?
    package var to: CivilDay?
    package var place: Place
}

/// The categories of the Schedule of Data of the National Data Privacy Agreement.
package enum DataElement: String, Sendable, CaseIterable {
    case applicationTechnologyMetadata = "application-technology-metadata"
    case applicationUseStatistics = "application-use-statistics"
    case assessment
    case attendance
    case communications
    case conduct
    case demographics
    case enrollment
    case parentContact = "parent-contact"
    case parentIdentifiers = "parent-identifiers"
    case parentName = "parent-name"
    case schedule
    case specialIndicator = "special-indicator"
    case studentContact = "student-contact"
    case studentIdentifiers = "student-identifiers"
    case studentName = "student-name"
    case studentInAppPerformance = "student-in-app-performance"
    case studentProgramMembership = "student-program-membership"
    case studentSurveyResponses = "student-survey-responses"
    case studentWork = "student-work"
    case transcript
    case transportation
    case other
    case none
}
