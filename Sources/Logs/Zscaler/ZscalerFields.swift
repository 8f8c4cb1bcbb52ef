import Bytes

/// What a line of a Zscaler web feed states, by the names of Zscaler's own fields, however the feed writes them.
struct ZscalerFields: Sendable {
    enum Key: Int, CaseIterable, Sendable {
        case time, tz, epochtime, cltip, cltintip, login, devicehostname, serverip, sip, host, ehost, url,
            eurl
        case reqmethod, respcode, proto, reqsize, respsize, action
        // The time in pieces.
        case ss, mm, hh, dd, mth, mon, yyyy
    }

    /// By `Key`.
    private var cells = [CSVCell?](repeating: nil, count: Key.allCases.count)
    /// For times without zone.
    var clock = LogClock()

    subscript(_ key: Key) -> CSVCell? {
        get { cells[key.rawValue] }
        set { cells[key.rawValue] = newValue }
    }

    mutating func clear() {
        for index in cells.indices { cells[index] = nil }
    }

    /// Fills a record; nil, or why the line tells no contact.
    func fill(_ record: inout LogRecord, _ line: RawSpan) -> LogReason? {
        // What only such a feed has together.
        guard let action = self[.action], self[.respsize] != nil || self[.reqsize] != nil,
            self[.cltip] != nil || self[.login] != nil,
            self[.url] ?? self[.eurl] ?? self[.host] ?? self[.ehost] != nil
        else { return .fieldsMissing }
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

    /// `epochtime`, or `time` as `Mon Mar  2 14:01:02 2026`, or its pieces, with the zone in `tz`.
    private func moment(_ line: RawSpan) -> LogMoment? {
        if let cell = self[.epochtime], let time = EpochText.read(line, from: cell.start, to: cell.end) {
            return LogMoment(time: time, assumed: [], end: cell.end)
        }
        guard
            var civil = self[.time].flatMap({ CivilTime.ctime(line, from: $0.start, to: $0.end) })
                ?? pieces(line)
        else { return nil }
        if let zone = self[.tz] { civil.offset = CivilTime.offset(line, from: zone.start, to: zone.end) }
        return civil.moment(clock)
    }
    /// The time from `yyyy`, `mth` or `mon`, `dd`, `hh`, `mm` and `ss`.
    private func pieces(_ line: RawSpan) -> CivilTime? {
        func number(_ key: Key) -> Int? {
            guard let cell = self[key],
                let value = DecimalText.read(line, from: cell.start, to: cell.end, maxDigits: 4)
            else { return nil }
            return Int(exactly: value)
        }
        let name = self[.mon].flatMap { $0.count == 3 ? ClockText.month(line, at: $0.start) : nil }
        guard let year = number(.yyyy), let month = number(.mth) ?? name, let day = number(.dd),
            let civil = CivilDay(year: year, month: month, day: day),
            let hour = number(.hh), let minute = number(.mm), let second = number(.ss), hour < 24,
            minute < 60,
            second <= 60
        else { return nil }
        let seconds = civil.daysSince1970 * 86400 + Int64(hour * 3600 + minute * 60 + second)
        return CivilTime(seconds: seconds, nanoseconds: 0, end: line.byteCount)
    }
}
