import Bytes
import Contacts
import Register

/// How often contacts with shared hosts lie near their parents, over all devices.
struct ContextLinks: Sendable {
    struct Key: Hashable, Sendable {
        var domain: String
        var agreement: String
    }

    struct Count: Sendable {
        var vendor: String
        var near = 0
        var minutes = 0
        var devices = 0
        var expected = Expectation()
    }

    private(set) var counts: [Key: Count] = [:]

    mutating func add(_ key: Key, _ count: Count) {
        guard var known = counts[key] else {
            counts[key] = count
            return
        }
        known.near += count.near
        known.minutes += count.minutes
        known.devices += count.devices
        known.expected.add(count.expected)
        counts[key] = known
    }

    mutating func merge(_ other: ContextLinks) {
        for (key, count) in other.counts { add(key, count) }
    }

    /// Contacts of a device that used no product at all.
    mutating func noteAlone(
        _ contacts: ArraySlice<Contact>, _ open: [Int], _ entries: [Int32], _ memo: JudgmentMemo
    ) {
        for index in open where contacts[index].action == .allowed {
            let entry = memo.entries[Int(entries[index - contacts.startIndex])]
            for offer in memo.judgments[Int(entry.judgment)].offers {
                let count = Count(
                    vendor: offer.subprocessorOf ?? "", minutes: contacts[index].starts.nonzeroBitCount)
                add(Key(domain: entry.domain, agreement: offer.agreement?.id ?? ""), count)
            }
        }
    }

    /// The links of a destination, by agreement.
    func links(of domain: String) -> [ContextLink] {
        counts.filter { $0.key.domain == domain }.sorted { $0.key.agreement < $1.key.agreement }
            .map { key, count in
                ContextLink(
                    vendor: count.vendor, agreement: key.agreement, near: count.near, minutes: count.minutes,
                    devices: count.devices, lift: Lift(seen: count.near, expected: count.expected))
            }
    }
}

/// The surroundings of one device's contacts with shared hosts.
struct DeviceContext {
    private let trace: TraceBuilder
    private let window: Int
    /// The minutes near each set of parents.
    private var near: [[ProductKey]: Timeline] = [:]
    private var starts: [ContextLinks.Key: (offer: Judgment, pieces: [Timeline.Hour])] = [:]
    private var answers: [Answer: Judgment] = [:]

    private struct Answer: Hashable {
        var name: String?
        var hour: Int64
    }

    init(trace: TraceBuilder, window: Int) {
        self.trace = trace
        self.window = window
    }

    private mutating func minutes(near parents: [ProductKey]) -> Timeline {
        if let known = near[parents] { return known }
        let found = trace.near(parents, window: window)
        near[parents] = found
        return found
    }

    /// Counts a contact for the strength of its links.
    mutating func note(
        _ contact: Contact, _ entry: JudgmentMemo.Entry, _ offers: [Judgment], into links: inout ContextLinks
    ) {
        let piece = Timeline.Hour(hour: contact.first.hour, minutes: contact.starts)
        for offer in offers {
            let key = ContextLinks.Key(domain: entry.domain, agreement: offer.agreement?.id ?? "")
            starts[key, default: (offer, [])].pieces.append(piece)
        }
    }

    /// The first offer near whose parents every exchange of the contact began. A contact that only goes on from
    /// an earlier hour keeps the answer of that hour.
    mutating func choose(_ contact: Contact, _ entry: JudgmentMemo.Entry, _ offers: [Judgment]) -> Judgment? {
        let hour = contact.first.hour
        if contact.starts == 0 {
            guard let earlier = answers[Answer(name: entry.name, hour: hour - 1)] else { return nil }
            // The agreement may have ended at midnight, so it is this hour's offer that counts.
            let offer = offers.first { $0.record == earlier.record }
            answers[Answer(name: entry.name, hour: hour)] = offer
            return offer
        }
        for offer in offers where minutes(near: offer.parents).contains(contact.starts, in: hour) {
            answers[Answer(name: entry.name, hour: hour)] = offer
            return offer
        }
        return nil
    }

    mutating func finish(into links: inout ContextLinks) {
        let busy = trace.busyMinutes
        for (key, found) in starts {
            let events = Timeline(found.pieces)
            let parents = minutes(near: found.offer.parents)
            var count = ContextLinks.Count(vendor: found.offer.subprocessorOf ?? "")
            count.minutes = events.count
            count.near = events.shared(with: parents)
            count.devices = count.near > 0 ? 1 : 0
            count.expected.add(events: count.minutes, wanted: parents.shared(with: busy), of: busy.count)
            links.add(key, count)
        }
    }
}
