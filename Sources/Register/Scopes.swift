/// What a person or device is in the school; agreements name the roles that they cover.
package enum Role: String, Sendable, CaseIterable, Codable {
    case student
    case staff
    case guest
    /// A device that someone brought along.
    case byod
    /// Servers, resolvers, switches, printers.
    case infrastructure
    /// No rule of the roster said.
    case unknown
}

/// A set of grades from pre-kindergarten to 12.
package struct GradeSet: Hashable, Sendable, CustomStringConvertible {
    /// Bit 0 is PK, bit 1 is K, bit n + 1 is grade n.
    package let bits: UInt16

    package init(bits: UInt16) { self.bits = bits }

    package static let names = ["PK", "K"] + (1...12).map { String($0) }

    /// Parses `6-12`, `K-5`, `PK`, `1,2,5-8`; nil for anything else.
    package init?(_ text: some StringProtocol) {
        var bits: UInt16 = 0
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).map {
                GradeSet.position($0)
            }
            guard ends.count <= 2, let first = ends.first ?? nil, let last = ends.last ?? nil, first <= last
            else {
                return nil
            }
            for position in first...last { bits |= 1 << UInt16(position) }
        }
        guard bits != 0 else { return nil }
        self.bits = bits
    }

    private static func position(_ text: Substring.SubSequence) -> Int? {
        let trimmed = text.drop { $0 == " " }.prefix { $0 != " " }.uppercased()
        return names.firstIndex(of: trimmed)
    }

    private static func position(_ text: some StringProtocol) -> Int? { position(Substring(text)) }

    package var isEmpty: Bool { bits == 0 }

    package func isSuperset(of other: GradeSet) -> Bool { bits & other.bits == other.bits }

    package func intersects(_ other: GradeSet) -> Bool { bits & other.bits != 0 }

    /// Whether a grade up to 5 is among them.
    package var hasElementary: Bool { bits & 0b1111111 != 0 }

    /// Runs joined by commas, such as `PK-2,6-12`.
    package var description: String {
        var runs: [String] = []
        var position = 0
        while position < GradeSet.names.count {
            var end = position
            while end < GradeSet.names.count, bits >> UInt16(end) & 1 == 1 { end += 1 }
            if end > position + 1 { runs.append("\(GradeSet.names[position])-\(GradeSet.names[end - 1])") }
            if end == position + 1 { runs.append(GradeSet.names[position]) }
            position = max(end, position + 1)
        }
        return runs.joined(separator: ",")
    }
}

/// Hours of the week in the district's time zone, such as `Mon-Fri 07:00-16:00`.
package struct HourScope: Hashable, Sendable, CustomStringConvertible {
    package static let dayNames = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]

    /// 0 is Monday.
    package let firstDay: Int
    package let lastDay: Int
    /// Minutes since midnight; `to` is the first minute outside.
    package let from: Int
    package let to: Int

    /// Nil when malformed, or when the end is not after the start.
    package init?(_ text: some StringProtocol) {
        let words = text.split(separator: " ")
        guard words.count == 2 else { return nil }
        let days = words[0].split(separator: "-", omittingEmptySubsequences: false).map { day in
            HourScope.dayNames.firstIndex { $0.lowercased() == day.lowercased() }
        }
        let times = words[1].split(separator: "-", omittingEmptySubsequences: false).map {
            HourScope.minutes($0)
        }
        guard (1...2).contains(days.count), times.count == 2, let firstDay = days[0],
            let lastDay = days[days.count - 1],
            let from = times[0], let to = times[1], from < to, firstDay <= lastDay
        else { return nil }
        self.firstDay = firstDay
        self.lastDay = lastDay
        self.from = from
        self.to = to
    }

    private static func minutes(_ text: some StringProtocol) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2,
            parts.allSatisfy({ $0.utf8.count == 2 && $0.utf8.allSatisfy { 48...57 ~= $0 } }),
            let hour = Int(parts[0]), let minute = Int(parts[1]), minute < 60, hour * 60 + minute <= 1440
        else { return nil }
        return hour * 60 + minute
    }

    /// `weekday` counts from Monday = 0; `minute` from midnight.
    package func contains(weekday: Int, minute: Int) -> Bool {
        (firstDay...lastDay).contains(weekday) && (from..<to).contains(minute)
    }

    package var description: String {
        let days = firstDay == lastDay ? "" : "-\(HourScope.dayNames[lastDay])"
        return "\(HourScope.dayNames[firstDay])\(days) \(clock(from))-\(clock(to))"
    }

    private func clock(_ minute: Int) -> String {
        let hours = minute / 60
        let rest = minute % 60
        return "\(hours < 10 ? "0" : "")\(hours):\(rest < 10 ? "0" : "")\(rest)"
    }
}

/// Either everything, or what is listed.
package enum Scope<Value: Hashable & Sendable>: Hashable, Sendable {
    case all
    case only([Value])

    package func contains(_ value: Value) -> Bool {
        switch self {
        case .all: true
        case .only(let values): values.contains(value)
        }
    }
}
