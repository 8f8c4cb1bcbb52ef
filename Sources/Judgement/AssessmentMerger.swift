import Bytes
import Contacts
import Crypto
import Register
import Synchronization

/// Puts together what several `ContactJudge`s found on devices of their own.
struct AssessmentMerger {
    private let register: Register
    private var groups: [GroupKey: Int] = [:]
    private var merged: [Group] = []
    /// For each part, its groups' places in `merged`.
    private var places: [[Int]] = []
    private var traces: [[DeviceTrace]] = []
    private var links = ContextLinks()
    private var all = TallyBuilder()
    private var leftOut = TallyBuilder()
    private var byVerdict = Array(repeating: TallyBuilder(), count: Verdict.allCases.count)
    private var totals = Assessment.Totals()
    private var activity = ActivityBuilder()
    private var blindSpots = DeviceBlindSpots()

    init(register: Register) { self.register = register }

    mutating func add(_ part: ContactJudge) {
        places.append(
            part.groups.map { group in
                if let known = groups[group.key] {
                    merged[known].merge(group)
                    return known
                }
                groups[group.key] = merged.count
                merged.append(group)
                return merged.count - 1
            })
        for entry in part.memo.entries {
            for action in 0..<3 where entry.groups[action] >= 0 {
                let place = places[places.count - 1][Int(entry.groups[action])]
                merged[place].judgments[part.memo.judgments[Int(entry.judgment)], default: 0] +=
                    entry.counts[action]
            }
        }
        traces.append(part.traces)
        links.merge(part.links)
        all.merge(part.all)
        leftOut.merge(part.leftOut)
        for rank in byVerdict.indices { byVerdict[rank].merge(part.byVerdict[rank]) }
        totals.blocked += part.blocked
        totals.attempted += part.attempted
        activity.merge(part.activity)
        blindSpots.merge(part.blindSpots.spots)
    }

    /// `jobs` and `run` as in `Assessment`.
    func finish(jobs: Int, run: Assessment.Runner?) -> Assessment {
        var assessment = Assessment()
        assessment.blindSpots = blindSpots
        assessment.totals = totals
        assessment.activity = activity.finish()
        assessment.totals.all = all.finish()
        assessment.totals.leftOut = leftOut.finish()
        for verdict in Verdict.allCases {
            let tally = byVerdict[verdict.rank].finish()
            if tally.contacts > 0 { assessment.totals.byVerdict[verdict] = tally }
        }
        let companions = self.companions(jobs: jobs, run: run)
        var withoutStudents = TallyBuilder()
        for (place, group) in merged.enumerated() {
            switch group.key {
            case .uncovered(let verdict, let domain):
                guard group.tally.hasStudents else {
                    withoutStudents.merge(group.tally)
                    continue
                }
                var finding = Finding(group, verdict, domain, register.severity)
                finding.companions = companions(place, finding)
                finding.context = links.links(of: domain)
                assessment.findings.append(finding)
            case .covered: assessment.covered.append(coverage(group))
            case .attempt: assessment.notDataFlows.append(attempt(group))
            }
        }
        assessment.totals.withoutStudents = withoutStudents.finish()
        assessment.sort()
        return assessment
    }

    private func attempt(_ group: Group) -> Assessment.Attempt {
        guard case .attempt(let verdict, let domain, let action) = group.key else {
            return Assessment.Attempt(
                domain: "", action: .attempted, verdict: .unnamed, names: [], tally: Tally())
        }
        return Assessment.Attempt(
            domain: domain, action: action, verdict: verdict, owner: group.orderedJudgments.first?.owner,
            names: group.names.sorted(), tally: group.tally.finish())
    }

    private func coverage(_ group: Group) -> Assessment.Coverage {
        guard case .covered(let verdict, let owner, let product, let agreement) = group.key else {
            return Assessment.Coverage(verdict: .local, domains: [], tally: Tally())
        }
        let context = group.domains.sorted().flatMap { links.links(of: $0) }
        return Assessment.Coverage(
            verdict: verdict, owner: owner, product: product, agreement: agreement,
            domains: group.domains.sorted(), tally: group.tally.finish(),
            context: verdict == .coveredSubprocessor ? context.filter { $0.agreement == agreement?.id } : [])
    }

    // MARK: - Companions

    /// For the place of a group and its finding, what it appears with.
    private func companions(jobs: Int, run: Assessment.Runner?) -> (Int, Finding) -> [Companion] {
        let appearances = Appearances(traces, places: places, groupCount: merged.count)
        let companions = self.companions(appearances, jobs: jobs, run: run)
        let rivals = CompanionRivals(appearances, companions)
        return { [register] place, finding in
            let candidates = companions.found[place]?.map(\.product) ?? []
            let found = rivals.remaining(place, of: candidates).compactMap { item -> Companion? in
                guard let count = companions.count(place, item.product), let lift = count.lift else {
                    return nil
                }
                let vendor = register.vendors[item.product.vendor]
                // That a vendor's destination comes with the vendor's own product tells nobody anything.
                if finding.owner == vendor.name { return nil }
                return Companion(
                    owner: vendor.name, product: vendor.products[item.product.product].name,
                    together: count.together, minutes: companions.minutes[place] ?? 0, devices: count.devices,
                    lift: lift,
                    alikeWith: item.alike.map { register.vendors[$0.vendor].products[$0.product].name })
            }
            let ordered = found.sorted { a, b in
                if a.lift.low != b.lift.low { return a.lift.low > b.lift.low }
                return (a.owner, a.product) < (b.owner, b.product)
            }
            return Array(ordered.prefix(Finding.companionLimit))
        }
    }

    /// Destinations with products, in as many shards of the destinations as there are jobs.
    private func companions(_ appearances: Appearances, jobs: Int, run: Assessment.Runner?) -> Companions {
        let support = register.context.support
        guard let run, jobs > 1 else { return Companions(appearances, support: support) }
        let all = Mutex(Companions())
        run(jobs) { number in
            let shard = Companions(appearances, shard: number, of: jobs, support: support)
            all.withLock { $0.merge(shard) }
        }
        return all.withLock { $0 }
    }
}

extension Assessment {
    private static func precedes(_ a: Finding, _ b: Finding) -> Bool {
        if a.severity != b.severity { return a.severity > b.severity }
        if a.points != b.points { return a.points > b.points }
        return (a.domain, a.verdict.rank) < (b.domain, b.verdict.rank)
    }

    /// Into the order of every output.
    fileprivate mutating func sort() {
        // Positions are sorted: a finding is too large to be moved about.
        let order = findings.indices.sorted { Assessment.precedes(findings[$0], findings[$1]) }
        findings = order.map { findings[$0] }
        notDataFlows.sort { a, b in
            (a.domain, a.action.rawValue, a.verdict.rank) < (b.domain, b.action.rawValue, b.verdict.rank)
        }
        covered.sort { a, b in
            if a.verdict != b.verdict { return a.verdict > b.verdict }
            return (a.owner ?? "", a.product ?? "", a.agreement?.id ?? "")
                < (b.owner ?? "", b.product ?? "", b.agreement?.id ?? "")
        }
    }
}
