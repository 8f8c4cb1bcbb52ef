import Bytes

/// What the columns of a W3C Extended Log File Format are: the identifiers of a `#Fields` line, by their use here.
struct ELFFColumns: Equatable, Sendable {
    enum Role: Int, CaseIterable {
        case date, time, localTime, epoch, taken
        case client, user, clientHost
        case host, url, scheme, port, method
        case status, cacheAction, filterResult, exception, action
        case originAddress, originName
        case bytesUp, bytesDown
    }

    /// Column of each role, by `Role.rawValue`; -1 where the log has none.
    private var places = [Int](repeating: -1, count: Role.allCases.count)
    private(set) var count = 0

    subscript(_ role: Role) -> Int? {
        let place = places[role.rawValue]
        return place >= 0 ? place : nil
    }

    /// Whether lines can tell when, who and with whom.
    var isSufficient: Bool {
        let hasTime =
            (self[.date] != nil && self[.time] != nil) || self[.localTime] != nil || self[.epoch] != nil
        return hasTime && self[.client] != nil && (self[.host] != nil || self[.url] != nil)
    }

    /// Reads `#Fields: id id ...`; nil when the line is another one. Of several identifiers with the same role the
    /// first in the list below counts, wherever it stands.
    init?(_ line: RawSpan) {
        guard line.begins(at: 0, with: "#Fields:") else { return nil }
        var ranks = [Int](repeating: .max, count: places.count)
        var index = 8
        while index < line.byteCount {
            let byte = line.byte(at: index)
            if byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") {
                index += 1
                continue
            }
            let start = index
            while let byte = line.byte(at: index), byte != UInt8(ascii: " "), byte != UInt8(ascii: "\t") {
                index += 1
            }
            guard count < CSVCells.limit else { return nil }
            let name = String(ascii: line.clamped(from: start, count: index - start)).lowercased()
            if let rank = ELFFColumns.roles.firstIndex(where: { $0.0 == name }) {
                let role = ELFFColumns.roles[rank].1.rawValue
                if rank < ranks[role] { (ranks[role], places[role]) = (rank, count) }
            }
            count += 1
        }
    }

    /// Identifiers of ProxySG, Cloud SWG and TMG/ISA, the better ones first where two have one role. `s-ip` is the
    /// proxy itself.
    private static let roles: [(String, Role)] = [
        ("date", .date), ("time", .time), ("localtime", .localTime), ("gmttime", .localTime),
        ("timestamp", .epoch), ("time-taken", .taken),
        ("c-ip", .client), ("cs-username", .user), ("cs-userdn", .user), ("cs-user", .user),
        ("x-client-device-name", .clientHost), ("c-host", .clientHost), ("c-dns", .clientHost),
        ("cs-host", .host), ("r-host", .host), ("cs(host)", .host), ("cs-uri", .url), ("c-uri", .url),
        ("cs-uri-scheme", .scheme), ("cs-protocol", .scheme), ("cs-uri-port", .port), ("r-port", .port),
        ("cs-method", .method), ("s-operation", .method),
        ("sc-status", .status), ("s-action", .cacheAction), ("sc-filter-result", .filterResult),
        ("x-exception-id", .exception), ("action", .action),
        ("r-ip", .originAddress), ("s-supplier-ip", .originAddress), ("s-supplier-name", .originName),
        ("cs-bytes", .bytesUp), ("sc-bytes", .bytesDown),
    ]
}

/// The cells of a data line.
struct ELFFCells: Sendable {
    private(set) var cells: [CSVCell] = []

    /// How quotes inside a quoted value are written. The format does not say, and products differ.
    enum Quoting: CaseIterable {
        case doubled, backslash, raw
    }

    /// Splits a line into exactly `count` cells by the first quoting that gives as many; false when none does.
    mutating func read(_ line: RawSpan, count: Int) -> Bool {
        let separator =
            line.firstIndex(of: UInt8(ascii: "\t")) == nil ? UInt8(ascii: " ") : UInt8(ascii: "\t")
        return Quoting.allCases.contains { split(line, separator, $0, limit: count) && cells.count == count }
    }

    subscript(_ column: Int?) -> CSVCell? {
        guard let column, column >= 0, column < cells.count else { return nil }
        return cells[column]
    }

    private mutating func split(_ line: RawSpan, _ separator: UInt8, _ quoting: Quoting, limit: Int) -> Bool {
        cells.removeAll(keepingCapacity: true)
        var position = 0
        while true {
            guard cells.count < limit else { return false }
            var end: Int
            if line.byte(at: position) == UInt8(ascii: "\"") {
                guard let quote = close(line, from: position + 1, separator, quoting) else { return false }
                cells.append(CSVCell(start: position + 1, end: quote))
                end = quote + 1
            } else {
                end = line.firstIndex(of: separator, from: position) ?? line.byteCount
                cells.append(CSVCell(start: position, end: end))
            }
            if end >= line.byteCount { return true }
            // Two spaces are one separator; two tabs have an empty column between them.
            end += 1
            if separator == UInt8(ascii: " ") { while line.byte(at: end) == separator { end += 1 } }
            if end >= line.byteCount, separator == UInt8(ascii: " ") { return true }
            position = end
        }
    }

    /// The quote that closes a value: one with the separator or the line's end behind it.
    private func close(_ line: RawSpan, from start: Int, _ separator: UInt8, _ quoting: Quoting) -> Int? {
        var index = start
        while let byte = line.byte(at: index) {
            if byte == UInt8(ascii: "\\"), quoting == .backslash {
                index += 2
                continue
            }
            if byte == UInt8(ascii: "\"") {
                let next = line.byte(at: index + 1)
                if quoting == .doubled, next == UInt8(ascii: "\"") {
                    index += 2
                    continue
                }
                if next == nil || next == separator { return index }
                if quoting != .raw { return nil }
            }
            index += 1
        }
        return nil
    }
}
