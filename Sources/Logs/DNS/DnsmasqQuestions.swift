import Bytes
import Names

/// Ties dnsmasq's answers to the questions on earlier lines.
///
/// With serial numbers: an answer belongs to the question of its number. Without: the lines of one answer stand
/// together. What dnsmasq answers itself (cache, hosts file, configuration, filter) stands right behind its question.
/// What an upstream answers belongs to every question for the name, of the answer's type, that was asked at most ten
/// seconds before and has not been answered: dnsmasq forwards equal questions once and answers all who wait.
struct DnsmasqQuestions {
    struct Question: Hashable, Sendable {
        var client: IPAddress
        var name: String
        var type: DNSType?
        var time: Timestamp
    }

    /// The answer whose lines are being read.
    private struct Answer {
        var waiting: [Question]
        var aliases: [LogDNSAnswer] = []
        /// The alias whose target the next line names.
        var openAlias: String?
        /// Names of the answer: the one that was asked for, and targets of aliases.
        var names: Set<String>
        var serial: UInt64?
        /// Questions that got something other than an alias: they are closed when the answer ends.
        var answered: Set<Question> = []
    }

    /// Clients repeat a question after five seconds at most, and dnsmasq gives up after ten.
    private static let patience: Int64 = 10 * 1_000_000_000
    /// Questions without an answer that are remembered: ten seconds of the busiest resolver.
    private static let limit = 50_000

    /// Questions for one name that wait for one answer: a few classes that open the same page in the same moment.
    private static let nameLimit = 256

    private var bySerial: [UInt64: Question] = [:]
    private var byName: [String: [Question]] = [:]
    private var count = 0
    /// The question on the line before, until another line comes.
    private var latest: Question?
    private var answer: Answer?

    mutating func ask(_ question: Question, serial: UInt64?) {
        if count >= DnsmasqQuestions.limit { forget(before: question.time) }
        latest = serial == nil ? question : nil
        if let serial {
            bySerial[serial] = question
        } else {
            guard byName[question.name, default: []].count < DnsmasqQuestions.nameLimit else { return }
            byName[question.name, default: []].append(question)
        }
        count += 1
    }

    /// Whatever follows is not part of the answer in hand.
    mutating func endAnswer() {
        latest = nil
        guard let answer else { return }
        self.answer = nil
        // All of them are for one name, since they waited for one answer.
        guard let name = answer.answered.first?.name, let open = byName[name] else { return }
        let rest = open.filter { !answer.answered.contains($0) }
        count -= open.count - rest.count
        byName[name] = rest.isEmpty ? nil : rest
    }

    /// One line of an answer; the rows that it gives, one for each client that it tells something.
    mutating func answer(
        name: String, _ value: DnsmasqAnswer, source: DnsmasqSource.Kind, serial: UInt64?, at time: Timestamp
    ) -> [LogDNSRow] {
        if !continues(name, serial) { begin(name, source, serial, at: time) }
        guard var answer else { return [] }
        if let alias = answer.openAlias {
            answer.aliases.append(LogDNSAnswer(name: alias, type: .cname, value: .alias(name)))
            answer.names.insert(name)
            answer.openAlias = nil
        }
        defer { self.answer = answer }
        if value == .alias {
            answer.openAlias = name
            return []
        }
        let told = answer.waiting.filter { DnsmasqQuestions.fits(value, $0.type) }
        answer.answered.formUnion(told)
        return told.map { row($0, name, value, source, answer.aliases, at: time) }
    }

    /// Whether a line with this name goes on with the answer in hand.
    private func continues(_ name: String, _ serial: UInt64?) -> Bool {
        guard let answer, answer.serial == serial else { return false }
        return answer.openAlias != nil || answer.names.contains(name)
    }

    private mutating func begin(
        _ name: String, _ source: DnsmasqSource.Kind, _ serial: UInt64?, at time: Timestamp
    ) {
        let latest = latest
        endAnswer()
        var waiting: [Question] = []
        if let serial {
            waiting = [bySerial[serial]].compactMap(\.self)
        } else if source == .upstream {
            let (floor, overflow) = time.nanoseconds.subtractingReportingOverflow(DnsmasqQuestions.patience)
            waiting = (byName[name] ?? []).filter { overflow || $0.time.nanoseconds >= floor }
        } else if let latest, latest.name == name {
            waiting = [latest]
        }
        // With a serial number an answer may go on behind a line of another one, in the middle of a chain.
        let names = Set([name] + waiting.map(\.name))
        answer = Answer(waiting: waiting, names: names, serial: serial)
    }

    /// Whether a question of `type` can have been answered so; the type of an unknown question is not guessed at.
    private static func fits(_ value: DnsmasqAnswer, _ type: DNSType?) -> Bool {
        switch value {
        case .address(let address): type == .any || type == (address.isIPv4 ? .a : .aaaa)
        case .noData(.some(let stated)): type == stated
        case .noData(nil), .code, .alias, .other: true
        }
    }

    private func row(
        _ question: Question, _ name: String, _ value: DnsmasqAnswer, _ source: DnsmasqSource.Kind,
        _ aliases: [LogDNSAnswer], at time: Timestamp
    ) -> LogDNSRow {
        var row = LogDNSRow(
            time: time, client: question.client, name: question.name, type: question.type,
            stage: .continuation,
            code: .noError, isBlocked: source == .filter)
        switch value {
        case .address(let address):
            let type: DNSType = address.isIPv4 ? .a : .aaaa
            row.answers = aliases + [LogDNSAnswer(name: name, type: type, value: .address(address))]
        case .code(let code): row.code = code
        case .noData: row.answers = []
        case .alias, .other: break
        }
        return row
    }

    /// Makes room by forgetting what nobody waits for any more; if all are younger, everything.
    private mutating func forget(before time: Timestamp) {
        let (floor, overflow) = time.nanoseconds.subtractingReportingOverflow(DnsmasqQuestions.patience)
        let floorTime = Timestamp(nanoseconds: overflow ? .min : floor)
        bySerial = bySerial.filter { $0.value.time >= floorTime }
        byName = byName.mapValues { $0.filter { $0.time >= floorTime } }.filter { !$0.value.isEmpty }
        count = bySerial.count + byName.values.reduce(0) { $0 + $1.count }
        guard count * 2 > DnsmasqQuestions.limit else { return }
        bySerial = [:]
        byName = [:]
        count = 0
    }
}
