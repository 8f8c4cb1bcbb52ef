import Bytes
import Contacts
import Register
import Roster

/// Judges contacts one by one and adds them to their groups.
struct AssessmentBuilder {
    private let judge: Judge
    private let weights: SeverityWeights

    private var findings: [GroupKey: FindingBuilder] = [:]
    private var attempts: [AttemptKey: AttemptBuilder] = [:]
    private var covered: [CoveredKey: CoveredBuilder] = [:]
    private var lookups: [String: LookupBuilder] = [:]
    private var all = TallyBuilder()
    private var leftOut = TallyBuilder()
    private var byVerdict: [Verdict: TallyBuilder] = [:]
    private var totals = Assessment.Totals()

    private var registrable: [String: String] = [:]
    private var judgments: [MemoKey: Judgment] = [:]

    /// Judging a name costs microseconds and a school day has few distinct ones: remember up to this many
    /// answers.
    private static let memoLimit = 200_000

    private struct GroupKey: Hashable {
        var verdict: Verdict
        var domain: String
    }

    private struct AttemptKey: Hashable {
        var group: GroupKey
        var action: ContactAction
    }

    private struct CoveredKey: Hashable {
        var verdict: Verdict
        var owner: String?
        var product: String?
        var agreement: AgreementSummary?
    }

    /// All that a plainly named contact's judgment depends on.
    private struct MemoKey: Hashable {
        var name: String
        var circumstances: Circumstances
    }

    private struct AttemptBuilder {
        var owner: String?
        var names: Set<String> = []
        var tally = TallyBuilder()
    }

    private struct CoveredBuilder {
        var domains: Set<String> = []
        var tally = TallyBuilder()
    }

    private struct LookupBuilder {
        var judgment: Judgment
        var clients: Set<DeviceKey> = []
        var count: UInt64 = 0
        var outcomes: Set<LookupOutcome> = []
        var first: Timestamp
        var last: Timestamp
    }

    init(judge: Judge, weights: SeverityWeights) {
        self.judge = judge
        self.weights = weights
    }

    mutating func add(_ contact: Contact) {
        let device = judge.roster.device(for: contact)
        let circumstances = judge.circumstances(at: contact.first, for: device)
        if judge.roster.leftOut.contains(device.role) {
            leftOut.add(contact, device, day: circumstances.day)
            return
        }
        let judgment = self.judgment(contact, circumstances)
        let key = GroupKey(verdict: judgment.verdict, domain: destination(contact, judgment))
        guard contact.action == .allowed else {
            addAttempt(contact, judgment, key, circumstances, device)
            return
        }
        all.add(contact, device, day: circumstances.day)
        byVerdict[judgment.verdict, default: TallyBuilder()].add(
            contact, device, day: circumstances.day)
        if judgment.verdict.isUncovered {
            findings[key, default: FindingBuilder(verdict: key.verdict, domain: key.domain)]
                .add(contact, judgment, circumstances, device)
        } else {
            let coveredKey = CoveredKey(
                verdict: judgment.verdict, owner: judgment.owner,
                product: judgment.product ?? judgment.category,
                agreement: judgment.agreement)
            covered[coveredKey, default: CoveredBuilder()].domains.insert(key.domain)
            covered[coveredKey]?.tally.add(contact, device, day: circumstances.day)
        }
    }

    private mutating func addAttempt(
        _ contact: Contact, _ judgment: Judgment, _ key: GroupKey, _ circumstances: Circumstances,
        _ device: Device
    ) {
        if contact.action == .blocked { totals.blocked += 1 } else { totals.attempted += 1 }
        let attempt = AttemptKey(group: key, action: contact.action)
        attempts[attempt, default: AttemptBuilder(owner: judgment.owner)]
            .tally.add(contact, device, day: circumstances.day)
        if let name = judgment.decidingName ?? contact.domainName, key.verdict != .local {
            attempts[attempt]?.names.insert(name)
        }
    }

    mutating func add(_ lookup: Lookup) {
        let device = judge.roster.device(for: lookup.client, at: lookup.first)
        if judge.roster.leftOut.contains(device.role) { return }
        let circumstances = judge.circumstances(at: lookup.first, for: device)
        let judgment = judge.judge(lookup: lookup.name, circumstances)
        // Local names and reverse lookups name the district's own devices: they go under one word, too.
        let name = judgment.verdict == .local ? "local" : lookup.name
        let fresh = LookupBuilder(judgment: judgment, first: lookup.first, last: lookup.last)
        var builder = lookups[name] ?? fresh
        // A name asked for on both sides of an agreement's end is shown with the worse answer.
        if judgment.verdict > builder.judgment.verdict { builder.judgment = judgment }
        builder.clients.insert(device.key)
        builder.count = saturating(builder.count, lookup.count)
        builder.outcomes.insert(lookup.outcome)
        builder.first = min(builder.first, lookup.first)
        builder.last = max(builder.last, lookup.last)
        lookups[name] = builder
    }

    private mutating func judgment(_ contact: Contact, _ circumstances: Circumstances) -> Judgment {
        // Only a name that stands for itself, outside, without a chain is judged by the name alone.
        guard let name = contact.domainName, contact.ambiguity == .exact || contact.ambiguity == .inferred,
            contact.cnameChain.isEmpty, !contact.servers.contains(where: judge.roster.isLocal)
        else { return judge.judge(contact, circumstances) }
        let key = MemoKey(name: name, circumstances: circumstances)
        if let known = judgments[key] { return known }
        let judgment = judge.judge(name: name, circumstances)
        if judgments.count >= AssessmentBuilder.memoLimit { judgments.removeAll(keepingCapacity: true) }
        judgments[key] = judgment
        return judgment
    }

    /// What a group is named after: the registrable domain, the name itself where there is none, or the
    /// address.
    ///
    /// Names and addresses inside the district are those of people's devices, so they all go under one word.
    private mutating func destination(_ contact: Contact, _ judgment: Judgment) -> String {
        if judgment.verdict == .local { return "local" }
        guard let name = judgment.decidingName ?? contact.domainName else {
            let outside = contact.servers.first { !judge.roster.isLocal($0) }
            return outside?.description ?? "\(contact.transport)/\(contact.port)"
        }
        if let known = registrable[name] { return known }
        let domain = PublicSuffixList.registrableDomain(of: name) ?? name
        registrable[name] = domain
        return domain
    }

    func finish() -> Assessment {
        var assessment = Assessment()
        assessment.totals = totals
        assessment.totals.all = all.finish()
        assessment.totals.leftOut = leftOut.finish()
        assessment.totals.byVerdict = byVerdict.mapValues { $0.finish() }
        var withoutStudents = TallyBuilder()
        for builder in findings.values {
            if builder.tally.hasStudents {
                assessment.findings.append(builder.finish(weights))
            } else {
                withoutStudents.merge(builder.tally)
            }
        }
        assessment.totals.withoutStudents = withoutStudents.finish()
        assessment.findings.sort { a, b in
            if a.severity != b.severity { return a.severity > b.severity }
            if a.points != b.points { return a.points > b.points }
            return (a.domain, a.verdict.rank) < (b.domain, b.verdict.rank)
        }
        assessment.notDataFlows = finishAttempts()
        assessment.covered = finishCovered()
        assessment.lookups = lookups.sorted { $0.key < $1.key }.map { name, builder in
            Assessment.LookupSummary(
                name: name, verdict: builder.judgment.verdict, owner: builder.judgment.owner,
                devices: builder.clients.count, count: builder.count,
                outcomes: LookupOutcome.allCases.filter { builder.outcomes.contains($0) },
                first: builder.first,
                last: builder.last)
        }
        return assessment
    }

    private func finishAttempts() -> [Assessment.Attempt] {
        attempts.map { key, builder in
            Assessment.Attempt(
                domain: key.group.domain, action: key.action, verdict: key.group.verdict,
                owner: builder.owner,
                names: builder.names.sorted(), tally: builder.tally.finish())
        }.sorted { a, b in
            (a.domain, a.action.rawValue, a.verdict.rank) < (b.domain, b.action.rawValue, b.verdict.rank)
        }
    }

    private func finishCovered() -> [Assessment.Coverage] {
        covered.map { key, builder in
            Assessment.Coverage(
                verdict: key.verdict, owner: key.owner, product: key.product, agreement: key.agreement,
                domains: builder.domains.sorted(), tally: builder.tally.finish())
        }.sorted { a, b in
            if a.verdict != b.verdict { return a.verdict > b.verdict }
            return (a.owner ?? "", a.product ?? "", a.agreement?.id ?? "")
                < (b.owner ?? "", b.product ?? "", b.agreement?.id ?? "")
        }
    }
}
