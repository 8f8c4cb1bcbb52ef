package import Bytes
package import Register

/// The answer to `hallpass lookup`: why a name gets its verdict.
package struct NameAnswer: Equatable, Sendable {
    package var name: String
    /// The day in the district's zone, and the moment when one was asked for.
    package var on: String
    package var school: String?
    package var role: Role?
    package var grade: GradeSet?
    package var judgment: Judgment
}

/// The day or moment that a question asks about.
package enum QuestionTime: Equatable, Sendable {
    /// Noon of the day in the district's zone.
    case day(CivilDay)
    case moment(Timestamp)
}

extension Judge {
    /// Judges a name alone for a day, school, role and grade; what is left open is not held against the answer,
    /// but the conditions that an agreement sets are listed.
    package func lookup(
        name: String, on time: QuestionTime, school: String? = nil, role: Role? = nil, grade: GradeSet? = nil
    ) throws(DomainFault) -> NameAnswer {
        let normal = try DomainEntry.normalise(name, written: name)
        let local: (day: CivilDay, weekday: Int, minute: Int)
        let on: String
        switch time {
        case .day(let day):
            local = clock.noon(of: day)
            on = day.description
        case .moment(let moment):
            local = clock.local(moment)
            on = moment.description
        }
        let circumstances = Circumstances(
            day: local.day, weekday: local.weekday, minute: local.minute, role: role, school: school,
            grades: grade,
            isQuestion: true)
        var judgment = judge(name: normal, circumstances)
        judgment.reasons += conditions(of: judgment, circumstances)
        if judgment.verdict.isUncovered { judgment.nearMisses += exactNearMisses(normal) }
        return NameAnswer(name: normal, on: on, school: school, role: role, grade: grade, judgment: judgment)
    }

    /// The conditions of the deciding agreement that the question left open.
    private func conditions(of judgment: Judgment, _ circumstances: Circumstances) -> [String] {
        guard judgment.verdict == .covered, let place = judgment.record?.place,
            let agreement = register.vendors.lazy.flatMap(\.agreements).first(where: { $0.place == place })
        else { return [] }
        var open: [String] = []
        if case .only(let schools) = agreement.schools, circumstances.school == nil {
            open.append("holds for schools \(schools.joined(separator: ", "))")
        }
        if case .only(let roles) = agreement.roles, circumstances.role == nil {
            open.append("holds for roles \(roles.map(\.rawValue).joined(separator: ", "))")
        }
        if let grades = agreement.grades, circumstances.grades == nil {
            open.append("holds for students in grades \(grades)")
        }
        return open
    }

    /// `=name` entries above the name, which look as if they covered it.
    private func exactNearMisses(_ name: String) -> [String] {
        var parents: [String] = []
        var rest = name[...]
        while let dot = rest.firstIndex(of: ".") {
            rest = rest[rest.index(after: dot)...]
            parents.append(String(rest))
        }
        return parents.compactMap { parent in
            guard let domain = register.matches(parent).first?.first?.domain, domain.entry.isExact else {
                return nil
            }
            return "the entry \(domain.entry) (\(domain.place)) covers only \(domain.entry.name) itself"
        }
    }
}
