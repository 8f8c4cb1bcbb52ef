import Bytes
package import Register

/// What one agreement says about one product under given circumstances.
struct AgreementRule {
    let vendor: Vendor
    let product: Product
    let agreement: Agreement

    /// The checks in the order in which a privacy officer would make them: is it signed, is it in force
    /// that day, does it name this product, this school, role, grade and hour.
    func judge(_ circumstances: Circumstances) -> Judgment {
        var judgment = standing(circumstances.day)
        if judgment.verdict == .covered, let gap = scopeGap(circumstances) {
            judgment = Judgment(.outOfScope, reason: gap.reason)
            judgment.nearMisses = [gap.nearMiss]
        } else if !coversProduct, judgment.verdict != .covered {
            // An agreement that is not in force and speaks of other products says nothing about this one.
            judgment = Judgment(
                .noAgreement, reason: "no agreement with \(vendor.name) names \(product.name)")
        }
        judgment.owner = vendor.owner(on: circumstances.day)
        judgment.product = product.name
        judgment.agreement = AgreementSummary(agreement)
        judgment.record = RecordReference(kind: "agreement", id: agreement.id, place: agreement.place)
        return judgment
    }

    private var coversProduct: Bool { agreement.products.contains(product.id) }

    private var title: String { "agreement \(agreement.id) with \(vendor.name)" }

    /// Whether the agreement is in force on a day, whatever it covers.
    private func standing(_ day: CivilDay) -> Judgment {
        switch agreement.status {
        case .requested:
            return notSigned(.pending, "\(title) is requested and not signed")
        case .pending:
            return notSigned(.pending, "\(title) is pending and not signed")
        case .declined:
            return Judgment(.declined, reason: "\(title) was declined")
        case .withdrawn:
            return Judgment(.declined, reason: "\(title) was withdrawn")
        case .signed:
            return signedStanding(day)
        }
    }

    private func notSigned(_ verdict: Verdict, _ reason: String) -> Judgment {
        var judgment = Judgment(verdict, reason: reason)
        judgment.nearMisses = ["would be covered by \(agreement.id) once it is signed and effective"]
        return judgment
    }

    private func signedStanding(_ day: CivilDay) -> Judgment {
        if agreement.missedOffer {
            let signed = agreement.signedDistrict?.description ?? "?"
            return Judgment(
                .noAgreement,
                reason:
                    "\(title) was signed on \(signed), outside the window of its Exhibit E offer "
                    + "(\(offerWindow))"
            )
        }
        if let begins = agreement.begins, day < begins {
            var judgment = Judgment(.notYetEffective, reason: "\(title) takes effect on \(begins)")
            judgment.nearMisses = ["would be covered by \(agreement.id) from \(begins)"]
            return judgment
        }
        if let last = agreement.lastDay, last < day {
            let verb = last == agreement.terminated ? "was terminated as of" : "ended on"
            var judgment = Judgment(.expired, reason: "\(title) \(verb) \(last)")
            judgment.nearMisses = ["was covered by \(agreement.id) until \(last)"]
            return judgment
        }
        let begins = agreement.begins.map { "from \($0)" } ?? "in force"
        let ends = agreement.lastDay.map { " to \($0)" } ?? ", without an end date"
        return Judgment(.covered, reason: "\(title) covers \(product.name), \(begins)\(ends)")
    }

    private var offerWindow: String {
        let from = agreement.offer?.from.map { "from \($0) " } ?? ""
        return from + "until \(agreement.offer?.until?.description ?? "any day")"
    }

    /// What the agreement does not reach, and what it would take; nil when it reaches all.
    private func scopeGap(_ circumstances: Circumstances) -> (reason: String, nearMiss: String)? {
        if !coversProduct {
            let covered = vendor.products.filter { agreement.products.contains($0.id) }.map(\.name)
            let list = covered.isEmpty ? "no product on record" : covered.joined(separator: ", ")
            return gap("product", "\(title) covers \(list), not \(product.name)", list)
        }
        return schoolGap(circumstances) ?? roleGap(circumstances) ?? gradeGap(circumstances)
            ?? hourGap(circumstances)
    }

    private func gap(_ field: String, _ reason: String, _ covered: String) -> (
        reason: String, nearMiss: String
    ) {
        ("\(reason) (\(field))", "\(agreement.id) covers \(field): \(covered)")
    }

    private func schoolGap(_ circumstances: Circumstances) -> (reason: String, nearMiss: String)? {
        guard case .only(let schools) = agreement.schools else { return nil }
        let list = schools.joined(separator: ", ")
        guard let school = circumstances.school else {
            if circumstances.isQuestion { return nil }
            return gap(
                "school", "\(title) covers only schools \(list), and the device's school is unknown", list)
        }
        return schools.contains(school)
            ? nil : gap("school", "\(title) covers schools \(list), not \(school)", list)
    }

    private func roleGap(_ circumstances: Circumstances) -> (reason: String, nearMiss: String)? {
        guard case .only(let roles) = agreement.roles else { return nil }
        let list = roles.map(\.rawValue).joined(separator: ", ")
        guard let role = circumstances.role else { return nil }
        if roles.contains(role) { return nil }
        // A device that nobody knows, or that someone brought, may be a student's.
        if role == .unknown || role == .byod, roles.contains(.student) { return nil }
        return gap("role", "\(title) covers \(list), not \(role.rawValue)", list)
    }

    private func gradeGap(_ circumstances: Circumstances) -> (reason: String, nearMiss: String)? {
        guard let covered = agreement.grades else { return nil }
        // Grades are the students'; a teacher has none.
        guard circumstances.role.map(isStudentLike) ?? true else { return nil }
        guard let grades = circumstances.grades else {
            if circumstances.isQuestion { return nil }
            return gap(
                "grade", "\(title) covers grades \(covered), and the device's grade is unknown",
                covered.description)
        }
        if covered.isSuperset(of: grades) { return nil }
        return gap("grade", "\(title) covers grades \(covered), not all of \(grades)", covered.description)
    }

    private func hourGap(_ circumstances: Circumstances) -> (reason: String, nearMiss: String)? {
        guard let hours = agreement.hours, let weekday = circumstances.weekday,
            let minute = circumstances.minute,
            !hours.contains(weekday: weekday, minute: minute)
        else { return nil }
        return gap("hours", "\(title) covers \(hours), and this was outside", hours.description)
    }
}

/// Roles whose devices may be in a student's hands: what they do without an agreement is a finding.
package func isStudentLike(_ role: Role) -> Bool { role == .student || role == .unknown || role == .byod }
