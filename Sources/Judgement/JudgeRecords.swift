import Bytes
import Register

/// One kind of record each.
extension Judge {
    func judge(
        exception index: Int, _ circumstances: Circumstances, _ nearMisses: inout [String]
    ) -> [Judgment] {
        let record = register.exceptions[index]
        guard isKnown(record.recorded) else { return [] }
        let domain = record.domain
        if let from = record.from, circumstances.day < from {
            nearMisses.append("would be excepted from \(from): \(record.reason)")
            return []
        }
        if record.until < circumstances.day {
            nearMisses.append("was excepted until \(record.until): \(record.reason)")
            return []
        }
        var judgment = Judgment(
            .excepted, owner: record.owner, reason: "excepted until \(record.until): \(record.reason)")
        judgment.record = RecordReference(
            kind: "exception", id: domain.entry.description, place: record.place)
        return [judgment]
    }

    func judgeDistrict(_ claim: DomainClaim) -> Judgment {
        var judgment = Judgment(
            .district, owner: register.district?.name,
            reason: "\(claim.domain.entry) is the district's own domain")
        judgment.record = RecordReference(
            kind: "district", id: claim.domain.entry.description, place: claim.domain.place)
        return judgment
    }

    /// The best that any agreement of the vendor says about the product; empty when the vendor was not on
    /// record yet.
    func judge(
        vendor number: Int, product index: Int, _ claim: DomainClaim, _ circumstances: Circumstances
    ) -> [Judgment] {
        let vendor = register.vendors[number]
        guard isKnown(vendor.recorded) else { return [] }
        let product = vendor.products[index]
        var best =
            bestAnswer(vendor, product, circumstances) ?? silence(vendor, product, claim, circumstances)
        best.productKey = ProductKey(vendor: number, product: index)
        return [best]
    }

    /// What the agreement says that says the best; nil when there is none.
    private func bestAnswer(_ vendor: Vendor, _ product: Product, _ circumstances: Circumstances) -> Judgment?
    {
        let answers = vendor.agreements
            .compactMap { $0.asKnown(on: asKnownOn) }
            .map {
                (
                    agreement: $0,
                    judgment: AgreementRule(vendor: vendor, product: product, agreement: $0).judge(
                        circumstances)
                )
            }
            .sorted { a, b in
                if a.judgment.verdict != b.judgment.verdict { return a.judgment.verdict < b.judgment.verdict }
                // Of equal answers the most recent agreement speaks; of those to come, the next one.
                let isAhead = a.judgment.verdict == .notYetEffective
                let (first, second) =
                    isAhead
                    ? (b.agreement.begins, a.agreement.begins) : (a.agreement.begins, b.agreement.begins)
                if first != second { return (first?.daysSince1970 ?? .min) > (second?.daysSince1970 ?? .min) }
                return a.agreement.id < b.agreement.id
            }
            .map(\.judgment)
        guard var best = answers.first else { return nil }
        if best.verdict.isUncovered {
            for other in answers.dropFirst() {
                best.nearMisses += other.nearMisses.filter { !best.nearMisses.contains($0) }
            }
        } else {
            best.nearMisses = []
        }
        return best
    }

    /// The answer about a product of a vendor with whom nothing is on record.
    private func silence(
        _ vendor: Vendor, _ product: Product, _ claim: DomainClaim, _ circumstances: Circumstances
    ) -> Judgment {
        var judgment = Judgment(
            .noAgreement, owner: vendor.owner(on: circumstances.day),
            reason: "\(claim.domain.entry) belongs to \(product.name) of \(vendor.name); "
                + "no agreement is on record")
        judgment.product = product.name
        judgment.record = RecordReference(kind: "product", id: product.id, place: claim.domain.place)
        return judgment
    }

    func judge(excluded product: Int, of vendor: Int, _ claim: DomainClaim, _ circumstances: Circumstances)
        -> [Judgment]
    {
        let vendor = register.vendors[vendor]
        guard isKnown(vendor.recorded) else { return [] }
        let product = vendor.products[product]
        var judgment = Judgment(
            .outOfScope, owner: vendor.owner(on: circumstances.day),
            reason: "\(claim.domain.entry) is excluded from \(product.name) of \(vendor.name) (product)")
        judgment.product = product.name
        judgment.record = RecordReference(kind: "product", id: product.id, place: claim.domain.place)
        return [judgment]
    }

    func judge(platform index: Int, _ claim: DomainClaim) -> Judgment? {
        let service = register.platform[index]
        guard isKnown(service.recorded) else { return nil }
        var judgment = Judgment(
            .platform, owner: service.owner,
            reason: "\(claim.domain.entry) is \(service.owner)'s \(service.function)")
        judgment.category = service.function
        judgment.record = RecordReference(
            kind: "platform", id: claim.domain.entry.description, place: claim.domain.place)
        return judgment
    }

    func judge(_ party: ThirdParty, _ claim: DomainClaim, _ circumstances: Circumstances) -> [Judgment] {
        guard isKnown(party.recorded), party.isValid(on: circumstances.day) else { return [] }
        let entry = claim.domain.entry
        // Beneath a suffix of shared infrastructure every name is another tenant's.
        let isShared = !entry.isExact && PublicSuffixList.isSuffix(entry.name)
        let whose =
            isShared
            ? "lies on shared infrastructure of \(party.owner ?? "an unknown owner") (\(party.category)), "
                + "whose tenant is not known"
            : party.owner.map { "belongs to \($0) (\(party.category))" }
                ?? "is listed as \(party.category) by \(party.source ?? "a list") without an owner"
        var judgment = Judgment(
            party.owner == nil ? .unknownOwner : .noAgreement, owner: party.owner,
            reason: "\(entry) \(whose); no agreement is on record")
        judgment.category = party.category
        judgment.record = RecordReference(
            kind: "third_party", id: claim.domain.entry.description, place: claim.domain.place)
        return [judgment]
    }

    func judge(
        subprocessor at: (vendor: Int, agreement: Int, subprocessor: Int), _ claim: DomainClaim,
        _ circumstances: Circumstances
    ) -> [Judgment] {
        let vendor = register.vendors[at.vendor]
        guard isKnown(vendor.recorded),
            let agreement = vendor.agreements[at.agreement].asKnown(on: asKnownOn)
        else { return [] }
        let party = agreement.subprocessors[at.subprocessor]
        let day = circumstances.day
        let isListed = (party.from ?? day) <= day && day <= (party.to ?? day)
        // Any product that the agreement covers may bring its sub-processor along; the first stands for all.
        let standing = vendor.products.filter { agreement.products.contains($0.id) }
            .map { AgreementRule(vendor: vendor, product: $0, agreement: agreement).judge(circumstances) }
            .min { $0.verdict < $1.verdict }
        let holds = isListed && standing?.verdict == .covered
        let function = party.function.map { " (\($0))" } ?? ""
        var judgment = Judgment(
            holds ? .coveredSubprocessor : .noAgreement, owner: party.name,
            reason:
                "\(claim.domain.entry) belongs to \(party.name)\(function), a sub-processor of "
                + "\(vendor.name) under \(agreement.id)"
                + (holds
                    ? "; it counts as covered only next to \(vendor.name)'s own traffic"
                    : ", which is not in force"))
        judgment.subprocessorOf = vendor.name
        if holds {
            judgment.parents = vendor.products.indices
                .filter { agreement.products.contains(vendor.products[$0].id) }
                .map { ProductKey(vendor: at.vendor, product: $0) }
        }
        judgment.agreement = AgreementSummary(agreement)
        judgment.record = RecordReference(kind: "subprocessor", id: agreement.id, place: claim.domain.place)
        return [judgment]
    }
}
