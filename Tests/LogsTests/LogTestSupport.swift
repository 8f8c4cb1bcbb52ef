import Bytes

@testable import Logs

extension LogSettings {
    /// Of all fixtures: a school in Chicago whose logs end in March 2026. Offsets by the tz database: daylight saving
    /// time began on 2025-03-09 and 2026-03-08 at 08:00 UTC and ended on 2025-11-02 at 07:00 UTC.
    static var test: LogSettings {
        var settings = LogSettings()
        settings.clock = LogClock(
            periods: [
                LogClock.Period(start: .min, offset: -21600),
                LogClock.Period(start: 1_741_507_200, offset: -18000),
                LogClock.Period(start: 1_762_066_800, offset: -21600),
                LogClock.Period(start: 1_772_956_800, offset: -18000),
            ], latest: Timestamp(seconds: 1_774_915_200))
        return settings
    }
}

/// Reads `bytes` as one file in buffers of `step` bytes, as a caller does: what is not consumed comes again.
func read(
    _ bytes: [UInt8], as format: LogFormat = .all[0], step: Int = .max, from start: Int = 0,
    owning end: Int = .max, settings: LogSettings = .test
) -> LogChunk {
    var reader = format.makeReader(
        head: bytes.span.bytesView.clamped(from: 0, count: LogFormat.headLimit), settings: settings,
        isMidFile: start > 0)
    var position = start > 0 ? start - 1 : 0
    var size = min(step, bytes.count)
    while !reader.chunk.isComplete {
        let isLast = position + size >= bytes.count
        let buffer = bytes.span.bytesView.clamped(from: position, count: size)
        let owned = end == .max ? Int.max : end - position
        let consumed = reader.read(buffer, isLast: isLast, ownedBytes: owned)
        position += consumed
        size = consumed == 0 ? size + step : step
        if consumed == 0, isLast { break }
    }
    return reader.chunk
}

func read(_ text: String, step: Int = .max) -> LogChunk { read(Array(text.utf8), step: step) }

/// One line, parsed, with its texts spelt out.
struct ParsedLine: Equatable {
    var reason: LogReason?
    var record: LogRecord
    var line: [UInt8]

    init(_ line: [UInt8]) {
        var parser = SquidNative(head: line.span.bytesView)
        record = LogRecord()
        reason = parser.parse(line.span.bytesView, into: &record)
        self.line = line
    }

    init(_ line: String) { self.init(Array(line.utf8)) }

    var name: String? { text(record.name) }
    var user: String? { text(record.user) }
    var clientHost: String? { text(record.clientHost) }

    private func text(_ text: LogText) -> String? {
        guard text.isPresent else { return nil }
        return String(decoding: record.copy(text, of: line.span.bytesView), as: UTF8.self)
    }

    static func == (a: ParsedLine, b: ParsedLine) -> Bool {
        a.reason == b.reason && a.name == b.name && a.user == b.user && a.clientHost == b.clientHost
            && a.record.client == b.record.client && a.record.server == b.record.server
            && a.record.action == b.record.action
    }
}

enum Sample {
    static let get =
        "1772460062.114    231 10.20.30.40 TCP_MISS/200 8412 GET http://lessons.example.org/unit3? s1042 "
        + "HIER_DIRECT/198.51.100.20 text/html"
    static let tunnel =
        #"1772460083.502  21388 10.20.30.40 TCP_TUNNEL/200 14132 CONNECT quiz.example.org:443 "#
        + #"LAKESIDE\\jane doe HIER_DIRECT/198.51.100.20 -"#
    static let denied =
        "1772460084.009      0 10.20.30.41 TCP_DENIED/403 3977 CONNECT ads.tracker.example:443 "
        + "- HIER_NONE/- text/html"
    static let challenge =
        "1772460084.010      1 10.20.30.41 TCP_DENIED/407 4120 CONNECT quiz.example.org:443 "
        + "- HIER_NONE/- text/html"
    static let peeked =
        "1772460085.377     44 2001:db8:20::41 NONE_NONE/200 0 CONNECT [2001:db8:99::20]:443 - HIER_NONE/- -"
    static let spliced =
        "1772460090.120   4701 2001:db8:20::41 TCP_TUNNEL/200 9120 CONNECT quiz.example.org:443 - "
        + "ORIGINAL_DST/2001:db8:99::20 -"

    static let all = [get, tunnel, denied, challenge, peeked, spliced]

    /// A line with parts of the ordinary one replaced.
    static func line(
        client: String = "10.20.30.40", code: String = "TCP_MISS/200", bytes: String = "812",
        method: String = "GET",
        url: String = "http://a.example/", tail: String = "- HIER_DIRECT/198.51.100.7 text/html"
    ) -> String {
        "1772460062.114    231 \(client) \(code) \(bytes) \(method) \(url) \(tail)"
    }

    /// `count` lines of some variety, each ended by LF.
    static func log(_ count: Int) -> [UInt8] {
        var text: [UInt8] = []
        for number in 0..<count {
            let seconds = 1_772_460_000 + number * 37
            let client = number % 7 == 0 ? "2001:db8:20::\(number % 5)" : "10.20.0.\(number % 23)"
            let tunnel = number % 3 == 0
            let host = number % 11 == 0 ? "Host\(number % 13).Example." : "h\(number % 17).example"
            let user = number % 4 == 0 ? "s\(number % 9)" : "-"
            let line =
                "\(seconds).\(100 + number % 900) \(number % 5000) \(client) "
                + (tunnel
                    ? "TCP_TUNNEL/200 \(number) CONNECT \(host):443"
                    : "TCP_MISS/200 \(number) GET http://\(host)/p")
                + " \(user) HIER_DIRECT/198.51.\(number % 2 * 100).\(number % 31) -\n"
            text += Array((number % 29 == 5 ? "not a squid line\n" : line).utf8)
        }
        return text
    }
}
