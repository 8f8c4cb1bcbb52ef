package import Bytes
import Contacts
import Register

/// What an earlier report said, as far as changes are told from it.
package struct Baseline: Equatable, Sendable {
    package struct Past: Equatable, Sendable {
        package var id: String
        package var verdict: String
        package var domain: String
        package var owner: String?
        package var first: Timestamp?

        package init(id: String, verdict: String, domain: String, owner: String?, first: Timestamp?) {
            self.id = id
            self.verdict = verdict
            self.domain = domain
            self.owner = owner
            self.first = first
        }
    }

    package var path: String
    package var findings: [Past]
    /// Domains that were covered then, or only blocked or attempted.
    package var otherDomains: Set<String>

    package init(path: String, findings: [Past], otherDomains: Set<String>) {
        self.path = path
        self.findings = findings
        self.otherDomains = otherDomains
    }
}

extension Baseline {
    /// What an earlier assessment said; `name` is how the changes call it.
    package init(_ assessment: Assessment, name: String) {
        let past = assessment.findings.map { finding in
            Past(
                id: finding.id, verdict: finding.verdict.rawValue, domain: finding.domain,
                owner: finding.owner,
                first: finding.tally.first)
        }
        let others = assessment.covered.flatMap(\.domains) + assessment.notDataFlows.map(\.domain)
        self.init(path: name, findings: past, otherDomains: Set(others))
    }
}

/// What is new and what has changed since an earlier report.
package struct Changes: Equatable, Sendable {
    package struct Change: Equatable, Sendable {
        package var domain: String
        package var owner: String?
        /// Verdicts then and now; nil where the destination was not seen.
        package var before: String?
        package var now: String?
        package var detail: String
    }

    package var baseline: String
    /// Findings with destinations that the earlier report does not know at all.
    package var firstSeen: [Change] = []
    /// Findings with destinations that it knows under another verdict.
    package var changed: [Change] = []
    /// Its findings with destinations that have none now.
    package var gone: [Change] = []
    /// Findings that are expired now and were not.
    package var newlyExpired: [Change] = []
    /// Agreements in force whose destinations were used before they took effect.
    package var signedAfterFirstUse: [Change] = []

    package init(_ assessment: Assessment, since baseline: Baseline, clock: ZoneClock) {
        self.baseline = baseline.path
        let past = Dictionary(grouping: baseline.findings, by: \.domain)
        for finding in assessment.findings {
            let earlier = past[finding.domain] ?? []
            if earlier.contains(where: { $0.verdict == finding.verdict.rawValue }) { continue }
            let before =
                earlier.first?.verdict ?? (baseline.otherDomains.contains(finding.domain) ? "permitted" : nil)
            let change = Change(
                domain: finding.domain, owner: finding.owner, before: before, now: finding.verdict.rawValue,
                detail: finding.reasons.first?.text ?? "")
            if before == nil { firstSeen.append(change) } else { changed.append(change) }
            if finding.verdict == .expired { newlyExpired.append(change) }
        }
        takeGone(assessment, past)
        takeLateSignatures(assessment, past, clock)
    }

    private mutating func takeGone(_ assessment: Assessment, _ past: [String: [Baseline.Past]]) {
        let present = Set(assessment.findings.map(\.domain))
        for (domain, earlier) in past.sorted(by: { $0.key < $1.key }) where !present.contains(domain) {
            guard let first = earlier.first else { continue }
            let now = assessment.covered.first { $0.domains.contains(domain) }?.verdict.rawValue
            gone.append(
                Change(
                    domain: domain, owner: first.owner, before: first.verdict, now: now,
                    detail: now.map { "is \($0) now" } ?? "was not contacted"))
        }
    }

    private mutating func takeLateSignatures(
        _ assessment: Assessment, _ past: [String: [Baseline.Past]], _ clock: ZoneClock
    ) {
        for group in assessment.covered where group.verdict == .covered {
            guard let agreement = group.agreement, let text = agreement.effective, let begins = CivilDay(text)
            else { continue }
            for domain in group.domains {
                let earlier = (past[domain] ?? []).compactMap { item in item.first.map { ($0, item.verdict) }
                }
                let present = assessment.findings.filter { $0.domain == domain }
                    .compactMap { item in item.tally.first.map { ($0, item.verdict.rawValue) } }
                guard let first = (earlier + present).min(by: { $0.0 < $1.0 }),
                    clock.local(first.0).day < begins
                else { continue }
                signedAfterFirstUse.append(
                    Change(
                        domain: domain, owner: group.owner, before: first.1, now: group.verdict.rawValue,
                        detail:
                            "used on \(clock.local(first.0).day), agreement \(agreement.id) from \(begins)"))
            }
        }
    }
}
