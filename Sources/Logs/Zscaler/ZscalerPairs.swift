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

    private enum Key: Int, CaseIterable {
        case time, tz, epochtime, cltip, cltintip, login, devicehostname, serverip, sip, host, ehost, url,
            eurl
        case reqmethod, respcode, proto, reqsize, respsize, action
    }

    private static let keys = KeyList(Key.allCases.map { "\($0)" })
    private var spaced = KeyValues(ZscalerPairs.keys)
    private var tabbed = KeyValues(ZscalerPairs.keys, style: KeyValues.Style(separator: UInt8(ascii: "\t")))
    private var isTabbed = false
    private var clock = LogClock()

    package init(head: RawSpan) {}

    package mutating func use(_ settings: LogSettings) { clock = settings.clock }

    private subscript(_ key: Key) -> CSVCell? { isTabbed ? tabbed[key.rawValue] : spaced[key.rawValue] }

    package mutating func parse(_ line: RawSpan, into record: inout LogRecord) -> LogReason? {
        let start = line.afterPriority
        isTabbed = line.firstIndex(of: UInt8(ascii: "\t"), from: start) != nil
        let isRead =
            isTabbed
            ? tabbed.read(line, from: start, to: line.byteCount)
            : spaced.read(line, from: start, to: line.byteCount)
        guard isRead else { return .quoteOpen }
        // What only such a feed has together.
        guard let action = self[.action], self[.respsize] != nil || self[.reqsize] != nil,
            self[.cltip] != nil || self[.login] != nil,
            self[.url] ?? self[.eurl] ?? self[.host] ?? self[.ehost] != nil
        else { return .fieldsMissing }
        if isTabbed ? tabbed.hasRepeat : spaced.hasRepeat { record.flags.insert(.ambiguousLine) }
        guard let moment = moment(line) else { return .timeInvalid }
        record.setTime(moment)
        guard line.says(action, "Allowed") || line.says(action, "Blocked") else { return .resultInvalid }
        record.action = line.says(action, "Blocked") ? .blocked : .allowed
        if record.action == .allowed, line.number(self[.respcode]) == 407 { record.action = .attempted }
        record.client = line.address(self[.cltip]) ?? line.address(self[.cltintip])
        if record.client == nil { record.setClientHost(line, self[.devicehostname]) }
        record.setUser(line, self[.login])
        record.method = self[.reqmethod].map { ProxyRequest.method(line, $0.range) } ?? .none
        record.bytesUp = line.number(self[.reqsize])
        record.bytesDown = line.number(self[.respsize])
        guard record.client != nil || record.clientHost.isPresent || record.user.isPresent else {
            return .noClient
        }
        return readDestination(line, into: &record)
    }

    private func readDestination(_ line: RawSpan, into record: inout LogRecord) -> LogReason? {
        let proto = self[.proto]
        func isProtocol(_ word: String) -> Bool { proto.map { line.says($0, word) } ?? false }
        // `SSL` is a tunnel that was not opened, `HTTPS` one that was.
        let isTunnel = isProtocol("SSL") || isProtocol("TUNNEL") || isProtocol("TUNNEL_SSL")
        record.bytesScope = isTunnel ? .layer4Payload : .httpTotal
        if isTunnel || isProtocol("HTTPS") || isProtocol("DNSOVERHTTPS") {
            (record.service, record.port) = (.tls, 443)
        }
        if isProtocol("HTTP") { (record.service, record.port) = (.http, 80) }
        let source: LogNameSource = record.method == .connect ? .httpConnect : isTunnel ? .logHost : .proxyURL
        guard let text = self[.host] ?? self[.ehost] ?? self[.url] ?? self[.eurl] else {
            return .noDestination
        }
        if let reason = Destination.readURL(line, text, source: source, into: &record) { return reason }
        if record.name.isPresent { record.server = line.address(self[.serverip]) ?? line.address(self[.sip]) }
        return nil
    }

    /// `epochtime`, or `time` as `Mon Mar  2 14:01:02 2026` with the zone in `tz`.
    private func moment(_ line: RawSpan) -> LogMoment? {
        if let cell = self[.epochtime], let time = EpochText.read(line, from: cell.start, to: cell.end) {
            return LogMoment(time: time, assumed: [], end: cell.end)
        }
        guard let cell = self[.time], var civil = CivilTime.ctime(line, from: cell.start, to: cell.end) else {
            return nil
        }
        if let zone = self[.tz] { civil.offset = CivilTime.offset(line, from: zone.start, to: zone.end) }
        return civil.moment(clock)
    }
}
