import Foundation
import Judgement
import Register
import Roster
import Testing

@testable import Review

/// The session of `sessions/quizly`, as headless Chromium told it, against what was written down by hand.
@Suite struct RecordedSessionTests {
    static let folder = Recorded.root.appendingPathComponent("sessions/quizly")

    static func review(_ inputs: [String] = ["session.har"]) throws -> AppReview {
        let persona = try Persona.load(folder.appendingPathComponent("persona.yaml").path)
        let session = Session(
            inputs.map { folder.appendingPathComponent($0).path }, search: ElementSearch(persona))
        let register = try Register.load(Recorded.root.appendingPathComponent("allowlists").path)
        var builder = ReviewBuilder(
            session, ReviewQuestion(app: "Quizly", vendor: "quizly"),
            judge: Judge(register: register, roster: .empty))
        return builder.build()
    }

    /// The rows of an expected file without its head.
    static func rows(_ name: String) throws -> Set<String> {
        let text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
        return Set(text.split(separator: "\n").dropFirst().map(String.init))
    }

    @Test func parties() throws {
        let review = try RecordedSessionTests.review()
        let found = review.parties.map {
            "\($0.domain)\t\($0.verdict.rawValue)\t\($0.owner ?? "-")\t\($0.requests)"
        }
        #expect(Set(found) == (try RecordedSessionTests.rows("parties.tsv")))
        #expect(review.failedRequests == 0)
    }

    @Test func initiators() throws {
        let review = try RecordedSessionTests.review()
        let found = review.edges.map { "\($0.from)\t\($0.to)\t\($0.kind.rawValue)\t\($0.requests)" }
        #expect(Set(found) == (try RecordedSessionTests.rows("initiators.tsv")))
    }

    @Test func elements() throws {
        let review = try RecordedSessionTests.review()
        let found = review.elements.filter(\.isSent).map { finding -> String in
            let form = finding.form.isEmpty ? "-" : finding.form.map(\.rawValue).joined(separator: " ")
            return
                "\(finding.host)\t\(finding.element.rawValue)\t\(finding.place.rawValue)\t\(finding.field)\t\(form)\t"
                + finding.standing.rawValue
        }
        #expect(Set(found) == (try RecordedSessionTests.rows("elements.tsv")))
    }
}
