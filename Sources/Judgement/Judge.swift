package import Bytes
package import Register
package import Roster

/// Answers for names and contacts what the register has on record about them on their own day.
package struct Judge: Sendable {
    package let register: Register
    package let roster: Roster
    package let clock: ZoneClock
    /// Only records entered by this day count; nil takes everything on record.
    package let asKnownOn: CivilDay?

    package init(register: Register, roster: Roster, asKnownOn: CivilDay? = nil) {
        self.register = register
        self.roster = roster
        self.asKnownOn = asKnownOn
        clock = ZoneClock(identifier: register.timezone)
    }

    /// Judges a name (A-label, lower case, no trailing dot) on its own, without what else the device did.
    ///
    /// Of all entries that cover the name, the longest that is valid that day decides; shorter ones are
    /// near misses.
    package func judge(name: String, _ circumstances: Circumstances) -> Judgment {
        var decided: Judgment?
        var nearMisses: [String] = []
        for group in register.matches(name) {
            guard let judgment = judge(group, circumstances, &nearMisses) else { continue }
            guard let longer = decided else {
                decided = judgment
                continue
            }
            if longer.verdict.isUncovered, !judgment.verdict.isUncovered, let entry = group.first?.domain {
                let words = judgment.verdict.words
                nearMisses.append(
                    "the shorter entry \(entry.entry) (\(entry.place)) is \(words); the longer one decides")
            }
        }
        var judgment = decided ?? Judgment(.unknownOwner, reason: "no entry of the register covers \(name)")
        judgment.nearMisses += nearMisses.filter { !judgment.nearMisses.contains($0) }
        return judgment
    }

    /// One group of entries of the same length. Nil when none of them is valid that day.
    private func judge(
        _ group: [DomainClaim], _ circumstances: Circumstances, _ nearMisses: inout [String]
    ) -> Judgment? {
        var exceptions: [Judgment] = []
        var district: Judgment?
        var products: [Judgment] = []
        var platform: Judgment?
        var subprocessors: [Judgment] = []
        var parties: [Judgment] = []
        for claim in group {
            switch claim.subject {
            case .exception(let index):
                exceptions += judge(exception: index, circumstances, &nearMisses)
            case .district:
                district = judgeDistrict(claim)
            case .product(let vendor, let product):
                products.append(judge(vendor: vendor, product: product, claim, circumstances))
            case .excluded(let vendor, let product):
                products.append(judge(excluded: product, of: vendor, claim, circumstances))
            case .platform(let index):
                platform = platform ?? judge(platform: index, claim)
            case .subprocessor(let vendor, let agreement, let subprocessor):
                subprocessors += judge(subprocessor: (vendor, agreement, subprocessor), claim, circumstances)
            case .thirdParty(let index):
                parties += judge(thirdParty: index, claim, circumstances)
            }
        }
        if let exception = exceptions.first ?? district { return exception }
        let product = Judge.worst(products)
        if let product, !product.verdict.isUncovered { return product }
        if let platform { return platform }
        if let product { return product }
        return judge(subprocessors: subprocessors, parties: parties, circumstances)
    }

    /// A sub-processor's host serves many masters: it is covered next to the traffic of the vendor whose
    /// agreement names it, and judged on its own everywhere else. A question knows no traffic, so it gets
    /// the better answer with that condition.
    private func judge(subprocessors: [Judgment], parties: [Judgment], _ circumstances: Circumstances)
        -> Judgment?
    {
        let agreed = subprocessors.sorted {
            ($0.verdict, $0.record?.id ?? "") < ($1.verdict, $1.record?.id ?? "")
        }.first
        let party = Judge.worst(parties)
        if circumstances.isQuestion, let agreed, agreed.verdict == .coveredSubprocessor { return agreed }
        guard var judgment = party else {
            guard var judgment = agreed else { return nil }
            if judgment.verdict == .coveredSubprocessor {
                judgment.verdict = .noAgreement
                judgment.nearMisses = [
                    "would be covered next to traffic of \(judgment.subprocessorOf ?? "its vendor")"
                ]
            }
            return judgment
        }
        for agreed in subprocessors where agreed.verdict == .coveredSubprocessor {
            judgment.nearMisses.append(
                "would be covered next to traffic of \(agreed.subprocessorOf ?? "its vendor")")
        }
        return judgment
    }

    /// The worst of several answers, marked as ambiguous when they differ; nil for none.
    static func worst(_ judgments: [Judgment]) -> Judgment? {
        let ordered = judgments.sorted { a, b in
            if a.verdict != b.verdict { return a.verdict > b.verdict }
            return (a.owner ?? "", a.product ?? "", a.record?.id ?? "", a.decidingName ?? "")
                < (b.owner ?? "", b.product ?? "", b.record?.id ?? "", b.decidingName ?? "")
        }
        guard var worst = ordered.first else { return nil }
        let others = ordered.dropFirst().filter { $0.verdict != worst.verdict || $0.owner != worst.owner }
        if !others.isEmpty {
            worst.isAmbiguous = true
            for other in others {
                let who = [other.owner, other.product].compactMap { $0 }.joined(separator: ", ")
                worst.reasons.append(
                    "the same host also stands for \(who) (\(other.verdict.words)); the worst is shown")
            }
        }
        return worst
    }

    func isKnown(_ recorded: CivilDay?) -> Bool {
        guard let asKnownOn, let recorded else { return true }
        return recorded <= asKnownOn
    }
}
