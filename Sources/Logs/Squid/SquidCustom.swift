import Bytes

/// A Squid log of a format that the user gave (`--squid-logformat`), read piece by piece.
///
/// Only a URL and a user name can hold spaces. So pieces up to the user name are read from the left, those behind it
/// from the right, and the user name is what is left between them. A value that is missing stands as `-`.
struct SquidCustom: LogLineParser {
    static let kind = "squid-custom"
    static let knowsItsEnd = false

    private let pieces: [SquidFormat.Piece]
    /// The piece that is read last, since it may hold what separates the others.
    private let pivot: Int?
    private var results = TokenMemo<SquidResult?>()
    private var hierarchies = TokenMemo<SquidHierarchy?>()
    /// The line's values by piece.
    private var values: [FieldRange?]

    init(_ format: SquidFormat) {
        pieces = format.pieces
        values = Array(repeating: nil, count: format.pieces.count)
        func place(_ codes: Set<String>) -> Int? {
            format.pieces.firstIndex {
                if case .code(let code, _, _) = $0 { return codes.contains(code) }
                return false
            }
        }
        pivot = place(SquidCustom.userCodes) ?? place(["ru", ">ru"])
    }

    /// Without a format it is Squid's own, written as a format.
    init(head: RawSpan) {
        let native = try? SquidFormat("%ts.%03tu %6tr %>a %Ss/%03>Hs %<st %rm %ru %[un %Sh/%<a %mt")
        self.init(native ?? SquidFormat.empty)
    }

    private static let userCodes: Set<String> = ["un", "ul", "ui", "ue", "us", "ext_user"]

    mutating func parse(_ line: RawSpan, into record: inout LogRecord) -> LogReason? {
        guard split(line) else { return .fieldsMissing }
        if let reason = readTimes(line, into: &record) { return reason }
        guard let client = value(">a", ">A") else { return .fieldsMissing }
        let status = value(">Hs", "Hs").flatMap {
            DecimalText.read(line, from: $0.start, to: $0.end, maxDigits: 3)
        }
        guard let result = readResult(line, UInt16(truncatingIfNeeded: status ?? 0)) else {
            return .resultInvalid
        }
        if let method = value("rm", ">rm") { record.method = ProxyRequest.method(line, method) }
        if let reason = ProxyRequest.readClient(line, client, into: &record) { return reason }
        if result.tags.contains(.udp) { return .cacheQuery }
        readUser(line, into: &record)
        let isConnect = record.method == .connect
        if let reason = readDestination(line, into: &record) { return reason }
        let isReached = readPeer(line, into: &record)
        let down = number(line, "<st")
        let mode = word(line, "ssl::bump_mode")
        if isConnect, mode != "terminate" {
            // What runs inside an opened connection is logged request by request.
            if ["bump", "peek", "stare", "client-first", "server-first"].contains(mode) {
                return .tunnelSetup
            }
            if result.tags.contains(.bare), result.status == 200, (down ?? 0) == 0, !isReached {
                return .tunnelSetup
            }
        }
        record.bytesDown = down
        record.bytesUp = number(line, ">st")
        record.bytesScope = isConnect ? .layer4Payload : .httpTotal
        SquidNative.judge(result, isReached: isReached, bytes: down ?? 0, into: &record)
        if mode == "terminate" { record.action = .blocked }
        return nil
    }
}

extension SquidCustom {
    /// Finds every piece's value; false when the line is not of the format.
    private mutating func split(_ line: RawSpan) -> Bool {
        guard !pieces.isEmpty else { return false }
        for index in values.indices { values[index] = nil }
        let last = pivot ?? pieces.count
        var position = 0
        var index = 0
        while index < last {
            guard let next = take(line, index, from: position) else { return false }
            position = next
            index += 1
        }
        guard let pivot else { return position == line.byteCount }
        var end = line.byteCount
        index = pieces.count - 1
        while index > pivot {
            guard let next = takeBack(line, index, to: end, notBefore: position) else { return false }
            end = next
            index -= 1
        }
        let field = SquidCustom.trimmed(line, from: position, to: end)
        guard field.count > 0 else { return false }
        values[pivot] = field
        return true
    }

    /// Passes over a piece from the left; returns where the next one begins.
    private mutating func take(_ line: RawSpan, _ index: Int, from start: Int) -> Int? {
        switch pieces[index] {
        case .literal(let text):
            return line.equals(from: start, count: text.count, text.span.bytesView, from: 0)
                ? start + text.count : nil
        case .code(let code, _, let encoding):
            var from = start
            while line.byte(at: from) == UInt8(ascii: " ") { from += 1 }
            let end: Int?
            if code == "tl" || code == "tg" {
                end = from + ClockText.commonLogLength
            } else if index + 1 < pieces.count, case .literal(let text) = pieces[index + 1] {
                end = SquidCustom.find(text, in: line, from: from, encoding)
            } else {
                end = line.byteCount
            }
            guard let end, end > from, end <= line.byteCount else { return nil }
            values[index] = SquidCustom.trimmed(line, from: from, to: end)
            return end
        }
    }

    /// Where `text` stands next; within quotes a backslash takes the next byte along.
    private static func find(
        _ text: [UInt8], in line: RawSpan, from start: Int, _ encoding: SquidFormat.Encoding
    ) -> Int? {
        guard let first = text.first else { return nil }
        var index = start
        while let byte = line.byte(at: index) {
            if byte == UInt8(ascii: "\\"), encoding == .quoted {
                index += 2
                continue
            }
            if byte == first, line.equals(from: index, count: text.count, text.span.bytesView, from: 0) {
                return index
            }
            index += 1
        }
        return nil
    }

    /// Passes over a piece from the right; returns where it begins.
    private mutating func takeBack(_ line: RawSpan, _ index: Int, to end: Int, notBefore limit: Int) -> Int? {
        switch pieces[index] {
        case .literal(let text):
            let start = end - text.count
            guard start >= limit, line.equals(from: start, count: text.count, text.span.bytesView, from: 0)
            else {
                return nil
            }
            return start
        case .code(let code, _, _):
            var start = end
            if code == "tl" || code == "tg" {
                start = end - ClockText.commonLogLength
            } else if case .literal(let text) = pieces[index - 1] {
                // Padding on the left belongs to the value's width.
                while start > limit, !SquidCustom.ends(text, line, at: start) || start == end { start -= 1 }
            }
            guard start >= limit, start < end else { return nil }
            let field = SquidCustom.trimmed(line, from: start, to: end)
            guard field.count > 0 else { return nil }
            values[index] = field
            return start
        }
    }

    private static func ends(_ text: [UInt8], _ line: RawSpan, at end: Int) -> Bool {
        line.equals(from: end - text.count, count: text.count, text.span.bytesView, from: 0)
    }

    private static func trimmed(_ line: RawSpan, from start: Int, to end: Int) -> FieldRange {
        var (low, high) = (start, end)
        while low < high, line.byte(at: low) == UInt8(ascii: " ") { low += 1 }
        while high > low, line.byte(at: high - 1) == UInt8(ascii: " ") { high -= 1 }
        return FieldRange(start: low, end: high)
    }
}

extension SquidCustom {
    /// The value of the first of these codes that the format has.
    private func value(_ codes: String...) -> FieldRange? {
        for wanted in codes {
            for (index, piece) in pieces.enumerated() {
                if case .code(wanted, _, _) = piece { return values[index] }
            }
        }
        return nil
    }

    private func word(_ line: RawSpan, _ code: String) -> String {
        value(code).map { String(ascii: line.clamped(from: $0.start, count: min($0.count, 40))) } ?? "-"
    }

    private func number(_ line: RawSpan, _ code: String) -> UInt64? {
        value(code).flatMap { DecimalText.read(line, from: $0.start, to: $0.end) }
    }

    private func readTimes(_ line: RawSpan, into record: inout LogRecord) -> LogReason? {
        var end: Timestamp?
        if let field = value("ts") {
            guard let seconds = DecimalText.read(line, from: field.start, to: field.end, maxDigits: 11) else {
                return .timeInvalid
            }
            let millis = Int64(truncatingIfNeeded: (number(line, "tu") ?? 0) % 1000)
            end = Timestamp(seconds: Int64(truncatingIfNeeded: seconds), nanoseconds: millis * 1_000_000)
        } else if let field = value("tl", "tg") {
            end = ClockText.commonLog(line, at: field.start)
        }
        guard let end else { return .timeInvalid }
        record.end = end
        record.start = end
        // The time is when the exchange ended; the elapsed time tells when it began.
        guard let elapsed = number(line, "tr"), elapsed <= 9_000_000_000 else { return nil }
        let began = end.nanoseconds - Int64(truncatingIfNeeded: elapsed) * 1_000_000
        if began >= 0 { record.start = Timestamp(nanoseconds: began) }
        return nil
    }

    private mutating func readResult(_ line: RawSpan, _ status: UInt16) -> SquidResult? {
        guard let tags = value("Ss") else {
            return [UInt8]("TCP_MISS".utf8).withRawSpan { SquidResult(tags: $0, status: status) }
        }
        var result = results.meaning(of: line, from: tags.start, to: tags.end) {
            SquidResult(tags: $0, status: 0)
        }
        result?.status = status
        return result
    }

    private func readUser(_ line: RawSpan, into record: inout LogRecord) {
        guard let pivot, case .code(let code, _, _) = pieces[pivot], SquidCustom.userCodes.contains(code),
            let field = values[pivot]
        else { return }
        if SquidNative.looksLikeURLRest(line, field) {
            record.flags.insert(.ambiguousLine)
        } else {
            SquidNative.readUser(line, field, into: &record)
        }
    }

    private func readDestination(_ line: RawSpan, into record: inout LogRecord) -> LogReason? {
        if let url = value("ru", ">ru") {
            let end = line.clamped(from: 0, count: url.end).endOfField(from: url.start, to: url.end)
            let target = FieldRange(start: url.start, end: end)
            if let reason = ProxyRequest.readDestination(line, target, into: &record) { return reason }
        } else if let host = value(">rd") {
            let reason = HostText.readHost(
                line, from: host.start, to: host.end, source: .proxyURL, into: &record)
            if let reason { return reason }
            record.port = number(line, ">rP").flatMap { UInt16(exactly: $0) } ?? 0
        }
        // The server name that the client asked for says more than an intercepted connection's address.
        if !record.name.isPresent, let sni = value("ssl::>sni"), !line.isDash(sni) {
            let server = record.server
            let reason = HostText.readHost(line, from: sni.start, to: sni.end, source: .logSNI, into: &record)
            record.server = record.server ?? server
            if let reason { return reason }
        }
        return record.name.isPresent || record.server != nil ? nil : .noDestination
    }

    /// Whether the request was sent on; sets the server where that is the origin.
    private mutating func readPeer(_ line: RawSpan, into record: inout LogRecord) -> Bool {
        let peer = value("<a", "<A").flatMap { line.isDash($0) ? nil : $0 }
        var route = SquidHierarchy.Route.nowhere
        if let field = value("Sh") {
            let hierarchy = hierarchies.meaning(of: line, from: field.start, to: field.end) {
                SquidHierarchy($0)
            }
            route = hierarchy?.route ?? .nowhere
        } else if peer != nil {
            route = .proxy
        }
        guard let peer else { return value("<a", "<A") == nil && route != .nowhere }
        if route == .origin, record.name.isPresent {
            record.server = IPAddress(ascii: line.clamped(from: peer.start, count: peer.count))?.unmapped
        }
        return route != .nowhere
    }
}
