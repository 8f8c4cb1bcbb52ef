import Bytes
import Contacts
import Foundation
import Judgement
import Register
import Roster
import TestSupport
import Testing

@testable import Review

enum Recorded {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// A vendor with a sub-processor, a second one that declares the same sub-processor, and an advertiser.
    static let register = """
        district: {name: Lakeside, timezone: America/New_York, domains: [lakeside.k12.example]}
        vendors:
          - id: quizly
            name: Quizly, Inc.
            products: [{id: q, name: Quizly, domains: [quizly.example]}]
            agreements:
              - id: DPA-1
                status: signed
                effective: 2025-07-03
                ends: 2028-07-02
                roles: [student, staff]
                data_elements: [student-name, enrollment]
                subprocessors:
                  - {name: Example Cloud, domains: [cloud.example], function: hosting}
          - id: mathpath
            name: Mathpath
            products: [{id: m, name: Mathpath, domains: [mathpath.example]}]
            agreements:
              - id: DPA-2
                status: signed
                effective: 2025-07-03
                subprocessors:
                  - {name: Tallyho, domains: [tallyho.example]}
        third_parties:
          - {owner: Example Ads, category: advertising, domains: [ads.example], source: example}
        """

    /// An entry of a HAR; `more` are members of the request, `answer` of the response, `rest` of the entry.
    static func entry(
        _ second: Int, _ url: String, more: String = "", answer: String = "", rest: String = ""
    ) -> String {
        let time = "2026-11-24T14:00:\(second < 10 ? "0" : "")\(second).000Z"
        return
            #"{"startedDateTime":"\#(time)","request":{"method":"GET","url":"\#(url)","headersSize":100,"bodySize":10\#(more)},"#
            + #""response":{"status":200,"headersSize":50,"bodySize":150\#(answer)}\#(rest)}"#
    }

    static func referer(_ url: String) -> String { #","headers":[{"name":"Referer","value":"\#(url)"}]"# }

    static let session = [
        entry(1, "https://app.quizly.example/", answer: #","content":{"mimeType":"text/html"}"#),
        entry(
            2, "https://cdn.tag.example/t.js",
            rest: #","_initiator":{"type":"parser","url":"https://app.quizly.example/"}"#),
        entry(
            3, "https://collect.tag.example/c?em=v.maressol4821%40lakeside.k12.example",
            rest:
                #","_initiator":{"type":"script","stack":{"callFrames":[{"url":"https://cdn.tag.example/t.js"}]}}"#
        ),
        entry(
            4, "https://go.ads.example/r?sid=S730441856",
            more: referer("https://app.quizly.example/"),
            answer: #","redirectURL":"https://px.ads.example/p?sid=S730441856""#),
        entry(5, "https://px.ads.example/p?sid=S730441856", more: referer("https://app.quizly.example/")),
        entry(
            6, "https://files.cloud.example/u?n=Thessaly+Quorndale",
            more: referer("https://app.quizly.example/")),
        entry(7, "https://api.tallyho.example/t", more: referer("https://app.quizly.example/")),
        entry(
            8, "https://app.quizly.example/save?name=Thessaly+Quorndale&zip=01937",
            answer:
                #","headers":[{"name":"Set-Cookie","value":"sid=1"}],"content":{"mimeType":"application/json","text":"{\"grade\":7}"}"#
        ),
        entry(9, "data:text/plain,hello"),
        entry(10, "http://203.0.113.9/beacon"),
        #"{"startedDateTime":"2026-11-24T14:00:11Z","request":{"url":"https://blocked.ads.example/?grade=7"},"#
            + #""response":{"status":0,"_error":"net::ERR_BLOCKED_BY_CLIENT"}}"#,
    ]

    static func har(_ entries: [String]) -> String {
        #"{"log":{"version":"1.2","creator":{"name":"test"},"entries":["# + entries.joined(separator: ",")
            + "]}}"
    }

    static func judge() throws -> Judge {
        Judge(register: try Register.parse(yaml: register), roster: .empty)
    }

    /// Reviews `text` as a file on disk.
    static func review(
        _ text: String, vendor: String? = nil, role: Role = .student, persona: Bool = true
    ) throws -> (review: AppReview, session: Session) {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "review-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("session.har")
        try Data(text.utf8).write(to: file)
        let session = Session([file.path], search: persona ? Planted.search : nil)
        var builder = ReviewBuilder(
            session, ReviewQuestion(app: "Quizly", vendor: vendor, role: role), judge: try judge())
        return (builder.build(), session)
    }
}

@Suite struct ReviewTests {
    @Test func partiesWithOwnerVerdictAndSums() throws {
        let review = try Recorded.review(Recorded.har(Recorded.session), vendor: "quizly").review
        let parties = review.parties.map {
            "\($0.domain) \($0.verdict.rawValue) \($0.owner ?? "-") \($0.category ?? "-") \($0.requests) \($0.failed)"
        }
        #expect(
            parties
                == [
                    "203.0.113.9 unnamed - - 1 0", "tag.example unknown_owner - - 2 0",
                    "tallyho.example no_agreement Tallyho - 1 0",
                    "ads.example no_agreement Example Ads advertising 3 1",
                    "cloud.example covered_subprocessor Example Cloud - 1 0",
                    "quizly.example covered Quizly, Inc. - 2 0",
                ].sorted { a, b in order(a) < order(b) })
        let ads = try #require(review.parties.first { $0.domain == "ads.example" })
        #expect(ads.hosts == ["blocked.ads.example", "go.ads.example", "px.ads.example"])
        // What was never sent is not added up.
        #expect(ads.bytesUp == 220)
        #expect(ads.bytesDown == 400)
        #expect(ads.first?.description == "2026-11-24T14:00:04.000000Z")
        #expect(review.parties.first { $0.domain == "quizly.example" }?.cookies == ["sid"])
        #expect(review.vendor == "Quizly, Inc.")
        #expect(review.agreement?.id == "DPA-1")
        #expect(review.requests == 10)
        #expect(review.failedRequests == 1)
    }

    /// The order of the report: worst verdict first, then bytes up.
    private func order(_ party: String) -> Int {
        let domains = [
            "203.0.113.9", "tag.example", "ads.example", "tallyho.example", "cloud.example", "quizly.example",
        ]
        return domains.firstIndex { party.hasPrefix($0) } ?? 99
    }

    /// Another vendor's sub-processor is nobody's here, and without a vendor every one is.
    @Test func subprocessorsCountNextToTheirOwnVendor() throws {
        let text = Recorded.har(Recorded.session)
        func verdict(_ domain: String, _ vendor: String?) throws -> Verdict? {
            try Recorded.review(text, vendor: vendor).review.parties.first { $0.domain == domain }?.verdict
        }
        #expect(try verdict("tallyho.example", "mathpath") == .coveredSubprocessor)
        #expect(try verdict("cloud.example", "mathpath") == .noAgreement)
        // The first page opened is Quizly's.
        #expect(try verdict("cloud.example", nil) == .coveredSubprocessor)
        #expect(try verdict("tallyho.example", nil) == .noAgreement)
        let strange = Recorded.har(Array(Recorded.session.dropFirst().prefix(6)))
        #expect(try Recorded.review(strange).review.vendor == nil)
        #expect(
            try Recorded.review(strange).review.parties.first { $0.domain == "cloud.example" }?.verdict
                == .noAgreement)
    }

    @Test func elementsWithTheirStanding() throws {
        let review = try Recorded.review(Recorded.har(Recorded.session), vendor: "quizly").review
        let found = review.elements.map {
            "\($0.isSent ? "to" : "from") \($0.host) \($0.element.rawValue) \($0.whereabouts) \($0.formWords) "
                + "\($0.standing.rawValue) \($0.requests)"
        }
        #expect(
            Set(found) == [
                "to collect.tag.example e-mail URL em URL-encoded no agreement on record 1",
                "to go.ads.example student id URL sid plain text no agreement on record 1",
                "to px.ads.example student id URL sid plain text no agreement on record 1",
                "to files.cloud.example name URL n URL-encoded declared 1",
                "to app.quizly.example name URL name URL-encoded declared 1",
                "to app.quizly.example address URL zip plain text (postal code) undeclared 1",
                "from app.quizly.example grade body grade plain text declared 1",
            ])
        #expect(found.count == 7)
        #expect(
            review.headline
                == "Quizly talked to 6 parties; no agreement covers 4 of them; e-mail, student id and address went to "
                + "3 parties undeclared.")
    }

    @Test func whoPulledWhomIn() throws {
        let review = try Recorded.review(Recorded.har(Recorded.session), vendor: "quizly").review
        func lines(_ nodes: [InitiatorNode], _ depth: Int) -> [String] {
            nodes.flatMap { node in
                [String(repeating: " ", count: depth) + "\(node.host) \(node.kind.rawValue) \(node.requests)"]
                    + lines(node.children, depth + 1)
            }
        }
        #expect(
            lines(review.initiators, 0) == [
                "app.quizly.example unknown 2", " cdn.tag.example document 1",
                "  collect.tag.example script 1",
                " go.ads.example referer 1", "  px.ads.example redirect 1", " files.cloud.example referer 1",
                " api.tallyho.example referer 1", "203.0.113.9 unknown 1", "blocked.ads.example unknown 1",
            ])
        let edges = review.edges.map { "\($0.from) \($0.to) \($0.kind.rawValue) \($0.requests)" }
        #expect(
            edges == [
                "app.quizly.example api.tallyho.example referer 1",
                "app.quizly.example cdn.tag.example document 1",
                "app.quizly.example files.cloud.example referer 1",
                "app.quizly.example go.ads.example referer 1",
                "cdn.tag.example collect.tag.example script 1", "go.ads.example px.ads.example redirect 1",
            ])
    }

    /// No value of the persona, no query and no cookie's value in any output.
    @Test func valuesAreNeverShown() throws {
        let entry = Recorded.entry(
            1, "https://a.example/?S730441856=x&v.maressol4821@lakeside.k12.example=1&Thessaly%20Quorndale=2",
            answer: #","headers":[{"name":"Set-Cookie","value":"S730441856=secretvalue"}]"#)
        let review = try Recorded.review(Recorded.har([entry])).review
        let outputs = [ReviewTable(timezone: "UTC").render(review), ReviewJSON(tool: "0").render(review)]
        for output in outputs {
            for value in ["S730441856", "maressol", "Thessaly", "Quorndale", "secretvalue", "730441856"] {
                #expect(!output.lowercased().contains(value.lowercased()), "\(value) is shown")
            }
        }
        #expect(!review.elements.isEmpty)
    }

    @Test func withoutAPersonaNothingIsClaimed() throws {
        let review = try Recorded.review(Recorded.har(Recorded.session), persona: false).review
        #expect(review.elements.isEmpty)
        #expect(!review.hasPersona)
        #expect(review.headline.hasSuffix("without a persona it is not known what they were sent."))
        #expect(ReviewTable(timezone: "UTC").render(review).contains("DATA ELEMENTS: not searched"))
    }

    @Test func theJSONKeepsItsSchema() throws {
        let schema = try SchemaValidator(
            Data(contentsOf: Recorded.root.appendingPathComponent("docs/review.schema.json")))
        for text in [Recorded.har(Recorded.session), Recorded.har([])] {
            let json = ReviewJSON(tool: "0.1.0").render(try Recorded.review(text).review)
            #expect(try schema.errors(in: Data(json.utf8)) == [])
            let broken = json.replacing("\"requests\":", with: "\"request\":")
            #expect(try !schema.errors(in: Data(broken.utf8)).isEmpty)
        }
    }

    @Test func theResultIsTheSameEveryTime() throws {
        let many = (0..<400).map {
            Recorded.entry($0 % 60, "https://h\($0 % 37).ads.example/?sid=S730441856&n=\($0)")
        }
        let first = try Recorded.review(Recorded.har(many)).review
        for _ in 0..<3 {
            var again = try Recorded.review(Recorded.har(many)).review
            again.inputs = first.inputs
            #expect(again == first)
        }
    }

    @Test func problemsNameFilesAndPlaces() throws {
        let (_, session) = try Recorded.review(
            #"{"log":{"entries":[{"x":1},"# + Recorded.entry(1, "https://a.example/") + "]}}")
        let problem =
            "1 of 2 entries cannot be read, the first at byte 19: no JSON, without a request, or longer than 64 MiB"
        #expect(session.inputs.map(\.problems) == [[problem]])
        #expect(!session.isComplete)
        let none = Session(["/nonexistent/x.har"], search: nil)
        #expect(none.missing == ["/nonexistent/x.har"])
        let readme = Session([Recorded.root.appendingPathComponent("README.md").path], search: nil)
        #expect(
            readme.inputs.first?.problems == ["neither a pcap or pcapng capture nor a known log format"])
        #expect(!readme.readAnything)
    }
}

@Suite struct PersonaTests {
    @Test func aMadePersonaIsReadBack() throws {
        for seed: UInt64 in 0..<50 {
            var maker = PersonaMaker(seed: seed)
            let persona = maker.make(
                domain: "lakeside.k12.example", school: "Lakeside \"M\" School", grade: 7, year: 2026)
            #expect(try Persona.parse(persona.yaml) == persona)
            // Every value but the grade and the postal code is found by itself.
            let weak = ElementForms.all(of: persona).filter { $0.isWeak && $0.note.isEmpty }
            #expect(weak.map(\.element) == [.grade])
            let age = 2026 - (persona.birthDate?.components.year ?? 0)
            #expect((12...13).contains(age))
        }
    }

    @Test func personasDiffer() {
        var first = PersonaMaker(seed: 1)
        var second = PersonaMaker(seed: 2)
        var fresh = PersonaMaker()
        let all = [
            first.make(domain: "a.example", school: "S", grade: 0, year: 2026),
            second.make(domain: "a.example", school: "S", grade: 0, year: 2026),
            fresh.make(domain: "a.example", school: "S", grade: 0, year: 2026),
        ]
        for value in [all.map(\.email), all.map(\.familyName), all.map(\.studentID), all.map(\.deviceID)] {
            #expect(Set(value).count == 3)
        }
        #expect(all.map(\.grade) == ["K", "K", "K"])
    }

    @Test(
        arguments: [
            ("persona: {emial: a@b.example}", "1:11", "unknown key"),
            ("persona: {email: nobody}", "1:18", "this is no e-mail address"),
            ("persona: {birth_date: 2013-02-30}", "1:23", "does not exist"),
            ("persona: {}", nil, "no value is planted"),
            ("person: {}", "1:1", "unknown key"), ("persona: {phone: \"12\"}", "1:18", "7 to 15 digits"),
            ("[", nil, "bad YAML"),
        ] as [(String, String?, String)])
    func mistakesAreNamedWithTheirPlace(_ text: String, _ place: String?, _ message: String) {
        #expect {
            try Persona.parse(text, file: "p.yaml")
        } throws: { error in
            let problems = (error as? RegisterError)?.problems.map(\.description) ?? []
            return problems.contains {
                $0.contains(message) && $0.hasPrefix("p.yaml" + (place.map { ":\($0)" } ?? ""))
            }
        }
    }
}
