package import Bytes
package import Contacts
import Register
import Roster
import Synchronization

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
    package var activity = Activity()

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
        /// For sub-processors: how their contacts lie to the traffic of the vendor that declares them.
        package var context: [ContextLink] = []
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
    /// Runs `body` for every number below a count, on as many threads as it likes.
    package typealias Runner = (_ count: Int, _ body: @escaping @Sendable (Int) -> Void) -> Void

    /// Judges all contacts of `facts`. The result is the same for any `jobs` and any order of the contacts.
    ///
    /// `run` does the work in parallel; without one, it is done in turn.
    package init(_ facts: Facts, judge: Judge, jobs: Int = 1, run: Runner? = nil) {
        let contacts = Assessment.byClient(facts.contacts)
        let parts: [ContactJudge]
        if judge.roster.tellsDevicesApart {
            // One address may have been several devices, and one device have had several addresses.
            let groups = judge.roster.byDevice(contacts)
            let slices = Assessment.shares(groups.count, count: run == nil ? 1 : max(1, jobs))
            parts = Assessment.judge(slices, judge, run) { part, slice in
                for group in groups[slice] { part.take(device: group.contacts[...], as: group.device) }
            }
        } else {
            let slices = Assessment.slices(contacts, count: run == nil ? 1 : max(1, jobs))
            parts = Assessment.judge(slices, judge, run) { part, slice in part.take(contacts[slice]) }
        }
        var merger = AssessmentMerger(register: judge.register)
        for part in parts { merger.add(part) }
        self = merger.finish(jobs: run == nil ? 1 : max(1, jobs), run: run)
        var lookups = LookupJudge(judge: judge)
        for lookup in facts.lookups where !lookup.contacted { lookups.add(lookup) }
        self.lookups = lookups.finish()
    }

    private static func judge(
        _ slices: [Range<Int>], _ judge: Judge, _ run: Runner?,
        _ body: @escaping @Sendable (inout ContactJudge, Range<Int>) -> Void
    ) -> [ContactJudge] {
        let parts = Parts(count: slices.count)
        let work: @Sendable (Int) -> Void = { number in
            var part = ContactJudge(judge: judge)
            body(&part, slices[number])
            parts.set(number, part)
        }
        if let run, slices.count > 1 { run(slices.count, work) } else { slices.indices.forEach(work) }
        return parts.all
    }

    /// About equal shares of `total` things.
    private static func shares(_ total: Int, count: Int) -> [Range<Int>] {
        (0..<count).map { total * $0 / count..<total * ($0 + 1) / count }.filter { !$0.isEmpty }
    }

    /// The results of slices, each set once.
    private final class Parts: Sendable {
        private let parts: Mutex<[ContactJudge?]>

        init(count: Int) { parts = Mutex(Array(repeating: nil, count: count)) }

        func set(_ number: Int, _ part: ContactJudge) { parts.withLock { $0[number] = part } }

        var all: [ContactJudge] { parts.withLock { $0.compactMap(\.self) } }
    }

    /// The contacts with those of one client together: as they are when they come in output order.
    private static func byClient(_ contacts: [Contact]) -> [Contact] {
        let isSorted = contacts.indices.dropFirst().allSatisfy { index in
            ContactJudge.isSameClient(contacts[...], index - 1, index)
                || ClientKey(contacts[index - 1]) < ClientKey(contacts[index])
        }
        return isSorted ? contacts : ContactOrder.sorted(contacts)
    }

    /// About equal shares; the contacts of one client are never divided.
    private static func slices(_ contacts: [Contact], count: Int) -> [Range<Int>] {
        var slices: [Range<Int>] = []
        var start = 0
        for number in 1...count {
            var end = max(start, contacts.count * number / count)
            while end > 0, end < contacts.count, ContactJudge.isSameClient(contacts[...], end - 1, end) {
                end += 1
            }
            if end > start { slices.append(start..<end) }
            start = end
        }
        return slices
    }
}
