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
    /// Whether a school (by its id; nil is any) is in session at a local time; nil where nobody knows.
    package typealias Calendar = @Sendable (_ school: String?, _ time: LocalTime) -> Bool?
    private let calendar: Calendar?

    /// Without a `calendar`, school hours are those of the register's severity table, if it states any.
    package init(
        register: Register, roster: Roster, asKnownOn: CivilDay? = nil, calendar: Calendar? = nil
    ) {
        self.register = register
        self.roster = roster
        self.asKnownOn = asKnownOn
        self.calendar = calendar
        clock = ZoneClock(identifier: register.timezone)
    }

    /// Judges a name (A-label, lower case, no trailing dot) on its own, without what else the device did.
    ///
    /// Of all entries that cover the name, the longest that is valid that day decides; shorter ones are
    /// near misses.
    package func judge(name: String, _ circumstances: Circumstances) -> Judgment {
        var decided: Judgment?
        var nearMisses: [String] = []
        var step = register.firstMatch(name)
        while let found = step {
            step = register.nextMatch(after: found)
            let group = register.claims(of: found)
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
        if decided == nil { decided = judge(register.listMatches(name), circumstances, &nearMisses) }
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
        var platforms: [Judgment] = []
        var subprocessors: [Judgment] = []
        var parties: [Judgment] = []
        for claim in group {
            switch claim.subject {
            case .exception(let index):
                exceptions += judge(exception: index, circumstances, &nearMisses)
            case .district:
                district = judgeDistrict(claim)
            case .product(let vendor, let product):
                products += judge(vendor: vendor, product: product, claim, circumstances)
            case .excluded(let vendor, let product):
                products += judge(excluded: product, of: vendor, claim, circumstances)
            case .platform(let index):
                platforms += [judge(platform: index, claim)].compactMap(\.self)
            case .subprocessor(let vendor, let agreement, let subprocessor):
                subprocessors += judge(subprocessor: (vendor, agreement, subprocessor), claim, circumstances)
            case .thirdParty(let index):
                parties += judge(register.thirdParties[index], claim, circumstances)
            case .listed(let index):
                parties += judge(register.listed[index], claim, circumstances)
            }
        }
        if let exception = Judge.first(exceptions) ?? district { return exception }
        let product = Judge.worst(products)
        if let product, !product.verdict.isUncovered { return product }
        if let platform = Judge.first(platforms) { return platform }
        if let product { return offering(product, subprocessors) }
        return judge(subprocessors: subprocessors, parties: parties, circumstances)
    }

    /// A sub-processor's host serves many masters: it is covered next to the traffic of the vendor whose
    /// agreement names it, and judged on its own everywhere else. A question knows no traffic, so it gets
    /// the better answer with that condition.
    private func judge(subprocessors: [Judgment], parties: [Judgment], _ circumstances: Circumstances)
        -> Judgment?
    {
        let ordered = subprocessors.sorted {
            ($0.verdict, $0.record?.id ?? "") < ($1.verdict, $1.record?.id ?? "")
        }
        let agreed = ordered.first
        if circumstances.isQuestion,
            let near = ordered.first(where: { $0.isDeclared(in: circumstances.company) })
        {
            return near
        }
        if let party = Judge.worst(parties) { return offering(party, subprocessors) }
        guard var alone = agreed else { return nil }
        if alone.verdict == .coveredSubprocessor { alone.verdict = .noAgreement }
        alone.parents = []
        return offering(alone, subprocessors)
    }

    /// A judgment of a host on its own, with what holds next to the traffic of those whose agreements
    /// declare it.
    private func offering(_ judgment: Judgment, _ subprocessors: [Judgment]) -> Judgment {
        var judgment = judgment
        judgment.offers = subprocessors.filter { $0.verdict == .coveredSubprocessor }
            .sorted { ($0.record?.id ?? "", $0.owner ?? "") < ($1.record?.id ?? "", $1.owner ?? "") }
        for offer in judgment.offers {
            let miss = "would be covered next to traffic of \(offer.subprocessorOf ?? "its vendor")"
            if !judgment.nearMisses.contains(miss) { judgment.nearMisses.append(miss) }
        }
        return judgment
    }

    /// Of answers that are equally good, the one that sorts first, wherever it is written.
    private static func first(_ judgments: [Judgment]) -> Judgment? {
        judgments.min { ($0.owner ?? "", $0.reasons[0]) < ($1.owner ?? "", $1.reasons[0]) }
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

    /// Whether it was school time; nil when neither the calendar nor the register says.
    func isSchoolTime(_ school: String?, _ time: LocalTime) -> Bool? {
        if let calendar, let answer = calendar(school, time) { return answer }
        return register.severity.schoolHours?.contains(weekday: time.weekday, minute: time.minute)
    }

    func isKnown(_ recorded: CivilDay?) -> Bool {
        guard let asKnownOn, let recorded else { return true }
        return recorded <= asKnownOn
    }
}
