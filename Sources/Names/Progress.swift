package import Bytes

/// What a decoder says about the first bytes of a stream that it has been shown so far.
///
/// Stream decoders are pure functions of a prefix: the caller shows a longer prefix of the same stream until
/// the answer is no longer `needMore`. They take a flag `ended` too, by which the caller says that no more
/// bytes will come (the flow ended, a cap was reached, a segment was never captured); then the answer is
/// never `needMore`, and what could be decoded comes back marked with its fault.
package enum Progress<Value> {
    /// Undecided. No prefix shorter than `until` bytes can change that, so the caller need not ask earlier.
    case needMore(until: Int)
    case done(Value)
    /// Another protocol (`unknown`), a contradiction (`malformed`) or too little of a stream that ended
    /// (`truncated`).
    case notMine(DecodeFault)
}

extension Progress: Sendable where Value: Sendable {}
extension Progress: Equatable where Value: Equatable {}

extension Progress {
    /// The result, when there is one.
    package var value: Value? {
        if case .done(let value) = self { return value }
        return nil
    }

    package var needsMore: Bool {
        if case .needMore = self { return true }
        return false
    }
}

extension Progress {
    /// Decoded, or on the way to it.
    package var isMine: Bool {
        if case .notMine = self { return false }
        return true
    }
}
