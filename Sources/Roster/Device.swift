package import Register

/// What the roster says a client was at that moment.
package struct Device: Hashable, Sendable {
    /// What made the roster say so, the strongest first: the order of `rawValue` is the order of trust.
    package enum Rule: Int, Hashable, Sendable, Comparable {
        case device
        case lease
        case user
        case hostname
        case network
        case none

        package static func < (a: Rule, b: Rule) -> Bool { a.rawValue < b.rawValue }

        package var name: String {
            switch self {
            case .device: "device"
            case .lease: "lease"
            case .user: "user"
            case .hostname: "hostname"
            case .network: "network"
            case .none: "none"
            }
        }
    }

    /// The roster's own id of the device; nil when only its network is known.
    package var id: String?
    package var role: Role
    /// A school's id.
    package var school: String?
    /// The grades of the school or network; nil when unknown.
    package var grades: GradeSet?
    package var rule: Rule
    /// Where the deciding rule stands in the roster.
    package var place: Place?

    package init(
        id: String? = nil, role: Role, school: String? = nil, grades: GradeSet? = nil, rule: Rule,
        place: Place? = nil
    ) {
        self.id = id
        self.role = role
        self.school = school
        self.grades = grades
        self.rule = rule
        self.place = place
    }

    /// A client of which no rule says anything.
    package static let unknown = Device(role: .unknown, rule: .none)
}

/// A school of the district.
package struct School: Equatable, Sendable {
    package var id: String
    package var name: String
    package var grades: GradeSet?
    package var place: Place
}
