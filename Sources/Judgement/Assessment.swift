package import Bytes
package import Contacts
import Register

/// All contacts of some facts judged, and what they add up to.
package struct Assessment: Equatable, Sendable {
    /// By severity, then points, both falling; then by domain.
    package var findings: [Finding] = []
    /// Uncovered destinations that only blocked or attempted contacts went to, or also went to: no data
    /// flowed.
    package var notDataFlows: [Attempt] = []
    package var covered: [Coverage] = []
    package var lookups: [LookupSummary] = []
    package var totals = Totals()
    package var blindSpots = DeviceBlindSpots()

    /// What was refused or never answered.
    package struct Attempt: Equatable, Sendable {
        package var domain: String
        package var action: ContactAction
        package var verdict: Verdict
        package var owner: String?
        package var names: [String]
        package var tally: Tally
    }

    /// What an agreement, an exception, the platform list or the district itself covers.
    package struct Coverage: Equatable, Sendable {
        package var verdict: Verdict
        package var owner: String?
        package var product: String?
        package var agreement: AgreementSummary?
        package var domains: [String]
        package var tally: Tally
    }

    /// A name that devices asked for and never contacted.
    package struct LookupSummary: Equatable, Sendable {
        package var name: String
        package var verdict: Verdict
        package var owner: String?
        /// Distinct clients.
        package var devices: Int
        /// Queries.
        package var count: UInt64
        /// In the order of the vocabulary, each once.
        package var outcomes: [LookupOutcome]
        package var first: Timestamp
        package var last: Timestamp
    }

    package struct Totals: Equatable, Sendable {
        /// Contacts that carried data, blocked and attempted ones apart.
        package var all = Tally()
        package var byVerdict: [Verdict: Tally] = [:]
        package var blocked = 0
        package var attempted = 0
        /// Uncovered destinations that no student's, brought or unknown device contacted: counted, not
        /// reported.
        package var withoutStudents = Tally()
        /// Contacts of devices that the roster leaves out by rule.
        package var leftOut = Tally()
    }
}

extension Assessment {
    package init(_ facts: Facts, judge: Judge) {
        var builder = AssessmentBuilder(judge: judge, weights: judge.register.severity)
        for contact in facts.contacts { builder.add(contact) }
        for lookup in facts.lookups where !lookup.contacted { builder.add(lookup) }
        self = builder.finish()
        blindSpots = DeviceBlindSpots(facts.contacts, roster: judge.roster)
    }
}
