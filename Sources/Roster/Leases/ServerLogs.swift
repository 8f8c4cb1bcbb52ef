import Bytes

/// ISC dhcpd's messages in the system log. They do not say how long a lease lasts.
///
///     DHCPACK on 10.20.30.40 to 00:00:5e:00:53:2a (CB-LIB-07) via 10.20.0.1
///     DHCPRELEASE of 10.20.30.40 from 00:00:5e:00:53:2a (CB-LIB-07) via 10.20.0.1 (found)
struct ISCLog: LeaseReader {
    static let kind = "dhcpd-log"

    private let context: LeaseContext

    init(_ context: LeaseContext) { self.context = context }

    static func recognises(_ line: RawSpan) -> Bool {
        guard let start = LogHead.find("dhcpd", in: line) else { return false }
        return line.hasASCII("DHCP", at: start)
    }

    mutating func take(_ line: RawSpan, into events: inout LeaseEvents) -> LeaseLine {
        guard let start = LogHead.find("dhcpd", in: line) else { return .passed }
        let isAcknowledgment =
            line.hasASCII("DHCPACK on ", at: start) || line.hasASCII("BOOTREPLY ", at: start)
        let isEnd = line.hasASCII("DHCPRELEASE of ", at: start) || line.hasASCII("DHCPDECLINE of ", at: start)
        guard isAcknowledgment || isEnd else { return .passed }
        guard let head = LogHead(line, program: "dhcpd", context) else { return .rejected("no time") }
        let words = LeaseText.words(line, from: head.messageStart, limit: 6)
        guard words.count >= 5, let address = IPAddress(ascii: line.part(words[2])),
            let mac = MACAddress(ascii: line.part(words[4]))
        else { return .rejected("no address and hardware address") }
        if isEnd {
            events.end(address, of: .mac(mac), at: head.time, source: .iscLog)
            return .used
        }
        let host = hostName(line, after: words[4].upperBound)
        events.give(
            address, to: .mac(mac), at: head.time, seconds: nil,
            host: host.map { events.texts.add(line.part($0)) }
                ?? TextPool.none, source: .iscLog)
        return .used
    }

    /// Between `(` behind the hardware address and `) via`: the client chose it and may write anything in it.
    private func hostName(_ line: RawSpan, after index: Int) -> Range<Int>? {
        guard line.hasASCII(" (", at: index) else { return nil }
        var end: Int?
        var from = index
        while let found = line.find(") via ", from: from) {
            end = found
            from = found + 1
        }
        return end.map { index + 2..<max(index + 2, $0) }
    }
}

/// dnsmasq's messages about leases in the system log or its own. They do not say how long a lease lasts.
///
///     DHCPACK(br30) 10.20.30.40 00:00:5e:00:53:2a CB-LIB-07
///     DHCPREPLY(br30) 2001:db8:20::41 00:01:00:01:2f:00:00:02:00:00:5e:00:53:2b CB-LIB-08
struct DnsmasqLog: LeaseReader {
    static let kind = "dnsmasq-log"

    private let context: LeaseContext
    private static let program = "dnsmasq-dhcp"

    init(_ context: LeaseContext) { self.context = context }

    static func recognises(_ line: RawSpan) -> Bool { LogHead.find(program, in: line) != nil }

    mutating func take(_ line: RawSpan, into events: inout LeaseEvents) -> LeaseLine {
        guard let start = LogHead.find(DnsmasqLog.program, in: line) else { return .passed }
        var words = LeaseText.words(line, from: start, limit: 5)
        // With `log-dhcp` the transaction's number comes first.
        if let first = words.first, LeaseText.number(line.part(first)) != nil { words.removeFirst() }
        guard let verb = words.first else { return .passed }
        let isGiven =
            line.hasASCII("DHCPACK(", at: verb.lowerBound) || line.hasASCII("DHCPREPLY(", at: verb.lowerBound)
        let isEnd =
            line.hasASCII("DHCPRELEASE(", at: verb.lowerBound)
            || line.hasASCII("DHCPDECLINE(", at: verb.lowerBound)
        guard isGiven || isEnd else { return .passed }
        guard let head = LogHead(line, program: DnsmasqLog.program, context) else {
            return .rejected("no time")
        }
        guard words.count >= 3, let address = IPAddress(ascii: line.part(words[1])),
            let (holder, isWeak) = holder(line.part(words[2]), isIPv4: address.isIPv4)
        else { return .passed }
        if isEnd {
            events.end(address, of: holder, at: head.time, source: .dnsmasqLog)
            return .used
        }
        let host = words.count > 3 ? events.texts.add(line.part(words[3])) : TextPool.none
        events.give(
            address, to: holder, at: head.time, seconds: nil, host: host, source: .dnsmasqLog, isWeak: isWeak)
        return .used
    }

    private func holder(_ text: RawSpan, isIPv4: Bool) -> (Holder, isWeak: Bool)? {
        isIPv4 ? MACAddress(ascii: text).map { (.mac($0), isWeak: false) } : DUIDText.holder(text)
    }
}
