import Bytes
import Foundation

/// Zeek's `dhcp.log`, tab-separated or JSON: one row per exchange, in UTC.
struct ZeekDHCP: LeaseReader {
    static let kind = "zeek-dhcp"

    /// The columns named by `#fields`.
    private var columns: [String: Int] = [:]

    init(_ context: LeaseContext) {}

    static func recognises(_ line: RawSpan) -> Bool {
        if line.isASCII("#path\tdhcp") { return true }
        return line.byte(at: 0) == 0x7b && line.find("\"msg_types\":") != nil && line.find("\"uids\":") != nil
    }

    mutating func take(_ line: RawSpan, into events: inout LeaseEvents) -> LeaseLine {
        if line.byteCount == 0 { return .passed }
        if line.byte(at: 0) == 0x23 {
            if line.hasASCII("#fields\t", at: 0) { readHeader(line) }
            return .passed
        }
        return line.byte(at: 0) == 0x7b ? takeJSON(line, &events) : takeTabs(line, &events)
    }

    private mutating func readHeader(_ line: RawSpan) {
        columns.removeAll()
        for (index, range) in LeaseText.split(line, 0x09).dropFirst().enumerated() {
            columns[LeaseText.text(line.part(range))] = index
        }
    }

    private func takeTabs(_ line: RawSpan, _ events: inout LeaseEvents) -> LeaseLine {
        let fields = LeaseText.split(line, 0x09)
        func text(_ name: String) -> String? {
            guard let index = columns[name], fields.indices.contains(index) else { return nil }
            let text = LeaseText.text(line.part(fields[index]))
            return text == "-" || text == "(empty)" ? nil : text
        }
        return tell(
            Row(
                time: text("ts").flatMap(Double.init).flatMap(JSONLine.moment), mac: text("mac"),
                assigned: text("assigned_addr"),
                client: text("client_addr"), host: text("host_name"),
                lease: text("lease_time").flatMap(Double.init),
                duration: text("duration").flatMap(Double.init),
                messages: (text("msg_types") ?? "").split(separator: ",").map(String.init)), &events)
    }

    private func takeJSON(_ line: RawSpan, _ events: inout LeaseEvents) -> LeaseLine {
        guard let object = JSONLine.object(line) else { return .rejected("not a JSON object") }
        guard let messages = object["msg_types"] as? [String] else { return .passed }
        return tell(
            Row(
                time: JSONLine.time(object["ts"]), mac: object["mac"] as? String,
                assigned: object["assigned_addr"] as? String, client: object["client_addr"] as? String,
                host: object["host_name"] as? String, lease: JSONLine.seconds(object["lease_time"]),
                duration: JSONLine.seconds(object["duration"]), messages: messages), &events)
    }

    private struct Row {
        var time: Timestamp?
        var mac: String?
        var assigned: String?
        var client: String?
        var host: String?
        var lease: Double?
        var duration: Double?
        var messages: [String]
    }

    private func tell(_ row: Row, _ events: inout LeaseEvents) -> LeaseLine {
        guard let begin = row.time else { return .rejected("no time") }
        guard let mac = row.mac.flatMap({ MACAddress($0) }) else { return .passed }
        let last = row.messages.lastIndex(of: "RELEASE") ?? row.messages.lastIndex(of: "DECLINE")
        let given = row.messages.lastIndex(of: "ACK")
        let address = (row.assigned ?? row.client).flatMap { IPAddress($0) }
        guard let address, given != nil || last != nil else { return .passed }
        if given != nil, row.assigned != nil {
            let host = row.host.map { events.texts.add($0) } ?? TextPool.none
            events.give(
                address, to: .mac(mac), at: begin,
                seconds: row.lease.flatMap { Int64(exactly: $0.rounded()) },
                host: host, source: .zeek)
        }
        if let last, last > given ?? -1 {
            let end = begin.adding(seconds: Int64(exactly: (row.duration ?? 0).rounded(.up)) ?? 0)
            events.end(address, of: .mac(mac), at: end, source: .zeek)
        }
        return .used
    }
}

/// Suricata's `eve.json`, of which the `dhcp` events are read.
struct SuricataDHCP: LeaseReader {
    static let kind = "suricata-dhcp"

    init(_ context: LeaseContext) {}

    static func recognises(_ line: RawSpan) -> Bool {
        line.byte(at: 0) == 0x7b && line.find("\"event_type\":") != nil && line.find("\"timestamp\":") != nil
    }

    mutating func take(_ line: RawSpan, into events: inout LeaseEvents) -> LeaseLine {
        guard line.find("\"dhcp\"") != nil else { return .passed }
        guard let object = JSONLine.object(line) else { return .rejected("not a JSON object") }
        guard object["event_type"] as? String == "dhcp", let dhcp = object["dhcp"] as? [String: Any] else {
            return .passed
        }
        guard let text = object["timestamp"] as? String, let time = JSONLine.moment(text) else {
            return .rejected("no time")
        }
        guard let mac = (dhcp["client_mac"] as? String).flatMap({ MACAddress($0) }) else { return .passed }
        switch dhcp["dhcp_type"] as? String {
        case "ack":
            guard let address = (dhcp["assigned_ip"] as? String).flatMap({ IPAddress($0) }), address != .zero
            else { return .passed }
            let host = (dhcp["hostname"] as? String).map { events.texts.add($0) } ?? TextPool.none
            let seconds = JSONLine.seconds(dhcp["lease_time"]).flatMap { Int64(exactly: $0.rounded()) }
            events.give(address, to: .mac(mac), at: time, seconds: seconds, host: host, source: .suricata)
            return .used
        case "release", "decline":
            let text = dhcp["client_ip"] as? String ?? dhcp["requested_ip"] as? String
            guard let address = text.flatMap({ IPAddress($0) }) else { return .passed }
            events.end(address, of: .mac(mac), at: time, source: .suricata)
            return .used
        default: return .passed
        }
    }
}

/// JSON logs with one object a line.
enum JSONLine {
    static func object(_ line: RawSpan) -> [String: Any]? {
        (try? JSONSerialization.jsonObject(with: Data(line.copied()))) as? [String: Any]
    }

    static func seconds(_ value: Any?) -> Double? {
        if let number = value as? NSNumber { return number.doubleValue }
        return (value as? String).flatMap(Double.init)
    }

    /// A number of seconds or milliseconds, or RFC 3339 text.
    static func time(_ value: Any?) -> Timestamp? {
        if let text = value as? String { return moment(text) }
        return (value as? NSNumber).flatMap { moment($0.doubleValue) }
    }

    /// Seconds since 1970, or milliseconds where the number is too large for seconds.
    static func moment(_ seconds: Double) -> Timestamp? {
        let scaled = seconds > 100_000_000_000 ? seconds / 1000 : seconds
        guard scaled.isFinite, let nanoseconds = Int64(exactly: (scaled * 1e6).rounded()) else { return nil }
        let (product, overflow) = nanoseconds.multipliedReportingOverflow(by: 1000)
        return overflow ? nil : Timestamp(nanoseconds: product)
    }

    /// `2026-03-02T07:43:20.114000-0600`.
    static func moment(_ text: String) -> Timestamp? {
        let bytes = Array(text.utf8)
        return bytes.withRawSpan {
            LogHead.moment($0, at: 0, LeaseContext(zone: .utc, reference: nil))
        }
    }
}
