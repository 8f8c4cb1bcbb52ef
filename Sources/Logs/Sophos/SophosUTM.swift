import Bytes

/// The web proxy's log of Sophos UTM 9:
///
///     2026:03:02-08:01:02 utm httpproxy[4711]: id="0001" sys="SecureWeb" sub="http" name="http access"
///         action="pass" method="GET" srcip="10.20.30.40" ...
///
/// Its own time stands in front, local and without zone. `size` is what came down; there is no number for the other
/// way.
package struct SophosUTM: LogLineParser {
    package static let kind = "sophos-utm"

    private enum Key: Int, CaseIterable {
        case sys, sub, action, method, srcip, dstip, user, statuscode, cached, size, url
    }

    private var values = KeyValues(KeyList(Key.allCases.map { "\($0)" }))
    private var clock = LogClock()

    package init(head: RawSpan) {}

    package mutating func use(_ settings: LogSettings) { clock = settings.clock }

    private subscript(_ key: Key) -> CSVCell? { values[key.rawValue] }

    package mutating func parse(_ line: RawSpan, into record: inout LogRecord) -> LogReason? {
        let start = line.afterPriority
        guard line.byte(at: start + 4) == UInt8(ascii: ":"), line.byte(at: start + 10) == UInt8(ascii: "-"),
            let civil = CivilTime.iso(line, from: start, to: line.byteCount), let moment = civil.moment(clock)
        else { return .timeInvalid }
        guard values.read(line, from: civil.end, to: line.byteCount) else { return .quoteOpen }
        guard let system = self[.sys] else { return .fieldsMissing }
        guard line.says(system, "SecureWeb"), self[.sub].map({ line.says($0, "http") }) ?? false else {
            return .notTraffic
        }
        if values.hasRepeat { record.flags.insert(.ambiguousLine) }
        record.setTime(moment)
        guard let client = line.address(self[.srcip]) else { return .clientInvalid }
        record.client = client
        record.setUser(line, self[.user])
        record.bytesDown = line.number(self[.size])
        record.method = self[.method].map { ProxyRequest.method(line, $0.range) } ?? .none
        record.bytesScope = record.method == .connect ? .layer4Payload : .httpTotal
        guard let url = self[.url] else { return .noDestination }
        let source: LogNameSource = record.method == .connect ? .httpConnect : .proxyURL
        if let reason = Destination.readURL(line, url, source: source, into: &record) { return reason }
        let server = line.address(self[.dstip])
        if record.name.isPresent { record.server = server }
        return judge(line, isReached: server != nil, into: &record)
    }

    private func judge(_ line: RawSpan, isReached: Bool, into record: inout LogRecord) -> LogReason? {
        guard let action = self[.action] else { return .resultInvalid }
        let status = line.number(self[.statuscode]) ?? 0
        if line.says(action, "block") {
            record.action = .blocked
        } else if !line.says(action, "pass") {
            return .resultInvalid
        } else if self[.cached].map({ line.says($0, "1") }) ?? false {
            record.flags.insert(.servedFromCache)
        } else if status == 407 || (502...504).contains(status) || !isReached {
            record.action = .attempted
        }
        return nil
    }
}
