import Judgement

/// The verdict in one sentence, which everything else explains.
enum Headline {
    static func text(_ review: AppReview) -> String {
        guard !review.parties.isEmpty else { return "The session holds no request that left the device." }
        let count = review.parties.count
        let uncovered = review.parties.filter(\.verdict.isUncovered)
        var text = "\(review.app) talked to \(count) \(count == 1 ? "party" : "parties")"
        text +=
            uncovered.isEmpty ? ", all of them covered" : "; no agreement covers \(uncovered.count) of them"
        return text + elements(review) + "."
    }

    private static func elements(_ review: AppReview) -> String {
        guard review.hasPersona else { return "; without a persona it is not known what they were sent" }
        let sent = review.elements.filter(\.isSent)
        let wrong = sent.filter { $0.standing == .noAgreement || $0.standing == .undeclared }
        if sent.isEmpty { return "; none of the planted values was found" }
        if wrong.isEmpty { return "; every planted value that was sent is declared" }
        let parties = Set(wrong.map(\.party)).count
        let elements = Set(wrong.map(\.element)).sorted().map(\.rawValue)
        return "; \(list(elements)) went to \(parties) \(parties == 1 ? "party" : "parties") undeclared"
    }

    static func list(_ words: [String]) -> String {
        guard let last = words.last, words.count > 1 else { return words.first ?? "" }
        return words.dropLast().joined(separator: ", ") + " and " + last
    }
}
