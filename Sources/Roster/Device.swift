package import Bytes
package import Register

/// What a rule says of a device or person.
package struct Standing: Hashable, Sendable {
    /// Nil where a list leaves it to the network.
    package var role: Role?
    /// A school's id.
    package var school: String?
    /// The grades of the device, school or network; nil when unknown.
    package var grades: GradeSet?

    package init(role: Role? = nil, school: String? = nil, grades: GradeSet? = nil) {
        self.role = role
        self.school = school
        self.grades = grades
    }
}

/// Who a contact's device is, for counting: the same device has the same key whatever address it had.
package enum DeviceKey: Hashable, Comparable, Sendable {
    /// A device of the roster's lists, by its id.
    case listed(String)
    case hardware(MACAddress)
    /// Known by its address alone: it may have been several devices, or be one that counts elsewhere too.
    case address(IPAddress)
    case user(String)
    case host(String)
    case nothing

    package static func < (a: DeviceKey, b: DeviceKey) -> Bool {
        switch (a, b) {
        case (.listed(let a), .listed(let b)), (.user(let a), .user(let b)), (.host(let a), .host(let b)):
            a < b
        case (.hardware(let a), .hardware(let b)): a < b
        case (.address(let a), .address(let b)): a < b
        default: a.rank < b.rank
        }
    }

    private var rank: Int {
        switch self {
        case .listed: 0
        case .hardware: 1
        case .address: 2
        case .user: 3
        case .host: 4
        case .nothing: 5
        }
    }
}

/// What the roster says a client was at that moment.
package struct Device: Hashable, Sendable {
    /// What made the roster say so, the strongest first: the order of `rawValue` is the order of trust.
    package enum Rule: Int, Hashable, Sendable, Comparable, CaseIterable {
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

    /// Why nobody can say which device it was.
    package enum Doubt: String, Hashable, Sendable {
        /// Two devices had the address at that time by what leases and packets say.
        case twoLeases = "two leases"
        /// Two networks of the roster fit, which differ in VLAN or SSID, and nobody saw which of them it was in.
        case twoNetworks = "two networks"
    }

    package var key: DeviceKey
    package var role: Role
    /// A school's id.
    package var school: String?
    /// The grades of the device, school or network; nil when unknown.
    package var grades: GradeSet?
    package var rule: Rule
    /// Where the deciding rule stands in the roster.
    package var place: Place?
    /// What tied the address to the device; nil when nothing did.
    package var source: BindingSource?
    package var doubt: Doubt?
    /// The hardware address is one that the device made up (locally administered bit): it changes.
    package var isRandomised = false

    package init(
        key: DeviceKey = .nothing, role: Role, school: String? = nil, grades: GradeSet? = nil, rule: Rule,
        place: Place? = nil
    ) {
        self.key = key
        self.role = role
        self.school = school
        self.grades = grades
        self.rule = rule
        self.place = place
    }

    /// A client of which no rule says anything.
    package static let unknown = Device(role: .unknown, rule: .none)

    /// The roster's own id of the device; nil when it is not in a list.
    package var id: String? {
        if case .listed(let id) = key { return id }
        return nil
    }

    /// Whether it is known which device it was, and not only where it was.
    package var isAttributed: Bool {
        switch key {
        case .listed, .hardware: true
        case .address, .user, .host, .nothing: false
        }
    }
}
