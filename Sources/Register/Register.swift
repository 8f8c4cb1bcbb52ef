/// All vendors, products, agreements, known third parties, platform services and exceptions of a district.
package struct Register: Sendable {
    /// Nil when no file describes the district; days are then those of UTC.
    package let district: District?
    package let vendors: [Vendor]
    package let thirdParties: [ThirdParty]
    package let platform: [PlatformService]
    package let exceptions: [ExceptionRecord]
    /// From which reasons severities are added up.
    package let severity: SeverityWeights
    package let context: ContextSettings
    /// Every distinct hour scope of an agreement.
    package let hourScopes: [HourScope]
    /// The files that were read, in order.
    package let files: [String]
    /// SHA-256 over the files' names and bytes, in lower-case hexadecimal.
    package let sha256: String

    /// The user's own lists of third parties, asked where the register has no entry.
    package internal(set) var lists: [ThirdPartyList] = []
    package internal(set) var listed: [ThirdParty] = []
    var listClaims: [DomainClaim] = []
    var listIndex: DomainIndex?

    private let claims: [DomainClaim]
    private let index: DomainIndex

    init(_ content: RegisterContent, files: [String], sha256: String) {
        district = content.districts.first
        vendors = content.vendors
        thirdParties = content.thirdParties
        platform = content.platform
        exceptions = content.exceptions
        severity = content.severities.first?.weights ?? SeverityWeights()
        context = content.contexts.first?.settings ?? ContextSettings()
        hourScopes = Array(Set(content.vendors.flatMap(\.agreements).compactMap(\.hours)))
            .sorted { $0.description < $1.description }
        self.files = files
        self.sha256 = sha256
        claims = DomainClaim.all(of: content)
        index = DomainIndex(claims.map(\.domain.entry))
    }

    /// Whether both say the same, wherever it is written.
    package func saysTheSame(as other: Register) -> Bool {
        RegisterYAMLWriter.write(self) == RegisterYAMLWriter.write(other)
    }

    /// The IANA time zone of the district.
    package var timezone: String { district?.timezone ?? "UTC" }

    /// The entries that cover `name`, grouped by length, the longest first: the first group that holds
    /// anything valid decides.
    package func matches(_ name: String) -> [[DomainClaim]] {
        var groups: [[DomainClaim]] = []
        var group = firstMatch(name)
        while let found = group {
            groups.append(claims(of: found))
            group = nextMatch(after: found)
        }
        return groups
    }

    /// The longest entries that cover `name`, without reading what they claim; nil when none does.
    @inline(__always)
    package func firstMatch(_ name: String) -> DomainIndex.Step? { index.first(for: name) }

    /// The next shorter entries that cover the same name.
    package func nextMatch(after step: DomainIndex.Step) -> DomainIndex.Step? { index.next(after: step) }

    /// What the lists' longest entries that cover `name` claim.
    package func listMatches(_ name: String) -> [DomainClaim] {
        guard let listIndex, let step = listIndex.first(for: name) else { return [] }
        return listIndex.claims(at: step).map { listClaims[$0] }
    }

    /// What the entries of one length claim, in the order of the files.
    package func claims(of step: DomainIndex.Step) -> [DomainClaim] {
        index.claims(at: step).map { claims[$0] }
    }
}

/// What one domain entry stands for.
package struct DomainClaim: Sendable {
    package enum Subject: Hashable, Sendable {
        case district
        case product(vendor: Int, product: Int)
        /// A host beneath a product's domains that is not part of it.
        case excluded(vendor: Int, product: Int)
        case subprocessor(vendor: Int, agreement: Int, subprocessor: Int)
        case thirdParty(Int)
        case platform(Int)
        case exception(Int)
        /// An owner or category that only a list states.
        case listed(Int)
    }

    package let domain: ListedDomain
    package let subject: Subject

    /// Every entry of the register with its subject, positions referring to the content's arrays.
    static func all(of content: RegisterContent) -> [DomainClaim] {
        var claims: [DomainClaim] = []
        func add(_ domains: [ListedDomain], _ subject: Subject) {
            for domain in domains { claims.append(DomainClaim(domain: domain, subject: subject)) }
        }
        add(content.districts.first?.domains ?? [], .district)
        for (vendor, record) in content.vendors.enumerated() {
            for (product, offered) in record.products.enumerated() {
                add(offered.domains, .product(vendor: vendor, product: product))
                add(offered.excludedDomains, .excluded(vendor: vendor, product: product))
            }
            for (agreement, signed) in record.agreements.enumerated() {
                for (index, subprocessor) in signed.subprocessors.enumerated() {
                    add(
                        subprocessor.domains,
                        .subprocessor(vendor: vendor, agreement: agreement, subprocessor: index))
                }
            }
        }
        for (index, party) in content.thirdParties.enumerated() { add(party.domains, .thirdParty(index)) }
        for (index, service) in content.platform.enumerated() { add(service.domains, .platform(index)) }
        for (index, exception) in content.exceptions.enumerated() {
            add([exception.domain], .exception(index))
        }
        return claims
    }
}
