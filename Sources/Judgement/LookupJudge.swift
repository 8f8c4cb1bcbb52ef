import Bytes
import Contacts
import Register
import Roster

/// Judges names that were asked for and never contacted.
struct LookupJudge {
    private let judge: Judge
    private var builders: [String: Builder] = [:]

    private struct Builder {
        var judgment: Judgment
        var clients: Set<DeviceKey> = []
        var count: UInt64 = 0
        var outcomes: Set<LookupOutcome> = []
        var first: Timestamp
        var last: Timestamp
    }

    init(judge: Judge) { self.judge = judge }

    mutating func add(_ lookup: Lookup) {
        add(lookup, of: judge.roster.device(for: lookup.client, at: lookup.first))
    }

    /// A lookup by a device that is known already.
    mutating func add(_ lookup: Lookup, of device: Device) {
        if judge.roster.leftOut.contains(device.role) { return }
        let circumstances = judge.circumstances(at: lookup.first, for: device)
        let judgment = judge.judge(lookup: lookup.name, circumstances)
        // Local names and reverse lookups name the district's own devices: they go under one word, too.
        let name = judgment.verdict == .local ? "local" : lookup.name
        let fresh = Builder(judgment: judgment, first: lookup.first, last: lookup.last)
        var builder = builders[name] ?? fresh
        // A name asked for on both sides of an agreement's end is shown with the worse answer.
        if judgment.verdict > builder.judgment.verdict { builder.judgment = judgment }
        builder.clients.insert(device.key)
        builder.count = saturating(builder.count, lookup.count)
        builder.outcomes.insert(lookup.outcome)
        builder.first = min(builder.first, lookup.first)
        builder.last = max(builder.last, lookup.last)
        builders[name] = builder
    }

    /// Sorted by name.
    func finish() -> [Assessment.LookupSummary] {
        builders.sorted { $0.key < $1.key }.map { name, builder in
            Assessment.LookupSummary(
                name: name, verdict: builder.judgment.verdict, owner: builder.judgment.owner,
                devices: builder.clients.count, count: builder.count,
                outcomes: LookupOutcome.allCases.filter { builder.outcomes.contains($0) },
                first: builder.first, last: builder.last)
        }
    }
}
