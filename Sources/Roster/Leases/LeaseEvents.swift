import Bytes
import Register

/// What lease files and captures say, one statement after the other, before it is laid out in time.
struct LeaseEvents: Sendable {
    struct Event: Sendable {
        let address: IPAddress
        let time: Timestamp
        /// Nil when an address is given up by whoever had it.
        let holder: Holder?
        /// How long it was given for; `forever`, or nil when the source does not say.
        let seconds: Int64?
        let host: Int32
        let user: Int32
        /// Place in the order of reading, which decides between events of one moment.
        let order: UInt32
        let source: BindingSource
        let isEnd: Bool
        let isWeak: Bool
    }

    /// A user on a device's hardware address, whatever the IP address.
    struct Session: Sendable {
        let mac: MACAddress
        let from: Timestamp
        let to: Timestamp
        let user: Int32
    }

    static let forever = Int64.max

    private(set) var events: [Event] = []
    private(set) var sessions: [Session] = []
    var texts = TextPool()

    mutating func give(
        _ address: IPAddress, to holder: Holder, at time: Timestamp, seconds: Int64?,
        host: Int32 = TextPool.none, user: Int32 = TextPool.none, source: BindingSource, isWeak: Bool = false
    ) {
        events.append(
            Event(
                address: address, time: time, holder: holder, seconds: seconds, host: host, user: user,
                order: UInt32(truncatingIfNeeded: events.count), source: source, isEnd: false, isWeak: isWeak))
    }

    /// `holder` nil: whoever had it.
    mutating func end(_ address: IPAddress, of holder: Holder?, at time: Timestamp, source: BindingSource) {
        events.append(
            Event(
                address: address, time: time, holder: holder, seconds: nil, host: TextPool.none,
                user: TextPool.none, order: UInt32(truncatingIfNeeded: events.count), source: source,
                isEnd: true, isWeak: false))
    }

    mutating func note(_ session: Session) { sessions.append(session) }
}

/// How long a lease lasts where its source does not say.
struct LeaseTimes: Sendable {
    /// What the roster states, by network and for all.
    let stated: @Sendable (IPAddress) -> Int64?

    /// Nothing stated: an hour after a message the device is no longer known to be there.
    static let unstatedHold: Int64 = 3600
    /// Nothing stated: two messages of one device for one address, less than a day apart and none of another
    /// between, are one stay.
    static let unstatedGap: Int64 = 86400
}

extension LeaseEvents {
    /// Statements with a beginning and an end, from all events in order of time.
    ///
    /// Each source is taken at its own word: its message of the same device renews, its release ends. Where it
    /// states how long leases last, another device's lease in that time is an overlap, and is left as one; where
    /// it does not, the next device's message ends the stay of the one before.
    func bindings(_ times: LeaseTimes) -> [Binding<IPAddress>] {
        let ordered = events.sorted { a, b in
            if a.source != b.source { return a.source.rawValue < b.source.rawValue }
            if a.address != b.address { return a.address < b.address }
            if a.time != b.time { return a.time < b.time }
            return LeaseEvents.precedes(a, b)
        }
        var finished: [Binding<IPAddress>] = []
        finished.reserveCapacity(ordered.count)
        var index = 0
        while index < ordered.count {
            let first = ordered[index]
            var group = AddressHistory(time: times.stated(first.address))
            while index < ordered.count, ordered[index].address == first.address,
                ordered[index].source == first.source
            {
                group.take(ordered[index])
                index += 1
            }
            group.finish(into: &finished)
        }
        return finished
    }

    /// Between events of one moment: what was read first, where it came from one file's lines in order; an end
    /// comes before a beginning that says something new only if it was read so.
    private static func precedes(_ a: Event, _ b: Event) -> Bool { a.order < b.order }
}

/// What one source says of one address, event by event.
private struct AddressHistory {
    /// What the roster states for addresses like this one.
    let time: Int64?
    private var open: [Binding<IPAddress>] = []
    private var done: [Binding<IPAddress>] = []

    init(time: Int64?) { self.time = time }

    /// Leases of one address under way at once in one source, at most: real ones have one, or two in error.
    private static let openLimit = 16

    mutating func take(_ event: LeaseEvents.Event) {
        if event.isEnd { return end(event) }
        guard let holder = event.holder else { return }
        let length = event.seconds ?? time ?? LeaseTimes.unstatedHold
        let to = length == LeaseEvents.forever ? .distantFuture : event.time.adding(seconds: length)
        let isStated = event.seconds != nil || time != nil
        // A source that states no length says by its next message that the stay before is over.
        if event.seconds == nil { end(othersThan: holder, at: event.time) }
        if let index = open.firstIndex(where: { $0.holder == holder }) {
            let reach = isStated ? open[index].to : open[index].to.adding(seconds: LeaseTimes.unstatedGap)
            if event.time <= reach {
                open[index].to = to
                if event.host != TextPool.none { open[index].host = event.host }
                if event.user != TextPool.none { open[index].user = event.user }
                return
            }
            done.append(open.remove(at: index))
        }
        if open.count >= AddressHistory.openLimit { done.append(open.removeFirst()) }
        open.append(
            Binding(
                key: event.address, from: event.time, to: to, holder: holder, host: event.host,
                user: event.user, source: event.source, isWeak: event.isWeak))
    }

    private mutating func end(_ event: LeaseEvents.Event) {
        for index in open.indices where event.holder == nil || open[index].holder == event.holder {
            open[index].to = min(open[index].to, event.time)
        }
        close(at: event.time)
    }

    private mutating func end(othersThan holder: Holder, at time: Timestamp) {
        for index in open.indices where open[index].holder != holder {
            open[index].to = min(open[index].to, time)
        }
        for binding in open where binding.holder != holder { done.append(binding) }
        open.removeAll { $0.holder != holder }
    }

    private mutating func close(at time: Timestamp) {
        for binding in open where binding.to <= time { done.append(binding) }
        open.removeAll { $0.to <= time }
    }

    func finish(into all: inout [Binding<IPAddress>]) {
        all.append(contentsOf: done)
        all.append(contentsOf: open)
    }
}
