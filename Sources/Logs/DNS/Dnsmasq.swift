import Bytes
import Names

/// dnsmasq's log with `log-queries` (`src/cache.c log_query`), which Pi-hole, OpenWrt and others write too; its
/// header, `Mar  2 08:01:01 dnsmasq[812]: `, is syslog's and has been peeled off:
///
///     6699 10.20.30.40/40112 query[A] quiz.example.org from 10.20.30.40
///     6699 10.20.30.40/40112 reply quiz.example.org is <CNAME>
///     6699 10.20.30.40/40112 reply edge7.cdn.example is 198.51.100.20
///     query[AAAA] ads.tracker.example from 2001:db8:20::41
///     gravity blocked ads.tracker.example is ::
///
/// With `log-queries=extra` a serial number ties answers to questions. Without, `DnsmasqQuestions` has the rules.
/// The resolver is the machine itself, whose address the log does not state; nor does it state TTLs.
package struct Dnsmasq: LogLineParser {
    package static let setsAnythingAside = true
    package static let kind = "dnsmasq"
    /// An answer is tied to a question on an earlier line.
    package static let isSplittable = false

    private var questions = DnsmasqQuestions()

    package init(head: RawSpan) {}

    package mutating func parse(_ line: RawSpan, into record: inout LogRecord) -> LogReason? {
        guard let moment = record.envelope else { return .timeInvalid }
        record.setTime(moment)
        var words = line.words(from: 0, to: line.byteCount, limit: 24)
        let serial = Dnsmasq.readSerial(line, &words)
        guard let verb = words.first else { return .fieldsMissing }
        if line.starts(with: "query[", at: verb.start) || line.starts(with: "auth[", at: verb.start) {
            return readQuestion(line, words, serial, into: &record)
        }
        let reason = readAnswer(line, words, serial, into: &record)
        // Only the lines of one answer stand together; any other ends it.
        if reason != nil { questions.endAnswer() }
        return reason
    }

    /// `[UDP|TCP ]SERIAL CLIENT/PORT ` is taken off the front.
    private static func readSerial(_ line: RawSpan, _ words: inout [FieldRange]) -> UInt64? {
        var place = 0
        if let first = words.first, line.says("UDP", first) || line.says("TCP", first) { place = 1 }
        guard place + 1 < words.count,
            let serial = DecimalText.read(line, from: words[place].start, to: words[place].end),
            let slash = line.last("/", in: words[place + 1]),
            line.address(from: words[place + 1].start, to: slash) != nil
        else { return nil }
        words.removeFirst(place + 2)
        return serial
    }

    /// `query[TYPE] NAME from CLIENT`; a name in which a space stands makes more words, and no host has it.
    private mutating func readQuestion(
        _ line: RawSpan, _ words: [FieldRange], _ serial: UInt64?, into record: inout LogRecord
    ) -> LogReason? {
        questions.endAnswer()
        guard words.count >= 4, line.says("from", words[words.count - 2]),
            let client = line.address(words[words.count - 1])
        else { return .fieldsMissing }
        guard words.count == 4, let name = LogDNSName.read(line, words[1]) else { return .nameOfNoHost }
        guard let open = line.firstIndex(of: UInt8(ascii: "["), from: words[0].start),
            line.byte(at: words[0].end - 1) == UInt8(ascii: "]")
        else { return .fieldsMissing }
        let type = LogDNSWords.type(line, FieldRange(start: open + 1, end: words[0].end - 1))
        record.dns.append(
            LogDNSRow(time: record.start, client: client, name: name, type: type, stage: .question))
        questions.ask(
            DnsmasqQuestions.Question(client: client, name: name, type: type, time: record.start),
            serial: serial)
        return nil
    }

    /// `SOURCE NAME is VALUE`: reply, cached, config, a hosts file, a filter's word.
    private mutating func readAnswer(
        _ line: RawSpan, _ words: [FieldRange], _ serial: UInt64?, into record: inout LogRecord
    ) -> LogReason? {
        if let first = words.first,
            ["forwarded", "dnssec-query[", "dnssec-retry["].contains(where: {
                line.starts(with: $0, at: first.start)
            })
        {
            return .upstreamLookup
        }
        guard let source = DnsmasqSource(line, words) else { return .resolverMessage }
        guard let name = LogDNSName.read(line, words[source.nameAt]) else { return .nameOfNoHost }
        let value = FieldRange(start: words[source.nameAt + 2].start, end: line.byteCount)
        let answer = DnsmasqAnswer(line, value)
        record.dns += questions.answer(
            name: name, answer, source: source.kind, serial: serial, at: record.start)
        return nil
    }
}

/// Who gave an answer, by the words in front of its name.
struct DnsmasqSource {
    enum Kind: Equatable {
        /// Another resolver, some time after the question.
        case upstream
        /// dnsmasq itself, on the line behind the question.
        case local
        /// A filter, likewise.
        case filter
    }

    var kind: Kind
    /// Which word is the name; `is` follows it.
    var nameAt: Int

    /// Pi-hole's filters (`src/dnsmasq_interface.c`); `blocked upstream with` reports what the upstream's filter did.
    private static let filters = [
        ["gravity", "blocked"], ["exactly", "denied"], ["exactly", "blacklisted"], ["regex", "denied"],
        ["regex", "blacklisted"], ["special", "domain"], ["blocked"],
    ]

    init?(_ line: RawSpan, _ words: [FieldRange]) {
        guard let first = words.first else { return nil }
        for phrase in DnsmasqSource.filters where phrase.count < words.count {
            let isSame = phrase.indices.allSatisfy { line.says(phrase[$0], words[$0]) }
            if isSame, let place = DnsmasqSource.name(line, words, from: phrase.count) {
                self.init(kind: .filter, nameAt: place)
                return
            }
        }
        let kind: Kind
        if line.says("reply", first) {
            kind = .upstream
        } else if line.says("cached", first) || line.says("cached-stale", first) || line.says("config", first)
            || line.says("DHCP", first)
        {
            kind = .local
        } else if line.byte(at: first.start) == UInt8(ascii: "/"), words.count >= 4,
            line.says("is", words[words.count - 2])
        {
            // The path of a hosts file, in which spaces may stand.
            self.init(kind: .local, nameAt: words.count - 3)
            return
        } else {
            return nil
        }
        guard let place = DnsmasqSource.name(line, words, from: 1) else { return nil }
        self.init(kind: kind, nameAt: place)
    }

    private init(kind: Kind, nameAt: Int) {
        self.kind = kind
        self.nameAt = nameAt
    }

    /// The word at `start` when `is` and a value follow it.
    private static func name(_ line: RawSpan, _ words: [FieldRange], from start: Int) -> Int? {
        guard start + 2 < words.count, line.says("is", words[start + 1]) else { return nil }
        return start
    }
}

/// What stands behind `is`.
enum DnsmasqAnswer: Equatable {
    case address(IPAddress)
    /// The name is an alias; the next line of the answer has its target.
    case alias
    case code(DNSResponseCode)
    /// The name exists without such a record; of which type, where that is said.
    case noData(DNSType?)
    case other

    init(_ line: RawSpan, _ value: FieldRange) {
        var end = value.end
        while end > value.start, line.byte(at: end - 1) == UInt8(ascii: " ") { end -= 1 }
        let value = FieldRange(start: value.start, end: end)
        if let address = line.address(value) {
            self = .address(address)
        } else if line.says("<CNAME>", value) {
            self = .alias
        } else if line.says("NXDOMAIN", value) {
            self = .code(.nameError)
        } else if line.says("NODATA-IPv4", value) {
            self = .noData(.a)
        } else if line.says("NODATA-IPv6", value) {
            self = .noData(.aaaa)
        } else if line.says("NODATA", value) {
            self = .noData(nil)
        } else if line.starts(with: "SERVFAIL", at: value.start) {
            self = .code(.serverFailure)
        } else if line.starts(with: "REFUSED", at: value.start) {
            self = .code(.refused)
        } else {
            self = .other
        }
    }
}
