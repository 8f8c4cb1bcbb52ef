import Bytes

/// Events in the Common Event Format, read by its standard keys:
///
///     CEF:0|Example|Filter|1|100|web|3|rt=1772460062114 src=10.20.30.40 suser=s1 request=https://a.example/ act=allow
///
/// `in` and `out` mean opposite things to different vendors: they are used only of those whose meaning is known.
package struct CEFLog: LogLineParser {
    package static let kind = "cef"
    package static let knowsItsEnd = false

    private var clock = LogClock()

    package init(head: RawSpan) {}

    package mutating func use(_ settings: LogSettings) { clock = settings.clock }

    package mutating func parse(_ line: RawSpan, into record: inout LogRecord) -> LogReason? {
        guard let text = CEFText(line) else { return .fieldsMissing }
        // Fortinet writes what the client sent as `out` (FortiOS log reference, CEF).
        let vendor = text.header[0]
        let isFortinet = String(ascii: line.clamped(from: vendor.start, count: vendor.count)) == "Fortinet"
        var event = EventRecord()
        CEFText.pairs(line, from: text.extensionStart) { key, value in
            // The first value of a key counts: a later one may be text of the client's.
            switch String(ascii: line.clamped(from: key.start, count: min(key.count, 20))) {
            case "rt": event.time = event.time ?? value
            case "src": event.client = event.client ?? value
            case "shost": event.clientHost = event.clientHost ?? value
            case "suser": event.user = event.user ?? value
            case "dst": event.server = event.server ?? value
            case "dhost": event.host = event.host ?? value
            case "request": event.url = event.url ?? value
            case "dpt": event.port = event.port ?? value
            case "proto": event.transport = event.transport ?? value
            case "act": event.action = event.action ?? value
            case "out": if isFortinet { event.bytesUp = event.bytesUp ?? value }
            case "in": if isFortinet { event.bytesDown = event.bytesDown ?? value }
            default: break
            }
        }
        return event.fill(&record, line, clock: clock)
    }
}

/// Events in the Log Event Extended Format, read by its predefined keys:
///
///     LEEF:1.0|Example|Filter|1|web|devTime=1772460062114<TAB>src=10.20.30.40<TAB>action=allow
package struct LEEFLog: LogLineParser {
    package static let kind = "leef"
    package static let knowsItsEnd = false

    private var clock = LogClock()

    package init(head: RawSpan) {}

    package mutating func use(_ settings: LogSettings) { clock = settings.clock }

    package mutating func parse(_ line: RawSpan, into record: inout LogRecord) -> LogReason? {
        guard let text = LEEFText(line) else { return .fieldsMissing }
        var event = EventRecord()
        text.pairs(line) { key, value in
            switch String(ascii: line.clamped(from: key.start, count: min(key.count, 20))) {
            case "devTime": event.time = event.time ?? value
            case "src": event.client = event.client ?? value
            case "usrName": event.user = event.user ?? value
            case "dst": event.server = event.server ?? value
            case "url": event.url = event.url ?? value
            case "dstPort": event.port = event.port ?? value
            case "proto": event.transport = event.transport ?? value
            case "action": event.action = event.action ?? value
            default: break
            }
        }
        return event.fill(&record, line, clock: clock)
    }
}
