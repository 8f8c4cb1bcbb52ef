package import Contacts
import Register
package import Roster
import Synchronization

/// What one device did, under the standing that it had then.
package struct DeviceHistory: Sendable {
    package var device: Device
    package var contacts: [Contact]

    package init(device: Device, contacts: [Contact]) {
        self.device = device
        self.contacts = contacts
    }
}

extension Assessment {
    /// Judges a history that is fetched device by device, so that a year of it never stands in memory at once.
    ///
    /// The result is that of `init(_:judge:)` on the same contacts under a roster that knows the devices as they are
    /// given; it does not depend on `jobs`.
    ///
    /// - Parameters:
    ///   - count: devices; one that comes twice counts twice.
    ///   - fetch: the device of a number, asked for once each, from several threads; nil when there is none.
    ///   - lookups: names that were asked for and never contacted; asked for last.
    package init(
        devices count: Int, judge: Judge, jobs: Int = 1, run: Runner? = nil,
        lookups: () -> [(lookup: Lookup, device: Device)],
        fetch: @escaping @Sendable (Int) -> DeviceHistory?
    ) {
        // More shares than threads: one device may have done as much as hundreds of others.
        let wanted = run == nil ? 1 : max(1, jobs) * 8
        let shares = (0..<wanted).map { count * $0 / wanted..<count * ($0 + 1) / wanted }
            .filter { !$0.isEmpty }
        let parts = Mutex<[ContactJudge?]>(Array(repeating: nil, count: shares.count))
        let work: @Sendable (Int) -> Void = { number in
            var part = ContactJudge(judge: judge)
            for index in shares[number] {
                guard let history = fetch(index) else { continue }
                part.take(device: history.contacts[...], as: history.device)
            }
            parts.withLock { [part] in $0[number] = part }
        }
        if let run, shares.count > 1 { run(shares.count, work) } else { shares.indices.forEach(work) }
        var merger = AssessmentMerger(register: judge.register)
        for part in parts.withLock({ $0.compactMap(\.self) }) { merger.add(part) }
        self = merger.finish(jobs: run == nil ? 1 : max(1, jobs), run: run)
        var judged = LookupJudge(judge: judge)
        for (lookup, device) in lookups() { judged.add(lookup, of: device) }
        self.lookups = judged.finish()
    }
}
