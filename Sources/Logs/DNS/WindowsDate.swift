import Bytes

/// The order of day and month in a Windows log, found in its head.
///
/// `2026-03-02` and `2026/03/02` say it themselves, and `02.03.2026` is written by locales that put the day first.
/// Otherwise a number above 12 anywhere in the head shows which is the day. Without one, the way in which the United
/// States write dates is known by its clock of twelve hours and by numbers without leading zeros (`3/2/2026 8:01:01
/// AM`). What is left cannot be told, and is not guessed at: such lines are rejected.
struct WindowsDate: Sendable {
    enum Order: Equatable, Sendable {
        case dayFirst
        case monthFirst
    }

    /// Nil when it cannot be told.
    private(set) var order: Order?

    /// Lines of the head that are looked at.
    private static let lineLimit = 2000

    init(head: RawSpan) {
        var cursor = LineCursor(head, isLast: true, state: .fileStart)
        var isAmerican = false
        var isOther = false
        var seen = 0
        while seen < WindowsDate.lineLimit, let bounds = cursor.next() {
            seen += 1
            let line = head.clamped(from: bounds.start, count: bounds.count)
            let words = line.words(from: 0, to: line.byteCount, limit: 3)
            guard words.count == 3, let parts = WindowsDate.parts(line, words[0]),
                parts.mark == UInt8(ascii: "/"),
                parts.values[0] < 100
            else { continue }
            if parts.values[0] > 12 { order = .dayFirst }
            if parts.values[1] > 12 { order = .monthFirst }
            if order != nil { return }
            let isPadded =
                parts.lengths[0] == 2 && parts.values[0] < 10 || parts.lengths[1] == 2 && parts.values[1] < 10
            let isTwelveHours = line.says("AM", words[2]) || line.says("PM", words[2])
            if isPadded || !isTwelveHours { isOther = true } else { isAmerican = true }
        }
        if isAmerican, !isOther { order = .monthFirst }
    }

    /// Three numbers with one mark between: enough to tell a packet's line from a header's.
    static func looksLikeDate(_ line: RawSpan, _ field: FieldRange) -> Bool { parts(line, field) != nil }

    private struct Parts {
        var values: [Int]
        var lengths: [Int]
        var mark: UInt8
    }

    private static func parts(_ line: RawSpan, _ field: FieldRange) -> Parts? {
        guard field.count >= 6, field.count <= 10 else { return nil }
        var parts = Parts(values: [], lengths: [], mark: 0)
        var start = field.start
        for index in field.start...field.end {
            let byte = index < field.end ? line.byte(at: index) ?? 0 : parts.mark
            if byte >= 0x30, byte <= 0x39 { continue }
            guard byte == UInt8(ascii: "/") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-"),
                parts.mark == 0 || parts.mark == byte, parts.values.count < 3,
                let value = DecimalText.read(line, from: start, to: index, maxDigits: 4)
            else { return nil }
            parts.mark = byte
            parts.values.append(Int(truncatingIfNeeded: value))
            parts.lengths.append(index - start)
            start = index + 1
        }
        guard parts.values.count == 3, parts.lengths.contains(4) else { return nil }
        return parts
    }

    /// Date, time of day and, of clocks with twelve hours, AM or PM.
    func read(_ line: RawSpan, _ words: ArraySlice<FieldRange>, clock: LogClock) -> LogMoment? {
        let words = Array(words)
        guard words.count == 2 || words.count == 3, let parts = WindowsDate.parts(line, words[0]),
            let day = civil(parts), var second = WindowsDate.timeOfDay(line, words[1])
        else { return nil }
        if words.count == 3 {
            let isAfternoon = line.says("PM", words[2])
            guard isAfternoon || line.says("AM", words[2]), second >= 3600, second < 13 * 3600 else {
                return nil
            }
            second = second % 43200 + (isAfternoon ? 43200 : 0)
        }
        return Timestamp(seconds: clock.utc(day.daysSince1970 * 86400 + second)).map {
            LogMoment(
                time: $0, assumed: clock.isZoneStated ? [] : .zoneAssumed, end: words[words.count - 1].end)
        }
    }

    private func civil(_ parts: Parts) -> CivilDay? {
        let values = parts.values
        if parts.lengths[0] == 4 { return CivilDay(year: values[0], month: values[1], day: values[2]) }
        guard parts.lengths[2] == 4 else { return nil }
        let isDayFirst: Bool
        if values[0] == values[1] || parts.mark == UInt8(ascii: ".") {
            isDayFirst = true
        } else {
            guard let order else { return nil }
            isDayFirst = order == .dayFirst
        }
        return CivilDay(
            year: values[2], month: isDayFirst ? values[1] : values[0],
            day: isDayFirst ? values[0] : values[1])
    }

    /// `8:01:01` or `08:01:01`.
    private static func timeOfDay(_ line: RawSpan, _ field: FieldRange) -> Int64? {
        let hourEnd = field.end - 6
        guard hourEnd > field.start, line.byte(at: hourEnd) == UInt8(ascii: ":"),
            line.byte(at: hourEnd + 3) == UInt8(ascii: ":"),
            let hour = DecimalText.read(line, from: field.start, to: hourEnd, maxDigits: 2), hour < 24,
            let minute = DecimalText.read(line, from: hourEnd + 1, to: hourEnd + 3), minute < 60,
            let second = DecimalText.read(line, from: hourEnd + 4, to: field.end), second <= 60
        else { return nil }
        return Int64(truncatingIfNeeded: hour * 3600 + minute * 60 + second)
    }
}
