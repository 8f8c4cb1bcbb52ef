import Bytes
import Register

/// What lease files and captures say, one statement after the other, before it is laid out in time.
struct LeaseEvents: Sendable {
    struct Event<Key: Comparable & Sendable>: Sendable {
        let key: Key
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

    /// Leases of which only the end is known.
    struct Expiring: Sendable {
        let address: IPAddress
        let holder: Holder
        let end: Timestamp
        let host: Int32
        let isWeak: Bool
    }

    private(set) var expiring: [Expiring] = []

    static let forever = Int64.max

    private(set) var events: [Event<IPAddress>] = []
    /// Users on hardware addresses, whatever the IP address.
    private(set) var sessions: [Event<MACAddress>] = []
    /// Wireless networks that hardware addresses were in; their names stand in the place of users.
    private(set) var wireless: [Event<MACAddress>] = []
    var texts = TextPool()

    mutating func give(
        _ address: IPAddress, to holder: Holder, at time: Timestamp, seconds: Int64?,
        host: Int32 = TextPool.none, user: Int32 = TextPool.none, source: BindingSource, isWeak: Bool = false
    ) {
        events.append(
            Event(
                key: address, time: time, holder: holder, seconds: seconds, host: host, user: user,
                order: UInt32(truncatingIfNeeded: events.count), source: source, isEnd: false, isWeak: isWeak)
        )
    }

    /// `holder` nil: whoever had it.
    mutating func end(_ address: IPAddress, of holder: Holder?, at time: Timestamp, source: BindingSource) {
        events.append(
            Event(
                key: address, time: time, holder: holder, seconds: nil, host: TextPool.none,
                user: TextPool.none, order: UInt32(truncatingIfNeeded: events.count), source: source,
                isEnd: true, isWeak: false))
    }

    /// A user is on a device: for so many seconds, or as long as nothing else is heard.
    mutating func join(_ user: Int32, on mac: MACAddress, at time: Timestamp, seconds: Int64?) {
        sessions.append(LeaseEvents.session(user, mac, time, seconds, order: sessions.count, isEnd: false))
    }

    mutating func leave(_ user: Int32, on mac: MACAddress, at time: Timestamp) {
        sessions.append(LeaseEvents.session(user, mac, time, nil, order: sessions.count, isEnd: true))
    }

    /// A device is in a wireless network: for so many seconds, or as long as nothing else is heard.
    mutating func enter(_ ssid: Int32, by mac: MACAddress, at time: Timestamp, seconds: Int64?) {
        wireless.append(LeaseEvents.session(ssid, mac, time, seconds, order: wireless.count, isEnd: false))
    }

    mutating func exit(_ ssid: Int32, by mac: MACAddress, at time: Timestamp) {
        wireless.append(LeaseEvents.session(ssid, mac, time, nil, order: wireless.count, isEnd: true))
    }

    private static func session(
        _ text: Int32, _ mac: MACAddress, _ time: Timestamp, _ seconds: Int64?, order: Int, isEnd: Bool
    ) -> Event<MACAddress> {
        Event(
            key: mac, time: time, holder: .user(text), seconds: seconds, host: TextPool.none, user: text,
            order: UInt32(truncatingIfNeeded: order), source: .radius, isEnd: isEnd, isWeak: false)
    }

    /// A lease of which only the end is known: how long it lasted, the roster may say.
    mutating func expire(
        _ address: IPAddress, of holder: Holder, at end: Timestamp, host: Int32, isWeak: Bool
    ) {
        expiring.append(
            Expiring(address: address, holder: holder, end: end, host: host, isWeak: isWeak))
    }
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
        var finished: [Binding<IPAddress>] = []
        finished.reserveCapacity(events.count + expiring.count)
        LeaseEvents.lay(out: events, into: &finished) { times.stated($0) }
        for lease in expiring {
            let length = times.stated(lease.address) ?? LeaseTimes.unstatedHold
            finished.append(
                Binding(
                    key: lease.address, from: lease.end.adding(seconds: -length), to: lease.end,
                    holder: lease.holder, host: lease.host, user: TextPool.none, source: .dnsmasqLeases,
                    isWeak: lease.isWeak))
        }
        return finished
    }

    func userBindings() -> [Binding<MACAddress>] { LeaseEvents.bindings(of: sessions) }

    func wirelessBindings() -> [Binding<MACAddress>] { LeaseEvents.bindings(of: wireless) }

    private static func bindings(of sessions: [Event<MACAddress>]) -> [Binding<MACAddress>] {
        var finished: [Binding<MACAddress>] = []
        lay(out: sessions, into: &finished) { _ in nil }
        return finished
    }

    private static func lay<Key: Comparable & Sendable>(
        out events: [Event<Key>], into finished: inout [Binding<Key>], stated: (Key) -> Int64?
    ) {
        let ordered = events.sorted { a, b in
            if a.source != b.source { return a.source.rawValue < b.source.rawValue }
            if a.key != b.key { return a.key < b.key }
            if a.time != b.time { return a.time < b.time }
            // Of one moment, what was read first: the lines of a file are in order.
            return a.order < b.order
        }
        var index = 0
        while index < ordered.count {
            let first = ordered[index]
            var history = History<Key>(time: stated(first.key))
            while index < ordered.count, ordered[index].key == first.key,
                ordered[index].source == first.source
            {
                history.take(ordered[index])
                index += 1
            }
            history.finish(into: &finished)
        }
    }
}

/// What one source says of one address, event by event.
private struct History<Key: Comparable & Sendable> {
    /// What the roster states for addresses like this one.
    let time: Int64?
    private var open: [Binding<Key>] = []
    private var done: [Binding<Key>] = []
    /// Who gave the key back at a moment that is not known.
    private var yielding: Set<Holder> = []

    init(time: Int64?) { self.time = time }

    /// Leases of one address under way at once in one source, at most: real ones have one, or two in error.
    private static var openLimit: Int { 16 }

    mutating func take(_ event: LeaseEvents.Event<Key>) {
        if event.isEnd { return end(event) }
        guard let holder = event.holder else { return }
        let length = event.seconds ?? time ?? LeaseTimes.unstatedHold
        let to = length == LeaseEvents.forever ? .distantFuture : event.time.adding(seconds: length)
        let isStated = event.seconds != nil || time != nil
        // A source that states no length says by its next message that the stay before is over.
        end(othersThan: holder, at: event.time, onlyYielding: event.seconds != nil)
        if let index = open.firstIndex(where: { $0.holder == holder }) {
            let reach = isStated ? open[index].to : open[index].to.adding(seconds: LeaseTimes.unstatedGap)
            if event.time <= reach {
                // What was stated before is not cut short by a message that states nothing.
                open[index].to = event.seconds == nil ? max(open[index].to, to) : to
                if event.host != TextPool.none { open[index].host = event.host }
                if event.user != TextPool.none { open[index].user = event.user }
                return
            }
            done.append(open.remove(at: index))
        }
        if open.count >= History.openLimit { done.append(open.removeFirst()) }
        open.append(
            Binding(
                key: event.key, from: event.time, to: to, holder: holder, host: event.host,
                user: event.user, source: event.source, isWeak: event.isWeak))
    }

    private mutating func end(_ event: LeaseEvents.Event<Key>) {
        for index in open.indices where event.holder == nil || open[index].holder == event.holder {
            // Kea 2.2 writes a released lease with the moment at which it began: it ended later, and before the
            // next one had the address.
            if event.time <= open[index].from {
                yielding.insert(open[index].holder)
            } else {
                open[index].to = min(open[index].to, event.time)
            }
        }
        close(at: event.time)
    }

    private mutating func end(othersThan holder: Holder, at time: Timestamp, onlyYielding: Bool) {
        for index in open.indices where open[index].holder != holder {
            guard !onlyYielding || yielding.contains(open[index].holder) else { continue }
            open[index].to = min(open[index].to, time)
        }
        yielding.remove(holder)
        for binding in open where binding.holder != holder && binding.to <= time { done.append(binding) }
        open.removeAll { $0.holder != holder && $0.to <= time }
    }

    private mutating func close(at time: Timestamp) {
        for binding in open where binding.to <= time { done.append(binding) }
        open.removeAll { $0.to <= time }
    }

    func finish(into all: inout [Binding<Key>]) {
        all.append(contentsOf: done)
        all.append(contentsOf: open)
    }
}
