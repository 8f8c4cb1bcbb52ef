import Bytes
import Flows
import Logs
import Names
import Testing

@testable import Contacts

/// Names from DNS logs join flows of flow logs by the rules that hold in captures.
@Suite struct LoggedAnswersTests {
    /// A resolver's log in which `client` is told `name` at `second` of the hour that begins at 14:00Z.
    private func answers(_ told: [(client: String, name: String, second: Int)]) throws -> LoggedAnswers {
        var table = LogDNSTable()
        for (client, name, second) in told {
            let row = LogDNSRow(
                time: moment(second), client: try #require(IPAddress(client)), name: name, stage: .answer,
                code: .noError,
                answers: [LogDNSAnswer(name: name, type: .a, value: .address(server), ttl: 60)])
            table.merge(LogDNSTable(rows: [row]))
        }
        return LoggedAnswers(table)
    }

    private let server = IPAddress(ipv4: 0xc633_6414)

    private func moment(_ second: Int) -> Timestamp {
        Timestamp(nanoseconds: (1_772_460_000 + Int64(second)) * 1_000_000_000)
    }

    private func contact(from start: Int, to end: Int, flows: UInt64 = 1) -> Contact {
        var contact = Contact(
            client: IPAddress(ipv4: 0x0a14_1e28), servers: [server], port: 443, transport: "tcp",
            first: moment(start))
        contact.last = moment(end)
        contact.flows = flows
        contact.hour = moment(start).hour
        return contact
    }

    private func named(_ contact: Contact, by answers: LoggedAnswers) -> Contact {
        var contact = contact
        answers.name(&contact)
        return contact
    }

    @Test func theClientsOwnAnswerNamesItsFlow() throws {
        let answers = try answers([("10.20.30.40", "quiz.example.org", 10)])
        let result = named(contact(from: 11, to: 500), by: answers)
        #expect(result.name == "quiz.example.org")
        #expect(result.evidence == .dnsAnswer)
        #expect(result.ambiguity == .inferred)
    }

    @Test func anotherClientsAnswerNamesNothing() throws {
        let answers = try answers([("10.20.30.41", "quiz.example.org", 10)])
        #expect(named(contact(from: 11, to: 500), by: answers).name == nil)
    }

    @Test func nothingIsNamedBeforeTheAnswerOrAfterItsHour() throws {
        let answers = try answers([("10.20.30.40", "quiz.example.org", 10)])
        #expect(named(contact(from: 9, to: 500), by: answers).name == nil)
        #expect(named(contact(from: 3610, to: 3610), by: answers).name == "quiz.example.org")
        #expect(named(contact(from: 3611, to: 3611), by: answers).name == nil)
        // What began within the hour may go on for longer.
        #expect(named(contact(from: 3610, to: 9999), by: answers).name == "quiz.example.org")
    }

    @Test func aSumOfFlowsIsNamedWhenAllOfThemCanBe() throws {
        let answers = try answers([("10.20.30.40", "quiz.example.org", 10)])
        #expect(named(contact(from: 11, to: 3500, flows: 3), by: answers).name == "quiz.example.org")
        #expect(named(contact(from: 9, to: 3500, flows: 3), by: answers).name == nil)
        #expect(named(contact(from: 3605, to: 3700, flows: 3), by: answers).name == nil)
    }

    @Test func namesThatFitAtSomeMomentAreAllCandidates() throws {
        let answers = try answers([
            ("10.20.30.40", "quiz.example.org", 10), ("10.20.30.40", "ads.example", 200),
        ])
        let early = named(contact(from: 11, to: 11), by: answers)
        #expect(early.name == "quiz.example.org")
        let both = named(contact(from: 11, to: 300, flows: 2), by: answers)
        #expect(both.name == nil)
        #expect(both.candidates == ["ads.example", "quiz.example.org"])
        #expect(both.ambiguity == .shared)
        #expect(both.evidence == .dnsAnswer)
    }

    private func finish(_ logs: LogFacts) -> (contacts: [Contact], lookups: [Lookup]) {
        var builder = ContactBuilder()
        var lookups = LookupTable()
        logs.finish(logs.answers, into: &builder, &lookups)
        let contacts = builder.takeContacts()
        return (contacts, lookups.lookups(contacts: contacts))
    }

    @Test func answersInCapturesNameFlowsOfLogsToo() throws {
        var logs = LogFacts()
        logs.add(unnamed: contact(from: 11, to: 20))
        var unnamed = contact(from: 11, to: 20)
        unnamed.client = IPAddress(ipv4: 0x0a14_1e29)
        logs.add(unnamed: unnamed)
        let row = LogDNSRow(
            time: moment(10), client: IPAddress(ipv4: 0x0a14_1e28), resolver: IPAddress(ipv4: 0x0a14_0035),
            name: "quiz.example.org", stage: .answer, code: .noError,
            answers: [LogDNSAnswer(name: "quiz.example.org", type: .a, value: .address(server), ttl: 60)])
        logs.add(LogDNSTable(rows: [row]), source: "unbound")
        let (contacts, lookups) = finish(logs)
        #expect(contacts.map(\.name) == [nil, "quiz.example.org", nil])
        #expect(contacts.map(\.source) == ["unbound", "capture", "capture"])
        #expect(contacts.first?.service == "dns")
        #expect(contacts.first?.port == 53)
        #expect(contacts.first?.bytesScope == .unknown)
        #expect(lookups.count == 1)
        #expect(lookups.first?.contacted == true)
        #expect(lookups.first?.outcome == .answered)
    }

    @Test func aSinkholesAddressIsTheFiltersAnswer() throws {
        var logs = LogFacts(sinkholes: [server])
        logs.add(unnamed: contact(from: 11, to: 20))
        let row = LogDNSRow(
            time: moment(10), client: IPAddress(ipv4: 0x0a14_1e28), name: "quiz.example.org", stage: .answer,
            code: .noError,
            answers: [LogDNSAnswer(name: "quiz.example.org", type: .a, value: .address(server), ttl: 60)])
        logs.add(LogDNSTable(rows: [row]), source: "unbound")
        let (contacts, lookups) = finish(logs)
        #expect(contacts.map(\.action) == [.blocked])
        #expect(lookups.map(\.outcome) == [.blocked])
    }
}
