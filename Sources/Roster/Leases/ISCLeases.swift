import Bytes

/// ISC dhcpd's lease database (`dhcpd.leases(5)`): declarations in braces, each a moment in the life of an address.
/// The file is a journal: a later block about an address adds to what earlier ones said.
struct ISCLeases: LeaseReader {
    static let kind = "isc-leases"

    private var tokens = ISCTokens()
    private var block: Block?
    /// Braces open around and inside the block.
    private var depth = 0
    /// The statement under way.
    private var words: [[UInt8]] = []
    /// The client of the IPv6 block under way.
    private var client: (Holder, isWeak: Bool)?
    /// When that client was last heard of.
    private var touched: Timestamp?

    /// Words kept of one statement: the longest that is read has six.
    private static let wordLimit = 12

    private struct Block {
        var address: IPAddress
        var isVersion6: Bool
        var starts: Timestamp?
        var ends: Timestamp?
        var state = ""
        var lifetime: Int64?
        var mac: MACAddress?
        var host: [UInt8] = []
    }

    init(_ context: LeaseContext) {}

    static func recognises(_ line: RawSpan) -> Bool {
        if line.hasASCII("authoring-byte-order ", at: 0) || line.find("dhcpd.leases(5)") != nil {
            return true
        }
        return
            (line.hasASCII("lease ", at: 0) || line.hasASCII("ia-na \"", at: 0)
            || line.hasASCII("ia_na \"", at: 0)) && line.firstIndex(of: 0x7b) != nil
    }

    mutating func take(_ line: RawSpan, into events: inout LeaseEvents) -> LeaseLine {
        let before = events.events.count
        tokens.begin(line)
        while let token = tokens.next(line) {
            switch token {
            case .word(let word): if words.count < ISCLeases.wordLimit { words.append(word) }
            case .semicolon:
                statement()
                words.removeAll(keepingCapacity: true)
            case .open: open()
            case .close: close(&events)
            }
        }
        return events.events.count > before ? .used : .passed
    }

    private func word(_ index: Int) -> String {
        words.indices.contains(index) ? String(decoding: words[index], as: UTF8.self) : ""
    }

    private mutating func open() {
        depth += 1
        switch (depth, word(0)) {
        case (1, "lease"): block = IPAddress(word(1)).map { Block(address: $0, isVersion6: false) }
        case (1, "ia-na"), (1, "ia-ta"), (1, "ia_na"), (1, "ia_ta"):
            touched = nil
            // IAID, four bytes, then the DUID.
            client = words.indices.contains(1) ? DUIDText.holder(Array(words[1].dropFirst(4))) : nil
        case (2, "iaaddr") where client != nil:
            block = IPAddress(word(1)).map { Block(address: $0, isVersion6: true) }
        default: break
        }
        words.removeAll(keepingCapacity: true)
    }

    private mutating func close(_ events: inout LeaseEvents) {
        let isOwn = depth == (block?.isVersion6 == true ? 2 : 1)
        if let finished = block, isOwn {
            tell(finished, &events)
            block = nil
        }
        if depth == 1 { client = nil }
        depth = max(0, depth - 1)
        words.removeAll(keepingCapacity: true)
    }

    private mutating func statement() {
        let isInside = depth == (block?.isVersion6 == true ? 2 : 1)
        if depth == 1, client != nil, word(0) == "cltt" { touched = moment() }
        guard isInside, var changed = block else { return }
        switch word(0) {
        case "starts": changed.starts = moment()
        case "ends": changed.ends = moment()
        case "max-life": changed.lifetime = number(1)
        case "binding": changed.state = word(1) == "state" ? word(2) : ""
        case "hardware": changed.mac = word(1) == "ethernet" ? MACAddress(word(2)) : nil
        case "client-hostname": changed.host = words.indices.contains(1) ? words[1] : []
        default: return
        }
        block = changed
    }

    private func number(_ index: Int) -> Int64? {
        words.indices.contains(index) ? words[index].withRawSpan { LeaseText.number($0) } : nil
    }

    /// `1 2026/03/02 13:43:20` in UTC, `epoch 1772459000`, or `never`.
    private func moment() -> Timestamp? {
        switch word(1) {
        case "never": return .distantFuture
        case "epoch": return number(2).flatMap { Timestamp(seconds: $0) }
        default:
            guard words.count >= 4 else { return nil }
            let parts = words[2].withRawSpan { date -> [Int64?] in
                LeaseText.split(date, 0x2f).map { LeaseText.number(date.part($0)) }
            }
            guard parts.count == 3 else { return nil }
            let seconds = words[3].withRawSpan { clock in
                LeaseText.seconds(year: parts[0], month: parts[1], day: parts[2], clock)
            }
            return seconds.flatMap { Timestamp(seconds: $0) }
        }
    }

    private func tell(_ block: Block, _ events: inout LeaseEvents) {
        let holder = block.isVersion6 ? client : block.mac.map { (.mac($0), isWeak: false) }
        var starts = block.starts
        var ends = block.ends
        if block.isVersion6 {
            starts = touched
            if ends == nil, let starts, let life = block.lifetime { ends = starts.adding(seconds: life) }
        }
        // An abandoned address was in use by a stranger: its last holder may be wrong.
        if block.state == "abandoned" {
            if let moment = starts ?? ends {
                events.end(block.address, of: nil, at: moment, source: .iscLeases)
            }
            return
        }
        guard let holder, let starts, let ends, starts < ends else { return }
        let host = block.host.withRawSpan { events.texts.add($0) }
        let seconds = ends == .distantFuture ? LeaseEvents.forever : ends.seconds - starts.seconds
        events.give(
            block.address, to: holder.0, at: starts, seconds: seconds, host: host, source: .iscLeases,
            isWeak: holder.isWeak)
        // Free, expired, released, backup, reset: it ended when the block says.
        if block.state != "active", !block.state.isEmpty {
            events.end(block.address, of: holder.0, at: ends, source: .iscLeases)
        }
    }
}

/// Words, strings and marks of ISC configuration text. Comments run from `#` to the end of the line.
struct ISCTokens {
    enum Token {
        case word([UInt8])
        case semicolon
        case open
        case close
    }

    private var index = 0

    mutating func begin(_ line: RawSpan) { index = 0 }

    mutating func next(_ line: RawSpan) -> Token? {
        while let byte = line.byte(at: index) {
            index += 1
            switch byte {
            case 0x20, 0x09: continue
            case 0x23: return nil
            case 0x3b: return .semicolon
            case 0x7b: return .open
            case 0x7d: return .close
            case 0x22: return .word(string(line))
            default:
                let start = index - 1
                while let more = line.byte(at: index), !isMark(more) { index += 1 }
                return .word(line.clamped(from: start, count: index - start).copied())
            }
        }
        return nil
    }

    private func isMark(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x3b || byte == 0x7b || byte == 0x7d || byte == 0x22
    }

    /// Up to the closing quote, with `\"`, `\\` and `\ooo` turned into the bytes that they stand for.
    private mutating func string(_ line: RawSpan) -> [UInt8] {
        var bytes: [UInt8] = []
        while let byte = line.byte(at: index) {
            index += 1
            if byte == 0x22 { break }
            guard byte == 0x5c, let next = line.byte(at: index) else {
                bytes.append(byte)
                continue
            }
            if (0x30...0x33).contains(next), let middle = octal(line, index + 1),
                let low = octal(line, index + 2)
            {
                bytes.append((next - 0x30) << 6 | middle << 3 | low)
                index += 3
            } else {
                bytes.append(next)
                index += 1
            }
        }
        return bytes
    }

    private func octal(_ line: RawSpan, _ index: Int) -> UInt8? {
        guard let byte = line.byte(at: index), (0x30...0x37).contains(byte) else { return nil }
        return byte - 0x30
    }
}
