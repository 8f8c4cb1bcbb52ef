import Bytes

/// Web (proxy) logs of Cisco Umbrella as exported to S3: quoted values, columns only ever appended. 26 columns are
/// the fewest that have all that is read here but the server name.
///
///     "2026-03-02 14:01:02","Jane Doe (s1042@a.example)","10.20.30.40","203.0.113.9","198.51.100.20",
///         "text/html","ALLOWED","https://quiz.example.org/",...
///
/// Times are UTC by the format.
package struct UmbrellaProxy: LogLineParser {
    package static let kind = "umbrella-proxy"

    private var cells = CSVCells()

    package init(head: RawSpan) {}

    package mutating func parse(_ line: RawSpan, into record: inout LogRecord) -> LogReason? {
        guard line.byte(at: 0) == UInt8(ascii: "\"") else { return .fieldsMissing }
        guard cells.read(line) else { return .quoteOpen }
        guard cells.count >= 26 else { return .fieldsMissing }
        if line.says(cells[0], "Timestamp") { return .comment }
        guard var civil = CivilTime.iso(line, from: cells[0].start, to: cells[0].end) else {
            return .timeInvalid
        }
        civil.offset = 0
        guard let moment = civil.moment(LogClock()) else { return .timeInvalid }
        record.setTime(moment)
        guard readAction(line, into: &record) else { return .resultInvalid }
        record.bytesUp = line.number(cells[11])
        record.bytesDown = line.number(cells[12])
        record.bytesScope = record.bytesUp == nil && record.bytesDown == nil ? .unknown : .httpTotal
        record.method = ProxyRequest.method(line, cells[25].range)
        guard let client = line.address(cells[2]) ?? line.address(cells[3]) else { return .clientInvalid }
        record.client = client
        readUser(line, into: &record)
        return readDestination(line, into: &record)
    }

    private func readAction(_ line: RawSpan, into record: inout LogRecord) -> Bool {
        if line.says(cells[6], "ALLOWED") {
            record.action = .allowed
        } else if line.says(cells[6], "BLOCKED") {
            record.action = .blocked
        } else {
            return false
        }
        // The proxy answers 407 and gateway errors itself.
        let status = line.number(cells[10]) ?? 0
        if record.action == .allowed, status == 407 || (502...504).contains(status) {
            record.action = .attempted
        }
        return true
    }

    /// `Name (login)` of an identity that is a person: the login is the user.
    private func readUser(_ line: RawSpan, into record: inout LogRecord) {
        let type = cells[21]
        guard line.says(type, "AD Users") || line.says(type, "Directory Users") else { return }
        var user = cells[1]
        if line.byte(at: user.end - 1) == UInt8(ascii: ")") {
            var open = user.end - 1
            while open > user.start, line.byte(at: open) != UInt8(ascii: "(") { open -= 1 }
            if open > user.start {
                user = CSVCell(start: open + 1, end: user.end - 1, hasEscape: user.hasEscape)
            }
        }
        record.setUser(line, user, escape: .doubledQuotes)
    }

    private func readDestination(_ line: RawSpan, into record: inout LogRecord) -> LogReason? {
        let source: LogNameSource = record.method == .connect ? .httpConnect : .proxyURL
        if !cells[7].isEmpty {
            if let reason = Destination.readURL(line, cells[7], source: source, into: &record) {
                return reason
            }
        } else if cells.count > 43, !cells[43].isEmpty {
            let name = cells[43]
            record.service = .tls
            let reason = HostText.readHost(
                line, from: name.start, to: name.end, source: .logSNI, into: &record)
            if let reason { return reason }
        }
        if record.name.isPresent || record.server == nil {
            record.server = line.address(cells[4]) ?? record.server
        }
        return record.name.isPresent || record.server != nil ? nil : .noDestination
    }
}
