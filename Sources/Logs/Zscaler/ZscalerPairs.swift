import Bytes

/// Web logs of Zscaler Internet Access (NSS feeds) as `name=value` pairs, by the names of Zscaler's own fields:
///
///     time="Mon Mar  2 14:01:04 2026" login="s1042" action="Blocked" url="ads.tracker.example/" reqsize="0"
///         respsize="3977" cltip="10.20.30.41"
///
/// The feed's template is the administrator's, so pairs may stand in any order, with spaces or tabs between. `url`
/// has no scheme. A time without `tz` and without `epochtime` is in the feed's zone, which the user must name.
package struct ZscalerPairs: LogLineParser {
    package static let kind = "zscaler"
    package static let knowsItsEnd = false

    private static let keys = KeyList(ZscalerFields.Key.allCases.map { "\($0)" })
    private var spaced = KeyValues(ZscalerPairs.keys)
    private var tabbed = KeyValues(ZscalerPairs.keys, style: KeyValues.Style(separator: UInt8(ascii: "\t")))
    private var fields = ZscalerFields()

    package init(head: RawSpan) {}

    package mutating func use(_ settings: LogSettings) { fields.clock = settings.clock }

    package mutating func parse(_ line: RawSpan, into record: inout LogRecord) -> LogReason? {
        let start = line.afterPriority
        let isTabbed = line.firstIndex(of: UInt8(ascii: "\t"), from: start) != nil
        let isRead =
            isTabbed
            ? tabbed.read(line, from: start, to: line.byteCount)
            : spaced.read(line, from: start, to: line.byteCount)
        guard isRead else { return .quoteOpen }
        for key in ZscalerFields.Key.allCases {
            fields[key] = isTabbed ? tabbed[key.rawValue] : spaced[key.rawValue]
        }
        if isTabbed ? tabbed.hasRepeat : spaced.hasRepeat { record.flags.insert(.ambiguousLine) }
        return fields.fill(&record, line)
    }
}
