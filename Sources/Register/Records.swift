package import Bytes

/// Whose register it is.
package struct District: Equatable, Sendable {
    package var name: String
    /// An IANA identifier, such as `America/New_York`; days and hours of verdicts are those of this zone.
    package var timezone: String
    /// The district's own domains.
    package var domains: [ListedDomain]
    package var place: Place
}

/// A contract party and what it offers.
package struct Vendor: Equatable, Sendable {
    package var id: String
    /// The contract party's name.
    package var name: String
    package var aliases: [String]
    /// Earlier and later owners, in order; empty when the vendor is its own owner throughout.
    package var owners: [Ownership]
    package var products: [Product]
    package var agreements: [Agreement]
    /// The day on which the record was entered; nil counts as always on record.
    package var recorded: CivilDay?
    package var place: Place

    package struct Ownership: Equatable, Sendable {
        package var name: String
        /// First and last day; nil is open.
        package var from: CivilDay?
        package var to: CivilDay?
    }

    /// Who owned the vendor on a day.
    package func owner(on day: CivilDay) -> String {
        owners.last { ($0.from ?? day) <= day && day <= ($0.to ?? day) }?.name ?? name
    }
}

/// One product of a vendor and the hosts that belong to it.
package struct Product: Equatable, Sendable {
    package var id: String
    package var name: String
    package var domains: [ListedDomain]
    /// Hosts beneath `domains` that are not part of the product.
    package var excludedDomains: [ListedDomain]
    /// Bundle, package and extension identifiers.
    package var appIDs: [String]
    package var place: Place
}

/// An owner without any agreement that is known for what it does.
package struct ThirdParty: Equatable, Sendable {
    /// Nil when a list says what the domain does and not whose it is.
    package var owner: String?
    package var category: String
    package var domains: [ListedDomain]
    package var source: String?
    /// First and last day on which the domains belonged to the owner; nil is open.
    package var validFrom: CivilDay?
    package var validTo: CivilDay?
    package var recorded: CivilDay?
    package var place: Place

    /// Categories of parties that only carry others' content: seeing one says nothing about tracking.
    package static let carrierCategories: Set<String> = ["cdn", "hosting", "cloud"]

    package var isCarrier: Bool { ThirdParty.carrierCategories.contains(category) }

    package func isValid(on day: CivilDay) -> Bool { (validFrom ?? day) <= day && day <= (validTo ?? day) }
}

/// A service of an operating system or browser that runs on every device: updates, time, certificate status.
package struct PlatformService: Equatable, Sendable {
    package var owner: String
    package var function: String
    package var domains: [ListedDomain]
    package var source: String?
    package var recorded: CivilDay?
    package var place: Place
}

/// A domain that the district permits for a stated reason until a stated day.
package struct ExceptionRecord: Equatable, Sendable {
    package var domain: ListedDomain
    package var reason: String
    /// Who answers for it in the district.
    package var owner: String?
    package var from: CivilDay?
    /// The last day, inclusive.
    package var until: CivilDay
    package var recorded: CivilDay?
    package var place: Place
}
