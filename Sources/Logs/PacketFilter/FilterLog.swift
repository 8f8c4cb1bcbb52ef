import Bytes

/// `filterlog` of pfSense and OPNsense, without the syslog header, which has the time:
///
///     92,,,02f4...,vlan030,match,pass,in,4,0x0,,64,51234,0,DF,6,tcp,60,10.20.30.40,198.51.100.20,51334,443,0,S,...
///
/// One line is a rule's word on one packet. A blocked one is a refusal; a passed one shows no answer and counts as an
/// attempt. Packets that leave the firewall were seen when they came in, and TCP packets that do not open a
/// connection belong to one that the firewall has forgotten: neither is counted.
package struct FilterLog: LogLineParser {
    package static let kind = "filterlog"
    package static let knowsItsEnd = false

    private var cells = CSVCells()

    package init(head: RawSpan) {}

    package mutating func parse(_ line: RawSpan, into record: inout LogRecord) -> LogReason? {
        guard cells.read(line), cells.count >= 9, line.number(cells[0]) != nil else { return .fieldsMissing }
        let isInward = line.says(cells[7], "in")
        guard isInward || line.says(cells[7], "out") else { return .fieldsMissing }
        guard line.says(cells[6], "pass") || line.says(cells[6], "block") else {
            return ["rdr", "nat", "binat", "no rdr", "no nat", "reject", "match", "scrub"].contains {
                line.says(cells[6], $0)
            }
                ? .notTraffic : .resultInvalid
        }
        let isBlocked = line.says(cells[6], "block")
        let isFour = line.says(cells[8], "4")
        guard isFour || line.says(cells[8], "6") else { return .fieldsMissing }
        // Version 6 has its columns in another order: name before number.
        let proto = isFour ? cells[15] : cells[13]
        let next = isFour ? 18 : 15
        guard cells.count >= next + 2 else { return .fieldsMissing }
        guard let moment = record.envelope else { return .envelopeMissing }
        record.setTime(moment)
        if !isInward { return .outwardPacket }
        let number = isFour ? proto : cells[13]
        let isTCP = line.says(number, "6") || line.says(number, "tcp")
        guard isTCP || line.says(number, "17") || line.says(number, "udp") else { return .otherTransport }
        guard let client = line.address(cells[next]) else { return .clientInvalid }
        guard let server = line.address(cells[next + 1]) else { return .noDestination }
        guard let clientPort = line.port(cells[next + 2]), let port = line.port(cells[next + 3]) else {
            return .portInvalid
        }
        record.transport = isTCP ? .tcp : .udp
        if isTCP, !opensConnection(line, cells[next + 5]) { return .strayPacket }
        if !isTCP, ServicePort.contains(clientPort), !ServicePort.contains(port) { return .strayPacket }
        record.client = client
        record.server = server
        record.port = port
        record.service = port == 443 ? (isTCP ? .tls : .quic) : port == 53 ? .dns : .unknown
        record.action = isBlocked ? .blocked : .attempted
        return nil
    }

    /// SYN without ACK, whatever else (`S`, `SEW`).
    private func opensConnection(_ line: RawSpan, _ flags: CSVCell) -> Bool {
        let text = line.clamped(from: 0, count: flags.end)
        return text.firstIndex(of: UInt8(ascii: "S"), from: flags.start) != nil
            && text.firstIndex(of: UInt8(ascii: "A"), from: flags.start) == nil
    }
}

/// Ports on which servers listen: the system ports (RFC 6335 §6), and those above them that school traffic shows.
enum ServicePort {
    static func contains(_ port: UInt16) -> Bool {
        switch port {
        case 1..<1024, 1194, 1433, 1701, 1723, 1883, 1935, 3128, 3268, 3269, 3306, 3389, 3478, 3544, 4500,
            4789, 5060,
            5061, 5222, 5223, 5228, 5349, 5353, 5355, 5432, 5900, 6081, 8000, 8008, 8009, 8080, 8081, 8443,
            8883, 8888,
            9100, 51820:
            true
        default: false
        }
    }
}
