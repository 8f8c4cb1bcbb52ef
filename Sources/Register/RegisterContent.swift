/// What the register's files say, before the parts are checked against each other.
struct RegisterContent {
    var districts: [District] = []
    var vendors: [Vendor] = []
    var thirdParties: [ThirdParty] = []
    var platform: [PlatformService] = []
    var exceptions: [ExceptionRecord] = []
    /// Where severity tables stand, and what they say; at most one may be there.
    var severities: [(place: Place, weights: SeverityWeights)] = []
    /// The same for tables of context settings.
    var contexts: [(place: Place, settings: ContextSettings)] = []

    mutating func append(_ other: RegisterContent) {
        districts += other.districts
        vendors += other.vendors
        thirdParties += other.thirdParties
        platform += other.platform
        exceptions += other.exceptions
        severities += other.severities
        contexts += other.contexts
    }
}

extension RegisterContent {
    /// Logs whatever contradicts itself across records: duplicates, dangling references, impossible periods.
    func check(_ log: ProblemLog) {
        for extra in districts.dropFirst() {
            log.add(extra.place, "the district is described already at \(districts[0].place)")
        }
        for extra in severities.dropFirst() {
            log.add(extra.place, "the severity table stands already at \(severities[0].place)")
        }
        for extra in contexts.dropFirst() {
            log.add(extra.place, "the context table stands already at \(contexts[0].place)")
        }
        checkUnique(vendors.map { ($0.id, $0.place) }, what: "vendor id", log)
        checkUnique(vendors.flatMap { $0.agreements.map { ($0.id, $0.place) } }, what: "agreement id", log)
        for vendor in vendors {
            checkUnique(vendor.products.map { ($0.id, $0.place) }, what: "product id", log)
            for product in vendor.products { checkUnique(domains: product, log) }
            for agreement in vendor.agreements { check(agreement, of: vendor, log) }
        }
        for party in thirdParties {
            checkOrder(party.validFrom, party.validTo, "valid_to", "valid_from", party.place, log)
            checkUnique(party.domains.map { ($0.entry.description, $0.place) }, what: "domain", log)
        }
        for exception in exceptions {
            checkOrder(exception.from, exception.until, "until", "from", exception.place, log)
        }
    }

    private func check(_ agreement: Agreement, of vendor: Vendor, _ log: ProblemLog) {
        if case .only(let products) = agreement.products {
            let known = vendor.products.map(\.id)
            for product in products where !known.contains(product) {
                log.add(
                    agreement.place,
                    "agreement \(quoted(agreement.id)) covers the unknown product \(quoted(product))"
                        + suggestion(for: product, among: known))
            }
        }
        if agreement.status == .signed, agreement.begins == nil {
            log.add(
                agreement.place,
                "agreement \(quoted(agreement.id)) is signed, so it needs signed_district or effective")
        }
        let begins = agreement.begins
        checkOrder(begins, agreement.ends, "ends", "it starts", agreement.place, log)
        checkOrder(begins, agreement.terminated, "terminated", "it starts", agreement.place, log)
        if agreement.terminationRecorded != nil, agreement.terminated == nil {
            log.add(
                agreement.place,
                "agreement \(quoted(agreement.id)) has termination_recorded and no day of termination")
        }
        checkOrder(agreement.offer?.from, agreement.offer?.until, "until", "from", agreement.place, log)
        if agreement.offer != nil, agreement.relation != .exhibitE {
            log.add(agreement.place, "an offer window belongs to an agreement of relation exhibit-e")
        }
        for subprocessor in agreement.subprocessors {
            checkOrder(subprocessor.from, subprocessor.to, "to", "from", subprocessor.place, log)
        }
    }

    private func checkOrder<Day: Comparable>(
        _ from: Day?, _ to: Day?, _ endName: String, _ startName: String, _ place: Place, _ log: ProblemLog
    ) {
        guard let from, let to, to < from else { return }
        log.add(place, "\(endName) (\(to)) is before \(startName) (\(from))")
    }

    private func checkUnique(domains product: Product, _ log: ProblemLog) {
        let all = product.domains + product.excludedDomains
        // Nearly every product has a handful: comparing each with each is then the quickest.
        if all.count <= 16, RegisterContent.areDistinct(all) { return }
        checkUnique(all.map { ($0.entry.description, $0.place) }, what: "domain", log)
    }

    private static func areDistinct(_ domains: [ListedDomain]) -> Bool {
        for index in domains.indices {
            for other in 0..<index where domains[index].entry == domains[other].entry { return false }
        }
        return true
    }

    private func checkUnique(_ ids: [(String, Place)], what: String, _ log: ProblemLog) {
        var seen: [String: Place] = [:]
        for (id, place) in ids {
            if let earlier = seen[id] {
                log.add(place, "duplicate \(what) \(quoted(id)): it stands already at \(earlier)")
            } else {
                seen[id] = place
            }
        }
    }
}
