import Bytes

/// Reads destinations that logs write in other ways than a proxy's request line.
enum Destination {
    /// `host[:port][/path...]`, `[v6]:port/...`, or a whole URL with its scheme. Sets name or server and, where
    /// stated or told by the scheme, port and service; path and query are never looked at. A record that has a
    /// port or service already keeps it unless the text states one.
    static func readURL(
        _ line: RawSpan, _ cell: CSVCell, source: LogNameSource, into record: inout LogRecord
    ) -> LogReason? {
        guard !cell.isEmpty else { return .noDestination }
        var start = cell.start
        var end = cell.end
        if let url = URLText(line, cell.range) {
            if url.scheme == .internalObject { return .internalRequest }
            start = url.hostStart
            end = url.authorityEnd
            if url.scheme.service != .unknown { record.service = url.scheme.service }
            if record.port == 0 { record.port = url.scheme.port }
        } else {
            end = authorityEnd(line, from: start, to: end)
        }
        guard end > start else { return .noDestination }
        return readHostPort(line, CSVCell(start: start, end: end), source: source, into: &record)
    }

    /// `host`, `host:port` or `[v6]:port`; a bare IPv6 address too.
    static func readHostPort(
        _ line: RawSpan, _ cell: CSVCell, source: LogNameSource, into record: inout LogRecord
    ) -> LogReason? {
        if let address = line.address(cell) {
            record.server = address
            return nil
        }
        guard let split = HostText.splitPort(line, from: cell.start, to: cell.end) else {
            return .portInvalid
        }
        if let port = split.port { record.port = port }
        return HostText.readHost(line, from: cell.start, to: split.hostEnd, source: source, into: &record)
    }

    /// Where the host of a URL without scheme ends.
    private static func authorityEnd(_ line: RawSpan, from start: Int, to end: Int) -> Int {
        var index = start
        while index < end, let byte = line.byte(at: index) {
            if byte == UInt8(ascii: "/") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#") { break }
            index += 1
        }
        return index
    }

    /// `address:port` or `[v6]:port`.
    static func readSocket(_ line: RawSpan, _ cell: CSVCell?) -> (address: IPAddress, port: UInt16)? {
        guard let cell, let split = HostText.splitPort(line, from: cell.start, to: cell.end),
            let port = split.port
        else { return nil }
        var host = CSVCell(start: cell.start, end: split.hostEnd)
        if line.byte(at: host.start) == UInt8(ascii: "["), line.byte(at: host.end - 1) == UInt8(ascii: "]") {
            host = CSVCell(start: host.start + 1, end: host.end - 1)
        }
        guard let address = line.address(host) else { return nil }
        return (address, port)
    }
}
