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

    /// Parses `2026-11-24`, or a moment of RFC 3339 such as `2026-11-24T09:00:00-05:00`; nil for anything
    /// else.
    package init?(_ text: String) {
        if let day = CivilDay(text) {
            self = .day(day)
            return
        }
        let upper = Array(text.uppercased().utf8)
        guard upper.count >= 20, upper[10] == UInt8(ascii: "T"), let day = CivilDay(text.prefix(10)),
            let clock = QuestionTime.clock(upper[11..<19]), let zone = QuestionTime.zone(upper[19...]),
            let moment = Timestamp(seconds: day.daysSince1970 * 86400 + clock - zone)
        else { return nil }
        self = .moment(moment)
    }

    /// Seconds since midnight from `HH:MM:SS`.
    private static func clock(_ text: ArraySlice<UInt8>) -> Int64? {
        let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count == 3, let hour = twoDigits(parts[0]), let minute = twoDigits(parts[1]),
            let second = twoDigits(parts[2]), hour < 24, minute < 60, second < 60
        else { return nil }
        return hour * 3600 + minute * 60 + second
    }

    /// Seconds east of UTC from `Z` or `+HH:MM`; a fraction of a second before it is dropped, since
    /// verdicts go by the minute.
    private static func zone(_ text: ArraySlice<UInt8>) -> Int64? {
        var rest = text
        if rest.first == UInt8(ascii: ".") {
            let fraction = rest.dropFirst().prefix { (48...57).contains($0) }
            guard !fraction.isEmpty else { return nil }
            rest = rest[fraction.endIndex...]
        }
        if rest.elementsEqual([UInt8(ascii: "Z")]) { return 0 }
        guard rest.count == 6, let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-")
        else {
            return nil
        }
        let parts = rest.dropFirst().split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count == 2, let hour = twoDigits(parts[0]), let minute = twoDigits(parts[1]), hour < 24,
            minute < 60
        else { return nil }
        let offset = hour * 3600 + minute * 60
        return sign == UInt8(ascii: "-") ? -offset : offset
    }

    private static func twoDigits(_ text: ArraySlice<UInt8>) -> Int64? {
        guard text.count == 2, text.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return text.reduce(0) { $0 * 10 + Int64($1 - 48) }
    }
}

extension Judge {
    /// Judges a name alone for a day, school, role and grade; what is left open is not held against the
    /// answer, but the conditions that an agreement sets are listed.
    package func lookup(
        name: String, on time: QuestionTime, school: String? = nil, role: Role? = nil, grade: GradeSet? = nil
    ) throws(DomainFault) -> NameAnswer {
        let normal = try DomainEntry.normalise(name, written: name)
        let local: LocalTime
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
