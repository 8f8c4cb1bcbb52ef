import Bytes

/// dnsmasq's lease file: what is leased now, one line each, without the time at which a lease began.
///
///     EXPIRY MAC ADDRESS HOST|* CLIENT-ID|*        IPv4; expiry in UTC seconds, 0 for ever
///     duid DUID                                     begins the IPv6 part
///     EXPIRY [T]IAID ADDRESS HOST|* DUID            IPv6
struct DnsmasqLeases: LeaseReader {
    static let kind = "dnsmasq-leases"

    init(_ context: LeaseContext) {}

    static func recognises(_ line: RawSpan) -> Bool {
        let words = LeaseText.words(line, limit: 6)
        if words.count == 2, line.part(words[0]).isASCII("duid") {
            return DUIDText.octets(line.part(words[1])) != nil
        }
        guard words.count == 5, LeaseText.number(line.part(words[0])) != nil else { return false }
        let isClient = mac(line.part(words[1])) != nil || identity(line.part(words[1])) != nil
        return isClient && IPAddress(ascii: line.part(words[2])) != nil
    }

    mutating func take(_ line: RawSpan, into events: inout LeaseEvents) -> LeaseLine {
        let words = LeaseText.words(line, limit: 6)
        if words.isEmpty { return .passed }
        let first = line.part(words[0])
        if first.isASCII("duid") || first.isASCII("agent-info") || first.isASCII("vendorclass") {
            return .passed
        }
        guard words.count >= 5, let expiry = LeaseText.number(first) else {
            return .rejected("not expiry, client, address, host and client id")
        }
        guard let address = IPAddress(ascii: line.part(words[2])) else { return .rejected("no address") }
        let mac = DnsmasqLeases.mac(line.part(words[1]))
        let holder = address.isIPv4 ? mac.map { (Holder.mac($0), isWeak: false) } : duid(line.part(words[4]))
        guard let (holder, isWeak) = holder else { return .passed }
        let name = line.part(words[3])
        let host = name.isASCII("*") ? TextPool.none : events.texts.add(name)
        if expiry == 0 {
            events.give(
                address, to: holder, at: Timestamp(nanoseconds: .min), seconds: LeaseEvents.forever,
                host: host, source: .dnsmasqLeases, isWeak: isWeak)
            return .used
        }
        // Builds for machines without a clock write how long the lease lasts instead: of no use.
        guard expiry > 1_000_000_000, let end = Timestamp(seconds: expiry) else { return .passed }
        events.expire(address, of: holder, at: end, host: host, isWeak: isWeak)
        return .used
    }

    private func duid(_ text: RawSpan) -> (Holder, isWeak: Bool)? {
        text.isASCII("*") ? nil : DUIDText.holder(text)
    }

    /// An Ethernet address; other hardware has its type before it, as in `20-00:...`.
    private static func mac(_ text: RawSpan) -> MACAddress? { MACAddress(ascii: text) }

    /// An IAID, with `T` before it for temporary addresses.
    private static func identity(_ text: RawSpan) -> Int64? {
        LeaseText.number(text.byte(at: 0) == 0x54 ? text.clamped(from: 1, count: text.byteCount) : text)
    }
}
