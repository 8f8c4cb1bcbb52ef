import Bytes
import Names

/// DNS logs of Cisco Umbrella as exported to S3: quoted values, columns only ever appended (10 in the oldest
/// files).
///
///     "2026-03-02 14:01:01","CB-LIB-07","CB-LIB-07,Lakeside MS","10.20.30.40","203.0.113.9","Allowed","1 (A)",
///         "NOERROR","quiz.example.org.","Education","Roaming Computers","Roaming Computers,Sites",""
///
/// Times are UTC by the format. The client is the internal address; where a network is known by its external
/// address only, that address, which is the whole site's. `Blocked` alone means blocked: the column of blocked
/// categories may be filled for what an allow list let through.
package struct UmbrellaDNS: LogLineParser {
    package static let kind = "umbrella-dns"

    private var cells = CSVCells()

    package init(head: RawSpan) {}

    package mutating func parse(_ line: RawSpan, into record: inout LogRecord) -> LogReason? {
        guard line.byte(at: 0) == UInt8(ascii: "\"") else { return .fieldsMissing }
        guard cells.read(line) else { return .quoteOpen }
        guard cells.count >= 10, cells.count < 26 else { return .fieldsMissing }
        if line.says(cells[0], "Timestamp") { return .comment }
        guard var civil = CivilTime.iso(line, from: cells[0].start, to: cells[0].end),
            civil.end == cells[0].end
        else { return .timeInvalid }
        civil.offset = 0
        guard let moment = civil.moment(LogClock()) else { return .timeInvalid }
        record.setTime(moment)
        let isBlocked = line.says(cells[5], "Blocked")
        // `Proxied` answers carry the address of Umbrella's own proxy.
        guard isBlocked || line.says(cells[5], "Allowed") || line.says(cells[5], "Proxied") else {
            return .resultInvalid
        }
        guard let client = line.address(cells[3]) ?? line.address(cells[4]) else { return .clientInvalid }
        guard let type = type(line) else { return .fieldsMissing }
        guard let code = LogDNSWords.code(line, cells[7].range) else { return .resultInvalid }
        guard let name = LogDNSName.read(line, cells[8].range) else { return .nameOfNoHost }
        record.dns.append(
            LogDNSRow(
                time: moment.time, client: client, name: name, type: type, stage: .answer, code: code,
                isBlocked: isBlocked))
        return nil
    }

    /// `28 (AAAA)`.
    private func type(_ line: RawSpan) -> DNSType? {
        var words = SpacedFields(line, from: cells[6].start, to: cells[6].end)
        return words.next().flatMap { LogDNSWords.type(line, $0) }
    }
}
