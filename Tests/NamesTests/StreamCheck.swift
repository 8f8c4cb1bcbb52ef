import Bytes
import Names
import TestSupport
import Testing

/// What every stream decoder owes its caller, checked over all prefixes of one stream that decodes to a value:
/// it decides at some length and keeps to that answer, no `until` lies, and an ended stream is never undecided.
func checkStream<Value: Equatable>(
    _ stream: [UInt8], sourceLocation: SourceLocation = #_sourceLocation,
    _ decode: (RawSpan, Bool) -> Progress<Value>
) {
    let whole = stream.withRawSpan { decode($0, false) }
    #expect(whole.value != nil, "the whole stream decodes", sourceLocation: sourceLocation)
    var decidedAt: Int?
    var promises: [(at: Int, until: Int)] = []
    everyPrefix(of: stream) { prefix in
        switch decode(prefix, false) {
        case .needMore(let until):
            promises.append((prefix.byteCount, until))
            if decidedAt != nil {
                Issue.record("undecided again at \(prefix.byteCount)", sourceLocation: sourceLocation)
            }
        case let answer:
            decidedAt = decidedAt ?? prefix.byteCount
            if answer != whole {
                Issue.record("another answer at \(prefix.byteCount)", sourceLocation: sourceLocation)
            }
        }
        if decode(prefix, true).needsMore {
            Issue.record("undecided at an end at \(prefix.byteCount)", sourceLocation: sourceLocation)
        }
    }
    for promise in promises where promise.until <= promise.at || promise.until > decidedAt ?? 0 {
        Issue.record(
            "at \(promise.at) it said \(promise.until), and decided at \(decidedAt ?? -1)",
            sourceLocation: sourceLocation)
    }
}

extension String {
    /// The text's UTF-8 bytes.
    var bytes: [UInt8] { Array(utf8) }
}

/// `value` as `count` big-endian bytes.
func bigEndian(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
}

/// `content` with its length before it in `width` bytes.
func counted(_ width: Int, _ content: [UInt8]) -> [UInt8] {
    bigEndian(content.count, width) + content
}
