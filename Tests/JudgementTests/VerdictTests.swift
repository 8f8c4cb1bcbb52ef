import Bytes
import Contacts
import Register
import Roster
import Testing

@testable import Judgement

/// One row: a name and when and from where it was contacted, and what must come of it.
struct VerdictCase: Sendable, CustomTestStringConvertible {
    var what: String
    var name: String?
    var at = "2026-11-24T14:00Z"
    var from = "10.20.0.5"
    var verdict: Verdict
    /// Kind and id of the deciding record.
    var record: String?
    var testDescription: String { what }
}

@Suite struct VerdictTests {
    @Test(arguments: [
        VerdictCase(
            what: "an agreement in force covers its product", name: "app.quizly.example", verdict: .covered,
            record: "agreement Q-1"),
        VerdictCase(
            what: "an exact entry covers its name", name: "cdn.quizly-static.example", verdict: .covered,
            record: "agreement Q-1"),
        VerdictCase(
            what: "an exact entry covers nothing beneath it", name: "x.cdn.quizly-static.example",
            verdict: .unknownOwner),
        VerdictCase(
            what: "an excluded host beneath a covered domain", name: "shop.quizly.example",
            verdict: .outOfScope,
            record: "product school"),
        VerdictCase(
            what: "a name that only ends alike", name: "notquizly.example", verdict: .unknownOwner),
        VerdictCase(
            what: "another product of the vendor", name: "quizly-home.example", verdict: .outOfScope,
            record: "agreement Q-1"),
        VerdictCase(
            what: "the day before it takes effect", name: "quizly.example", at: "2025-07-02T16:00Z",
            verdict: .notYetEffective, record: "agreement Q-1"),
        VerdictCase(
            what: "the first day, the later signature", name: "quizly.example", at: "2025-07-03T16:00Z",
            verdict: .covered, record: "agreement Q-1"),
        VerdictCase(
            what: "the last day, inclusive", name: "readalong.example", at: "2026-06-30T16:00Z",
            verdict: .covered,
            record: "agreement R-1"),
        VerdictCase(
            what: "still the last day in New York, the next in UTC", name: "readalong.example",
            at: "2026-07-01T03:59Z", verdict: .covered, record: "agreement R-1"),
        VerdictCase(
            what: "the first minute after the last day in New York", name: "readalong.example",
            at: "2026-07-01T04:00Z", verdict: .expired, record: "agreement R-1"),
        VerdictCase(
            what: "pending", name: "mathpath.example", verdict: .pending, record: "agreement M-1"),
        VerdictCase(
            what: "declined", name: "nope.example", verdict: .declined, record: "agreement N-1"),
        VerdictCase(
            what: "not yet effective", name: "later.example", verdict: .notYetEffective,
            record: "agreement L-1"),
        VerdictCase(
            what: "terminated though its end lies ahead", name: "stopped.example", verdict: .expired,
            record: "agreement S-1"),
        VerdictCase(
            what: "the last day before termination", name: "stopped.example", at: "2026-03-31T20:00Z",
            verdict: .covered, record: "agreement S-1"),
        VerdictCase(
            what: "an Exhibit E signed after the offer ended", name: "subscribed.example",
            verdict: .noAgreement,
            record: "agreement E-1"),
        VerdictCase(
            what: "a vendor without any agreement", name: "bare.example", verdict: .noAgreement,
            record: "product bare"),
        VerdictCase(
            what: "of two agreements the one in force", name: "renewed.example", verdict: .covered,
            record: "agreement O-2"),
        VerdictCase(
            what: "two vendors on one host: the worse", name: "host.example", verdict: .pending,
            record: "agreement B-1"),
        VerdictCase(
            what: "a third party", name: "px.adtrack.example", verdict: .noAgreement,
            record: "third_party adtrack.example"),
        VerdictCase(
            what: "a domain that changed hands, before", name: "moved.example", at: "2026-01-31T16:00Z",
            verdict: .noAgreement, record: "third_party moved.example"),
        VerdictCase(
            what: "a platform service", name: "update.osmaker.example", verdict: .platform,
            record: "platform update.osmaker.example"),
        VerdictCase(
            what: "a platform owner's other names", name: "shop.osmaker.example", verdict: .unknownOwner),
        VerdictCase(
            what: "the district's own", name: "mail.lakeside.k12.example", verdict: .district,
            record: "district lakeside.k12.example"),
        VerdictCase(
            what: "an exception on its last day", name: "pilot.example", at: "2027-01-01T04:59Z",
            verdict: .excepted,
            record: "exception pilot.example"),
        VerdictCase(
            what: "an exception that has ended by itself", name: "pilot.example", at: "2027-01-01T05:00Z",
            verdict: .unknownOwner),
        VerdictCase(what: "nobody's", name: "randomgame.example", verdict: .unknownOwner),
        VerdictCase(what: "nameless outside", name: nil, verdict: .unnamed),
        VerdictCase(
            what: "a sub-processor's host on its own", name: "x.examplecloud.example", verdict: .noAgreement,
            record: "third_party examplecloud.example"),
        VerdictCase(
            what: "school, role, grade and hour in scope", name: "narrow.example", verdict: .covered,
            record: "agreement W-1"),
        VerdictCase(
            what: "another school", name: "narrow.example", from: "10.20.8.1", verdict: .outOfScope,
            record: "agreement W-1"),
        VerdictCase(
            what: "an unknown school", name: "narrow.example", from: "10.20.10.1", verdict: .outOfScope,
            record: "agreement W-1"),
        VerdictCase(
            what: "another role", name: "narrow.example", from: "10.30.0.1", verdict: .outOfScope,
            record: "agreement W-1"),
        VerdictCase(
            what: "after hours", name: "narrow.example", at: "2026-11-24T21:00Z", verdict: .outOfScope,
            record: "agreement W-1"),
        VerdictCase(
            what: "the last minute in hours, winter time", name: "narrow.example", at: "2026-11-24T20:59Z",
            verdict: .covered, record: "agreement W-1"),
        VerdictCase(
            what: "the last minute in hours, summer time", name: "narrow.example", at: "2026-10-30T19:59Z",
            verdict: .covered, record: "agreement W-1"),
        VerdictCase(
            what: "the same UTC minute a week later, after daylight saving ended", name: "narrow.example",
            at: "2026-11-06T11:59Z", verdict: .outOfScope, record: "agreement W-1"),
    ]) func table(_ row: VerdictCase) throws {
        let judge = try Cases.judge()
        let judgment = judge.judge(try Cases.contact(row.name, at: row.at, from: row.from))
        #expect(judgment.verdict == row.verdict, "\(judgment.reasons)")
        #expect(judgment.record.map { "\($0.kind) \($0.id)" } == row.record)
        #expect(!judgment.reasons.isEmpty)
    }

    @Test func localContactsStayInside() throws {
        let judge = try Cases.judge()
        func verdict(_ name: String?, _ server: String, _ service: String = "tls") throws -> Verdict {
            judge.judge(try Cases.contact(name, to: server, service: service)).verdict
        }
        #expect(try verdict(nil, "10.10.0.2") == .local)
        #expect(try verdict(nil, "224.0.0.251") == .local)
        #expect(try verdict("_ipp._tcp.local", "ff02::fb") == .local)
        #expect(try verdict(nil, "255.255.255.255") == .local)
        #expect(try verdict(nil, "fe80::1") == .local)
        #expect(try verdict("dns.lakeside.k12.example", "10.10.0.2", "dns") == .local)
        #expect(try verdict("printer", "10.10.0.9") == .local)
        // A public name keeps its owner wherever it was served from; a local-sounding one outside is no
        // excuse.
        #expect(try verdict("adtrack.example", "10.10.0.9") == .noAgreement)
        #expect(try verdict("printer", "192.0.2.9") == .unknownOwner)
        #expect(try verdict(nil, "192.0.2.53", "dns") == .unnamed)
    }

    @Test func aTrackerBehindAFirstPartysNameIsTheWorseOfBoth() throws {
        let judge = try Cases.judge()
        var contact = try Cases.contact("metrics.quizly.example")
        contact.cnameChain = ["quizly.edge.fastedge.example", "collect.adtrack.example"]
        let judgment = judge.judge(contact)
        #expect(judgment.verdict == .noAgreement)
        #expect(judgment.owner == "Example Ads")
        #expect(
            judgment.reasons.first
                == "metrics.quizly.example leads to Example Ads (advertising) by its CNAME chain: "
                + "metrics.quizly.example -> quizly.edge.fastedge.example -> collect.adtrack.example")
        contact.cnameChain = ["quizly.edge.fastedge.example"]
        #expect(judge.judge(contact).verdict == .covered)
    }

    @Test func severalNamesThatFitGiveTheWorstAnswerAsAmbiguous() throws {
        let judge = try Cases.judge()
        var contact = try Cases.contact(nil)
        contact.ambiguity = .shared
        contact.candidates = ["quizly.example", "readalong.example"]
        let mixed = judge.judge(contact)
        #expect(mixed.verdict == .expired)
        #expect(mixed.isAmbiguous)
        contact.candidates = ["quizly.example", "www.quizly.example"]
        let agreed = judge.judge(contact)
        #expect(agreed.verdict == .covered)
        #expect(!agreed.isAmbiguous)
    }

    @Test func hiddenDestinationsAreConcealed() throws {
        let judge = try Cases.judge()
        var contact = try Cases.contact(nil)
        contact.ambiguity = .concealed
        #expect(judge.judge(contact).verdict == .concealed)
        contact.name = "vpn.example"
        #expect(judge.judge(contact).verdict == .concealed)
        contact.name = "quizly.example"
        #expect(judge.judge(contact).verdict == .covered)
    }

    @Test func ownersAreThoseOfTheDay() throws {
        let judge = try Cases.judge()
        #expect(
            judge.judge(try Cases.contact("quizly.example", at: "2026-01-31T16:00Z")).owner == "Old Holdings")
        #expect(
            judge.judge(try Cases.contact("quizly.example", at: "2026-02-01T16:00Z")).owner == "New Holdings")
        #expect(
            judge.judge(try Cases.contact("moved.example", at: "2026-02-01T16:00Z")).owner == "Next Owner")
    }

    @Test func recordsEnteredLaterAreUnknownWhenAskedAsKnownThen() throws {
        let contact = try Cases.contact("renewed.example", at: "2026-04-01T16:00Z")
        #expect(try Cases.judge().judge(contact).verdict == .covered)
        #expect(try Cases.judge(asKnownOn: "2026-04-30").judge(contact).verdict == .expired)
        #expect(try Cases.judge(asKnownOn: "2026-05-01").judge(contact).verdict == .covered)
    }
}

@Suite struct KnownThenTests {
    private static let yaml = """
        vendors:
          - id: a
            name: A
            recorded: 2026-03-01
            products: [{id: a, name: A, domains: [a.example], excluded_domains: [shop.a.example]}]
            agreements:
              - {id: A-1, status: signed, effective: 2025-01-01, terminated: 2026-04-30,
                 termination_recorded: 2026-06-15}
        """

    private func verdict(_ name: String, on day: String, knownOn: String?) throws -> Verdict {
        let judge = Judge(
            register: try Register.parse(yaml: KnownThenTests.yaml), roster: .empty,
            asKnownOn: knownOn.flatMap { CivilDay($0) })
        return try judge.lookup(name: name, on: .day(try #require(CivilDay(day)))).judgment.verdict
    }

    @Test func aTerminationCountsFromTheDayOnWhichItWasEntered() throws {
        #expect(try verdict("a.example", on: "2026-05-10", knownOn: nil) == .expired)
        #expect(try verdict("a.example", on: "2026-05-10", knownOn: "2026-06-14") == .covered)
        #expect(try verdict("a.example", on: "2026-05-10", knownOn: "2026-06-15") == .expired)
        #expect(try verdict("a.example", on: "2026-04-30", knownOn: "2026-06-15") == .covered)
    }

    @Test func aVendorEnteredLaterIsUnknownBefore() throws {
        #expect(try verdict("a.example", on: "2026-04-01", knownOn: "2026-02-28") == .unknownOwner)
        #expect(try verdict("shop.a.example", on: "2026-04-01", knownOn: "2026-02-28") == .unknownOwner)
        #expect(try verdict("shop.a.example", on: "2026-04-01", knownOn: "2026-03-01") == .outOfScope)
    }

    @Test func aDayOfEntryNeedsATermination() {
        let yaml = "vendors: [{id: a, name: A, agreements: [{id: A, status: pending, "
        #expect {
            try Register.parse(yaml: yaml + "termination_recorded: 2026-01-01}]}]")
        } throws: { "\($0)".contains("has termination_recorded and no day of termination") }
    }
}

@Suite struct LookupAnswerTests {
    private func answer(_ name: String, _ day: String, role: Role? = nil, school: String? = nil) throws
        -> Judgment
    {
        let day = CivilDay(day) ?? CivilDay(daysSince1970: 0)
        return try Cases.judge().lookup(name: name, on: .day(day), school: school, role: role).judgment
    }

    @Test func nearMissesSayWhatItWouldTake() throws {
        #expect(
            try answer("later.example", "2026-11-24").nearMisses == [
                "would be covered by L-1 from 2027-01-01"
            ])
        #expect(
            try answer("readalong.example", "2026-11-24").nearMisses == [
                "was covered by R-1 until 2026-06-30"
            ])
        #expect(
            try answer("pilot.example", "2027-02-01").nearMisses == [
                "was excepted until 2026-12-31: pilot, vote 12"
            ])
        let shop = try answer("shop.quizly.example", "2026-11-24").nearMisses
        #expect(shop.first?.hasPrefix("the shorter entry quizly.example (") == true)
        let exact = try answer("x.cdn.quizly-static.example", "2026-11-24").nearMisses
        #expect(exact.first?.contains("covers only cdn.quizly-static.example itself") == true)
    }

    @Test func whatAQuestionLeavesOpenIsListedAndNotHeldAgainstTheAnswer() throws {
        let open = try answer("narrow.example", "2026-11-24")
        #expect(open.verdict == .covered)
        #expect(open.reasons.contains("holds for schools high"))
        #expect(open.reasons.contains("holds for students in grades 9-12"))
        #expect(try answer("narrow.example", "2026-11-24", school: "middle").verdict == .outOfScope)
        #expect(try answer("narrow.example", "2026-11-24", role: .staff).verdict == .outOfScope)
    }

    @Test func aSubprocessorsHostIsCoveredOnConditionOfItsContext() throws {
        let judgment = try answer("x.examplecloud.example", "2026-11-24")
        #expect(judgment.verdict == .coveredSubprocessor)
        #expect(judgment.subprocessorOf == "Quizly, Inc.")
        #expect(judgment.reasons.first?.contains("only next to Quizly, Inc.'s own traffic") == true)
    }

    @Test func daysAndMomentsAreRead() throws {
        let day = try #require(CivilDay("2026-11-24"))
        #expect(QuestionTime("2026-11-24") == .day(day))
        let nine = QuestionTime.moment(try Cases.moment("2026-11-24T14:00Z"))
        #expect(QuestionTime("2026-11-24T09:00:00-05:00") == nine)
        #expect(QuestionTime("2026-11-24t14:00:00.250z") == nine)
        for text in [
            "2026-02-30", "2026-11-24T25:00:00Z", "2026-11-24T09:00Z", "2026-11-24T09:00:00", "now", "",
            "2026-11-24T09:00:00+5:00", "2026-11-24T09:00:00.Z",
        ] {
            #expect(QuestionTime(text) == nil, "\(text)")
        }
    }

    @Test func namesAreNormalisedAndNonsenseIsRefused() throws {
        let judge = try Cases.judge()
        let day = QuestionTime.day(CivilDay(daysSince1970: 20000))
        #expect(try judge.lookup(name: "Quizly.Example.", on: day).name == "quizly.example")
        #expect(throws: DomainFault.self) { try judge.lookup(name: "https://quizly.example/", on: day) }
    }
}
