package import Bytes

/// When a client may have used an answer: disjoint spans of time in ascending order, ends included.
///
/// Each is an hour long or longer, so that a day holds 24 at most.
package struct AnswerWindows: Equatable, Sendable {
    package private(set) var spans: [ClosedRange<Timestamp>]

    package init(from start: Timestamp, to end: Timestamp) {
        spans = [start...max(start, end)]
    }

    package mutating func merge(_ other: AnswerWindows) {
        for span in other.spans { add(span) }
    }

    /// Joins spans that touch or overlap.
    private mutating func add(_ span: ClosedRange<Timestamp>) {
        // Rows mostly come in order of time: look from the end.
        var high = spans.count
        while high > 0, spans[high - 1].lowerBound > span.upperBound { high -= 1 }
        var low = high
        var joined = span
        while low > 0, spans[low - 1].upperBound >= span.lowerBound {
            low -= 1
            joined =
                min(joined.lowerBound, spans[low].lowerBound)...max(joined.upperBound, spans[low].upperBound)
        }
        spans.replaceSubrange(low..<high, with: CollectionOfOne(joined))
    }

    /// Whether some moment of `span` lies in a window.
    package func overlaps(_ span: ClosedRange<Timestamp>) -> Bool { spans.contains { $0.overlaps(span) } }

    /// Whether every moment of `span` lies in a window.
    package func covers(_ span: ClosedRange<Timestamp>) -> Bool {
        spans.contains { $0.lowerBound <= span.lowerBound && span.upperBound <= $0.upperBound }
    }

    package func contains(_ time: Timestamp) -> Bool { spans.contains { $0.contains(time) } }
}
