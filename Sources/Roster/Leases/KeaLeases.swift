import Bytes

/// Kea's lease files of the memfile backend (`kea-leases4.csv`, `kea-leases6.csv` and their `.1`, `.2`,
/// `.completed`): a journal with a header line, in which a later row about an address renews or ends an earlier one.
///
/// Columns are found by their names, since versions add some. `expire` is the UTC second at which the lease ends.
struct KeaLeases: LeaseReader {
    static let kind = "kea-leases"

    private var columns = Columns()
    private var isVersion6 = false

    /// Places of the columns that are read; -1 when missing.
    private struct Columns {
        var address = -1
        var hardware = -1
        var identifier = -1
        var duid = -1
        var lifetime = -1
        var expire = -1
        var host = -1
        var state = -1
        var type = -1
    }

    init(_ context: LeaseContext) {}

    static func recognises(_ line: RawSpan) -> Bool {
        line.hasASCII("address,hwaddr,client_id,valid_lifetime", at: 0)
            || line.hasASCII("address,duid,valid_lifetime", at: 0)
    }

    mutating func take(_ line: RawSpan, into events: inout LeaseEvents) -> LeaseLine {
        if line.byteCount == 0 { return .passed }
        if KeaLeases.recognises(line) {
            readHeader(line)
            return .passed
        }
        let fields = LeaseText.split(line, 0x2c)
        func field(_ index: Int) -> Range<Int>? { fields.indices.contains(index) ? fields[index] : nil }
        guard let addressField = field(columns.address),
            let address = IPAddress(ascii: line.part(addressField))
        else { return .rejected("no address in its column") }
        guard let lifetime = field(columns.lifetime).flatMap({ LeaseText.number(line.part($0)) }),
            let expire = field(columns.expire).flatMap({ LeaseText.number(line.part($0)) }),
            let end = Timestamp(seconds: expire)
        else { return .rejected("lifetime and expiry are no numbers") }
        // Prefixes (2) are handed to routers, not to devices.
        if isVersion6, let type = field(columns.type), line.part(type).isASCII("2") { return .passed }
        let state = field(columns.state).flatMap { LeaseText.number(line.part($0)) } ?? 0
        // 0xffffffff is for ever (RFC 2131 §3.3); such leases begin at an unknown time before `expire` wraps.
        let isForever = lifetime == 0xffff_ffff
        let begin = isForever ? end.adding(seconds: -0xffff_ffff) : end.adding(seconds: -lifetime)
        switch state {
        // 1: a client found the address in use by somebody else.
        case 1:
            events.end(address, of: nil, at: begin, source: .kea)
            return .used
        case 0, 2, 3, 4: break
        default: return .rejected("state \(state) is not known")
        }
        guard let (holder, isWeak) = holder(line, field) else {
            events.end(address, of: nil, at: begin, source: .kea)
            return .used
        }
        if lifetime > 0 {
            let host = field(columns.host).map { name(line.part($0), &events.texts) } ?? TextPool.none
            events.give(
                address, to: holder, at: begin, seconds: isForever ? LeaseEvents.forever : lifetime,
                host: host, source: .kea, isWeak: isWeak)
        }
        if lifetime == 0 || state == 2 || state == 3 {
            events.end(address, of: holder, at: end, source: .kea)
        }
        return .used
    }

    private mutating func readHeader(_ line: RawSpan) {
        columns = Columns()
        isVersion6 = line.hasASCII("address,duid", at: 0)
        for (index, range) in LeaseText.split(line, 0x2c).enumerated() {
            switch LeaseText.text(line.part(range)) {
            case "address": columns.address = index
            case "hwaddr": columns.hardware = index
            case "client_id": columns.identifier = index
            case "duid": columns.duid = index
            case "valid_lifetime": columns.lifetime = index
            case "expire": columns.expire = index
            case "hostname": columns.host = index
            case "state": columns.state = index
            case "lease_type": columns.type = index
            default: continue
            }
        }
    }

    private func holder(_ line: RawSpan, _ field: (Int) -> Range<Int>?) -> (Holder, isWeak: Bool)? {
        if let range = field(columns.hardware), let mac = MACAddress(ascii: line.part(range)) {
            return (.mac(mac), false)
        }
        if let range = field(columns.duid) { return DUIDText.holder(line.part(range)) }
        if let range = field(columns.identifier), range.count > 0 {
            return (.identifier(line.part(range)), false)
        }
        return nil
    }

    /// Kea writes a comma and bytes outside ASCII as `&#x2c`.
    private func name(_ text: RawSpan, _ texts: inout TextPool) -> Int32 {
        guard text.find("&#x") != nil else { return texts.add(text) }
        var bytes: [UInt8] = []
        var index = 0
        while let byte = text.byte(at: index) {
            if text.hasASCII("&#x", at: index), let high = text.byte(at: index + 3).flatMap(hexadecimalDigit),
                let low = text.byte(at: index + 4).flatMap(hexadecimalDigit)
            {
                bytes.append(high << 4 | low)
                index += 5
            } else {
                bytes.append(byte)
                index += 1
            }
        }
        return bytes.withRawSpan { texts.add($0) }
    }
}

/// DUIDs as lease files write them: octets in hexadecimal with or without colons.
enum DUIDText {
    /// The hardware address in it, as a weak statement; else the identifier itself. Nil for an empty one, which
    /// Kea writes as `00`.
    static func holder(_ text: RawSpan) -> (Holder, isWeak: Bool)? {
        guard let bytes = octets(text), bytes.count > 2 else { return nil }
        return holder(bytes)
    }

    static func holder(_ bytes: [UInt8]) -> (Holder, isWeak: Bool)? {
        bytes.withRawSpan { span -> (Holder, isWeak: Bool)? in
            if span.byteCount == 0 { return nil }
            if let mac = hardwareAddress(span) { return (.mac(mac), true) }
            return (.identifier(span), true)
        }
    }

    /// DUID-LLT (type 1) and DUID-LL (type 3) of Ethernet end in a hardware address (RFC 8415 §11.2, §11.4).
    private static func hardwareAddress(_ bytes: RawSpan) -> MACAddress? {
        var reader = ByteReader(bytes)
        guard let head = try? reader.u32(), head == 0x0001_0001 || head == 0x0003_0001 else { return nil }
        if head == 0x0001_0001 { guard (try? reader.skip(4)) != nil else { return nil } }
        return reader.remaining == 6 ? try? reader.macAddress() : nil
    }

    static func octets(_ text: RawSpan) -> [UInt8]? {
        var bytes: [UInt8] = []
        var high: UInt8?
        // RFC 8415 §11.1: a DUID has at most 130 octets.
        guard text.byteCount <= 400 else { return nil }
        for index in 0..<text.byteCount {
            guard let byte = text.byte(at: index) else { return nil }
            if byte == 0x3a || byte == 0x2d {
                // A lone digit between colons stands for an octet.
                if let digit = high { bytes.append(digit) }
                high = nil
                continue
            }
            guard let digit = hexadecimalDigit(byte) else { return nil }
            if let first = high {
                bytes.append(first << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
        if let digit = high { bytes.append(digit) }
        return bytes
    }
}
