import Bytes
import Names

/// The debug log of the DNS server in Windows (`dns.log`): a header of some thirty lines, then a line per packet:
///
///     3/2/2026 8:01:01 AM 0B18 PACKET  000001A2B3C4D5E0 UDP Rcv 10.20.30.40     1a2b   Q [0001   D   NOERROR] A
///         (4)quiz(7)example(3)org(0)
///
/// (one line). Dates are in the server's locale, which the log does not name: see `WindowsDate`. Times have no zone.
package struct WindowsDNS: LogLineParser {
    package static let setsAnythingAside = true
    package static let kind = "windows-dns"

    private var clock = LogClock()
    private let dates: WindowsDate

    package init(head: RawSpan) { dates = WindowsDate(head: head) }

    package mutating func use(_ settings: LogSettings) { clock = settings.clock }

    package mutating func parse(_ line: RawSpan, into record: inout LogRecord) -> LogReason? {
        let words = line.words(from: 0, to: line.byteCount, limit: 32)
        guard let first = words.first, WindowsDate.looksLikeDate(line, first) else {
            // The header, and the dumps that the option "details" adds below a packet.
            return .comment
        }
        guard let context = words.prefix(6).firstIndex(where: { WindowsDNS.isContext(line, $0) }) else {
            return .resolverMessage
        }
        guard line.says("PACKET", words[context]) else { return .resolverMessage }
        guard let moment = dates.read(line, words.prefix(context - 1), clock: clock) else {
            return .timeInvalid
        }
        record.setTime(moment)
        return readPacket(line, Array(words[(context + 1)...]), into: &record)
    }

    /// What the third column says the line is about.
    private static func isContext(_ line: RawSpan, _ word: FieldRange) -> Bool {
        ["PACKET", "EVENT", "Note:", "DSPOLL", "LOOKUP", "INIT", "UPDATE", "RECURSE", "TNSD", "AGEING"]
            .contains {
                line.says($0, word)
            }
    }

    /// `ID UDP|TCP Rcv|Snd ADDRESS XID [R] OPCODE [FLAGS CHARACTERS CODE] TYPE NAME`; brackets may stand by
    /// themselves.
    private func readPacket(_ line: RawSpan, _ words: [FieldRange], into record: inout LogRecord)
        -> LogReason?
    {
        guard let way = words.prefix(4).firstIndex(where: { line.says("Rcv", $0) || line.says("Snd", $0) }),
            way >= 1,
            way + 4 < words.count
        else { return .fieldsMissing }
        let isReceived = line.says("Rcv", words[way])
        var place = way + 3
        let isResponse = line.says("R", words[place])
        if isResponse { place += 1 }
        // Updates and notifies name zones, not destinations.
        guard place < words.count, line.says("Q", words[place]) else { return .resolverMessage }
        // What the server asks others and what those answer is its own business.
        guard isReceived != isResponse else { return .upstreamLookup }
        guard let client = line.address(words[way + 1]) else { return .clientInvalid }
        guard let close = words.firstIndex(where: { line.byte(at: $0.end - 1) == UInt8(ascii: "]") }),
            close > place, close + 2 < words.count
        else { return .fieldsMissing }
        guard let name = WindowsDNS.name(line, from: words[close + 2].start) else { return .nameOfNoHost }
        var row = LogDNSRow(
            time: record.start, client: client, name: name, type: LogDNSWords.type(line, words[close + 1]),
            stage: isResponse ? .answer : .question)
        row.carrier = line.says("TCP", words[way - 1]) ? .tcp : .udp
        if isResponse {
            let code = FieldRange(start: words[close].start, end: words[close].end - 1)
            guard let code = LogDNSWords.code(line, code) else { return .resultInvalid }
            row.code = code
        }
        record.dns.append(row)
        return nil
    }

    /// `(4)quiz(7)example(3)org(0)`: each label behind its length. A label's length and not what stands in it says
    /// where the next one begins.
    static func name(_ line: RawSpan, from start: Int) -> String? {
        var text: [UInt8] = []
        var index = start
        while true {
            guard line.byte(at: index) == UInt8(ascii: "("),
                let close = line.clamped(from: 0, count: index + 5).firstIndex(
                    of: UInt8(ascii: ")"), from: index),
                let length = DecimalText.read(line, from: index + 1, to: close, maxDigits: 2),
                let count = Int(exactly: length)
            else { return nil }
            index = close + 1
            if count == 0 { break }
            guard index + count <= line.byteCount, text.count <= 255 else { return nil }
            if !text.isEmpty { text.append(UInt8(ascii: ".")) }
            // A dot within a label would make two of it.
            let label = line.clamped(from: index, count: count)
            guard label.firstIndex(of: UInt8(ascii: ".")) == nil else { return nil }
            label.append(to: &text)
            index += count
        }
        guard index == line.byteCount else { return nil }
        return text.withRawSpan { LogDNSName.read($0, from: 0, to: $0.byteCount) }
    }
}
