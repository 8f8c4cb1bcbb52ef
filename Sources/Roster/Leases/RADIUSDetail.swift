import Bytes

/// FreeRADIUS's `detail` files of accounting: a line with the local time, attributes indented by a tab, an empty
/// line. They tie a user to a hardware address, and to an IP address where the access point knew it.
struct RADIUSDetail: LeaseReader {
    static let kind = "radius"

    private let context: LeaseContext
    private var record: Record?

    private struct Record {
        var head: Timestamp?
        var status: [UInt8] = []
        var user: [UInt8] = []
        var mac: MACAddress?
        var ssid: [UInt8] = []
        var addresses: [IPAddress] = []
        var timestamp: Int64?
        var sessionTime: Int64 = 0
        var delay: Int64 = 0
    }

    init(_ context: LeaseContext) { self.context = context }

    static func recognises(_ line: RawSpan) -> Bool { line.hasASCII("\tAcct-Status-Type = ", at: 0) }

    mutating func take(_ line: RawSpan, into events: inout LeaseEvents) -> LeaseLine {
        guard line.byteCount > 0 else { return close(&events) ? .used : .passed }
        guard line.byte(at: 0) == 0x09 else {
            let before = close(&events)
            record = Record(head: RADIUSDetail.head(line, context))
            return before ? .used : .passed
        }
        guard let equals = line.find(" = ", from: 1) else { return .passed }
        let name = line.clamped(from: 1, count: equals - 1)
        let value = line.clamped(from: equals + 3, count: line.byteCount)
        if record == nil { record = Record() }
        read(name, value)
        return .passed
    }

    mutating func finish(into events: inout LeaseEvents) { _ = close(&events) }

    private mutating func read(_ name: RawSpan, _ value: RawSpan) {
        if name.isASCII("Acct-Status-Type") { record?.status = value.copied() }
        if name.isASCII("User-Name") { record?.user = RADIUSDetail.unquoted(value) }
        if name.isASCII("Calling-Station-Id") {
            record?.mac = RADIUSDetail.unquoted(value).withRawSpan { MACAddress(ascii: $0) }
        }
        if name.isASCII("Called-Station-Id") {
            record?.ssid = RADIUSDetail.unquoted(value).withRawSpan(RADIUSDetail.ssid)
        }
        if name.isASCII("Framed-IP-Address") || name.isASCII("Framed-IPv6-Address") {
            if let address = IPAddress(ascii: value), record?.addresses.count ?? 0 < 16 {
                record?.addresses.append(address)
            }
        }
        if name.isASCII("Timestamp") { record?.timestamp = LeaseText.number(value) }
        if name.isASCII("Acct-Session-Time") { record?.sessionTime = LeaseText.number(value) ?? 0 }
        if name.isASCII("Acct-Delay-Time") { record?.delay = LeaseText.number(value) ?? 0 }
    }

    /// `Mon Mar  2 07:43:21 2026`, local.
    private static func head(_ line: RawSpan, _ context: LeaseContext) -> Timestamp? {
        let words = LeaseText.words(line, limit: 5)
        guard words.count == 5 else { return nil }
        let local = LeaseText.seconds(
            year: LeaseText.number(line.part(words[4])), month: LeaseText.month(line.part(words[1])),
            day: LeaseText.number(line.part(words[2])), line.part(words[3]))
        return local.flatMap { context.zone.moment(local: $0) }
    }

    /// The wireless network behind the access point's hardware address, `00-10-A4-23-19-C0:AP1` (RFC 3580 §3.20);
    /// empty where there is none.
    static func ssid(_ station: RawSpan) -> [UInt8] {
        for length in [17, 12] where station.byte(at: length) == 0x3a {
            guard MACAddress(ascii: station.clamped(from: 0, count: length)) != nil else { continue }
            return station.clamped(from: length + 1, count: station.byteCount).copied()
        }
        return []
    }

    /// A quoted string's bytes; a bare word as it is.
    static func unquoted(_ value: RawSpan) -> [UInt8] {
        guard value.byte(at: 0) == 0x22 else { return value.copied() }
        var tokens = ISCTokens()
        tokens.begin(value)
        if case .word(let bytes) = tokens.next(value) { return bytes }
        return []
    }

    /// Tells what the record says; false when it says nothing.
    private mutating func close(_ events: inout LeaseEvents) -> Bool {
        guard let record else { return false }
        self.record = nil
        let written = record.timestamp.flatMap { Timestamp(seconds: $0) } ?? record.head
        guard let written, !record.status.isEmpty else { return false }
        let now = written.adding(seconds: -min(record.delay, 86400))
        let status = String(decoding: record.status, as: UTF8.self)
        guard ["Start", "Interim-Update", "Stop", "Alive"].contains(status) else { return false }
        let user = record.user.withRawSpan { events.texts.add($0) }
        let session = min(record.sessionTime, 30 * 86400)
        let start = now.adding(seconds: -session)
        let isStop = status == "Stop"
        guard let mac = record.mac else { return tell(record, user, start, now, isStop, nil, &events) }
        let ssid = record.ssid.withRawSpan { events.texts.add($0) }
        if ssid != TextPool.none {
            if session > 0 { events.enter(ssid, by: mac, at: start, seconds: session) }
            if isStop {
                events.exit(ssid, by: mac, at: now)
            } else {
                events.enter(ssid, by: mac, at: now, seconds: nil)
            }
        }
        if user != TextPool.none {
            if session > 0 { events.join(user, on: mac, at: start, seconds: session) }
            if isStop {
                events.leave(user, on: mac, at: now)
            } else {
                events.join(user, on: mac, at: now, seconds: nil)
            }
        }
        return tell(record, user, start, now, isStop, mac, &events) || user != TextPool.none
            || ssid != TextPool.none
    }

    /// An address is known to be the session's from its start, whichever record named it first.
    private func tell(
        _ record: Record, _ user: Int32, _ start: Timestamp, _ now: Timestamp, _ isStop: Bool,
        _ mac: MACAddress?, _ events: inout LeaseEvents
    ) -> Bool {
        guard let holder = mac.map({ Holder.mac($0) }) ?? (user == TextPool.none ? nil : .user(user)) else {
            return false
        }
        for address in record.addresses {
            if start < now {
                events.give(
                    address, to: holder, at: start, seconds: now.seconds - start.seconds, user: user,
                    source: .radius)
            }
            if isStop {
                events.end(address, of: holder, at: now, source: .radius)
            } else {
                events.give(address, to: holder, at: now, seconds: nil, user: user, source: .radius)
            }
        }
        return !record.addresses.isEmpty
    }
}
