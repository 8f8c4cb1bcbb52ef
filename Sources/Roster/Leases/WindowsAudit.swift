import Bytes

/// The audit log of Microsoft's DHCP server (`DhcpSrvLog-Mon.log`, `DhcpV6SrvLog-Mon.log`): comma-separated, in the
/// server's local time, without the length of leases.
///
/// Columns differ by version; only the first seven are read, since nothing is quoted and a comma in a later one
/// would shift the rest.
struct WindowsAudit: LeaseReader {
    static let kind = "windows-dhcp"

    private let context: LeaseContext

    init(_ context: LeaseContext) { self.context = context }

    static func recognises(_ line: RawSpan) -> Bool {
        line.hasASCII("ID,Date,Time,Description,", at: 0) || line.find("DHCP Service Activity Log") != nil
            || line.find("DHCPv6 Service Activity Log") != nil
    }

    mutating func take(_ line: RawSpan, into events: inout LeaseEvents) -> LeaseLine {
        let fields = LeaseText.split(line, 0x2c, limit: 14)
        guard fields.count >= 7, let id = LeaseText.number(line.part(fields[0])) else { return .passed }
        switch id {
        case 10, 11, 20, 21, 12, 16, 17, 18: return version4(line, fields, id, &events)
        case 11002, 11004, 11005, 11006, 11007, 11018: return version6(line, fields, id, &events)
        // Starts, stops, DNS updates (whose address may be written backwards), clean-up.
        default: return .passed
        }
    }

    private func version4(_ line: RawSpan, _ fields: [Range<Int>], _ id: Int64, _ events: inout LeaseEvents)
        -> LeaseLine
    {
        guard let time = moment(line.part(fields[1]), line.part(fields[2])) else {
            return .rejected("no time")
        }
        guard let address = IPAddress(ascii: line.part(fields[4]).trimmed) else {
            return .rejected("no address")
        }
        let hardware = line.part(fields[6]).trimmed
        let holder = MACAddress(ascii: hardware).map { Holder.mac($0) }
        if id == 12 || id >= 16, id < 20 {
            events.end(address, of: holder, at: time, source: .windows)
            return .used
        }
        // Longer ones are client identifiers of something that is no Ethernet.
        guard let holder = holder ?? (hardware.byteCount > 12 ? .identifier(hardware) : nil) else {
            return .rejected("no hardware address")
        }
        events.give(
            address, to: holder, at: time, seconds: nil, host: events.texts.add(line.part(fields[5]).trimmed),
            source: .windows)
        return .used
    }

    private func version6(_ line: RawSpan, _ fields: [Range<Int>], _ id: Int64, _ events: inout LeaseEvents)
        -> LeaseLine
    {
        guard let time = moment(line.part(fields[1]), line.part(fields[2])) else {
            return .rejected("no time")
        }
        guard let address = IPAddress(ascii: line.part(fields[4]).trimmed) else {
            return .rejected("no address")
        }
        let duid = fields.count > 8 ? line.part(fields[8]).trimmed : line.clamped(from: 0, count: 0)
        let known = DUIDText.holder(duid)
        if id >= 11006 {
            events.end(address, of: known?.0, at: time, source: .windows)
            return .used
        }
        guard let (holder, isWeak) = known else { return .rejected("no DUID") }
        events.give(
            address, to: holder, at: time, seconds: nil, host: events.texts.add(line.part(fields[5]).trimmed),
            source: .windows, isWeak: isWeak)
        return .used
    }

    /// `03/02/26` and `07:43:20`, local.
    private func moment(_ date: RawSpan, _ clock: RawSpan) -> Timestamp? {
        let parts = LeaseText.split(date.trimmed, 0x2f).map { LeaseText.number(date.trimmed.part($0)) }
        guard parts.count == 3, let year = parts[2] else { return nil }
        let seconds = LeaseText.seconds(
            year: year < 100 ? 2000 + year : year, month: parts[0], day: parts[1], clock.trimmed)
        return seconds.flatMap { context.zone.moment(local: $0) }
    }
}
